"""What one host bears: how many requests at once, and how soon again after it said 429.

A 429 may mean one URL or the whole host. If a request that was sent later is answered normally, it was the URL, and
the host goes on; until that is known, nothing is sent. Else it was the host: it rests for as long as it asked, and is
then asked at a third of the rate that it bore; after some calm twice as fast, but not so fast that it complained.
"""

import heapq
from collections import deque
from dataclasses import dataclass, field

from links.judge import SILENT, kind_of
from links.model import Task, Visit

PATIENCE = 1.0  # seconds after which a request that waits no longer counts against its host: it asks nothing more of it
KNOWN_SLOW = 0.2  # the same for one that was slow last time
CEILING = 60.0  # seconds that a Retry-After may ask for; beyond, a later run comes back
LATER = 0.03  # seconds by which a request must have been sent later to have arrived later
SLOWER, SLOWEST = 3, 0.5  # how many times slower a host is asked after it complained; seconds apart at the most
CALM = 8  # answers without complaint after which it is asked faster again
TRIES = 3
FIRST_SHARE = 2 / 3  # of a URL's time for its first try


@dataclass(order=True, slots=True)
class Job:
    ready: float
    order: int
    task: Task = field(compare=False)
    left: float = field(compare=False, default=0.0)
    tries: int = field(compare=False, default=0)
    first: float = field(compare=False, default=0.0)
    started: float = field(compare=False, default=0.0)

    @property
    def counts_until(self) -> float:
        """Until when this request counts among those under way at its host."""
        slow = (self.task.expected or 0.0) > PATIENCE or self.tries > 0
        return self.started + (KNOWN_SLOW if slow else PATIENCE)

    @property
    def timeout(self) -> float:
        """Seconds for the next try."""
        return self.left * FIRST_SHARE if self.tries == 0 else self.left


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds from one sending to the next, now and at the least; 0 is no limit."""

    interval: float = 0.0
    least: float = 0.0

    def slower(self, borne: float) -> "Pace":
        """After a complaint at this pace, when an answer came every ``borne`` seconds."""
        least = max(self.least, 1.5 * self.interval)
        return Pace(min(max(SLOWER * borne, least), SLOWEST), min(least, SLOWEST))

    def faster(self) -> "Pace":
        half = max(self.interval / 2, self.least)
        return Pace(half if half > 0.02 else 0.0, self.least)


class Host:
    """One host's queue and its pace. ``limit`` requests may be under way at once."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.pace = Pace()
        self.under_way: dict[int, Job] = {}
        self.rest_until = 0.0
        self._fresh: deque[Job] = deque()
        self._again: list[Job] = []
        self._last_sent = float("-inf")
        self._stretch: tuple[float, int] = (float("inf"), 0)  # since when it is asked without rest, and its answers since
        self._doubt: tuple[float, Pace] | None = None  # when the request was sent that got a 429; the pace before
        self._fine = float("-inf")  # when the latest of those was sent that got another answer

    def add(self, job: Job) -> None:
        if job.tries:
            heapq.heappush(self._again, job)
        else:
            self._fresh.append(job)

    @property
    def waiting(self) -> int:
        return len(self._fresh) + len(self._again)

    def next_moment(self, now: float) -> float | None:
        """When the next job may be sent: now or earlier means at once; None if there is none."""
        if not self.waiting:
            return None
        ready = 0.0 if self._fresh else self._again[0].ready
        moment = max(ready, self.rest_until, self._last_sent + self.pace.interval)
        counted = sorted(job.counts_until for job in self.under_way.values() if job.counts_until > now)
        if len(counted) >= self.limit:
            moment = max(moment, counted[len(counted) - self.limit])
        return moment

    def send(self, now: float) -> Job:
        """The next job: one that is to be tried again goes before those not tried yet."""
        again = self._again and (not self._fresh or self._again[0].ready <= now)
        job = heapq.heappop(self._again) if again else self._fresh.popleft()
        job.started = self._last_sent = now
        job.first = now if job.tries == 0 else job.first
        self._stretch = (min(self._stretch[0], now), self._stretch[1])
        self.under_way[job.order] = job
        return job

    def answered(self, job: Job, visit: Visit, now: float) -> None:
        del self.under_way[job.order]
        if visit.status == 429:
            self._complained(job, visit, now)
        elif visit.status is not None:
            self._content(job)

    def _content(self, job: Job) -> None:
        since, answers = self._stretch
        self._stretch = (since, answers + 1)
        self._fine = max(self._fine, job.started)
        if self._doubt and self._fine > self._doubt[0] + LATER:
            self.pace, self.rest_until, self._doubt = self._doubt[1], 0.0, None
        elif self.pace.interval and (answers + 1) % CALM == 0:
            self.pace = self.pace.faster()

    def _complained(self, job: Job, visit: Visit, now: float) -> None:
        asked = min(visit.retry_after if visit.retry_after is not None else 2.0**job.tries, CEILING)
        if now < self.rest_until:  # another one said so before: it is the host
            self._doubt = None
        elif self._fine > job.started + LATER:  # a later one was answered: it is the URL
            return
        else:
            since, answers = self._stretch
            self._doubt = job.started, self.pace
            self.pace = self.pace.slower((now - since) / max(answers, 1))
            self._stretch = (float("inf"), 0)
        self.rest_until = max(self.rest_until, now + asked)


def again(job: Job, visit: Visit) -> float | None:
    """Seconds until a job should be tried again, or None when its visit is final. The job's time shrinks by the visit's."""
    if job.tries >= TRIES or job.left < 0.2:
        return None
    if visit.status in (429, 503) and visit.retry_after is not None:
        return visit.retry_after if visit.retry_after <= CEILING else None
    if visit.status == 429:
        return 2.0 ** (job.tries - 1)
    code = visit.error or str(visit.status)
    if kind_of(code) != SILENT:
        return None
    return 0.0 if code == "timeout" else 0.5 * job.tries
