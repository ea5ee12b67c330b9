"""A built page → its links: external ones as they stand there, and all others as browsers follow them."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from detection_notes.links.address import external
from detection_notes.links.model import Link
from detection_notes.links.placeholders import template
from detection_notes.links.readers.html import anchors, nodes

CHARSET = re.compile(rb"""(?i)<meta[^>]{0,200}charset\s*=\s*["']?([\w-]+)""")
SCHEME = re.compile(r"(?i)[a-z][a-z0-9+.-]*:")


def text(path: Path) -> str:
    """A page as text, in the encoding that it names. Raises OSError."""
    data = path.read_bytes()
    charset = CHARSET.search(data[:2048])
    try:
        return data.decode(charset[1].decode() if charset else "utf-8-sig", "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def read(path: Path, name: str) -> tuple[list[Link], list[Link], str | None]:
    """The external links of a page, its other addresses, and its ``<base href>``. Raises OSError."""
    html = text(path)
    tree = LexborHTMLParser(html)
    base = tree.css_first("base[href]")
    lines = _Lines(html)
    links, within = [], []
    for address, _ in nodes(tree):
        address = address.strip("\t\n\f\r ")
        url = external(address.replace("\\", "/") if address.startswith("\\") else address)  # browsers take a backslash for a slash
        if url:
            links.append(Link(name, lines.of(address), url))
        elif not SCHEME.match(address) and not template(address):
            within.append((address, Link(name, 0, address)))
    seen = dict.fromkeys(link for _, link in within)
    return links, list(seen), base.attributes.get("href") if base is not None else None


def line_of(path: Path, address: str) -> int:
    """The first line of a page on which an address stands."""
    return _Lines(text(path)).of(address)


class _Lines:
    """The n-th time that an address is asked for is the n-th time that it stands in the page."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._next: Counter[str] = Counter()

    def of(self, address: str) -> int:
        for spelling in (address, address.replace("&", "&amp;")):
            at = self._html.find(spelling, self._next[spelling]) if spelling else -1
            if at >= 0:
                self._next[spelling] = at + 1
                return self._html.count("\n", 0, at) + 1
        return 1


@cache
def anchors_of(path: Path) -> frozenset[str] | None:
    try:
        return anchors(LexborHTMLParser(text(path)))
    except OSError:
        return None
