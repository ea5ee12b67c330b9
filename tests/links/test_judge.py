"""What is made of evidence: dead is broken, silence is waited out, walls are unknown, and the policy may say otherwise."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from detection_notes.links.codes import DEAD, FINE, WALLED, kind_of
from detection_notes.links.judge import findings, judge
from detection_notes.links.memory import remember
from detection_notes.links.model import Evidence, Link, Verdict, Visit
from detection_notes.links.policy import Policy, Rule

URL = "https://example.org/"
START = date(2026, 11, 1)


def history(*steps: tuple[int, int | str]) -> Evidence:
    """The row of a URL after visits: (day, status or error code)."""
    row = None
    for day, code in steps:
        status, error = (code, None) if isinstance(code, int) else (None, code)
        row = remember(row, URL, Visit(URL, (START + timedelta(day)).isoformat(), status, error))
    return row or Evidence(URL)


def verdict(evidence: Evidence, **policy) -> str:
    return " ".join(judge(evidence, Policy(START + timedelta(400), **policy)))


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], "unknown never-visited"),
        ([(0, 200)], "good ok"),
        # dead
        ([(0, 404)], "broken 404"),
        ([(0, 410)], "broken 410"),
        ([(0, "no-such-host")], "broken no-such-host"),
        ([(0, "certificate-expired")], "broken certificate-expired"),
        ([(0, 200), (1, 404)], "unknown dead-once"),
        ([(0, 200), (1, 404), (1, 404)], "unknown dead-once"),
        ([(0, 200), (1, 404), (2, 404)], "broken 404"),
        ([(0, 200), (1, 404), (2, 410)], "broken 410"),
        ([(0, 200), (1, 404), (2, 200)], "good ok"),
        ([(0, 200), (1, 404), (2, 200), (3, 404)], "unknown dead-once"),
        ([(0, 200), (1, 404), (2, 403), (3, 404)], "broken 404"),
        ([(0, 200), (1, 404), (2, "timeout"), (3, 404)], "broken 404"),
        ([(0, 200), (1, 404), (1, 200)], "good ok"),
        ([(0, 403), (1, 404)], "broken 404"),
        # silent
        ([(0, "timeout")], "unknown timeout"),
        ([(0, 503)], "unknown 503"),
        ([(0, "timeout"), (6, "timeout")], "unknown timeout"),
        ([(0, "timeout"), (7, "timeout")], "broken silent-for-long"),
        ([(0, 200), (1, "timeout"), (8, "refused")], "broken silent-for-long"),
        ([(0, "timeout"), (3, 403), (8, "timeout")], "unknown timeout"),
        ([(0, "timeout"), (3, 200), (8, "timeout")], "unknown timeout"),
        ([(0, 504), (3, 404), (8, "reset")], "broken silent-for-long"),
        ([(0, 503), (3, 503), (8, 503), (300, 503)], "unknown 503"),
        ([(0, 502), (3, 404), (8, "reset")], "unknown reset"),
        ([(0, "tls-failure"), (300, "tls-failure")], "unknown tls-failure"),
        ([(0, "timeout"), (1, 429), *((day, "timeout") for day in range(2, 9))], "unknown timeout"),
        ([(0, "timeout"), (1, 429), *((day, "timeout") for day in range(2, 10))], "broken silent-for-long"),
        # walled
        ([(0, 403)], "unknown 403"),
        ([(0, 403), (30, 403), (300, 403)], "unknown 403"),
        ([(0, 200), (300, 429)], "unknown 429"),
        ([(0, "challenge")], "unknown challenge"),
        ([(0, 999)], "unknown 999"),
        ([(0, 300)], "unknown 300"),
    ],
)  # fmt: skip
def test_a_history_has_its_verdict(steps: list[tuple[int, int | str]], expected: str) -> None:
    assert verdict(history(*steps)) == expected


def test_a_move_is_told_apart_from_a_redirect() -> None:
    moved = remember(None, URL, Visit(URL, "2026-11-01", 200, final=URL + "new", moved=URL + "new"))
    redirected = remember(None, URL, Visit(URL, "2026-11-01", 200, final=URL + "new"))

    assert (verdict(moved), verdict(redirected)) == ("moved moved", "good ok")


def test_the_verdict_follows_the_policy_without_another_visit() -> None:
    twice = history((0, 200), (1, 404), (2, 404))
    silent = history((0, "timeout"), (3, "timeout"))

    assert verdict(twice, dead_days=3) == "unknown dead-once"
    assert verdict(silent, silent_days=3) == "broken silent-for-long"


@pytest.mark.parametrize(
    ("code", "accepted", "expected"),
    [(403, "403", "good ok"), (404, "404", "good ok"), (404, "403", "broken 404"), ("certificate-self-signed", "certificate-self-signed", "good ok"), ("timeout", "timeout", "good ok")],
)
def test_a_rule_accepts_what_it_names(code: int | str, accepted: str, expected: str) -> None:
    assert verdict(history((0, code)), rules={"accept": (Rule(URL + "*", "it is so", status=(accepted,)),)}) == expected


def test_a_rule_that_has_run_out_accepts_nothing() -> None:
    rule = Rule(URL, "for now", until=START, status=("404",))

    assert verdict(history((0, 404)), rules={"accept": (rule,)}) == "broken 404"


def test_a_rule_accepts_no_url_that_was_never_visited() -> None:
    assert verdict(Evidence(URL), rules={"accept": (Rule("*", "all", status=("404",)),)}) == "unknown never-visited"


CODES_OF_VISITS = st.sampled_from([200, 204, 301, 403, 404, 410, 429, 500, 503, "timeout", "reset", "no-such-host", "challenge", "soft-404"])


@given(st.lists(st.tuples(st.integers(0, 60), CODES_OF_VISITS), max_size=30, unique_by=lambda step: step[0]))  # of a day the last visit counts
def test_only_what_is_dead_or_long_silent_is_broken(steps: list[tuple[int, int | str]]) -> None:
    steps = sorted(steps, key=lambda step: step[0])
    result, code = judge(history(*steps), Policy(START))

    if result is Verdict.BROKEN:
        assert code == "silent-for-long" or kind_of(code) == DEAD
    if steps and kind_of(str(steps[-1][1])) == WALLED:
        assert result is Verdict.UNKNOWN
    if steps and kind_of(str(steps[-1][1])) == FINE:
        assert result in (Verdict.GOOD, Verdict.MOVED)
    if code == "silent-for-long":
        alive = max((n for n, (_, seen) in enumerate(steps) if kind_of(str(seen)) in (FINE, WALLED)), default=-1)
        assert steps[-1][0] - steps[alive + 1][0] >= 7


TODAY = date(2026, 11, 23)
GONE = Evidence("https://dead.example/", "2026-11-23", 404)


def test_a_url_is_found_once_with_each_line_it_stands_on() -> None:
    links = [Link("b.md", 2, GONE.url, 5), Link("a.md", 1, "https://new.example/"), Link("b.md", 2, GONE.url, 40), Link("b.md", 9, GONE.url), Link("a.md", 2, GONE.url)]

    dead, new = findings(links, {GONE.url: GONE}, Policy(TODAY))

    assert [(place.page, place.line) for place in dead.places] == [("b.md", 2), ("b.md", 9), ("a.md", 2)]
    assert (dead.verdict, dead.code, dead.evidence) == (Verdict.BROKEN, "404", GONE)
    assert (new.verdict, new.code, new.evidence) == (Verdict.UNKNOWN, "never-visited", Evidence("https://new.example/"))


def test_a_dead_link_fails_unless_a_rule_keeps_or_ignores_it() -> None:
    links = [Link("a.md", 1, GONE.url)]

    def found(kind: str):
        return findings(links, {GONE.url: GONE}, Policy(TODAY, rules={kind: (Rule("https://dead.example/*", "why"),)}))[0]

    assert findings(links, {GONE.url: GONE}, Policy(TODAY))[0].failing
    assert (found("keep").failing, found("keep").kept, found("keep").verdict) == (False, "why", Verdict.BROKEN)
    assert (found("ignore").failing, found("ignore").ignored) == (False, "why")


def test_what_is_not_broken_does_not_fail() -> None:
    rows = {f"https://{code}.example/": Evidence(f"https://{code}.example/", "2026-11-23", code) for code in (200, 301, 403, 500)}

    assert not [found for found in findings([Link("a.md", 1, url) for url in rows], rows, Policy(TODAY)) if found.failing]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (["2026-11-02T23:59Z", "2026-11-03T00:01Z"], "unknown dead-once"),
        (["2026-11-02T23:59Z", "2026-11-03T19:58Z"], "unknown dead-once"),
        (["2026-11-02T23:59Z", "2026-11-03T19:59Z"], "broken 404"),
        (["2026-11-02", "2026-11-03T19:58Z"], "unknown dead-once"),
        (["2026-11-02", "2026-11-03T19:59Z"], "broken 404"),
        (["2026-11-02T08:00Z", "2026-11-02T23:00Z", "2026-11-03T01:00Z", "2026-11-03T18:00Z"], "unknown dead-once"),
        (["2026-11-02T08:00Z", "2026-11-03T07:00Z", "2026-11-03T08:00Z"], "broken 404"),
    ],
)
def test_two_days_are_twenty_hours_apart_wherever_the_clock_stands(steps: list[str], expected: str) -> None:
    row = remember(None, URL, Visit(URL, "2026-11-01T12:00Z", 200))
    for moment in steps:
        row = remember(row, URL, Visit(URL, moment, 404))

    assert verdict(row) == expected
