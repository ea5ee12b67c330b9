"""The places of the notes that say that something was not run, by ``<!-- unrun -->`` → their list.

The mark stands behind the sentence that says what was not run and why, or in a cell of the row of a table.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from itertools import count

from selectolax.lexbor import LexborHTMLParser, LexborNode

from detection_notes.finish.fill import emptied, fill
from detection_notes.finish.site import HEADINGS, Page, text_of

BLOCKS = {"p", "li", "tr", "dd", "dt", "figcaption", "div", *HEADINGS}
SENTENCE = re.compile(r"[^。！？]+(?:[。！？][）」”]*)?")


@dataclass(frozen=True)
class Place:
    """``anchor`` is the id to go to on the page; ``heading`` what it stands under; ``words`` the sentence before it."""

    page: Page
    anchor: str
    heading: str
    words: str


def with_anchors(page: Page) -> Page:
    numbers = count(1)
    return page.with_html(fill(page.html, "unrun", lambda _: f'<span id="unrun-{next(numbers)}"></span>'))


def places(pages: Iterable[Page]) -> list[Place]:
    """Those of pages that have their anchors."""
    return [place for page in pages for place in _of(page)]


def _of(page: Page) -> Iterable[Place]:
    if 'id="unrun-1"' not in page.html:
        return
    heading = page.title
    for node in LexborHTMLParser(page.html).css(", ".join([*(f"{tag}[id]" for tag in HEADINGS), "[id^=unrun-]"])):
        if node.tag in HEADINGS:
            heading = _name(node)
        else:
            yield Place(page, node.attributes["id"] or "", heading, _words(_block(node), node))


def _name(heading: LexborNode) -> str:
    """Its words without the links that were put behind it."""
    return text_of(LexborHTMLParser(emptied(heading.html or "")).css_first(heading.tag or ""))


def _block(node: LexborNode) -> LexborNode:
    while node.tag not in BLOCKS and node.parent is not None:
        node = node.parent
    return node


def _words(block: LexborNode, anchor: LexborNode) -> str:
    """The last sentence before the anchor; of a row of a table, its first cell and its last."""
    if block.tag == "tr":
        cells = block.css("td, th")
        return f"{text_of(cells[0])}：{text_of(cells[-1])}"
    before = LexborHTMLParser((block.html or "").partition(anchor.html or "")[0]).body
    sentences = SENTENCE.findall(text_of(before)) if before else []
    return sentences[-1].strip() if sentences else ""


def listed(found: list[Place], on: Page) -> str:
    """The list as HTML, page by page, with links from the page ``on``."""
    parts = []
    for path in dict.fromkeys(place.page.path for place in found):
        here = [place for place in found if place.page.path == path]
        items = "".join(f'<li><a href="{escape(on.relative(place.page.address))}#{place.anchor}">{escape(place.heading)}</a>：{escape(place.words)}</li>' for place in here)
        parts.append(f"<h2>{escape(here[0].page.title)}</h2><ul>{items}</ul>")
    return "".join(parts)
