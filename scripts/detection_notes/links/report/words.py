"""What the formats are given, and the words they share."""

from collections import Counter
from dataclasses import dataclass, field

from detection_notes.links.codes import about
from detection_notes.links.model import Finding, Verdict

ORDER = [Verdict.BROKEN, Verdict.MOVED, Verdict.UNKNOWN, Verdict.GOOD]


@dataclass(frozen=True, slots=True)
class Report:
    """``findings`` are all of them; ``visited`` the URLs that this run asked for; ``notes`` are words to the person.

    ``seconds`` and ``hosts`` (host → requests, seconds) tell of this run's visits.
    """

    findings: tuple[Finding, ...]
    visited: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    hosts: dict[str, tuple[int, float]] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(finding.verdict for finding in self.findings)
        return {str(verdict): counted[verdict] for verdict in Verdict}


def ordered(findings: tuple[Finding, ...]) -> list[Finding]:
    """Failing ones first, then by verdict, then in the order of the pages."""
    return sorted(findings, key=lambda f: (not f.failing, ORDER.index(f.verdict)))


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
    return words


def advice(finding: Finding) -> str:
    """What to do about it, in words; empty when there is nothing to do."""
    todo = about(finding.code).advice
    if finding.failing and finding.evidence.archive:
        todo += f"; an archive copy: {finding.evidence.archive}"
    if finding.failing:
        todo += "; to keep it as history, list it under [[tool.links.keep]] with a reason"
    return todo


def printable(text: str) -> str:
    """Without control characters, and no command of a CI runner: nothing a server says may move a cursor or forge a line.

    GitHub's runner takes ``##[`` anywhere, and ``::`` at the beginning of a line, for a command.
    """
    text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text).replace("##[", "##\\x5b")
    return text.replace("::", "\\x3a:", 1) if text.lstrip().startswith("::") else text
