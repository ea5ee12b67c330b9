"""Addresses → visits: hosts side by side, each at its own pace.

One thread (the caller's) decides and hands out, the others visit; so what is known of the hosts needs no locks, and
Ctrl-C reaches the one place that can stop cleanly.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import Protocol

from detection_notes.links.model import Task, Visit
from detection_notes.links.visits.pace import Queue
from detection_notes.links.address import host
from detection_notes.links.visits.tries import LONG, Job, again

FEW, MANY = 16, 160  # threads: more only while the processor is not what holds things up
BUSY = 0.75
SOON = 0.02  # seconds until it is looked again whether there is a thread
BLINK = 0.5  # seconds of waiting at a stretch: a Ctrl-C of the moment before is noticed only afterwards

Visitor = Callable[[Task, float], Visit]
Clock = Callable[[], float]
Result = tuple[Queue, Job, Visit | BaseException]


def patrol(tasks: Iterable[Task], visit: Visitor, timeout: float, per_host: int, total: float = float("inf")) -> Iterator[Visit]:
    """Visit each address, at most ``per_host`` at a time at one host, and yield the visits as they become final.

    ``timeout`` is in seconds for one address, all tries together; after ``total`` seconds no new visit is begun and
    those under way are not waited for. A host that asks to come back later than a run can wait is left, and what was
    not asked there is not yielded. ``visit(task, seconds)`` must not raise for what a server does; what it raises is
    raised here.
    """
    crew = _Threads(visit)
    try:
        yield from rounds(queues(tasks, timeout, per_host), crew, time.monotonic, time.monotonic() + total)
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


def queues(tasks: Iterable[Task], timeout: float, per_host: int) -> list[Queue]:
    """The hosts, those with the most tasks first; in each the tasks in their order."""
    hosts: dict[str, Queue] = {}
    for order, task in enumerate(tasks):
        job = Job(0.0, order, task, timeout, slow=(task.expected or 0.0) > LONG)
        hosts.setdefault(host(task.address), Queue(per_host)).add(job)
    return sorted(hosts.values(), key=lambda queue: -queue.waiting)


def rounds(hosts: list[Queue], crew: Crew, clock: Clock, end: float) -> Iterator[Visit]:
    """Hand out what may be sent and take what came back, until nothing is left or it is ``end``."""
    left = dict.fromkeys(hosts)
    while left and clock() < end:
        wake = _hand_out(left, crew, clock)
        for queue, job, result in crew.results(max(0.0, min(wake, end) - clock())):
            if final := _settle(queue, job, result, clock()):
                yield final
            if queue.over:
                del left[queue]


def _hand_out(hosts: Iterable[Queue], crew: Crew, clock: Clock) -> float:
    """Hand out all that may be sent now; return when to look again if nothing comes back before."""
    wake = float("inf")
    for queue in hosts:
        while (moment := queue.next_moment(clock())) is not None:
            if moment > clock():
                wake = min(wake, moment)
                break
            if not crew.free():
                return min(wake, clock() + SOON)
            crew.hand(queue, queue.send(clock()))
    return wake


def _settle(queue: Queue, job: Job, result: Visit | BaseException, now: float) -> Visit | None:
    """Note the answer; put the job back if it should be tried again, else return its visit."""
    if isinstance(result, BaseException):
        raise result
    job.tried(result.seconds)
    queue.answered(job, result, now)
    pause = again(job, result)
    if pause is None:
        return replace(result, seconds=job.spent)  # what the next run goes by: all tries, and not what lay between them
    job.ready = now + pause
    queue.add(job)
    return None


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
        if self._threads < FEW or (self._threads < MANY and self._idle()):
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
                result: Visit | BaseException = self._visit(job.task, job.timeout)
            except BaseException as error:  # raised again in the caller's thread
                result = error
            self._done.put((queue, job, result))

    def dismiss(self) -> None:
        for _ in range(self._threads):
            self._todo.put(None)
