"""What one host bears: how many requests at once, and how soon again after it said 429.

A 429 may mean one URL or the whole host. If a request that was sent later is answered normally, it was the URL, and
the host goes on; until that is known nothing is sent, and if it does not become known, the host rests for as long as
it asked. A host that was seen to refuse single URLs is believed to do so again, unless 429s come in a crowd. After
a rest a host is asked more slowly, and little by little faster, but no longer as fast as when it complained.
"""

import heapq
from collections import deque
from dataclasses import dataclass

from detection_notes.links.model import Visit
from detection_notes.links.visits.tries import FOREVER, Job, Pause, asked, refused

PATIENCE = 4 / 3  # a request slower than this multiple of the host's average no longer uses a slot
USUAL = 0.7  # seconds that a host is thought to take as long as it has not answered
SHORT = 0.2  # seconds for which a request counts in any case, and for which one does that was slow last time
PILE = 3  # hard cap on open requests, as a multiple of the limit
LATER = 0.03  # seconds by which a request must have been sent later to have arrived later
RECENT = 8  # answers; when half of them are 429s, those are not single URLs
SLOW, SLOWEST = 0.1, 2.0  # seconds from one request to the next after the first complaint; at the most
CALM, EASE = 4, 0.9  # after so many answers without complaint they become shorter by this
MARGIN = 1.2  # but stay longer by this than those at which the host complained


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds from one request to the next, now and at the least; 0 is no limit."""

    interval: float = 0.0
    least: float = 0.0

    def slower(self) -> "Pace":
        return Pace(min(max(2 * self.interval, SLOW), SLOWEST), min(max(MARGIN * self.interval, self.least), SLOWEST))

    def faster(self) -> "Pace":
        return Pace(max(EASE * self.interval, self.least), self.least)


class Queue:
    """The jobs that wait for one host, and its pace.

    ``limit`` requests may be under way at once, those not counted that wait for long; ``interval`` seconds lie between
    two of them at the least.
    """

    def __init__(self, limit: int, interval: float = 0.0) -> None:
        self.limit, self.interval = limit, interval
        self.usual = USUAL
        self.pace = Pace()
        self.under_way: dict[int, Job] = {}
        self.rest_until = 0.0
        self.quota_until = 0.0  # until the host's own counter of requests begins anew
        self._fresh: deque[Job] = deque()
        self._again: list[Job] = []
        self._last_sent = -FOREVER
        self._last_fine = -FOREVER  # when the latest of those was sent that got another answer than 429
        self._doubt: float | None = None  # when the latest of those was sent whose 429 may be the host's
        self._recent: deque[bool] = deque(maxlen=RECENT)  # whether each of the latest answers was a 429
        self._calm = 0
        self._choosy = False  # it was seen to refuse single URLs

    def add(self, job: Job) -> None:
        if job.begun:
            heapq.heappush(self._again, job)
        else:
            self._fresh.append(job)

    @property
    def waiting(self) -> int:
        return len(self._fresh) + len(self._again)

    @property
    def over(self) -> bool:
        """Whether nothing is left that this run can do here: no job, or no time in which the host wants one."""
        return not self.under_way and (not self.waiting or max(self.rest_until, self.quota_until) == FOREVER)

    def leave(self) -> list[Job]:
        """Give up the jobs that are still waiting."""
        jobs = [*self._fresh, *self._again]
        self._fresh.clear()
        self._again.clear()
        return jobs

    def next_moment(self, now: float) -> float | None:
        """When the next job may be sent: now or earlier means at once; None if there is none."""
        if not self.waiting:
            return None
        ready = 0.0 if self._fresh else self._again[0].ready
        moment = max(ready, self.rest_until, self.quota_until, self._last_sent + max(self.pace.interval, self.interval))
        if len(self.under_way) < self.limit:
            return moment
        if len(self.under_way) >= PILE * self.limit:
            return FOREVER  # not before one of them is answered
        counted = sorted(until for job in self.under_way.values() if (until := self._counts_until(job)) > now)
        return moment if len(counted) < self.limit else max(moment, counted[-self.limit])

    def _counts_until(self, job: Job) -> float:
        return job.started + (SHORT if job.slow else max(SHORT, PATIENCE * self.usual))

    def send(self, now: float) -> Job:
        """The next job: one that is to be tried again goes before those not tried yet."""
        if self._doubt is not None:
            self._resume()
        again = self._again and (not self._fresh or self._again[0].ready <= now)
        job = heapq.heappop(self._again) if again else self._fresh.popleft()
        job.started = self._last_sent = now
        self.under_way[job.order] = job
        return job

    def answered(self, job: Job, answer: Visit | Pause, now: float) -> None:
        """Note what this host said to a job: an answer on the way to another host, or the end of a try."""
        del self.under_way[job.order]
        if answer.status is None:
            return
        self._recent.append(refused(answer))
        if refused(answer):
            self._refused(job, now + asked(job, answer))
            return
        if answer.retry_after is not None:  # it answers, and says that this was the last request for now
            self.quota_until = max(self.quota_until, now + asked(job, answer))
        self.usual += (job.took - self.usual) / RECENT
        self._content(job)

    def _content(self, job: Job) -> None:
        self._last_fine = max(self._last_fine, job.started)
        self._calm += 1
        if self._doubt is None:
            if self._calm % CALM == 0:
                self.pace = self.pace.faster()
        elif self._single(self._doubt):
            self.rest_until, self._doubt, self._choosy = 0.0, None, True

    def _refused(self, job: Job, until: float) -> None:
        self._calm = 0
        if self._single(job.started):
            self._choosy = True
        elif not self._choosy or self._crowd:
            self._doubt = max(self._doubt or 0.0, job.started)
            self.rest_until = max(self.rest_until, until)

    def _single(self, sent: float) -> bool:
        """Whether a 429 to a request sent then was the URL's."""
        return self._last_fine > sent + LATER and not self._crowd

    @property
    def _crowd(self) -> bool:
        return sum(self._recent) >= RECENT / 2

    def _resume(self) -> None:
        """After a rest, during which no answer cleared the host."""
        self.pace, self._doubt = self.pace.slower(), None
        self._choosy = self._choosy and not self._crowd
        self._recent.clear()
