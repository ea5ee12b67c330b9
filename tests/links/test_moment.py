"""Moments are minutes in UTC; days are told apart by twenty hours."""

from datetime import date

import pytest
from detection_notes.links import moment


def test_now_is_a_minute_in_utc_wherever_the_clock_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")

    assert moment.read(moment.now()).tzinfo is not None
    assert moment.day(moment.now()) in (moment.today(), date.fromordinal(moment.today().toordinal() - 1))


def test_a_bare_day_counts_as_its_last_minute() -> None:
    assert moment.read("2026-11-23") == moment.read("2026-11-23T23:59Z")


@pytest.mark.parametrize("text", ["", "2026-13-01", "2026-11-23T24:30Z", "2026-11-23T10:00", "2026-11-23T10:00:00Z", "20261123", "2026-W48", "2026-11-23T10:00+08:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    assert not moment.valid(text)
    with pytest.raises(ValueError):
        moment.read(text)


@pytest.mark.parametrize(
    ("early", "late", "days"),
    [
        ("2026-11-23T23:59Z", "2026-11-24T00:01Z", 0),
        ("2026-11-23T00:00Z", "2026-11-23T19:59Z", 0),
        ("2026-11-23T04:03Z", "2026-11-24T00:03Z", 1),
        ("2026-11-23T04:03Z", "2026-11-24T04:02Z", 1),
        ("2026-11-23T04:03Z", "2026-11-25T00:02Z", 1),
        ("2026-11-23T04:03Z", "2026-11-25T00:03Z", 2),
        ("2026-11-23", "2026-11-24T19:58Z", 0),
        ("2026-11-23", "2026-11-24T19:59Z", 1),
        ("2026-11-23", "2026-11-30", 7),
        ("2026-11-23T04:03Z", "2026-11-30T03:50Z", 7),
    ],
)
def test_a_day_lies_between_two_moments_from_twenty_hours_on(early: str, late: str, days: int) -> None:
    assert moment.days(early, late) == days
