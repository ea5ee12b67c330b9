"""The values that pass between the stages. They have no behaviour."""

from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    GOOD = "good"
    MOVED = "moved"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Link:
    """One occurrence: a URL on a line of a page (a path as it is shown to people).

    Line and column count from 1; column is 0 when the URL does not stand in the source as such. ``code`` is what this
    checkout itself says of the address (a key of ``codes.CODES``), which then is not asked; ``via`` is the file through
    which the address comes onto the page: a snippet, or the built page that was read.
    """

    page: str
    line: int
    url: str
    column: int = 0
    code: str | None = None
    via: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One address to visit: no fragment. ``urls`` are the links it answers for, which may have fragments.

    ``expected`` is how many seconds it took last time, ``title`` and ``language`` what it said of itself then.
    """

    address: str
    urls: tuple[str, ...]
    expected: float | None = None
    title: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """One answer on the way: the address asked, its status, the headers that mattered, and how long it took in seconds."""

    url: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit saw. Times are in seconds; ``day`` is the moment of it (``moment.now``).

    ``error`` is a code of ``codes.CODES`` and ``detail`` the words behind it; both are None after an ordinary answer.
    ``moved`` is where the permanent redirects at the start of the chain led. ``missing`` holds the fragments that the
    page does not have, ``unseen`` those that its scripts may still make.
    """

    address: str
    day: str
    status: int | None = None
    error: str | None = None
    detail: str | None = None
    final: str | None = None
    moved: str | None = None
    title: str | None = None
    language: str | None = None
    seconds: float = 0.0
    hops: tuple[Hop, ...] = ()
    retry_after: float | None = None
    missing: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset()
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row of the lock: what the last visit saw, and what is remembered of those before.

    ``day`` is the moment of that visit (UTC, ``2026-11-23T16:05Z``; older locks have bare days), None if there was none.
    ``good`` is the last moment at which it was fine. ``trail`` holds the visits since then that were not, as "moment
    code" (first and latest ones). ``archive`` is a copy in a web archive.
    """

    url: str
    day: str | None = None
    status: int | None = None
    error: str | None = None
    final: str | None = None
    moved: str | None = None
    title: str | None = None
    language: str | None = None
    seconds: float | None = None
    good: str | None = None
    trail: tuple[str, ...] = ()
    archive: str | None = None
    repository: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What is reported of one URL. ``kept`` and ``ignored`` are the reasons of the rules that apply to it.

    ``excused`` says why a broken link does not fail all the same: it was good before, or it is in the baseline.
    """

    url: str
    verdict: Verdict
    code: str
    evidence: Evidence
    places: tuple[Link, ...]
    kept: str | None = None
    ignored: str | None = None
    excused: str | None = None

    @property
    def failing(self) -> bool:
        return self.verdict is Verdict.BROKEN and self.kept is None and self.ignored is None and self.excused is None
