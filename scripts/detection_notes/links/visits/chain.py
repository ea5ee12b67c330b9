"""One address → the chain of answers to it, and the Visit that comes of it.

Before each further request (a redirect, a made-up neighbour) a visit pauses, so that whoever runs it can wait until
the host of that request may be asked.
"""

import time
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urljoin

from urllib3 import HTTPResponse

from detection_notes.links.address import is_variant
from detection_notes.links.model import Hop, Task, Visit
from detection_notes.links.visits import page, wire
from detection_notes.links.visits.answer import Answer
from detection_notes.links.visits.body import read_body
from detection_notes.links.visits.causes import FAILURES, cause
from detection_notes.links.visits.headers import noted, wait
from detection_notes.links.visits.page import Said
from detection_notes.links.visits.redirects import PERMANENT, REDIRECTS, Dead, by_language, checked, target
from detection_notes.links.visits.tries import Pause

LONGEST_CHAIN = 20
BODY_SECONDS = 5.0
SHORT_BODY, SHORT_SECONDS = 4096, 0.2  # what is read of a body that nobody needs, so that its connection can serve again
BY_ITSELF = "\0"  # stands for the cookies where it is a page that leads on

Steps = Generator[str, None, Any]  # yields the URL of the next request before it is made


class BadURL(Exception):
    """Not a URL that can be visited."""


class Asker(Protocol):
    """What a chain needs of a Client."""

    private: bool

    def jar(self) -> Any: ...

    def ask(self, url: str, jar: Any) -> tuple[HTTPResponse, str | None]:
        """The answer to a URL, and the cookies that were sent."""


@dataclass
class Chain:
    """The answers so far, where the chain stands, and where the permanent redirects at its start led."""

    url: str
    hops: list[Hop] = field(default_factory=list)
    moved: str | None = None
    seen: set[tuple[str, str | None]] = field(default_factory=set)  # what was asked, with which cookies
    _temporary: bool = False

    def step(self, url: str, permanent: bool) -> None:
        self._temporary = self._temporary or not permanent
        self.url = url
        if not self._temporary:
            self.moved = url


class Try:
    """One try of a visit. ``go_on`` makes the next request and returns a Pause before the one after it, or the Visit."""

    def __init__(self, client: Asker, task: Task, day: str) -> None:
        self._client, self._task, self._day = client, task, day
        self._chain = Chain(task.address)
        self._steps = self._look()
        self._last: Hop | None = None  # the latest answer, a neighbour's too
        self._deadline = self._seconds = 0.0

    def go_on(self, timeout: float) -> Visit | Pause:
        """Takes at most ``timeout`` seconds; never raises for anything that a server or a network does."""
        began = time.monotonic()
        self._deadline = began + timeout
        wire.set_deadline(self._deadline)
        try:
            url = next(self._steps)
        except StopIteration as end:
            said = end.value
        except Dead as dead:
            said = Said(error=dead.code, detail=str(dead))
        except BadURL as bad:
            said = Said(error="redirect-nowhere" if self._chain.hops else "bad-url", detail=str(bad))
        except FAILURES as failure:
            said = Said(None, None, *cause(failure))
        else:
            seconds = time.monotonic() - began
            self._seconds += seconds
            hop = self._last
            return Pause(url, hop.status if hop else 0, seconds, self.go_on, wait(hop.status, hop.headers) if hop else None)
        self._seconds += time.monotonic() - began
        return self._visit(said)

    def _visit(self, said: Said) -> Visit:
        chain = self._chain
        last = chain.hops[-1] if chain.hops else None
        return Visit(
            address=self._task.address,
            day=self._day,
            status=last.status if last else None,
            error=said.error,
            detail=said.detail,
            final=chain.url if last and chain.url != self._task.address else None,
            moved=chain.moved if said.error is None else None,  # nobody is sent to a login or an error page
            title=said.title,
            language=said.language,
            seconds=self._seconds,
            hops=tuple(chain.hops),
            retry_after=wait(last.status, last.headers) if last else None,
            missing=said.missing,
            unseen=said.unseen,
            answered=last is not None and said.error not in ("proxy-failure", "private-address"),
        )

    def _look(self) -> Steps:
        """Follow the chain to its end and read what the page says of itself."""
        answer = yield from self._landing(self._chain, page.limit(self._task))
        asked: list[Answer | None] = []

        def neighbour() -> Answer | None:
            if not asked:
                raise _NotAskedYet
            return asked[0]

        try:
            return page.understand(answer, self._task, neighbour)
        except _NotAskedYet:  # reading is pure: it is done once more when the answer is there
            asked.append((yield from self._neighbour()))
            return page.understand(answer, self._task, neighbour)

    def _neighbour(self) -> Steps:
        """The answer to a made-up address beside this one, or None if there is none."""
        url = urljoin(self._task.address, page.MADE_UP)
        yield url
        try:
            return (yield from self._landing(Chain(url), page.HEAD_BYTES))
        except (Dead, BadURL, *FAILURES):
            return None

    def _landing(self, chain: Chain, limit: int) -> Steps:
        """The answer at the end of the redirects, those included that pages themselves make."""
        asked, jar = chain.url, self._client.jar()
        answer = yield from self._answer(asked, chain, jar, limit)
        while onward := page.onward(answer):
            url, permanent = onward
            there = checked(answer.url, url, self._client.private)
            if (answer.url, BY_ITSELF) in chain.seen:
                raise Dead("redirect-loop", f"it comes back to {answer.url}")
            chain.seen.add((answer.url, BY_ITSELF))
            chain.step(there, permanent and not is_variant(answer.url, there))
            yield there
            answer = yield from self._answer(asked, chain, jar, limit)
        return answer

    def _answer(self, asked: str, chain: Chain, jar: Any, limit: int) -> Steps:
        """Follow a chain to its end and read at most ``limit`` bytes of the body, for BODY_SECONDS at most."""
        response = yield from self._follow(chain, jar)
        try:
            wire.set_deadline(min(self._deadline, time.monotonic() + BODY_SECONDS))
            body, whole, packed = read_body(response, limit)
        finally:
            if response.isclosed():  # read to its end: the connection can serve again
                response.release_conn()
            else:
                response.close()
            wire.set_deadline(self._deadline)
        wanted = limit > page.HEAD_BYTES
        return Answer(asked, chain.url, response.status, response.headers, body, whole, len(chain.hops) > 1, packed, wanted)

    def _follow(self, chain: Chain, jar: Any) -> Steps:
        while True:
            began = time.monotonic()
            response, cookies = self._client.ask(chain.url, jar)
            self._last = Hop(chain.url, response.status, noted(response.headers), time.monotonic() - began)
            chain.hops.append(self._last)
            if response.status not in REDIRECTS or (response.status == 300 and "location" not in response.headers):
                return response
            self._leave(response)
            if (chain.url, cookies) in chain.seen:
                raise Dead("redirect-loop", f"it comes back to {chain.url}")
            if len(chain.hops) > LONGEST_CHAIN:
                raise Dead("redirect-too-long", f"more than {LONGEST_CHAIN} redirects")
            chain.seen.add((chain.url, cookies))
            there = target(chain.url, response, self._client.private)
            chain.step(there, response.status in PERMANENT and not by_language(response, chain.url, there))
            yield there

    def _leave(self, response: HTTPResponse) -> None:
        """Drop a body that is not needed: a short one that is there already is read, so that the connection can serve again."""
        length = response.headers.get("content-length", "")
        if length.isdecimal() and len(length) < 6 and int(length) <= SHORT_BODY:
            wire.set_deadline(min(self._deadline, time.monotonic() + SHORT_SECONDS))
            response.drain_conn()
            wire.set_deadline(self._deadline)
        if not response.isclosed():
            response.close()


class _NotAskedYet(Exception):
    """The answer of a neighbour is wanted."""
