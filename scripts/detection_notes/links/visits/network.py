"""Is there a network? A run in which nothing answers says nothing about links."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from detection_notes.links.address import name
from detection_notes.links.model import Evidence, Visit
from detection_notes.links.visits.guard import literal, public

RESERVED = (".invalid", ".test", ".example")  # names that exist nowhere (RFC 6761)
UNASKED = ("private-address", "bad-url")
CONTROL = "https://example.com/"
CONTROLS = 3  # pages that answered before, asked beside example.com
WORDS = "is there a network, and does it need a proxy (HTTPS_PROXY)?"

Answers = Callable[[str], bool]


class NetworkError(Exception):
    """This machine's proxies or certificates cannot be used; the text says which and what to do."""


def asked(visit: Visit) -> bool:
    """Whether the network had a part in a visit."""
    return visit.error not in UNASKED and not name(visit.address).endswith(RESERVED)


def near(address: str) -> bool:
    """Whether an address names this machine or its private network."""
    host = name(address)
    return host.endswith("localhost") or (literal(host) and not public(host))


def alive(rows: Mapping[str, Evidence], visited: Mapping[str, Evidence], answers: Answers) -> bool:
    """Whether one of the controls answers: pages that were good before and are not among the visited, and example.com."""
    controls = [row.url for row in rows.values() if row.good and row.url not in visited and not near(row.url)][:CONTROLS]
    return any(answers(url) for url in (*controls, CONTROL))


def commonest(silent: Iterable[Visit]) -> str:
    """What most visits without an answer ended with, in words."""
    ((code, detail), _), *_ = Counter((visit.error, visit.detail) for visit in silent).most_common(1)
    return f"most often: {code} ({detail})"
