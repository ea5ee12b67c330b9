"""What a run concludes about the network before it concludes anything about links."""

import pytest
from detection_notes.links.model import Evidence, Task, Visit
from detection_notes.links.visits import run
from detection_notes.links.visits.tour import Tour, travel

DAY = "2026-11-23"


def visit(number: int, status: int | None = 200, error: str | None = None) -> Visit:
    return Visit(f"https://example.org/{number}", DAY, status, error, seconds=0.5, answered=status is not None)


def doubted(visits: list[Visit], alive: tuple[str, ...] = (), known: dict[str, Evidence] | None = None) -> Tour:
    """The tour of these visits after the question whether there is a network; ``alive`` are the controls that answer."""
    tasks = [Task(visit.address, (visit.address,)) for visit in visits]
    tour = travel(iter(visits), tasks, {}, lambda rows: None)
    run.doubt(tour, known or {}, lambda url: url in alive)
    return tour


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
    rows = {url: Evidence(url, DAY, 200, good=DAY if good else None) for url, good in known.items()}

    tour = doubted(visits, alive, rows)

    assert tour.network is not nothing
    assert (tour.rows == {}) is (nothing or not visits)


@pytest.mark.parametrize(("addresses", "nothing"), [(["http://x.invalid/"], False), (["http://x.invalid/", "http://example.org/"], True)])
def test_a_name_that_can_exist_nowhere_tells_nothing_of_the_network(addresses: list[str], nothing: bool) -> None:
    assert doubted([Visit(address, DAY, error="no-such-host") for address in addresses]).network is not nothing


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

    run.doubt(tour, {}, lambda url: url in alive)

    assert tour.network
    assert list(tour.rows) == [near, *(url for address in left for url in (address, f"{address}#part"))]


def test_one_far_answer_is_enough() -> None:
    tour = doubted([visit(0), visit(1, None, "no-such-host")])

    assert len(tour.rows) == 2 and tour.withdrawn == 0
