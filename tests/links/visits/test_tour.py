"""A run's visits: what is kept when it is stopped or fails."""

from collections.abc import Iterator

import pytest
from detection_notes.links.visits import tour as module
from detection_notes.links.model import Task, Visit
from detection_notes.links.visits.tour import Tour, travel

DAY = "2026-11-23"
TASKS = [Task(f"https://example.org/{n}", (f"https://example.org/{n}",)) for n in range(3)]


def visit(number: int, status: int | None = 200, error: str | None = None) -> Visit:
    return Visit(TASKS[number].address, DAY, status, error, seconds=0.5, answered=status is not None)


def run(visits: Iterator[Visit]) -> tuple[Tour, list[int]]:
    """The tour, and how many rows each saving had."""
    saved: list[int] = []
    return travel(visits, TASKS, {}, lambda rows: saved.append(len(rows))), saved


def test_visits_become_rows_and_hosts_are_timed() -> None:
    tour, saved = run(iter([visit(0), visit(1, 404), visit(2, None, "timeout")]))

    assert [row.status for row in tour.rows.values()] == [200, 404, None]
    assert tour.hosts == {"example.org": (3, 1.5)}
    assert (tour.visited, tour.unreached, tour.interrupted, saved) == (3, 0, False, [])


def test_what_was_learnt_is_saved_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SAVE_EVERY", -1.0)

    _, saved = run(iter([visit(0), visit(1), visit(2)]))

    assert saved == [1, 2, 3]


def test_nothing_is_saved_while_nothing_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SAVE_EVERY", -1.0)

    _, saved = run(iter([visit(0, None, "timeout"), visit(1, None, "timeout")]))

    assert saved == []


def test_ctrl_c_keeps_the_visits_so_far() -> None:
    def visits() -> Iterator[Visit]:
        yield visit(0)
        raise KeyboardInterrupt

    tour, _ = run(visits())

    assert (tour.interrupted, len(tour.rows), tour.unreached) == (True, 1, 2)


def test_an_error_of_our_own_keeps_the_visits_so_far_and_is_not_hidden() -> None:
    saved: list[int] = []

    def visits() -> Iterator[Visit]:
        yield visit(0)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        travel(visits(), TASKS, {}, lambda rows: saved.append(len(rows)))

    assert saved == [1]
