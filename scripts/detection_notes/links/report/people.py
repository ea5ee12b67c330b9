"""Reports for reading: text for a terminal, Markdown for a pull request."""

from detection_notes.links.model import Finding, Verdict
from detection_notes.links.report.words import Report, advice, ordered, printable, reason

SOME = 20  # more links than this that were never visited are counted, not listed


def text(report: Report) -> str:
    """Place, verdict, URL and reason, a line each; what to do below. Good ones only if this run visited them."""
    unseen = [f for f in report.findings if f.code == "never-visited"]
    lines: list[str] = []
    for finding in ordered(report.findings):
        if finding.verdict is Verdict.GOOD and finding.url not in report.visited:
            continue
        if finding.code == "never-visited" and len(unseen) > SOME:
            continue
        first, *others = finding.places
        lines.append(printable(f"{first.page}:{first.line}: {finding.verdict} {finding.url} ({finding.code}: {reason(finding)})"))
        lines += [printable(f"    also {place.page}:{place.line}") for place in others]
        if finding.verdict is not Verdict.GOOD and finding.ignored is None and advice(finding):
            lines.append(printable(f"    → {advice(finding)}"))
    if len(unseen) > SOME:
        lines.append(f"{len(unseen)} links were never visited; to visit them: python scripts/check_links.py")
    lines += [printable(note) for note in report.notes]
    lines += _slowest(report)
    counts = ", ".join(f"{number} {verdict}" for verdict, number in report.counts.items())
    lines.append(f"{len(report.findings)} URLs: {counts}; {len(report.visited)} visited in {report.seconds:.1f} s")
    return "\n".join(lines) + "\n"


def _slowest(report: Report) -> list[str]:
    slow = sorted(report.hosts.items(), key=lambda item: -item[1][1])[:3]
    if report.seconds < 10 or not slow:
        return []
    return ["slowest hosts: " + printable(", ".join(f"{host} ({number} URLs, {seconds:.1f} s)" for host, (number, seconds) in slow))]


def markdown(report: Report) -> str:
    """A summary for a pull request: the counts, then a table of all that is not good."""
    counts = ", ".join(f"{number} {verdict}" for verdict, number in report.counts.items())
    lines = [f"### Links: {counts}", ""]
    rows = [f for f in ordered(report.findings) if f.verdict is not Verdict.GOOD and f.code != "never-visited"]
    if rows:
        lines += ["| where | verdict | URL | why | what to do |", "|---|---|---|---|---|"]
        lines += [_row(finding) for finding in rows]
    unseen = sum(f.code == "never-visited" for f in report.findings)
    lines += ["", f"{unseen} links were never visited."] if unseen else []
    lines += ["", *(f"- {cell(note)}" for note in report.notes)] if report.notes else []
    return "\n".join(lines) + "\n"


def _row(finding: Finding) -> str:
    where = "<br>".join(cell(f"{place.page}:{place.line}") for place in finding.places[:5])
    return f"| {where} | {finding.verdict} | {code(finding.url)} | {cell(reason(finding))} | {cell(advice(finding))} |"


def cell(words: str) -> str:
    """Words in a Markdown table, none of which acts as Markdown or HTML."""
    words = printable(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for sign in "\\`*_[]|#@!~":
        words = words.replace(sign, f"\\{sign}" if sign not in "@#" else f"{sign}<!-- -->")
    return words.replace("://", ":<!-- -->//")


def code(words: str) -> str:
    """Words as code in a Markdown table."""
    return "`" + printable(words).replace("`", "%60").replace("|", "%7C") + "`"
