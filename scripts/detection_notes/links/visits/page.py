"""The last answer of a visit → what it says of itself: whether it is the page, and if so its title, language, anchors."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urljoin

from detection_notes.links.address import bare, fragment, is_login, name, path
from detection_notes.links.model import Task
from detection_notes.links.visits import doubt, markup, signatures
from detection_notes.links.visits.answer import Answer
from detection_notes.links.visits.markup import Markup

HEAD_BYTES, WHOLE_BYTES = 64 * 1024, 2 * 1024 * 1024  # what is read of a body: enough for the title; for the anchors
UNCHECKED_FRAGMENT = re.compile(r"(?i)(?:|top|L\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)?|[!/].*|.*:~:.*)\Z")  # lines, routes, text
MADE_UP = "q7x2-no-such-page-3f9k"
AT_ONCE, PATIENT = 1, 30  # seconds until a page leads on: before it can be read; so that it can be read before


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says of itself. ``error`` is a code of ``codes.CODES`` for an answer that is not the page."""

    title: str | None = None
    language: str | None = None
    error: str | None = None
    detail: str | None = None
    missing: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset()


Neighbour = Callable[[], Answer | None]  # asks for an address beside the page that nobody made; None if that fails


def limit(task: Task) -> int:
    """How many bytes of the body can say something."""
    return WHOLE_BYTES if wanted(task) else HEAD_BYTES


def wanted(task: Task) -> frozenset[str]:
    """The fragments to look for, as they are written."""
    parts = {fragment(url) for url in task.urls}
    return frozenset(part for part in parts if not UNCHECKED_FRAGMENT.match(unquote(part)))


def onward(answer: Answer) -> tuple[str, bool] | None:
    """Where a page leads by itself, and whether for good; None if it does not, or is there to be read.

    What says that it is gone and then leads home is left as it is: its words are the answer.
    """
    header = answer.headers.get("refresh")
    if answer.status >= 300 or not (header or answer.page):
        return None
    found = markup.refresh(header) if header else answer.page.refresh if answer.page else None
    try:
        there = urljoin(answer.url, found[1]) if found else answer.url
    except ValueError:  # no address; browsers stay
        return None
    if found is None or bare(there) == bare(answer.url):
        return None
    if found[0] <= AT_ONCE:
        return there, True
    if found[0] <= PATIENT and answer.page and answer.page.short and not signatures.of_page(name(answer.url), answer.page):
        return there, False
    return None


def understand(answer: Answer, task: Task, neighbour: Neighbour) -> Said:
    """Read an answer for a task."""
    if sign := signatures.of_answer(answer.headers, answer.status):
        return Said(error=sign.code, detail=sign.words)
    if answer.status >= 300:
        return Said()
    if answer.redirected and (code := _led_astray(answer.url, task.address)):
        return Said(error=code, detail=f"it leads to {answer.url}")
    page = answer.page
    if page is None:
        unreadable = answer.body is not None
        return Said(error="unreadable", detail=f"{answer.headers.get('content-encoding') or answer.headers.get('content-type')}") if unreadable else Said()
    error, detail = doubt.verdict(answer, page, task, neighbour)
    missing, unseen = _fragments(answer, page, task) if error is None else (frozenset(), frozenset())
    return Said(page.title, page.language, error, detail, missing, unseen)


def _led_astray(url: str, asked: str) -> str | None:
    """The code for an address that redirects lead to instead of the page, by the address alone."""
    if is_login(url) and not is_login(asked):
        return "login"
    sign = signatures.of_address(name(url), path(url))
    return sign.code if sign and not signatures.of_address(name(asked), path(asked)) else None


def _fragments(answer: Answer, page: Markup, task: Task) -> tuple[frozenset[str], frozenset[str]]:
    """The fragments that are missing, and those that a script or the unread rest of the page may still have.

    A fragment in a redirect takes the place of the link's own.
    """
    landing = fragment(answer.url)
    absent = frozenset(part for part in wanted(task) if not markup.has(page.anchors, landing or part))
    if landing and UNCHECKED_FRAGMENT.match(unquote(landing)):
        absent = frozenset()
    return (frozenset(), absent) if page.scripted or not answer.whole else (absent, frozenset())
