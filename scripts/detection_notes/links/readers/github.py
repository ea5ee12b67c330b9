"""Markdown as GitHub shows it: rendered by GitHub's own parser (cmark-gfm), with the anchors that it gives to headings."""

import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

from cmarkgfm.cmark import Options, markdown_to_html_with_extensions
from selectolax.lexbor import LexborHTMLParser, LexborNode

from detection_notes.links.address import external
from detection_notes.links.model import Link
from detection_notes.links.placeholders import template
from detection_notes.links.readers.html import Attributes, anchors, nodes
from detection_notes.links.readers.places import MARK, PLAIN_HOST, SLASHES, Search, carry_over, found, marked
from detection_notes.links.readers.source import Source, without_front_matter
from detection_notes.links.readers.source import read as read_file
from detection_notes.links.settings import PagesError

EXTENSIONS = ["table", "autolink", "strikethrough", "tagfilter", "tasklist"]
OPTIONS = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES | Options.CMARK_OPT_GITHUB_PRE_LANG
SHOWN: Attributes = {"a": ("href",), "img": ("src", "srcset"), "source": ("src", "srcset"), "video": ("src", "poster")}  # the rest is taken out
PERCENT = re.compile(r"(?i)(?:%(?:[89a-f][0-9a-f]|20|22|3[ce]|5[bcde]|60|7[bcd]))+")  # what cmark makes of other characters
HEADINGS = "h1,h2,h3,h4,h5,h6"
RELATIVE = re.compile(r"(?i)(?![a-z][a-z0-9+.-]*:|//)")


def render(text: str, positions: bool = False) -> str:
    """The HTML of Markdown; ``positions``: its blocks name their lines."""
    return str(markdown_to_html_with_extensions(text, OPTIONS | (Options.CMARK_OPT_SOURCEPOS if positions else 0), EXTENSIONS))


def read(source: Source) -> tuple[list[Link], list[Link]]:
    """The external links of a page, and its addresses within the checkout, both in the order of the page."""
    text, places = marked(source.text, source.first_line)
    html = render(text, positions=True)
    links = list(found(html, places, SHOWN))
    if MARK.search(source.text) or any(not PLAIN_HOST.match(source.text, slashes.start()) for slashes in SLASHES.finditer(source.text)):
        html = render(source.text, positions=True)  # a mark could change what is a link; this decides
        links = carry_over(links, found(html, [], SHOWN))
    search = Search(source.text, source.first_line)
    out = []
    for link in links:
        link = link._replace(url=_as_written(link.url, source.text))
        line, column, _ = search.where(link)
        out.append(Link(source.name, line, link.url, column))
    return out, _within(html, source)


def _as_written(url: str, text: str) -> str:
    """An address as it stands in the source; cmark writes its Chinese in percent signs."""
    if "%" not in url or url in text:
        return url
    decoded = PERCENT.sub(lambda signs: bytes.fromhex(signs[0].replace("%", "")).decode("utf-8", "replace"), url)
    return decoded if decoded in text else url


def _within(html: str, source: Source) -> list[Link]:
    """Addresses that lead into the checkout or to a part of the page, each with the line on which it stands."""
    lines = source.text.split("\n")
    taken: Counter[tuple[int, str]] = Counter()
    out = []
    for address, node in nodes(LexborHTMLParser(html), SHOWN):
        address = _as_written(address.strip("\t\n\f\r "), source.text)
        if not RELATIVE.match(address) or external(address) or template(address) or _made_by_footnote(node):
            continue
        first, last = _block(node, len(lines))
        rows = [n for n in range(first, last + 1) if address in lines[n - 1]] or [n for n, line in enumerate(lines, 1) if address in line] or [first]
        row = rows[min(taken[first, address], len(rows) - 1)]
        taken[first, address] += 1
        out.append(Link(source.name, row + source.first_line - 1, address, lines[row - 1].find(address) + 1 if address else 0))
    return out


def _made_by_footnote(node: LexborNode) -> bool:
    said = node.attributes
    return "data-footnote-ref" in said or "data-footnote-backref" in said or "footnote-backref" in (said.get("class") or "")


def _block(node: LexborNode, last: int) -> tuple[int, int]:
    """The first and the last line of the block that an element stands in."""
    parent: LexborNode | None = node
    while parent is not None:
        said = parent.attributes.get("data-sourcepos") if parent.is_element_node else None
        if said:
            first, _, end = said.partition("-")
            return min(int(first.partition(":")[0]), last), min(max(int(end.partition(":")[0]), 1), last)
        parent = parent.parent
    return 1, last


@cache
def anchors_of(path: Path) -> frozenset[str] | None:
    """The anchors of a Markdown file of the checkout, in lower case; None if it cannot be read."""
    try:
        source = without_front_matter(str(path), read_file(path, str(path)), like_mkdocs=False)
    except PagesError:
        return None
    return frozenset(anchor.lower() for anchor in page_anchors(source.text))


def page_anchors(text: str) -> frozenset[str]:
    """The anchors of Markdown as GitHub gives them: of headings, by their words, and those that are written in HTML."""
    tree = LexborHTMLParser(render(text))
    taken: Counter[str] = Counter()
    found = set(anchors(tree))
    for heading in tree.css(HEADINGS):
        words = slug(heading.text())
        found.add(f"{words}-{taken[words]}" if taken[words] else words)
        taken[words] += 1
    return frozenset(found)


def slug(heading: str) -> str:
    """The anchor of a heading: its words in lower case, without signs, a hyphen for each space."""
    return "".join("-" if c == " " else c for c in heading.strip().lower() if c in " -" or unicodedata.category(c)[0] in "LMN" or unicodedata.category(c) == "Pc")
