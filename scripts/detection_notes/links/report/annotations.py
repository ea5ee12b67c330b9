"""Annotations for GitHub Actions: one workflow command a place."""

from detection_notes.links.model import Finding, Verdict
from detection_notes.links.report.words import Report, advice, printable, reason, totals

LEVEL = {Verdict.BROKEN: "error", Verdict.MOVED: "notice", Verdict.UNKNOWN: "notice"}
SHOWN_BY_HOST = 10  # annotations of a level that GitHub shows of one step


def github(report: Report) -> str:
    """The totals; then an error for each place of a failing link, a warning for one that is excused, a notice for others.

    GitHub shows the first ten of each level, so a run with more says first how many there are.
    """
    lines = []
    for finding in report.first_failing:
        if finding.verdict in LEVEL and finding.ignored is None and finding.code != "placeholder" and (finding.url in report.visited or finding.failing):
            lines += [_command(finding, report.path(place.page), place.line, report.command) for place in finding.places]
    if len(lines) > SHOWN_BY_HOST:
        lines.insert(0, f"::notice::{_data(f'{len(report.findings)} URLs: {totals(report)}. {len(lines)} places follow; GitHub shows the first {SHOWN_BY_HOST} of a kind')}")
    lines += [f"::error::{_data(problem)}" for problem in report.problems]
    lines += [f"::notice::{_data(note)}" for note in report.notes]
    return "".join(f"{line}\n" for line in lines)


def _command(finding: Finding, page: str, line: int, command: str) -> str:
    level = "warning" if finding.verdict is Verdict.BROKEN and not finding.failing else LEVEL[finding.verdict]
    message = f"{finding.verdict}: {finding.url} ({finding.code}: {reason(finding)})"
    message += f" → {advice(finding, command)}" if advice(finding, command) else ""
    return f"::{level} file={_property(page)},line={line},title={_property(f'{finding.verdict} link')}::{_data(message)}"


def _data(words: str) -> str:
    return printable(words).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")
