"""A redirect → the address that it leads to, as browsers read it, or why it leads nowhere."""

from urllib.parse import urlsplit

from ada_url import join_url
from urllib3 import HTTPResponse

from detection_notes.links.address import is_variant
from detection_notes.links.visits.guard import allowed, literal
from detection_notes.links.visits.headers import location

REDIRECTS = {300, 301, 302, 303, 307, 308}
PERMANENT = {301, 308}


class Dead(Exception):
    """The chain ends in nothing; ``code`` is one of codes.CODES."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def target(url: str, response: HTTPResponse, private: bool) -> str:
    """Where a redirect leads, as browsers read it. Raises Dead."""
    said = location(response.headers.getlist("location"))
    if said is None:
        raise Dead("redirect-nowhere", f"status {response.status} without one Location")
    return checked(url, said, private)


def checked(url: str, said: str, private: bool) -> str:
    """The address that is meant beside another, if it may be visited. Raises Dead."""
    try:
        there = join_url(url, said)
        parts = urlsplit(there)
    except ValueError as error:
        raise Dead("redirect-nowhere", f"to {said!r}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Dead("redirect-nowhere", f"to {said!r}")
    if literal(parts.hostname) and not allowed(parts.hostname, private):
        raise Dead("redirect-private", f"to {said!r}")
    return there


def by_language(response: HTTPResponse, url: str, there: str) -> bool:
    """Whether the redirect would lead elsewhere for a reader of another language."""
    return is_variant(url, there) or "accept-language" in response.headers.get("vary", "").lower()
