"""A run's visits: what is kept when it is stopped or fails, and when it says nothing about the links."""

import os
import signal
from collections.abc import Iterator

import pytest
from detection_notes.links import tour as module
from detection_notes.links.model import Evidence, Task, Visit
from detection_notes.links.tour import Tour, nothing_answered, travel, uninterrupted, withdraw

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


@pytest.mark.parametrize(
    ("visits", "known", "alive", "nothing"),
    [
        ([], {}, (), False),
        ([visit(0)], {}, (), False),
        ([visit(0), visit(1, None, "timeout")], {}, (), False),
        ([visit(0, None, "timeout"), visit(1, None, "refused")], {}, (), True),
        ([visit(0, None, "timeout")], {}, ("https://example.com/",), False),
        ([visit(0, None, "no-such-host")], {}, (), True),
        ([visit(0, None, "no-such-host")], {}, ("https://example.com/",), False),
        ([visit(0, None, "proxy-failure")], {"https://good.example.net/": True}, (), True),
        ([visit(0, None, "proxy-failure")], {"https://good.example.net/": True}, ("https://good.example.net/",), False),
        ([visit(0, None, "timeout")], {"https://never.example.net/": False}, ("https://never.example.net/",), True),
        ([visit(0, None, "private-address")], {}, (), False),
        ([visit(0, None, "bad-url")], {}, (), False),
        ([visit(0, None, "private-address"), visit(1, None, "timeout")], {}, (), True),
    ],
)
def test_a_run_says_nothing_when_neither_links_nor_controls_answer(visits: list[Visit], known: dict[str, bool], alive: tuple[str, ...], nothing: bool) -> None:
    tour, _ = run(iter(visits))
    rows = {url: Evidence(url, DAY, 200, good=DAY if good else None) for url, good in known.items()}

    assert nothing_answered(tour, lambda url: url in alive, rows) is nothing


@pytest.mark.parametrize(("addresses", "nothing"), [(["http://x.invalid/"], False), (["http://x.invalid/", "http://example.org/"], True)])
def test_a_name_that_can_exist_nowhere_tells_nothing_of_the_network(addresses: list[str], nothing: bool) -> None:
    tour = Tour(silent=[Visit(address, DAY, error="no-such-host") for address in addresses])

    assert nothing_answered(tour, lambda url: False, {}) is nothing


@pytest.mark.parametrize(
    ("far", "alive", "left"),
    [
        ("https://far.example.org/", (), []),
        ("https://far.example.org/", ("https://example.com/",), ["https://far.example.org/"]),
        ("http://127.0.0.1:1/", (), ["http://127.0.0.1:1/"]),
        ("http://nowhere.invalid/", (), ["http://nowhere.invalid/"]),
    ],
)
def test_a_server_on_this_machine_says_nothing_of_the_network_beyond(far: str, alive: tuple[str, ...], left: list[str]) -> None:
    near = "http://127.0.0.1:8000/"
    visits = [Visit(near, DAY, 404, answered=True), Visit(far, DAY, error="no-such-host")]
    tour = travel(iter(visits), [Task(near, (near,)), Task(far, (far, f"{far}#part"))], {}, lambda rows: None)

    assert nothing_answered(tour, lambda url: url in alive, {}) is False
    withdraw(tour, lambda url: url in alive, {})

    assert list(tour.rows) == [near, *(url for address in left for url in (address, f"{address}#part"))]


def test_one_far_answer_is_enough() -> None:
    tour, _ = run(iter([visit(0), visit(1, None, "no-such-host")]))

    withdraw(tour, lambda url: False, {})

    assert len(tour.rows) == 2 and tour.withdrawn == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_until_a_write_is_done(number: int) -> None:
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    done = []
    try:
        with pytest.raises(KeyboardInterrupt), uninterrupted():
            os.kill(os.getpid(), number)
            os.kill(os.getpid(), number)
            done.append("written")
        assert done == ["written"]
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_write_without_a_signal_interrupts_nothing() -> None:
    with uninterrupted():
        pass
