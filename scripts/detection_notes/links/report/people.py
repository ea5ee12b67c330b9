"""Reports for reading: text for a terminal, Markdown for a pull request."""

from detection_notes.links.model import Finding, Verdict
from detection_notes.links.report.words import Report, advice, printable, reason, totals, where

SOME = 20  # more links than this that were never visited are counted, not listed
PLACES = 10  # more places of one link are counted
MARKDOWN_BYTES = 60_000  # a comment on GitHub holds 65,536 characters


def text(report: Report) -> str:
    """Place, verdict, URL and reason, a line each; what to do below. Good ones only if this run visited them."""
    unseen = [f for f in report.shown if f.code == "never-visited"]
    lines: list[str] = []
    for finding in report.first_failing:
        if _worth_a_line(finding, report) and not (finding.code == "never-visited" and len(unseen) > SOME):
            lines += _lines(finding, report.command)
    if len(unseen) > SOME:
        lines.append(f"{len(unseen)} links were never visited; to visit them: {report.command}")
    lines += [printable(note) for note in report.notes]
    lines += [printable(f"could not be read: {problem}") for problem in report.problems]
    lines += _slowest(report)
    shown = "" if report.only >= frozenset(Verdict) else f"; shown: {', '.join(v for v in Verdict if v in report.only)}"
    lines.append(f"{len(report.findings)} URLs: {totals(report)}; {len(report.visited)} visited in {report.seconds:.1f} s{shown}")
    return "\n".join(lines) + "\n"


def _worth_a_line(finding: Finding, report: Report) -> bool:
    if finding.code == "placeholder":
        return False
    return finding.verdict is not Verdict.GOOD or finding.url in report.visited


def _lines(finding: Finding, command: str) -> list[str]:
    first, *others = finding.places
    lines = [printable(f"{where(first)}: {finding.verdict} {finding.url} ({finding.code}: {reason(finding)})")]
    lines += [printable(f"    also {where(place)}") for place in others[:PLACES]]
    lines += [f"    also at {len(others) - PLACES} more places"] if len(others) > PLACES else []
    if finding.verdict is not Verdict.GOOD and finding.ignored is None and (todo := advice(finding, command)):
        lines.append(printable(f"    → {todo}"))
    return lines


def _slowest(report: Report) -> list[str]:
    slow = sorted(report.hosts.items(), key=lambda item: -item[1][1])[:3]
    if report.seconds < 10 or not slow:
        return []
    return ["slowest hosts: " + printable(", ".join(f"{host} ({number} URLs, {seconds:.1f} s)" for host, (number, seconds) in slow))]


def markdown(report: Report) -> str:
    """A summary for a pull request: the counts, notes, then a table of all that is not good, cut to what fits."""
    unseen = sum(f.code == "never-visited" for f in report.shown)
    rows = [f for f in report.first_failing if f.verdict is not Verdict.GOOD and f.code not in ("never-visited", "placeholder")]
    head = [f"### Links: {totals(report)}", ""]
    head += [f"- **could not be read:** {cell(problem)}" for problem in report.problems[:SOME]]
    head += [f"- {cell(note)}" for note in report.notes[:SOME]]
    head += [f"- {unseen} links were never visited."] if unseen else []
    head += [""] if head[-1] else []
    head += ["| where | verdict | URL | why | what to do |", "|---|---|---|---|---|"] if rows else []
    lines, left = head, MARKDOWN_BYTES - len("\n".join(head).encode())
    for number, finding in enumerate(rows):
        row = _row(finding, report)
        left -= len(row.encode()) + 1
        if left < 0:
            lines += ["", f"{len(rows) - number} more links that are not good did not fit here; the log has them all."]
            break
        lines.append(row)
    return "\n".join(lines).rstrip("\n") + "\n"


def _row(finding: Finding, report: Report) -> str:
    places = [cell(f"{report.path(place.page)}:{place.line}") for place in finding.places[:5]]
    places += [f"and {len(finding.places) - 5} more"] if len(finding.places) > 5 else []
    return f"| {'<br>'.join(places)} | {finding.verdict} | {code(finding.url)} | {cell(reason(finding))} | {cell(advice(finding, report.command))} |"


def cell(words: str) -> str:
    """Words in a Markdown table, none of which acts as Markdown or HTML."""
    words = printable(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for sign in "\\`*_[]|#@!~":
        words = words.replace(sign, f"\\{sign}" if sign not in "@#" else f"{sign}<!-- -->")
    return words.replace("://", ":<!-- -->//")


def code(words: str) -> str:
    """Words as code in a Markdown table."""
    return "`" + printable(words).replace("`", "%60").replace("|", "%7C") + "`"
