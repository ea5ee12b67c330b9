"""Markdown → links: those that the rendered page has, each with the line of its URL in the source.

The page is rendered with the site's own extensions and the links are read from the HTML, so what is a link is
decided by nobody but the renderer. To know the line, a mark is put behind each ``//`` of the source before
rendering (``https://m0m17m.example.org``): it travels through every Markdown construct and comes back in the address.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown import Markdown
from selectolax.lexbor import LexborHTMLParser

from links.model import Link
from links.pages import Page

SLASHES = re.compile(r"(?i)\b(?:https?|ftp)://(?=[^\s/])|(?<![\w:/.&;])//(?=[\w\[])")
MARK = re.compile(r"m0m(\d+)m\.")
LABEL = re.compile(r"(?m)\]\s?\[[^\]\n]*//|^ {0,3}\[[^\]\n]*//[^\]\n]*\]:")
FENCE_MARKS = re.compile(r"--8<--|;--")
ATTRIBUTES = {
    "a": ("href",), "area": ("href",), "link": ("href",), "img": ("src", "srcset"), "source": ("src", "srcset"),
    "iframe": ("src",), "script": ("src",), "video": ("src", "poster"), "audio": ("src",), "track": ("src",),
    "embed": ("src",), "object": ("data",), "input": ("src",),
}  # fmt: skip
SELECTOR = ",".join(f"{tag}[{attribute}]" for tag, attributes in ATTRIBUTES.items() for attribute in attributes)


class RenderError(Exception):
    """A page that its own Markdown extensions cannot render; the text names the page."""


@dataclass(frozen=True, slots=True)
class _Marked:
    text: str
    places: list[tuple[int, int]]  # line and column of each mark


def extract(page: Page) -> list[Link]:
    """The external links of a page, in the order of the page, each occurrence once. Raises RenderError."""
    marked = _mark(page)
    html = _render(page, marked.text)
    links = []
    for address in addresses(html):
        marks = MARK.findall(address) if marked.places else []
        url = external(MARK.sub("", address) if marks else address)
        if url:
            line, column = marked.places[int(marks[0])] if marks else (_look_up(page, url), 0)
            links.append(Link(page.name, line, url, column))
    return links


def addresses(html: str) -> Iterator[str]:
    """Every address that a piece of HTML links to or loads, as it is written there, entities decoded."""
    for node in LexborHTMLParser(html).css(SELECTOR):
        for attribute in ATTRIBUTES[node.tag]:
            value = node.attributes.get(attribute)
            if value:
                yield from candidates(value) if attribute == "srcset" else (value,)


def names(html: str) -> dict[str, str]:
    """URL → the text by which a page first links to it."""
    found: dict[str, str] = {}
    for node in LexborHTMLParser(html).css("a[href]"):
        url, text = external(node.attributes.get("href") or ""), " ".join(node.text().split())
        if url and text:
            found.setdefault(url, text)
    return found


def candidates(srcset: str) -> Iterator[str]:
    """The URLs of a ``srcset``: up to white space; a comma at the end of a URL, or after a descriptor, separates."""
    for url in re.findall(r"[\s,]*([^\s]+)(?:\s+[^,]*)?(?:,|$)", srcset):
        yield url.rstrip(",")


def external(address: str) -> str | None:
    """The http(s) URL that a browser makes of an address on an https site, or None for anything else."""
    address = re.sub(r"[\t\n\r]", "", address.strip())
    if address.startswith("//"):
        return f"https:{address}" if len(address) > 2 else None
    scheme, colon, rest = address.partition(":")
    if colon and scheme.lower() in ("http", "https") and rest.lstrip("/"):
        return f"{scheme.lower()}:{rest}"
    return None


def _mark(page: Page) -> _Marked:
    """The page's Markdown with a mark behind each ``//``; without marks where they could not be told or would harm."""
    if MARK.search(page.markdown) or LABEL.search(page.markdown):  # a label must stay the same in use and definition
        return _Marked(page.markdown, [])
    places: list[tuple[int, int]] = []
    out = []
    for number, line in enumerate(page.markdown.split("\n"), page.first_line):

        def mark(match: re.Match[str], number: int = number) -> str:
            places.append((number, match.start() + 1))
            return f"{match[0]}m0m{len(places) - 1}m."

        out.append(line if FENCE_MARKS.search(line) else SLASHES.sub(mark, line))
    return _Marked("\n".join(out), places)


def _render(page: Page, text: str) -> str:
    try:
        return Markdown(extensions=list(page.extensions), extension_configs=dict(page.configs)).convert(text)
    except Exception as error:  # whatever an extension raises: it is the page's own trouble, and has a name
        raise RenderError(f"{page.name}: cannot be rendered: {type(error).__name__}: {error}") from error


def _look_up(page: Page, url: str) -> int:
    """The first line that holds the URL, for links without a mark (labels, snippets, shorthands); else the first line."""
    bare = url.partition(":")[2]
    for number, line in enumerate(page.markdown.split("\n"), page.first_line):
        if bare in line or bare.replace("&", "&amp;") in line:
            return number
    for number, line in enumerate(page.markdown.split("\n"), page.first_line):
        if "--8<--" in line and any(bare in included for included in page.included(line)):
            return number
    return page.first_line
