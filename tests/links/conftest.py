"""A web on loopback, and the way from one of its URLs to a verdict: patrol, fetch, memory, judge."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from detection_notes.links.address import bare
from detection_notes.links.visits.fetch import Client
from detection_notes.links.judge import judge
from detection_notes.links.memory import remember
from detection_notes.links.model import Evidence, Visit
from detection_notes.links.plan import task
from detection_notes.links.visits.patrol import patrol
from detection_notes.links.policy import Policy
from web import Web

TODAY = date(2026, 11, 23)


@dataclass
class Judged:
    """What became of a URL; compares as "verdict code"."""

    words: str
    visit: Visit
    evidence: Evidence


@pytest.fixture
def web() -> Iterator[Web]:
    site = Web()
    yield site
    site.close()


@pytest.fixture
def verdict() -> Iterator[Callable[..., Judged]]:
    """Visit one URL as a run does, all tries included, and judge it."""
    clients: list[Client] = []

    def ask(url: str, timeout: float = 3.0, known: Evidence | None = None, environ: dict[str, str] | None = None, private: bool = True) -> Judged:
        client = Client(private=private, environ=environ or {})
        clients.append(client)
        (visit,) = patrol([task(bare(url), (url,), known)], lambda task, seconds: client.visit(task, seconds, TODAY.isoformat()), timeout, 8)
        evidence = remember(known, url, visit)
        return Judged(" ".join(judge(evidence, Policy(TODAY))), visit, evidence)

    yield ask
    for client in clients:
        client.close()
