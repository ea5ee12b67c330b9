"""HTML → the addresses in it, as they are written there, and the names that a fragment can lead to."""

import re
from collections.abc import Iterator, Mapping

from selectolax.lexbor import LexborHTMLParser, LexborNode

from detection_notes.links.address import external

Attributes = Mapping[str, tuple[str, ...]]

ATTRIBUTES: Attributes = {
    "a": ("href",), "area": ("href",), "link": ("href",), "img": ("src", "srcset"), "source": ("src", "srcset"),
    "iframe": ("src",), "script": ("src",), "video": ("src", "poster"), "audio": ("src",), "track": ("src",),
    "embed": ("src",), "object": ("data",), "input": ("src",),
}  # fmt: skip
HINTS = {"preconnect", "dns-prefetch"}  # they name a server to be ready for, not a page


def nodes(tree: LexborHTMLParser, attributes: Attributes = ATTRIBUTES) -> Iterator[tuple[str, LexborNode]]:
    """Each address that a tree links to or loads, entities decoded, with its element, in document order."""
    for node in tree.css(",".join(attributes)):
        said = node.attributes
        if node.tag == "link" and HINTS & set((said.get("rel") or "").lower().split()):
            continue
        for attribute in attributes[node.tag or ""]:
            value = said.get(attribute)
            if value is not None:
                for address in candidates(value) if attribute == "srcset" else (value,):
                    yield address, node


def addresses(html: str) -> Iterator[str]:
    """Every address that a piece of HTML links to or loads."""
    return (address for address, _ in nodes(LexborHTMLParser(html)) if address)


def names(html: str) -> dict[str, str]:
    """URL → the words by which a page first links to it."""
    found: dict[str, str] = {}
    for address, node in nodes(LexborHTMLParser(html)):
        url = external(address)
        if url and (words := " ".join(node.text().split())):
            found.setdefault(url, words)
    return found


def candidates(srcset: str) -> Iterator[str]:
    """The URLs of a ``srcset``: up to white space; a comma at the end of a URL, or after a descriptor, separates."""
    for url in re.findall(r"[\s,]*([^\s]+)(?:\s+[^,]*)?(?:,|$)", srcset):
        yield url.rstrip(",")


def anchors(tree: LexborHTMLParser) -> frozenset[str]:
    """What a fragment can lead to: the id of any element, and the name of an ``a``."""
    found = {node.attributes.get("id") for node in tree.css("[id]")} | {node.attributes.get("name") for node in tree.css("a[name]")}
    return frozenset(name for name in found if name)
