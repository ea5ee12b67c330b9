"""Addresses → visits: hosts side by side, each at its own pace.

One thread (the caller's) decides and hands out, the others visit; so what is known of the hosts needs no locks, and
Ctrl-C reaches the one place that can stop cleanly.
"""

import ctypes
import gc
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import Protocol

from detection_notes.links.address import host
from detection_notes.links.model import Task, Visit
from detection_notes.links.moment import now
from detection_notes.links.visits.pace import Queue
from detection_notes.links.visits.tries import LONG, Job, Pause, again

MANY = 96  # threads; each takes a quarter of a MiB
M_ARENA_MAX = -8  # of mallopt(3)
COLLECTED = 10_000, 20, 20  # objects made before the garbage collector looks at the youngest, and so on
TURN = 0.05  # seconds that a thread may compute at a stretch: it soon waits for its server anyway, and changing costs
BUSY = 0.5  # share of a processor; above it another thread would mostly wait for its turn
SOON = 0.02  # seconds until it is looked again whether there is a thread
BLINK = 0.5  # seconds of waiting at a stretch: a Ctrl-C of the moment before is noticed only afterwards

Visitor = Callable[[Task, float], Visit | Pause]
Clock = Callable[[], float]
Result = tuple[Queue, Job, Visit | Pause | BaseException]
MakeQueue = Callable[[str], Queue]


def patrol(tasks: Iterable[Task], visit: Visitor, timeout: float, queue: MakeQueue | int, total: float = float("inf")) -> Iterator[Visit]:
    """Visit each address, each host at its pace, and yield the visits as they become final.

    ``queue`` makes the queue of a host, or is the number of requests that may be under way at any. ``timeout`` is in
    seconds for one address, all tries together; after ``total`` seconds no new visit is begun and those under way are
    not waited for. The addresses of a host that asks to come back later than a run can wait are yielded as
    "rate-limited". ``visit(task, seconds)`` must not raise for what a server does; what it raises is raised here.
    """
    _suit_many_threads()
    crew = _Threads(visit)
    make = queue if callable(queue) else lambda host: Queue(queue)
    try:
        yield from rounds(queues(tasks, timeout, make), crew, time.monotonic, time.monotonic() + total, make)
    finally:
        crew.dismiss()


class Crew(Protocol):
    """Runs jobs and reports results; the crew of the simulation moves its clock as well."""

    def free(self) -> bool:
        """Whether another job can start at once."""

    def hand(self, queue: Queue, job: Job) -> None:
        """Start a job."""

    def results(self, wait: float) -> Iterator[Result]:
        """The results there are; waits for the first, at most ``wait`` seconds."""


def queues(tasks: Iterable[Task], timeout: float, make: MakeQueue) -> dict[str, Queue]:
    """The hosts, those with the most tasks first; in each the tasks in their order."""
    hosts: dict[str, Queue] = {}
    for order, task in enumerate(tasks):
        job = Job(0.0, order, task, timeout, slow=(task.expected or 0.0) > LONG)
        _queue(hosts, task.address, make).add(job)
    return dict(sorted(hosts.items(), key=lambda item: -item[1].waiting))


def _queue(hosts: dict[str, Queue], url: str, make: MakeQueue) -> Queue:
    name = host(url)
    if name not in hosts:
        hosts[name] = make(name)
    return hosts[name]


def rounds(hosts: dict[str, Queue], crew: Crew, clock: Clock, end: float, make: MakeQueue) -> Iterator[Visit]:
    """Hand out what may be sent and take what came back, until nothing is left or it is ``end``."""
    busy = dict.fromkeys(hosts.values())
    while busy and clock() < end:
        wake = _hand_out(busy, crew, clock)
        for queue, job, result in crew.results(max(0.0, min(wake, end) - clock())):
            if isinstance(result, BaseException):
                raise result
            there = _queue(hosts, result.url if isinstance(result, Pause) else job.task.address, make)
            if final := _settle(queue, there, job, result, clock()):
                yield final
            for touched in (queue, there):
                busy.setdefault(touched)
                if touched.over:
                    del busy[touched]
                    yield from (_put_off(job) for job in touched.leave())


def _hand_out(queues: Iterable[Queue], crew: Crew, clock: Clock) -> float:
    """Hand out all that may be sent now; return when to look again if nothing comes back before."""
    wake = float("inf")
    for queue in queues:
        while (moment := queue.next_moment(clock())) is not None:
            if moment > clock():
                wake = min(wake, moment)
                break
            if not crew.free():
                return min(wake, clock() + SOON)
            crew.hand(queue, queue.send(clock()))
    return wake


def _settle(queue: Queue, there: Queue, job: Job, result: Visit | Pause, moment: float) -> Visit | None:
    """Note what a host said. Return the visit if it is final; else put the job into the queue of the host that comes next."""
    if isinstance(result, Pause):
        job.paused(result)
        queue.answered(job, result, moment)
        job.ready = moment
    else:
        job.tried(result.seconds)
        queue.answered(job, result, moment)
        pause = again(job, result)
        if pause is None:
            if job.tries == 1:
                return result
            return replace(result, seconds=job.spent)  # what the next run goes by: all tries, and not what lay between them
        job.ready = moment + pause
    there.add(job)
    return None


def _put_off(job: Job) -> Visit:
    return Visit(job.task.address, now(), error="rate-limited", detail="its host asks to come back later than this run can wait")


def _suit_many_threads() -> None:
    """Set up this process for threads that mostly wait.

    All take memory from one place (glibc only): each keeps what its largest page took, else. Cycles are looked for less
    often, since visits make many objects and nearly no cycles.
    """
    sys.setswitchinterval(TURN)
    gc.freeze()
    gc.set_threshold(*COLLECTED)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:
        mallopt(M_ARENA_MAX, 1)


class _Threads:
    """The crew of a real run. Its threads die with the program: none can keep it from ending."""

    def __init__(self, visit: Visitor) -> None:
        self._visit = visit
        self._todo: SimpleQueue[tuple[Queue, Job] | None] = SimpleQueue()
        self._done: SimpleQueue[Result] = SimpleQueue()
        self._threads = self._busy = 0
        self._cpu, self._wall = time.process_time(), time.monotonic()

    def free(self) -> bool:
        """Whether a thread is idle; starts another one unless the processor is busy."""
        if self._busy < self._threads:
            return True
        if not self._threads or (self._threads < MANY and self._idle()):
            threading.Thread(target=self._work, name="visit", daemon=True).start()
            self._threads += 1
            return True
        return False

    def _idle(self) -> bool:
        cpu, wall = time.process_time(), time.monotonic()
        used = (cpu - self._cpu) / max(wall - self._wall, 1e-6)
        if wall - self._wall > 0.1:
            self._cpu, self._wall = cpu, wall
        return used < BUSY

    def hand(self, queue: Queue, job: Job) -> None:
        self._busy += 1
        self._todo.put((queue, job))

    def results(self, wait: float) -> Iterator[Result]:
        try:
            yield self._take(wait)
            while True:
                yield self._take(0)
        except Empty:
            return

    def _take(self, wait: float) -> Result:
        result = self._done.get(wait > 0, min(wait, BLINK))
        self._busy -= 1
        return result

    def _work(self) -> None:
        while (item := self._todo.get()) is not None:
            queue, job = item
            try:
                result: Visit | Pause | BaseException = self._visit(job.task, job.timeout) if job.pause is None else job.pause.resume(job.timeout)
            except BaseException as error:  # raised again in the caller's thread
                result = error
            self._done.put((queue, job, result))

    def dismiss(self) -> None:
        for _ in range(self._threads):
            self._todo.put(None)
