"""Annotations for GitHub Actions: one workflow command a place."""

from detection_notes.links.model import Finding, Verdict
from detection_notes.links.report.words import Report, advice, ordered, printable, reason

LEVEL = {Verdict.BROKEN: "error", Verdict.MOVED: "notice", Verdict.UNKNOWN: "notice"}


def github(report: Report) -> str:
    """An error for each place of a failing link, a warning for a kept one, a notice for moved and unknown ones."""
    lines = []
    for finding in ordered(report.findings):
        if finding.verdict in LEVEL and finding.ignored is None and (finding.url in report.visited or finding.failing):
            lines += [_command(finding, place.page, place.line) for place in finding.places]
    lines += [f"::notice::{_data(note)}" for note in report.notes]
    return "".join(f"{line}\n" for line in lines)


def _command(finding: Finding, page: str, line: int) -> str:
    level = "warning" if finding.kept is not None and finding.verdict is Verdict.BROKEN else LEVEL[finding.verdict]
    message = f"{finding.verdict}: {finding.url} ({finding.code}: {reason(finding)})"
    message += f" → {advice(finding)}" if advice(finding) else ""
    return f"::{level} file={_property(page)},line={line},title={_property(f'{finding.verdict} link')}::{_data(message)}"


def _data(words: str) -> str:
    return printable(words).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")
