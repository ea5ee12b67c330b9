"""What one host bears: how many requests at once, and how soon again after it said 429.

A 429 may mean one URL or the whole host. Sending stops at once; if a request that was sent later is answered
normally, it was the URL, and the host goes on. If a second 429 comes, it was the host: it rests for as long as it
asked, and is then asked at a quarter of the rate that it bore.
"""

import heapq
from dataclasses import dataclass, field

from links.judge import SILENT, kind_of
from links.model import Task, Visit

PATIENCE = 2.0  # seconds after which a request that waits no longer counts against its host
CEILING = 60.0  # seconds that a Retry-After may ask for; beyond, a later run comes back
TRIES = 3
FIRST_SHARE = 2 / 3  # of a URL's time for its first try


@dataclass(order=True, slots=True)
class Job:
    ready: float
    order: int
    task: Task = field(compare=False)
    left: float = field(compare=False, default=0.0)
    tries: int = field(compare=False, default=0)
    started: float = field(compare=False, default=0.0)

    @property
    def timeout(self) -> float:
        """Seconds for the next try."""
        return self.left * FIRST_SHARE if self.tries == 0 else self.left


class Host:
    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.jobs: list[Job] = []
        self.under_way: dict[int, Job] = {}
        self.rest_until = 0.0
        self.interval = 0.0
        self.last_sent = float("-inf")
        self.first_sent: float | None = None
        self.answers = 0
        self._doubt: float | None = None  # when the request was sent that got the first 429

    def add(self, job: Job) -> None:
        heapq.heappush(self.jobs, job)

    def next_moment(self, now: float) -> float | None:
        """When the next job may be sent: now or earlier means at once; None if only an answer can tell."""
        if not self.jobs:
            return None
        moment = max(self.jobs[0].ready, self.rest_until, self.last_sent + self.interval)
        counted = sorted(job.started for job in self.under_way.values() if now - job.started < PATIENCE)
        if len(counted) >= self.limit:
            moment = max(moment, counted[len(counted) - self.limit] + PATIENCE)
        return moment

    def send(self, now: float) -> Job:
        job = heapq.heappop(self.jobs)
        job.started = self.last_sent = now
        self.first_sent = now if self.first_sent is None else self.first_sent
        self.under_way[job.order] = job
        return job

    def answered(self, job: Job, visit: Visit, now: float) -> None:
        del self.under_way[job.order]
        if visit.status == 429:
            self._complained(job, visit, now)
            return
        self.answers += visit.status is not None
        if self._doubt is not None and job.started > self._doubt and visit.status is not None:
            self._doubt, self.rest_until = None, 0.0

    def _complained(self, job: Job, visit: Visit, now: float) -> None:
        asked = min(visit.retry_after if visit.retry_after is not None else 2.0**job.tries, CEILING)
        if self._doubt is None and now >= self.rest_until:
            self._doubt = job.started
        elif self._doubt is not None:
            elapsed = now - (self.first_sent or now)
            self.interval = max(4 * elapsed / max(self.answers, 1), 2 * self.interval)
            self._doubt = None
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
