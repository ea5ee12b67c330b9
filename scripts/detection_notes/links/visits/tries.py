"""One address's tries: how long each may take, how many there are, and how soon the next one comes."""

from collections.abc import Callable
from dataclasses import dataclass, field

from detection_notes.links.codes import transient
from detection_notes.links.model import Task, Visit
from detection_notes.links.visits.headers import REFUSALS

LONG = 1.0  # seconds; what took longer is slow
TRIES = 3
FIRST_SHARE = 2 / 3  # of a URL's time for its first try
TOO_SHORT = 0.2  # seconds, for another try
CEILING = 60.0  # seconds that a host may ask us to wait; beyond, a later run comes back
FOREVER = float("inf")


@dataclass(frozen=True, slots=True)
class Pause:
    """A try between two requests: what the host just asked has said, which URL comes next, and how to go on.

    ``resume`` is given seconds and is called when the host of ``url`` may be asked.
    """

    url: str
    status: int
    seconds: float
    resume: "Resume"
    retry_after: float | None = None


Resume = Callable[[float], "Visit | Pause"]


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
    pause: Pause | None = field(compare=False, default=None)
    walked: float = field(compare=False, default=0.0)  # seconds of the try that is paused
    took: float = field(compare=False, default=0.0)  # seconds of the latest request

    @property
    def timeout(self) -> float:
        """Seconds for the next request."""
        share = self.left * FIRST_SHARE if self.tries == 0 else self.left
        return max(share - self.walked, TOO_SHORT if self.pause else 0.0)

    @property
    def begun(self) -> bool:
        return self.tries > 0 or self.pause is not None

    def paused(self, pause: Pause) -> None:
        self.pause, self.took = pause, pause.seconds
        self.walked += pause.seconds

    def tried(self, seconds: float) -> None:
        """``seconds`` are those of all requests of the try, and not of the waiting in between."""
        self.took = max(seconds - self.walked, 0.0)
        self.pause, self.walked = None, 0.0
        self.tries += 1
        self.left -= seconds
        self.spent += seconds
        self.slow = seconds > LONG


def asked(job: Job, answer: Visit | Pause) -> float:
    """Seconds to wait after a refusal: what the host asks for, else longer after each try; FOREVER if a run cannot wait so long."""
    seconds = answer.retry_after if answer.retry_after is not None else 2.0 ** max(job.tries - 1, 0)
    return seconds if seconds <= CEILING else FOREVER


def refused(answer: Visit | Pause) -> bool:
    """Whether a host says that it is asked too much: 429, or another refusal that says when to come back."""
    return answer.status == 429 or (answer.status in REFUSALS and answer.retry_after is not None)


def again(job: Job, visit: Visit) -> float | None:
    """Seconds until a job should be tried again, or None when its visit is final."""
    if job.tries >= TRIES or job.left < TOO_SHORT:
        return None
    if refused(visit):
        return seconds if (seconds := asked(job, visit)) < FOREVER else None
    code = visit.error or str(visit.status)
    if not transient(code):
        return None
    return 0.0 if code == "timeout" else 0.5 * job.tries
