"""``<!-- embed:NAME -->`` → the line to copy that shows lab/NAME.html inside of another page, with this site's address.

Where the address is not known an example's stands there, and ``<!-- embed-address -->`` becomes the sentence that says so.
"""

import re
from html import escape, unescape

from detection_notes.finish.fill import fill
from detection_notes.finish.site import Page, Site
from detection_notes.links.settings import PagesError

EXAMPLE = "https://example.org/"
BY_HAND = f"其中的 <code>{EXAMPLE}</code> 要换成本站的地址。"
HEIGHT = 900  # CSS pixels: the first screen of the tallest


def with_lines(site: Site, page: Page) -> Page:
    """The page with its lines to copy. Raises PagesError for a name that nothing was built for."""
    html = fill(page.html, r"embed:[\w-]+", lambda marker: _line(site, marker.removeprefix("embed:")))
    return page.with_html(fill(html, "embed-address", lambda _: "" if site.url else BY_HAND))


def _line(site: Site, name: str) -> str:
    path = f"lab/{name}.html"
    file = site.folder / path
    title = re.search(r"<title>(.*?)</title>", file.read_text(encoding="utf-8")) if file.is_file() else None
    if not title:
        raise PagesError(f"embed:{name} is named on a page, and {path} is not there or has no title")
    frame = f'<iframe src="{site.url or EXAMPLE}{path}" title="{escape(unescape(title[1]))}" width="100%" height="{HEIGHT}" loading="lazy"></iframe>'
    return f'<div class="language-html highlight"><pre><code>{escape(frame, quote=False)}\n</code></pre></div>'
