"""One run's visits: tasks → evidence, with progress, savings on the way, and Ctrl-C that loses nothing."""

import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from detection_notes.links.guard import literal, public
from detection_notes.links.memory import remember
from detection_notes.links.model import Evidence, Task, Visit
from detection_notes.links.plan import host

SAVE_EVERY = 15.0  # seconds, for the case that a run is killed
NEVER = (".invalid", ".test", ".example")  # names that do not exist anywhere (RFC 6761)
UNASKED = ("private-address", "bad-url")
CONTROL = "https://example.com/"


@dataclass(slots=True)
class Tour:
    """What a run saw: ``rows`` by URL, ``hosts`` as host → (addresses, seconds), the visits that got no answer at all."""

    rows: dict[str, Evidence] = field(default_factory=dict)
    visited: int = 0
    answered: bool = False
    beyond: bool = False  # whether something answered that is not on this machine or in its private network
    withdrawn: int = 0
    silent: list[Visit] = field(default_factory=list)
    hosts: dict[str, tuple[int, float]] = field(default_factory=dict)
    seconds: float = 0.0
    interrupted: bool = False
    unreached: int = 0


def travel(visits: Iterator[Visit], tasks: list[Task], known: dict[str, Evidence], save: Callable[[dict[str, Evidence]], None]) -> Tour:
    """Take the visits as they come and remember them; ``save`` is called now and then with the rows so far."""
    tour, began = Tour(), time.monotonic()
    by_address = {task.address: task for task in tasks}
    saved = began
    try:
        with _progress(len(tasks)) as advance:
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


def _note(tour: Tour, task: Task, visit: Visit, known: dict[str, Evidence]) -> None:
    tour.visited += 1
    if visit.answered:
        tour.answered = True
        tour.beyond = tour.beyond or not _near(visit.address)
    else:
        tour.silent.append(visit)
    number, seconds = tour.hosts.get(host(task.address), (0, 0.0))
    tour.hosts[host(task.address)] = number + 1, seconds + visit.seconds
    tour.rows |= {url: remember(known.get(url), url, visit) for url in task.urls}


def nothing_answered(tour: Tour, answers: Callable[[str], bool], known: dict[str, Evidence]) -> bool:
    """Whether the run says nothing about the links, only about this machine's network.

    It does when neither they answer nor what answered before, nor example.com.
    """
    return not tour.answered and any(map(_asked, tour.silent)) and not _controlled(tour, answers, known)


def withdraw(tour: Tour, answers: Callable[[str], bool], known: dict[str, Evidence]) -> None:
    """Take back what was noted of far addresses that got no answer, when nothing far answers at all.

    A server on this machine that answers says nothing of the network beyond it.
    """
    far = [visit for visit in tour.silent if _asked(visit) and not _near(visit.address)]
    if far and not tour.beyond and not _controlled(tour, answers, known):
        addresses = {visit.address for visit in far}
        tour.rows = {url: row for url, row in tour.rows.items() if url.partition("#")[0] not in addresses}
        tour.withdrawn = len(far)


def _asked(visit: Visit) -> bool:
    """Whether the network had a part in a visit."""
    return visit.error not in UNASKED and not _name(visit.address).endswith(NEVER)


def _near(address: str) -> bool:
    """Whether an address names this machine or its private network."""
    name = _name(address)
    return name.endswith("localhost") or (literal(name) and not public(name))


def _name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _controlled(tour: Tour, answers: Callable[[str], bool], known: dict[str, Evidence]) -> bool:
    controls = [row.url for row in known.values() if row.good and row.url not in tour.rows and not _near(row.url)][:3]
    return any(answers(url) for url in (*controls, CONTROL))


def commonest(tour: Tour) -> str:
    """What most visits without an answer ended with, in words."""
    ((code, detail), _), *_ = Counter((visit.error, visit.detail) for visit in tour.silent).most_common(1)
    return f"most often: {code} ({detail})"


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C and SIGTERM wait until this is done."""
    came: list[int] = []
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        raise KeyboardInterrupt


@contextmanager
def _counter(total: int) -> Iterator[Callable[[], None]]:
    """Plain lines on standard error, one every ten seconds."""
    count, told = 0, time.monotonic()

    def advance() -> None:
        nonlocal count, told
        count += 1
        if time.monotonic() - told > 10:
            told = time.monotonic()
            print(f"visited {count} of {total}", file=sys.stderr, flush=True)

    yield advance


def _progress(total: int) -> AbstractContextManager[Callable[[], None]]:
    if not sys.stderr.isatty() or total == 0:
        return _counter(total) if total else nullcontext(lambda: None)
    return _bar(total)


@contextmanager
def _bar(total: int) -> Iterator[Callable[[], None]]:
    from rich.console import Console  # late: a pipe needs no bar
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    with Progress("visiting", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("visiting", total=total)
        yield lambda: progress.advance(bar)
