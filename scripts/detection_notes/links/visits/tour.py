"""Visits → the rows of one run: remembered as they come, saved on the way, and kept when Ctrl-C ends it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from detection_notes.links.address import host, name
from detection_notes.links.memory import remember
from detection_notes.links.model import Evidence, Task, Visit
from detection_notes.links.progress import progress
from detection_notes.links.visits.network import LOCAL, NAMELESS, asked, certified, near

SAVE_EVERY = 15.0  # seconds, for the case that a run is killed

Rows = dict[str, Evidence]
Save = Callable[[Rows], None]


@dataclass(slots=True)
class Tour:
    """What a run saw: ``rows`` by URL, ``hosts`` as host → (addresses, seconds), ``silent`` the visits without any answer.

    ``local`` are rows that tell of this machine's network only: they are reported and never saved. ``held`` are the
    visits whose certificate did not hold or whose name does not exist here, ``proved`` the hosts whose did, ``led`` the far hosts asked over http with
    the hosts at which they ended. ``trouble`` says what is wrong with this network; ``network`` is False when that
    leaves nothing to report, ``withdrawn`` counts the addresses whose rows were taken back. ``put_off`` counts the
    addresses whose hosts want to be asked later, ``unreached`` those for which the time did not suffice.
    """

    rows: Rows = field(default_factory=dict)
    local: Rows = field(default_factory=dict)
    held: list[tuple[Task, Visit]] = field(default_factory=list)
    silent: list[Visit] = field(default_factory=list)
    proved: set[str] = field(default_factory=set)
    led: dict[str, str] = field(default_factory=dict)
    hosts: dict[str, tuple[int, float]] = field(default_factory=dict)
    seconds: float = 0.0
    nearby: bool = False  # whether something answered that is on this machine or in its private network
    beyond: bool = False  # whether something else did
    network: bool = True
    trouble: str = ""
    withdrawn: int = 0
    interrupted: bool = False
    visited: int = 0
    put_off: int = 0
    unreached: int = 0


def travel(visits: Iterator[Visit], tasks: list[Task], known: Rows, save: Save) -> Tour:
    """Take the visits as they come and remember them; ``save`` is called now and then with the rows so far."""
    tour, began = Tour(), time.monotonic()
    by_address = {task.address: task for task in tasks}
    saved = began
    try:
        with progress(len(tasks)) as advance:
            for visit in visits:
                _note(tour, by_address[visit.address], visit, known)
                advance()
                if time.monotonic() - saved > SAVE_EVERY and tour.beyond:
                    save(tour.rows)
                    saved = time.monotonic()
    except KeyboardInterrupt:
        tour.interrupted = True
    except Exception:  # an error of our own: what was learnt is kept all the same
        if tour.beyond:
            save(tour.rows)
        raise
    tour.seconds = time.monotonic() - began
    tour.unreached = len(tasks) - tour.visited - tour.put_off
    return tour


def _note(tour: Tour, task: Task, visit: Visit, known: Rows) -> None:
    unseen = [url for url in task.urls if url not in known or known[url].day is None]
    if visit.error == "rate-limited" and not visit.hops:  # it was never asked: what is known of it stays
        tour.put_off += 1
        tour.rows |= {url: remember(known.get(url), url, visit) for url in unseen}
        return
    tour.visited += 1
    number, seconds = tour.hosts.get(host(task.address), (0, 0.0))
    tour.hosts[host(task.address)] = number + 1, seconds + visit.seconds
    _note_network(tour, visit)
    if certified(visit) or (visit.error in NAMELESS and not near(visit.address) and asked(visit)):
        tour.held.append((task, visit))
    elif visit.error in LOCAL or str(visit.status) in LOCAL:
        tour.local |= {url: remember(None, url, visit) for url in unseen}
    elif visit.error == "private-address":
        tour.rows |= {url: remember(None, url, visit) for url in task.urls if url not in known or not known[url].good}
    else:
        tour.rows |= {url: remember(known.get(url), url, visit) for url in task.urls}


def _note_network(tour: Tour, visit: Visit) -> None:
    """What a visit says of the network."""
    is_near = near(visit.address)
    if not visit.answered:
        tour.silent.append(visit)
    elif is_near:
        tour.nearby = True
    else:
        tour.beyond = True
        if visit.address.startswith("http:"):
            tour.led[name(visit.address)] = name(visit.hops[-1].url) if visit.hops else name(visit.address)
    tour.proved |= {name(hop.url) for hop in visit.hops if hop.url.startswith("https:")}
