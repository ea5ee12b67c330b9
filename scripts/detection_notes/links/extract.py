"""Markdown → links: those that the rendered page has, each with the line of its URL in the source.

The page is rendered with the site's own extensions and the links are read from the HTML, so what is a link is
decided by nobody but the renderer. To know the line, a mark is put behind each ``//`` of the source before
rendering (``https://m0m0000017m.example.org``): it travels through every Markdown construct and comes back in the address.
Where a mark could change what is a link, the page is rendered without marks too, and that decides.
"""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from html import unescape
from typing import NamedTuple

from markdown import Markdown
from selectolax.lexbor import LexborHTMLParser

from detection_notes.links.address import external
from detection_notes.links.model import Link
from detection_notes.links.pages import Page

SLASHES = re.compile(r"(?i)\b(?:https?|ftp)://(?=[^\s/])|(?<![\w:/.&;])//(?=[\w\[])")
MARK = re.compile(r"m0m(\d+)m\.")
LABEL = re.compile(r"(?m)\]\s?\[[^\]\n]*//|^ {0,3}\[[^\]\n]*//[^\]\n]*\]:")  # it must be the same in use and definition
BARE = "http://m0m0m.example.org"
SNIPPET = re.compile(r"--8<--|;--")
ATTRIBUTES = {
    "a": ("href",), "area": ("href",), "link": ("href",), "img": ("src", "srcset"), "source": ("src", "srcset"),
    "iframe": ("src",), "script": ("src",), "video": ("src", "poster"), "audio": ("src",), "track": ("src",),
    "embed": ("src",), "object": ("data",), "input": ("src",),
}  # fmt: skip
SELECTOR = ",".join(ATTRIBUTES)


class RenderError(Exception):
    """A page that its own Markdown extensions cannot render; the text names the page."""


class _Found(NamedTuple):
    """A link of the rendered page: its URL, the words it shows, and where its mark stood (line and column)."""

    url: str
    words: str
    place: tuple[int, int] | None


def extract(page: Page) -> list[Link]:
    """The external links of a page, in the order of the page, each occurrence once. Raises RenderError."""
    text, places = _mark(page)
    renderer, html = _render(page, text)
    found = list(_links(html, places))
    if LABEL.search(page.markdown) or MARK.search(page.markdown) or _links_bare_urls(renderer):
        found = _carry_over(found, _links(_render(page, page.markdown)[1], []))
    search = _Search(page)
    return [Link(page.name, line, link.url, column) for link in found for line, column in [link.place or (search.line(link), 0)]]


def _links_bare_urls(renderer: Markdown) -> bool:
    try:
        return "<a" in renderer.reset().convert(BARE)
    except Exception:  # an extension that renders only once, say: take no chance
        return True


def _links(html: str, places: list[tuple[int, int]]) -> Iterator[_Found]:
    for address, words in _addresses(html):
        marks = MARK.findall(address) if places else []
        url = external(MARK.sub("", address) if marks else address)
        if url:
            yield _Found(url, words, places[int(marks[0])] if marks and int(marks[0]) < len(places) else None)


def _carry_over(marked: Iterable[_Found], plain: Iterable[_Found]) -> list[_Found]:
    """The links that the page has without marks, with the places of the same links, in their order, among the marked."""
    places: dict[str, deque] = defaultdict(deque)
    for link in marked:
        places[link.url].append(link.place)
    return [link._replace(place=places[link.url].popleft() if places[link.url] else None) for link in plain]


def addresses(html: str) -> Iterator[str]:
    """Every address that a piece of HTML links to or loads, as it is written there, entities decoded."""
    return (address for address, _ in _addresses(html))


def names(html: str) -> dict[str, str]:
    """URL → the words by which a page first links to it."""
    found: dict[str, str] = {}
    for address, words in _addresses(html):
        url = external(address)
        if url and words:
            found.setdefault(url, " ".join(words.split()))
    return found


def _addresses(html: str) -> Iterator[tuple[str, str]]:
    for node in LexborHTMLParser(html).css(SELECTOR):
        for attribute in ATTRIBUTES[node.tag]:
            value = node.attributes.get(attribute)
            if value:
                for address in candidates(value) if attribute == "srcset" else (value,):
                    yield address, node.text().strip()


def candidates(srcset: str) -> Iterator[str]:
    """The URLs of a ``srcset``: up to white space; a comma at the end of a URL, or after a descriptor, separates."""
    for url in re.findall(r"[\s,]*([^\s]+)(?:\s+[^,]*)?(?:,|$)", srcset):
        yield url.rstrip(",")


def _mark(page: Page) -> tuple[str, list[tuple[int, int]]]:
    """The page's Markdown with a mark behind each ``//``, and line and column of each mark."""
    places: list[tuple[int, int]] = []
    out = []
    for number, line in enumerate(page.markdown.split("\n"), page.first_line):

        def mark(match: re.Match[str], number: int = number) -> str:
            places.append((number, match.start() + 1))
            return f"{match[0]}m0m{len(places) - 1:07}m."  # three tab stops long, so that tabs behind it stay as wide

        out.append(line if SNIPPET.search(line) else SLASHES.sub(mark, line))
    return "\n".join(out), places


def _render(page: Page, text: str) -> tuple[Markdown, str]:
    try:
        renderer = Markdown(extensions=list(page.extensions), extension_configs=dict(page.configs))
        return renderer, renderer.convert(text)
    except Exception as error:  # whatever an extension raises: it is the page's own trouble, and has a name
        raise RenderError(f"{page.name}: cannot be rendered: {type(error).__name__}: {error}") from error


class _Search:
    """Lines of links without a mark (labels, snippets, shorthands such as #12): the n-th such link is on the n-th such line."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._lines = list(enumerate(page.markdown.split("\n"), page.first_line))
        self._count: Counter[_Found] = Counter()

    def line(self, link: _Found) -> int:
        """The line that holds the URL; else the one that includes it; else the one with its words; else the first."""
        bare = link.url.partition(":")[2]
        found = (
            [number for number, line in self._lines if bare in unescape(line)]
            or [number for number, line in self._lines if "--8<--" in line and any(bare in text for text in self._page.included(line))]
            or [number for number, line in self._lines if link.words and link.words in line]
            or [self._page.first_line]
        )
        self._count[link] += 1
        return found[min(self._count[link], len(found)) - 1]
