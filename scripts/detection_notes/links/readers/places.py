"""Where in the Markdown an address of the rendered page stands.

A mark is put behind each ``//`` of the source before rendering (``https://m0m0000017m.example.org``): it travels
through every Markdown construct and comes back in the address. What has no mark (labels, snippets, shorthands such
as #12) is searched for.
"""

import os
import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from detection_notes.links.address import external
from detection_notes.links.readers.html import ATTRIBUTES, Attributes, nodes

SLASHES = re.compile(r"(?i)\b(?:https?|ftp)://(?=[^\s/])|(?<![\w:/.&;])//(?=[\w\[])")
MARK = re.compile(r"m0m(\d+)m\.")
PLAIN_HOST = re.compile(r"(?i)https?://[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?=[/\s)>\]\"'?#:,;!。，、；：）」】]|$)")  # a mark changes nothing here
SNIPPET = re.compile(r"--8<--|;--")
INCLUDED = re.compile(r"""["']?([^"'\s:]+\.\w+)""")
NESTED = 4  # snippets in snippets

Place = tuple[int, int]  # line and column, both from 1


class Found(NamedTuple):
    """A link of the rendered page: its URL, the element it belongs to, and where its mark stood."""

    url: str
    node: LexborNode
    place: Place | None


class Where(NamedTuple):
    """The line of a link, its column (0: the URL does not stand there as such), and the file it comes from if another."""

    line: int
    column: int = 0
    via: str = ""


def marked(text: str, first_line: int) -> tuple[str, list[Place]]:
    """The Markdown with a mark behind each ``//``, and the place of each mark."""
    places: list[Place] = []
    out = []
    for number, line in enumerate(text.split("\n"), first_line):

        def mark(match: re.Match[str], number: int = number) -> str:
            places.append((number, match.start() + 1))
            return f"{match[0]}m0m{len(places) - 1:07}m."  # three tab stops long, so that tabs behind it stay as wide

        out.append(line if "//" not in line or SNIPPET.search(line) else SLASHES.sub(mark, line))
    return "\n".join(out), places


def found(html: str, places: list[Place], attributes: Attributes = ATTRIBUTES) -> Iterator[Found]:
    """The external links of rendered Markdown; ``places`` is empty if it was rendered without marks."""
    for address, node in nodes(LexborHTMLParser(html), attributes):
        marks = MARK.findall(address) if places else []
        url = external(MARK.sub("", address) if marks else address)
        if url:
            yield Found(url, node, places[int(marks[0])] if marks and int(marks[0]) < len(places) else None)


def carry_over(marked: Iterable[Found], plain: Iterable[Found]) -> list[Found]:
    """The links that the page has without marks, with the places of the same links, in their order, among the marked."""
    places: dict[str, deque[Place | None]] = defaultdict(deque)
    for link in marked:
        places[link.url].append(link.place)
    return [link._replace(place=places[link.url].popleft() if places[link.url] else None) for link in plain]


class Search:
    """The places of links without a mark: the n-th such link is on the n-th line that could be its own."""

    def __init__(self, text: str, first_line: int, bases: Iterable[str] = ()) -> None:
        self._first = first_line
        self._lines = list(enumerate(text.split("\n"), first_line))
        self._bases = tuple(bases)
        self._snippets: list[tuple[int, Path, str]] | None = None
        self._count: Counter[tuple[str, str]] = Counter()

    def where(self, link: Found) -> Where:
        """The line that holds the URL; else the one that includes it; else the one with its words; else the first."""
        if link.place:
            return Where(*link.place)
        bare = link.url.partition(":")[2]
        words = " ".join(link.node.text().split())
        whole = re.compile(re.escape(bare) + r"(?![\w/.~%&=+-])")  # not the beginning of a longer address
        places = (
            [Where(number) for number, line in self._lines if bare in line and whole.search(line)]
            or [Where(number) for number, line in self._lines if bare in unescape(line)]
            or [Where(number, 0, str(path)) for number, path, text in self._included() if whole.search(text)]
            or [Where(number, 0, str(path)) for number, path, text in self._included() if bare in text]
            or [Where(number) for number, line in self._lines if words and words in line]
            or [Where(self._first)]
        )
        self._count[link.url, words] += 1
        return places[min(self._count[link.url, words], len(places)) - 1]

    def _included(self) -> list[tuple[int, Path, str]]:
        """Line, file and text of each snippet: on a line of its own, or in a block between two ``--8<--``."""
        if self._snippets is None:
            self._snippets, block = [], False
            for number, line in self._lines:
                if line.strip() == "--8<--":
                    block = not block
                elif block or "--8<--" in line:
                    self._snippets += [(number, *snippet) for snippet in self._files(line.partition("--8<--")[2] or line, NESTED)]
        return self._snippets

    def _files(self, line: str, depth: int) -> Iterator[tuple[Path, str]]:
        for name in INCLUDED.findall(line):
            path = next((Path(base, name) for base in self._bases if os.path.isfile(os.path.join(base, name))), None)
            if path:
                text = path.read_text(encoding="utf-8", errors="replace")
                yield path, text
                for inner in re.findall(r"--8<--(.*)", text) if depth else ():
                    yield from self._files(inner, depth - 1)
