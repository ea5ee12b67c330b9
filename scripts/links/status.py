"""Findings → the HTML of the status page, for readers. Pure."""

from html import escape

from links.mark import WORDS
from links.model import Finding, Verdict

Places = dict[str, list[tuple[str, str]]]  # URL → (address, title) of the pages it stands on

ORDER = (Verdict.BROKEN, Verdict.MOVED, Verdict.UNKNOWN, Verdict.GOOD)


def status(found: list[Finding], places: Places) -> str:
    """Counts, then a table for each verdict that occurs: link, pages, day, code, copy."""
    groups = {verdict: [f for f in found if f.verdict is verdict] for verdict in ORDER}
    counts = "，".join(f"{WORDS[verdict]} {len(groups[verdict])}" for verdict in ORDER)
    never = sum(f.evidence.day is None for f in found)
    parts = [f"<p>共 {len(found)} 个地址：{counts}。其中 {never} 个尚未核对。</p>"]
    for verdict in ORDER:
        if groups[verdict]:
            parts.append(f'<h2 id="{verdict}">{WORDS[verdict]}（{len(groups[verdict])}）</h2>')
            parts.append(_table(groups[verdict], places))
    return "\n".join(parts)


def _table(found: list[Finding], places: Places) -> str:
    rows = "\n".join(_row(f, places[f.url]) for f in found)
    head = "<tr><th>链接</th><th>所在页面</th><th>核对日期</th><th>代码</th></tr>"
    return f'<div class="md-typeset__scrollwrap"><div class="md-typeset__table"><table><thead>{head}</thead><tbody>\n{rows}\n</tbody></table></div></div>'


def _row(finding: Finding, places: list[tuple[str, str]]) -> str:
    evidence = finding.evidence
    state = "new" if evidence.day is None else str(finding.verdict)
    name = escape(evidence.title or finding.url)
    link = f'<a href="{escape(finding.url)}" data-link="{state}">{name}</a>'
    link += f'<br><a href="{escape(evidence.moved)}">新地址</a>' if finding.verdict is Verdict.MOVED and evidence.moved else ""
    link += f'<br><a href="{escape(evidence.archive)}">存档</a>' if evidence.archive else ""
    link += f"<br><small>{escape(finding.kept)}</small>" if finding.kept else ""
    pages = "<br>".join(f'<a href="{escape(page)}">{escape(title)}</a>' for page, title in dict.fromkeys(places))
    day = evidence.day or "尚未核对"
    return f"<tr><td>{link}</td><td>{pages}</td><td>{day}</td><td><code>{escape(finding.code)}</code></td></tr>"
