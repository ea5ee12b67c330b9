"""A patrol in virtual time: no threads, no network, no sleep, and the same figures each time.

The patrol's own rounds are driven by a crew whose visits take no time but move a clock. What answers is any function
``ask(task, timeout, now)``, among them the worlds of ``world.py``.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from statistics import mean

from benchmarks.world import Limiter, Spot
from detection_notes.links.model import Task, Visit
from detection_notes.links.visits.pace import PATIENCE, SHORT, Queue
from detection_notes.links.visits.patrol import MANY, queues, rounds
from detection_notes.links.visits.tries import Job

ROUND_TRIP = 0.001  # seconds, to a server that answers at once
TIMEOUT, PER_HOST = 10.0, 8

Ask = Callable[[Task, float, float], Visit]
Limits = dict[str, Limiter]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Crew:
    """Takes the place of the patrol's threads. ``visit.seconds`` of what ``ask`` answers says when it comes."""

    def __init__(self, ask: Ask, clock: Clock) -> None:
        self._ask, self._clock = ask, clock
        self._coming: list[tuple[float, int, Queue, Job, Visit]] = []
        self._handed = 0

    def free(self) -> bool:
        return len(self._coming) < MANY

    def hand(self, queue: Queue, job: Job) -> None:
        visit = self._ask(job.task, job.timeout, self._clock.now)
        self._handed += 1
        heapq.heappush(self._coming, (self._clock.now + visit.seconds, self._handed, queue, job, visit))

    def results(self, wait: float) -> Iterator[tuple[Queue, Job, Visit]]:
        first = self._coming[0][0] if self._coming else float("inf")
        self._clock.now = max(self._clock.now, min(first, self._clock.now + wait))
        while self._coming and self._coming[0][0] <= self._clock.now:
            _, _, queue, job, visit = heapq.heappop(self._coming)
            yield queue, job, visit


def patrol(
    tasks: Iterable[Task], ask: Ask, timeout: float = TIMEOUT, per_host: int = PER_HOST, total: float = float("inf")
) -> tuple[list[Visit], float]:
    """What ``visits.patrol.patrol`` would yield, and the seconds that it would take."""
    clock = Clock()

    def make(host: str) -> Queue:
        return Queue(per_host)

    visits = list(rounds(queues(tasks, timeout, make), Crew(ask, clock), clock, total, make))
    return visits, clock.now


@dataclass
class Outcome:
    """What a run took and what the servers saw. ``early`` requests were sent while a host had asked for a rest."""

    visits: list[Visit] = field(default_factory=list)
    seconds: float = 0.0
    requests: int = 0
    refused: int = 0
    early: int = 0
    most: int = 0


class Web:
    """The spots of a world, and what the hosts with a limiter do to those who ask too fast."""

    def __init__(self, spots: Iterable[Spot], limits: Limits) -> None:
        self.outcome = Outcome()
        self._spots = {url(spot): spot for spot in spots}
        self._limits = limits
        self._asked: Counter[str] = Counter()
        self._ends: dict[str, list[float]] = defaultdict(list)  # of the requests under way
        self._rest: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))  # when it was asked for; its end

    def ask(self, task: Task, timeout: float, now: float) -> Visit:
        spot = self._spots[task.address]
        visit = self._answer(task, spot, timeout, now)
        ends = self._ends[spot.host] = [end for end in self._ends[spot.host] if end > now] + [now + visit.seconds]
        told, until = self._rest[spot.host]
        self.outcome.requests += 1
        self.outcome.refused += visit.status == 429
        self.outcome.early += told <= now < until
        self.outcome.most = max(self.outcome.most, len(ends))
        if visit.status == 429 and spot.host in self._limits:
            self._rest[spot.host] = told if now < until else now + visit.seconds, now + (visit.retry_after or 0.0)
        return visit

    def _answer(self, task: Task, spot: Spot, timeout: float, now: float) -> Visit:
        if spot.host in self._limits and (wait := self._limits[spot.host].refuse(now)):
            return Visit(task.address, "", status=429, retry_after=float(wait), seconds=ROUND_TRIP)
        seconds = spot.latency + ROUND_TRIP
        if spot.kind == "hang" or seconds > timeout:
            return Visit(task.address, "", error="timeout", seconds=timeout)
        self._asked[task.address] += 1
        if spot.kind == "busy" and self._asked[task.address] == 1:
            return Visit(task.address, "", status=429, retry_after=2.0, seconds=seconds)
        return Visit(task.address, "", status=404 if spot.kind == "404" else 200, seconds=seconds)


def run(spots: list[Spot], limits: Limits | None = None, last: Outcome | None = None) -> Outcome:
    """Visit a world; with ``last``, in the order that the lock's times of that run advise."""
    known = {visit.address: round(visit.seconds, 1) for visit in last.visits} if last else {}
    tasks = [Task(url(spot), (url(spot),), known.get(url(spot))) for spot in spots]
    tasks.sort(key=lambda task: -int(task.expected or 0))  # as links.plan does
    web = Web(spots, limits or {})
    web.outcome.visits, web.outcome.seconds = patrol(tasks, web.ask)
    return web.outcome


def bound(spots: list[Spot]) -> float:
    """Seconds for a run that starts each host's URLs in their order, 8 at a time, and never waits without need.

    A request that has waited for so long that it does not count leaves its place to the next; one that is refused
    comes again after 2 s.
    """
    hosts: dict[str, list[Spot]] = defaultdict(list)
    for spot in spots:
        hosts[spot.host].append(spot)
    return max(map(_bound, hosts.values()))


def _bound(spots: list[Spot]) -> float:
    patience = max(SHORT, PATIENCE * mean(spot.latency for spot in spots))
    places, end = [0.0] * PER_HOST, 0.0
    for spot in spots:
        seconds = TIMEOUT if spot.kind == "hang" else spot.latency
        began = heapq.heappop(places)
        heapq.heappush(places, began + min(seconds, patience))
        end = max(end, began + seconds + (2.0 + spot.latency if spot.kind == "busy" else 0.0))
    return end


def url(spot: Spot) -> str:
    return f"http://{spot.host}{spot.path}"
