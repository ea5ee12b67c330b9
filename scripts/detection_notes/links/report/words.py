"""What the formats are given, and the words they share."""

from collections import Counter
from dataclasses import dataclass, field

from detection_notes.links.codes import about
from detection_notes.links.model import Finding, Link, Verdict

ORDER = [Verdict.BROKEN, Verdict.MOVED, Verdict.UNKNOWN, Verdict.GOOD]
COMMAND = "check-links"


@dataclass(frozen=True, slots=True)
class Report:
    """``findings`` are all of them, of which ``only`` these verdicts are shown; ``notes`` are words to the person.

    ``visited`` are the URLs that this run asked for; ``seconds`` and ``hosts`` (host → requests, seconds) tell of its
    visits. ``problems`` are what could not be read. ``folder`` is where the pages' names begin, seen from the root of
    the repository ("docs/"); ``command`` is how the program was called.
    """

    findings: tuple[Finding, ...]
    visited: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    hosts: dict[str, tuple[int, float]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    only: frozenset[Verdict] = frozenset(Verdict)
    folder: str = ""
    command: str = COMMAND

    @property
    def counts(self) -> dict[str, int]:
        """How many URLs have which verdict, whether they are shown or not."""
        counted = Counter(finding.verdict for finding in self.findings)
        return {str(verdict): counted[verdict] for verdict in Verdict}

    @property
    def failing(self) -> int:
        return sum(finding.failing for finding in self.findings)

    @property
    def shown(self) -> list[Finding]:
        """What is listed, in the order of the pages."""
        return [finding for finding in self.findings if finding.verdict in self.only]

    @property
    def first_failing(self) -> list[Finding]:
        """What is listed: failing ones first, then by verdict, then in the order of the pages."""
        return sorted(self.shown, key=lambda f: (not f.failing, ORDER.index(f.verdict)))

    def path(self, page: str) -> str:
        """A page's path from the root of the repository, where a code host looks for it."""
        return page if page.startswith("/") else f"{self.folder}{page}"


def totals(report: Report) -> str:
    """The counts of the run in words; how many of them fail it, if any does."""
    counts = ", ".join(f"{number} {verdict}" for verdict, number in report.counts.items())
    return f"{counts}; {report.failing} failing" if report.failing or report.counts["broken"] else counts


def reason(finding: Finding) -> str:
    """Why the verdict, in words."""
    if finding.ignored is not None:
        return f"ignored: {finding.ignored}"
    words = about(finding.code).meaning
    if finding.code == "moved":
        words = f"{words}, to {finding.evidence.moved}"
    if finding.code == "silent-for-long" and finding.evidence.trail:
        words = f"{words} (since {finding.evidence.trail[0][:10]})"
    if finding.verdict in (Verdict.UNKNOWN, Verdict.BROKEN) and finding.evidence.good:
        words += f"; last good {finding.evidence.good[:10]}"
    if finding.evidence.repository not in (None, "active"):
        words += f"; the repository is {finding.evidence.repository}"
    if finding.kept is not None:
        words += f"; kept: {finding.kept}"
    if finding.excused is not None:
        words += f"; {finding.excused}"
    return words


def advice(finding: Finding, command: str = COMMAND) -> str:
    """What to do about it, in words; empty when there is nothing to do."""
    todo = about(finding.code).advice.replace("{command}", command)
    if finding.failing and finding.evidence.archive:
        todo += f"; an archive copy: {finding.evidence.archive}"
    if finding.failing:
        todo += "; to keep it as history, list it under keep in the link policy with a reason"
    return todo


def where(place: Link) -> str:
    """Page and line of a place, and the file through which the address comes there."""
    return f"{place.page}:{place.line}" + (f" (via {place.via})" if place.via else "")


def printable(text: str) -> str:
    """Without control characters, and no command of a CI runner: nothing a server says may move a cursor or forge a line.

    GitHub's runner takes ``##[`` anywhere, and ``::`` at the beginning of a line, for a command.
    """
    text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text).replace("##[", "##\\x5b")
    return text.replace("::", "\\x3a:", 1) if text.lstrip().startswith("::") else text
