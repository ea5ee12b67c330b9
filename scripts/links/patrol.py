"""Addresses → visits: hosts side by side, each at its own pace.

One thread (the caller's) decides and hands out, the others visit; so what is known of the hosts needs no locks, and
Ctrl-C reaches the one place that can stop cleanly.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from queue import Empty, SimpleQueue

from links.model import Task, Visit
from links.pace import Host, Job, again
from links.plan import host

FEW, MANY = 16, 160  # threads: more only while the processor is not what holds things up
BUSY = 0.75

Visitor = Callable[[Task, float], Visit]


def patrol(
    tasks: Iterable[Task], visit: Visitor, timeout: float, per_host: int, total: float = float("inf"), clock: Callable[[], float] = time.monotonic
) -> Iterator[Visit]:
    """Visit each address, at most ``per_host`` at a time at one host, and yield the visits as they become final.

    ``timeout`` is in seconds for one address, all tries together; after ``total`` seconds no new visit is begun and
    those under way are not waited for. ``visit(task, seconds)`` must not raise for what a server does; what it raises
    is raised here.
    """
    hosts: dict[str, Host] = {}
    for order, task in enumerate(tasks):
        hosts.setdefault(host(task.address), Host(per_host)).add(Job(0.0, order, task, timeout))
    crew = _Crew(visit)
    end = clock() + total
    try:
        while any(h.waiting or h.under_way for h in hosts.values()) and clock() < end:
            wake = _hand_out(hosts, crew, clock)
            for h, job, result in crew.results(max(0.0, min(wake, end) - clock())):
                final = _settle(h, job, result, clock())
                if final:
                    yield final
            hosts = {name: h for name, h in hosts.items() if h.waiting or h.under_way}
    finally:
        crew.dismiss()


def _hand_out(hosts: dict[str, Host], crew: "_Crew", clock: Callable[[], float]) -> float:
    """Hand out all that may be sent now, the fullest hosts first; return when to look again."""
    wake = float("inf")
    for h in sorted(hosts.values(), key=lambda h: -h.waiting):
        while (moment := h.next_moment(clock())) is not None:
            if moment > clock():
                wake = min(wake, moment)
                break
            if not crew.free():
                return min(wake, clock() + 0.02)
            crew.hand(h, h.send(clock()))
    return wake


def _settle(h: Host, job: Job, result: Visit | BaseException, now: float) -> Visit | None:
    """Note the answer; put the job back if it should be tried again, else return its visit."""
    if isinstance(result, BaseException):
        raise result
    h.answered(job, result, now)
    job.tries += 1
    job.left -= result.seconds
    pause = again(job, result)
    if pause is None:  # what the next run goes by is how long it took in all, waiting included
        return replace(result, seconds=now - job.first)
    job.ready = now + pause
    h.add(job)
    return None


class _Crew:
    """The threads that visit. They die with the program: none can keep it from ending."""

    def __init__(self, visit: Visitor) -> None:
        self._visit = visit
        self._todo: SimpleQueue = SimpleQueue()
        self._done: SimpleQueue = SimpleQueue()
        self._threads = self._busy = 0
        self._cpu, self._wall = time.process_time(), time.monotonic()

    def free(self) -> bool:
        """Whether another job can start at once; hires while that helps."""
        if self._busy < self._threads:
            return True
        if self._threads < FEW or (self._threads < MANY and self._idle()):
            threading.Thread(target=self._work, daemon=True).start()
            self._threads += 1
            return True
        return False

    def _idle(self) -> bool:
        cpu, wall = time.process_time(), time.monotonic()
        used = (cpu - self._cpu) / max(wall - self._wall, 1e-6)
        if wall - self._wall > 0.1:
            self._cpu, self._wall = cpu, wall
        return used < BUSY

    def hand(self, h: Host, job: Job) -> None:
        self._busy += 1
        self._todo.put((h, job))

    def results(self, wait: float) -> Iterator[tuple[Host, Job, Visit | BaseException]]:
        """The results there are; waits for the first, at most ``wait`` seconds."""
        try:
            yield self._take(wait)
            while True:
                yield self._take(0)
        except Empty:
            return

    def _take(self, wait: float) -> tuple[Host, Job, Visit | BaseException]:
        result = self._done.get(wait > 0, min(wait, 3600.0))
        self._busy -= 1
        return result

    def _work(self) -> None:
        while (item := self._todo.get()) is not None:
            h, job = item
            try:
                result: Visit | BaseException = self._visit(job.task, job.timeout)
            except BaseException as error:  # raised again in the caller's thread
                result = error
            self._done.put((h, job, result))

    def dismiss(self) -> None:
        for _ in range(self._threads):
            self._todo.put(None)
