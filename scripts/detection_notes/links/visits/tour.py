"""Visits → the rows of one run: remembered as they come, saved on the way, and kept when Ctrl-C ends it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from detection_notes.links.address import host
from detection_notes.links.memory import remember
from detection_notes.links.model import Evidence, Task, Visit
from detection_notes.links.progress import progress
from detection_notes.links.visits.network import near

SAVE_EVERY = 15.0  # seconds, for the case that a run is killed

Rows = dict[str, Evidence]
Save = Callable[[Rows], None]


@dataclass(slots=True)
class Tour:
    """What a run saw: ``rows`` by URL, ``hosts`` as host → (addresses, seconds), ``silent`` the visits without any answer.

    ``network`` is False when nothing at all answered; ``withdrawn`` counts the addresses whose rows were taken back
    because nothing beyond this machine answered.
    """

    rows: Rows = field(default_factory=dict)
    visited: int = 0
    answered: bool = False
    beyond: bool = False  # whether something answered that is not on this machine or in its private network
    network: bool = True
    withdrawn: int = 0
    silent: list[Visit] = field(default_factory=list)
    hosts: dict[str, tuple[int, float]] = field(default_factory=dict)
    seconds: float = 0.0
    interrupted: bool = False
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
    tour.unreached = len(tasks) - tour.visited
    return tour


def _note(tour: Tour, task: Task, visit: Visit, known: Rows) -> None:
    tour.visited += 1
    if visit.answered:
        tour.answered = True
        tour.beyond = tour.beyond or not near(visit.address)
    else:
        tour.silent.append(visit)
    number, seconds = tour.hosts.get(host(task.address), (0, 0.0))
    tour.hosts[host(task.address)] = number + 1, seconds + visit.seconds
    tour.rows |= {url: remember(known.get(url), url, visit) for url in task.urls}
