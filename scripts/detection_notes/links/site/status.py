"""Findings → the HTML of the status page, for readers. Pure."""

from html import escape

from detection_notes.links.model import Finding, Verdict
from detection_notes.links.site.mark import WORDS

Places = dict[str, list[tuple[str, str]]]  # URL → (address, title) of the pages it stands on

ORDER = (Verdict.BROKEN, Verdict.MOVED, Verdict.UNKNOWN, Verdict.GOOD)
ROWS = 15  # of a body of a table


def status_page(found: list[Finding], places: Places, names: dict[str, str]) -> str:
    """Counts, then a table for each verdict that occurs. ``names`` are the words by which the pages link to a URL."""
    groups = {verdict: [f for f in found if f.verdict is verdict] for verdict in ORDER}
    counts = "，".join(f"{WORDS[verdict]} {len(groups[verdict])}" for verdict in ORDER)
    never = sum(f.evidence.day is None for f in found)
    parts = [f"<p>共 {len(found)} 个地址：{counts}。其中 {never} 个尚未核对。</p>"]
    for verdict in ORDER:
        if groups[verdict]:
            parts.append(f'<h2 id="{verdict}">{WORDS[verdict]}（{len(groups[verdict])}）</h2>')
            parts.append(_table([_row(f, places[f.url], names.get(f.url)) for f in groups[verdict]]))
    return "\n".join(parts)


def _table(rows: list[str]) -> str:
    """Of bodies of a few rows each: one far below is laid out when it comes near (site.css)."""
    head = "<tr><th>链接与所在页面</th><th>核对</th></tr>"
    bodies = "\n".join("<tbody>\n" + "\n".join(rows[at : at + ROWS]) + "\n</tbody>" for at in range(0, len(rows), ROWS))
    return f'<div class="md-typeset__scrollwrap links"><div class="md-typeset__table"><table><thead>{head}</thead>{bodies}</table></div></div>'


def _row(finding: Finding, places: list[tuple[str, str]], name: str | None) -> str:
    evidence = finding.evidence
    state = "new" if evidence.day is None else str(finding.verdict)
    link = f'<a href="{escape(finding.url)}" data-link="{state}">{escape(name or evidence.title or finding.url)}</a>'
    more = [link, f'<small class="address">{escape(_short(finding.url))}</small>']
    if finding.verdict is Verdict.MOVED and evidence.moved:
        more.append(f'<a href="{escape(evidence.moved)}">新地址</a>')
    if evidence.archive:
        more.append(f'<a href="{escape(evidence.archive)}">存档</a>')
    if finding.kept:
        more.append(f"<small>保留：{escape(finding.kept)}</small>")
    pages = "，".join(f'<a href="{escape(page)}">{escape(title)}</a>' for page, title in dict.fromkeys(places))
    more.append(f"<small>见 {pages}</small>")
    day = f"{evidence.day[:10]}<br><code>{escape(finding.code)}</code>" if evidence.day else "尚未核对"
    return f"<tr><td>{'<br>'.join(more)}</td><td>{day}</td></tr>"


def _short(url: str) -> str:
    """The address without its scheme, at most 60 characters."""
    address = url.partition("://")[2]
    return address if len(address) <= 60 else address[:59] + "…"
