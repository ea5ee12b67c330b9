"""What this machine's network is, which comes before what a link is: nothing is concluded of a link from a proxy, a portal, a name server or a clock."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from queue import Empty, SimpleQueue

from detection_notes.links.address import name
from detection_notes.links.model import Evidence, Visit
from detection_notes.links.visits.guard import literal, public

RESERVED = (".invalid", ".test", ".example")  # names that exist nowhere (RFC 6761)
UNASKED = ("private-address", "bad-url")
LOCAL = ("fake-ip", "proxy-failure", "certificate-unproved", "511")  # codes that tell of this machine's network only
NAMELESS = ("no-such-host", "no-address")  # what a name server says; this one may be at fault
CONTROL = "https://example.com/"
CONTROLS = 3  # pages that answered before, asked beside example.com
SECONDS = 1.5  # for all controls together, which are asked side by side

WORDS = "is there a network, and does it need a proxy (HTTPS_PROXY)?"
FAKE_IP = (
    "every name leads into 198.18.0.0/15: a proxy on this machine (Clash, Surge, sing-box) stands in for the name server. "
    "Set HTTPS_PROXY to that proxy, or use --allow-private if it takes all connections (TUN)."
)
PORTAL = "this network answers in the place of the hosts ({}): does it want a login? Open any page in a browser first."
UNPROVED = (
    "no certificate held ({}), and no host proved itself with another: a login page of this network, a filter or a company's proxy is in "
    "between, or this machine's clock is wrong. Log in with a browser, or set REQUESTS_CA_BUNDLE to the company's certificates."
)

Answers = Callable[[str], bool]


class NetworkError(Exception):
    """This machine's proxies or certificates cannot be used; the text says which and what to do."""


def asked(visit: Visit) -> bool:
    """Whether the network had a part in a visit."""
    return visit.error not in UNASKED and not name(visit.address).endswith(RESERVED)


def certified(visit: Visit) -> bool:
    """Whether a visit ended at a certificate that did not hold."""
    return (visit.error or "").startswith("certificate-")


def near(url: str) -> bool:
    """Whether a URL names this machine or its private network."""
    return near_host(name(url))


def near_host(host: str) -> bool:
    return host.endswith("localhost") or (literal(host) and not public(host))


def alive(known: Mapping[str, Evidence], visited: Iterable[str], answers: Answers) -> bool:
    """Whether a control answers: example.com, and pages that were good before and are not among the visited.

    All of them are https, so that none can answer for another. ``answers`` asks one and takes at most SECONDS.
    """
    seen = {name(url) for url in visited}
    controls = {name(url): url for url, row in known.items() if row.good and url.startswith("https:") and name(url) not in seen and not near(url)}
    said: SimpleQueue[bool] = SimpleQueue()

    def ask(url: str) -> None:
        said.put(answers(url))

    urls = [*list(controls.values())[:CONTROLS], CONTROL]
    for url in urls:
        threading.Thread(target=ask, args=(url,), daemon=True).start()
    try:
        return any(said.get(timeout=SECONDS) for _ in urls)
    except Empty:
        return False


def portal(led: Mapping[str, str]) -> str | None:
    """The host that answers for all others, or None. ``led`` are the hosts asked over http → the hosts at which they ended."""
    ends = set(led.values())
    end = ends.pop() if len(ends) == 1 else None
    return end if end is not None and len(led) > 1 and end not in led else None


def commonest(silent: Iterable[Visit]) -> str:
    """What most visits without an answer ended with, in words."""
    ((code, detail), _), *_ = Counter((visit.error, visit.detail) for visit in silent).most_common(1)
    return f"most often: {code} ({detail})"
