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

from detection_notes.links.codes import FINE, kind_of
from detection_notes.links.memory import amend
from detection_notes.links.model import Evidence
from detection_notes.links.visits.tour import Save, Tour

AT_ONCE = 4  # questions at a time
WAYBACK = "https://archive.org"
GITHUB = "https://api.github.com"
REPOSITORY = re.compile(r"https?://(?:www\.)?github\.com/([\w.-]+)/([\w.-]+?)(?:\.git)?(?:[/?#].*)?\Z")
NAME = re.compile(r"[\w.-]+/[\w.-]+")
NOT_OWNERS = {"about", "apps", "collections", "features", "marketplace", "orgs", "search", "settings", "sponsors", "topics"}


class Asker(Protocol):
    def json(self, url: str, timeout: float, token: str | None = None) -> Any: ...


class Question(NamedTuple):
    """A question whose answer belongs into a field of the rows of some URLs."""

    field: str
    urls: list[str]
    ask: Callable[[], str | None]


def ask(tour: Tour, client: Asker, archive: bool, seconds: float, save: Save) -> None:
    """Complete the rows of a tour: archive copies if wanted, repositories if there is a GITHUB_TOKEN; for so long at most.

    What the tour saw is saved before.
    """
    token = os.environ.get("GITHUB_TOKEN")
    if not (archive or token):
        return
    save(tour.rows)
    fine = [row for row in tour.rows.values() if kind_of(row.error or str(row.status)) == FINE]
    questions: deque[Question] = deque()
    if archive:
        base = os.environ.get("LINKS_WAYBACK", WAYBACK)
        questions += [Question("archive", [row.url], partial(archived, client, base, row.url)) for row in fine if row.archive is None]
    if token:
        base = os.environ.get("GITHUB_API_URL", GITHUB)
        questions += [Question("repository", urls, partial(repository, client, base, name, token)) for name, urls in repositories(fine).items()]
        missing = [row for row in tour.rows.values() if row.error is None and row.status == 404]
        questions += [Question("error", urls, partial(private, client, base, name, token)) for name, urls in repositories(missing).items()]
    try:
        for question, answer in _answers(questions, time.monotonic() + seconds):
            tour.rows |= {url: _completed(tour.rows[url], question.field, answer) for url in question.urls if answer}
    except Empty:  # the time is over; what is missing is asked for by a later run
        pass
    except KeyboardInterrupt:
        tour.interrupted = True
    finally:
        questions.clear()


def _completed(row: Evidence, field: str, answer: str) -> Evidence:
    match field:
        case "archive":
            return replace(row, archive=answer)
        case "repository":
            return replace(row, repository=answer)
    return amend(row, answer)


def _answers(questions: deque[Question], end: float) -> Iterator[tuple[Question, str | None]]:
    """The questions with their answers, as they come. Raises Empty when it is ``end``. The threads die with the program."""
    done: SimpleQueue[tuple[Question, str | Exception | None]] = SimpleQueue()

    def work() -> None:
        while True:
            try:
                question = questions.popleft()
            except IndexError:  # another one took the last
                return
            try:
                done.put((question, question.ask()))
            except Exception as error:  # raised again in the caller's thread
                done.put((question, error))

    count = len(questions)
    for _ in range(min(count, AT_ONCE)):
        threading.Thread(target=work, daemon=True).start()
    for _ in range(count):
        question, answer = done.get(timeout=max(end - time.monotonic(), 0))
        if isinstance(answer, Exception):
            raise answer
        yield question, answer


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


def private(client: Asker, base: str, name: str, token: str) -> str | None:
    """The code of a page that strangers are told does not exist, if the token can see its repository."""
    answer = client.json(f"{base}/repos/{name}", 10, token)
    return "private-repository" if isinstance(answer, dict) and answer.get("private") is True else None
