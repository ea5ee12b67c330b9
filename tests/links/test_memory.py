"""What is remembered from one visit to the next, and what two branches remember together."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from detection_notes.links.memory import TRAIL, extend, merge, remember
from detection_notes.links.model import Evidence, Visit

URL = "https://example.org/page"


def visit(day: str = "2026-11-23", status: int | None = 200, error: str | None = None, **more) -> Visit:
    return Visit(URL, day, status, error, **more)


def test_a_fine_visit_is_remembered_with_all_it_saw() -> None:
    row = remember(None, URL, visit(final=URL + "/", moved=URL + "/", title="Title", language="en", seconds=0.349))

    assert row == Evidence(URL, "2026-11-23", 200, None, URL + "/", URL + "/", "Title", "en", 0.3, good="2026-11-23")


def test_a_visit_that_is_not_fine_keeps_the_title_and_the_last_good_day() -> None:
    good = remember(None, URL, visit("2026-10-01", title="Title", language="en"))

    row = remember(good, URL, visit("2026-11-01", 404, title="Not found", language="zh"))

    assert (row.title, row.language, row.good, row.trail) == ("Title", "en", "2026-10-01", ("2026-11-01 404",))


def test_a_fine_visit_forgets_what_was_not() -> None:
    row = remember(Evidence(URL, "2026-11-01", 503, trail=("2026-11-01 503",)), URL, visit())

    assert row.trail == () and row.good == "2026-11-23"


def test_copy_and_state_of_the_repository_outlive_visits() -> None:
    row = remember(Evidence(URL, "2026-11-01", 200, archive="https://web.archive.org/x", repository="archived"), URL, visit(status=404))

    assert (row.archive, row.repository) == ("https://web.archive.org/x", "archived")


@pytest.mark.parametrize(
    ("fragment", "error"),
    [("#here", None), ("#gone", "fragment-missing"), ("#%E6%B2%A1%E6%9C%89", None), ("#没有", "fragment-missing"), ("#made", "fragment-unseen"), ("", None)],
)
def test_each_fragment_of_a_page_as_it_is_written_has_its_own_row(fragment: str, error: str | None) -> None:
    seen = visit(missing=frozenset({"gone", "没有"}), unseen=frozenset({"made"}))

    assert remember(None, URL + fragment, seen).error == error


@pytest.mark.parametrize(
    ("moved", "expected"),
    [("https://example.org/new", "https://example.org/new#part"), ("https://example.org/new#other", "https://example.org/new#other"), (None, None)],
)
def test_a_fragment_moves_with_its_page(moved: str | None, expected: str | None) -> None:
    assert remember(None, URL + "#part", visit(moved=moved)).moved == expected


def test_a_day_has_one_step_and_a_trail_has_few() -> None:
    trail: tuple[str, ...] = ()
    for day in range(1, 29):
        trail = extend(extend(trail, f"2026-11-{day:02} 503"), f"2026-11-{day:02} timeout")

    assert len(trail) == TRAIL
    assert trail[0] == "2026-11-01 timeout" and trail[-1] == "2026-11-28 timeout"


def test_a_full_trail_keeps_where_its_kinds_change() -> None:
    trail: tuple[str, ...] = ()
    for day, code in enumerate(["timeout", "403", "timeout", "timeout", "timeout", "timeout", "timeout", "timeout"], 1):
        trail = extend(trail, f"2026-11-{day:02} {code}")

    assert trail[:3] == ("2026-11-01 timeout", "2026-11-02 403", "2026-11-03 timeout") and trail[-1] == "2026-11-08 timeout"


def test_of_two_rows_the_later_visit_counts_and_both_memories() -> None:
    one = Evidence(URL, "2026-11-02", 404, title="Title", good="2026-10-01", trail=("2026-11-02 404",))
    two = Evidence(URL, "2026-11-05", 404, good="2026-09-01", trail=("2026-11-05 404",), archive="https://web.archive.org/x")

    merged = merge(one, two)

    assert merged == merge(two, one)
    assert merged == Evidence(URL, "2026-11-05", 404, title="Title", good="2026-10-01", trail=("2026-11-02 404", "2026-11-05 404"), archive="https://web.archive.org/x")


def test_a_failure_from_before_the_last_good_day_is_not_brought_back() -> None:
    failed = Evidence(URL, "2026-11-02", 404, trail=("2026-11-02 404",))
    failed_later = Evidence(URL, "2026-11-09", 404, good="2026-11-05", trail=("2026-11-09 404",))

    assert merge(failed, failed_later).trail == ("2026-11-09 404",)
    assert merge(failed, Evidence(URL, "2026-11-05", 200, good="2026-11-05")).trail == ()


def test_a_row_that_was_never_visited_yields_to_one_that_was() -> None:
    seen = Evidence(URL, "2026-11-02", 200, good="2026-11-02")

    assert merge(seen, Evidence(URL)) == merge(Evidence(URL), seen) == seen


def row() -> st.SearchStrategy[Evidence]:
    def build(steps: list[tuple[int, int | str]]) -> Evidence:
        made = Evidence(URL)
        for day, code in sorted(steps, key=lambda step: step[0]):
            made = remember(made, URL, visit((date(2026, 1, 1) + timedelta(day)).isoformat(), *((code, None) if isinstance(code, int) else (None, code))))
        return made

    return st.builds(build, st.lists(st.tuples(st.integers(0, 40), st.sampled_from([200, 403, 404, 503, "timeout"])), max_size=8))


@given(row(), row())
def test_merging_invents_nothing_and_loses_no_visit_that_counts(one: Evidence, two: Evidence) -> None:
    both = merge(one, two)

    assert (both.day or "") == max(one.day or "", two.day or "")
    assert (both.good or "") == max(one.good or "", two.good or "")
    assert set(both.trail) <= {*one.trail, *two.trail}
    assert list(both.trail) == sorted(both.trail) and len(both.trail) <= TRAIL
    assert all(step[:10] >= (both.good or "") for step in both.trail)
    assert merge(both, both) == both
    assert (merge(two, one).day, merge(two, one).good) == (both.day, both.good)


def test_where_no_kind_stands_between_two_of_its_own_the_oldest_step_goes() -> None:
    codes = ["timeout", "reset", "404", "410", "timeout", "reset", "404"]
    trail: tuple[str, ...] = ()
    for day, code in enumerate(codes, 1):
        trail = extend(trail, f"2026-11-{day:02} {code}")

    assert [step.partition(" ")[2] for step in trail] == codes[1:]
