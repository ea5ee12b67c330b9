"""What a page says of its making: the day of its last change, and the links back to those who write the notes."""

import re
from collections.abc import Iterator
from html import escape, unescape

from detection_notes.finish.fill import fill
from detection_notes.finish.site import Page, Site

UNDER_TITLE = re.compile(r'(<p class="reading-time"[^>]*>[^<]*)(?=</p>)')  # notes/reading_time.py
HEADING = re.compile(r'<h[2-6] id="([^"]*)"[^>]*>(?:(?!</h[2-6]>).)*?<a class="headerlink"[^>]*>[^<]*</a>', re.DOTALL)
PLACE = re.compile(rf"({HEADING.pattern})(?=</h)", re.DOTALL)


def with_byline(site: Site, page: Page) -> Page:
    """The page with what is known of it: its day and its file under the title, a link behind each heading, the repository."""
    html = UNDER_TITLE.sub(r"\1<!-- byline -->", page.html, count=1)
    html = fill(html, "byline", lambda _: "".join(_byline(site, page)))
    html = fill(html, "repository", lambda _: _repository(site))
    return page.with_html(_with_reports(site, page, html))


def _repository(site: Site) -> str:
    address = site.editors.repository
    return f' · <a href="{escape(address)}">仓库</a>' if address else ""


def _byline(site: Site, page: Page) -> Iterator[str]:
    if day := site.changed_on(page):
        yield f' · <span class="changed">改于 <time datetime="{day.date()}">{day.date()}</time></span>'
    source = site.source(page)
    if source and site.editors.repository:
        yield f' · <a rel="edit" href="{escape(site.editors.file(source))}">编辑</a>'


def _with_reports(site: Site, page: Page, html: str) -> str:
    """Behind each heading a link that opens an issue about it; the page, the heading and the commit are filled in.

    The heading is named by its anchor: it stands beside the link already, so that naming it there weighs little on the line.
    """
    source, known = site.source(page), bool(site.editors.repository)
    if source and known and "<!-- report -->" not in html:
        html = PLACE.sub(r"\1<!-- report -->", html)
    anchors = map(unescape, HEADING.findall(html))
    body = f"提交 {site.editors.commit}\n\n" if site.editors.commit else ""

    def link(_: str) -> str:  # called for one heading after the other
        if not source or not known:
            return ""
        address = site.editors.issue(f"docs/{source}#{next(anchors)}", body)
        return f'<a class="report" href="{escape(address)}" title="这里不对？">这里不对？</a>'

    return fill(html, "report", link)
