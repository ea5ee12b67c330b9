"""One address's tries: how long each may take, how many there are, and how soon the next one comes."""

from dataclasses import dataclass, field

from detection_notes.links.codes import SILENT, kind_of
from detection_notes.links.model import Task, Visit

LONG = 1.0  # seconds; what took longer is slow
TRIES = 3
FIRST_SHARE = 2 / 3  # of a URL's time for its first try
TOO_SHORT = 0.2  # seconds, for another try
CEILING = 60.0  # seconds that a Retry-After may ask for; beyond, a later run comes back
NEVER = float("inf")


@dataclass(order=True, slots=True)
class Job:
    """A task on its way: when it may be sent, the seconds left for all its tries, and what was tried so far."""

    ready: float
    order: int
    task: Task = field(compare=False)
    left: float = field(compare=False)
    slow: bool = field(compare=False, default=False)
    tries: int = field(compare=False, default=0)
    spent: float = field(compare=False, default=0.0)
    started: float = field(compare=False, default=0.0)

    @property
    def timeout(self) -> float:
        """Seconds for the next try."""
        return self.left * FIRST_SHARE if self.tries == 0 else self.left

    def tried(self, seconds: float) -> None:
        self.tries += 1
        self.left -= seconds
        self.spent += seconds
        self.slow = seconds > LONG


def asked(job: Job, visit: Visit) -> float:
    """Seconds to wait after a 429: what the server asks for, else longer after each try; NEVER if a run cannot wait so long."""
    seconds = visit.retry_after if visit.retry_after is not None else 2.0 ** (job.tries - 1)
    return seconds if seconds <= CEILING else NEVER


def again(job: Job, visit: Visit) -> float | None:
    """Seconds until a job should be tried again, or None when its visit is final."""
    if job.tries >= TRIES or job.left < TOO_SHORT:
        return None
    if visit.status == 429 or (visit.status == 503 and visit.retry_after is not None):
        return seconds if (seconds := asked(job, visit)) < NEVER else None
    code = visit.error or str(visit.status)
    if kind_of(code) != SILENT:
        return None
    return 0.0 if code == "timeout" else 0.5 * job.tries
