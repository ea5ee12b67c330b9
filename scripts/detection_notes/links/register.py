"""What others have registered about a page: a copy in the Wayback Machine, the state of a GitHub repository.

Both are asked politely, a few at a time, and their absence never matters.
"""

import os
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

from detection_notes.links.judge import FINE, kind_of
from detection_notes.links.model import Evidence
from detection_notes.links.tour import Tour

FEW = 4  # questions at a time
WAYBACK = "https://archive.org"
GITHUB = "https://api.github.com"
REPOSITORY = re.compile(r"https?://(?:www\.)?github\.com/([\w.-]+)/([\w.-]+?)(?:\.git)?(?:[/?#].*)?\Z")
NAME = re.compile(r"[\w.-]+/[\w.-]+")
NOT_OWNERS = {"about", "apps", "collections", "features", "marketplace", "orgs", "search", "settings", "sponsors", "topics"}


class Asker(Protocol):
    def json(self, url: str, timeout: float, token: str | None = None) -> Any: ...


class Job(NamedTuple):
    """A question whose answer belongs into a field of the rows of some URLs."""

    field: str
    urls: list[str]
    ask: Callable[[], str | None]


def ask(tour: Tour, client: Asker, archive: bool, seconds: float) -> None:
    """Complete the rows of a tour: archive copies if wanted, repositories if there is a GITHUB_TOKEN; for so long at most."""
    fine = [row for row in tour.rows.values() if kind_of(row.error or str(row.status)) == FINE]
    token = os.environ.get("GITHUB_TOKEN")
    jobs: deque[Job] = deque()
    if archive:
        base = os.environ.get("LINKS_WAYBACK", WAYBACK)
        jobs += [Job("archive", [row.url], partial(archived, client, base, row.url)) for row in fine if row.archive is None]
    if token:
        base = os.environ.get("GITHUB_API_URL", GITHUB)
        jobs += [Job("repository", urls, partial(repository, client, base, name, token)) for name, urls in repositories(fine).items()]
    try:
        for job, answer in _answers(jobs, time.monotonic() + seconds):
            tour.rows |= {url: replace(tour.rows[url], **{job.field: answer}) for url in job.urls if answer}
    except Empty:  # the time is over; what is missing is asked for by a later run
        pass
    except KeyboardInterrupt:
        tour.interrupted = True
    finally:
        jobs.clear()


def _answers(jobs: deque[Job], end: float) -> Iterator[tuple[Job, str | None]]:
    """The jobs with their answers, as they come. Raises Empty when it is ``end``. The threads die with the program."""
    done: SimpleQueue[tuple[Job, str | None | Exception]] = SimpleQueue()

    def work() -> None:
        while True:
            try:
                job = jobs.popleft()
            except IndexError:  # another one took the last
                return
            try:
                done.put((job, job.ask()))
            except Exception as error:  # raised again in the caller's thread
                done.put((job, error))

    count = len(jobs)
    for _ in range(min(count, FEW)):
        threading.Thread(target=work, daemon=True).start()
    for _ in range(count):
        job, answer = done.get(timeout=max(end - time.monotonic(), 0))
        if isinstance(answer, Exception):
            raise answer
        yield job, answer


def archived(client: Asker, base: str, url: str) -> str | None:
    """The closest copy of a page, or None."""
    answer = client.json(f"{base}/wayback/available?url={quote(url, safe='')}", 10)
    try:
        closest = answer["archived_snapshots"]["closest"]
        copy = closest["url"] if closest["available"] else None
    except (KeyError, TypeError):
        return None
    return re.sub(r"^http:", "https:", copy) if isinstance(copy, str) and re.match(r"https?://[^\s\"'<>]+\Z", copy) else None


def repositories(rows: list[Evidence]) -> dict[str, list[str]]:
    """ "owner/name" → the URLs that lie in this GitHub repository."""
    found: dict[str, list[str]] = {}
    for row in rows:
        match = REPOSITORY.match(row.url)
        if match and match[1].lower() not in NOT_OWNERS:
            found.setdefault(f"{match[1]}/{match[2]}", []).append(row.url)
    return found


def repository(client: Asker, base: str, name: str, token: str) -> str | None:
    """ "archived", "renamed to owner/name", "active", or None when the API does not say."""
    answer = client.json(f"{base}/repos/{name}", 10, token)
    if not isinstance(answer, dict) or not isinstance(full := answer.get("full_name"), str) or not NAME.fullmatch(full):
        return None
    if answer.get("archived") is True:
        return "archived"
    return f"renamed to {full}" if full.lower() != name.lower() else "active"
