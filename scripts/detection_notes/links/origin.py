"""Links of built pages → the lines of the sources they were built from, where a person corrects them."""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

from detection_notes.links.local import checkout
from detection_notes.links.model import Link
from detection_notes.links.pages import Collection, Form, Page
from detection_notes.links.settings import near, shown
from detection_notes.links.walk import MARKDOWN, markdown_in

URL = re.compile(r"""(?i)\b(?:https?:)?//[^\s<>"']+""")

Spots = dict[str, list[Link]]


def placed_in_source(links: Iterable[Link], collection: Collection) -> list[Link]:
    """The links, those of built pages with the source line on which their address stands, and the built page as ``via``.

    What stands in no source (a theme, a plugin, a hook made it) keeps the place in the built page.
    """
    built = {page.name: page for page in collection.pages if page.form is Form.BUILT}
    out = list(links)
    if not built:
        return out
    spots: Spots = {}
    for page in {(page.root, page.site): page for page in built.values()}.values():
        spots |= _spots(page)
    taken: Counter[tuple[str, str]] = Counter()
    for number, link in enumerate(out):
        candidates = _candidates(link.url, spots) if link.page in built else []
        own = [spot for spot in candidates if _made_of(built[link.page], spot.page)] or candidates[:1]  # else the configuration, or what pages include
        if own:
            spot = own[min(taken[link.page, link.url], len(own) - 1)]
            taken[link.page, link.url] += 1
            out[number] = replace(link, page=spot.page, line=spot.line, column=spot.column, via=link.page)
    return out


def _spots(page: Page) -> Spots:
    """Every URL in the Markdown and the configuration that a built page may come from, with its places."""
    home = Path(page.site.name).parent if page.site else checkout(page.path.resolve().parent) or Path.cwd()
    files = [*markdown_in(home), *([config] if (config := near(home)) else [])]
    found: Spots = defaultdict(list)
    for file in files:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            for match in URL.finditer(line) if "//" in line else ():
                found[_key(match[0])].append(Link(shown(file), number, match[0], match.start() + 1))
    return found


def _key(address: str) -> str:
    """What is alike in all spellings of an address: up to the first sign that ends one somewhere."""
    return re.split(r"[)\]`|*#?]", unescape(address).partition("//")[2])[0].rstrip(".,;:!。，").lower()


def _candidates(url: str, spots: Spots) -> list[Link]:
    rest = url.partition("//")[2]
    return [spot for spot in spots.get(_key(url), ()) if unescape(spot.url).partition("//")[2].startswith(rest)]


def _made_of(page: Page, source: str) -> bool:
    """Whether a built page has the name of a source: a/b/index.html and a/b.html are made of a/b.md, a/b/index.md or a/b/README.md."""
    return _stem(os.path.relpath(page.path, page.root or Path())) in set(_endings(_stem(source))) and source.lower().endswith(MARKDOWN)


def _stem(path: str) -> str:
    stem = os.path.splitext(path)[0].replace(os.sep, "/").lower()
    return re.sub(r"(?:^|/)(?:index|readme|_index)\Z", "", stem)


def _endings(stem: str) -> Iterator[str]:
    parts = stem.split("/")
    yield from ("/".join(parts[start:]) for start in range(len(parts) + 1))
