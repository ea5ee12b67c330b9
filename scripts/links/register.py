"""What others have registered about a page: a copy in the Wayback Machine, the state of a GitHub repository.

Both are asked politely, a few at a time, and their absence never matters.
"""

import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import quote

from links.judge import FINE, kind_of
from links.model import Evidence
from links.tour import Tour

WAYBACK = "https://archive.org"
GITHUB = "https://api.github.com"
REPOSITORY = re.compile(r"https?://(?:www\.)?github\.com/([\w.-]+)/([\w.-]+?)(?:\.git)?(?:[/?#].*)?\Z")
NOT_OWNERS = {"about", "apps", "collections", "features", "marketplace", "orgs", "search", "settings", "sponsors", "topics"}


class Asker(Protocol):
    def json(self, url: str, timeout: float, token: str | None = None) -> Any: ...


def ask(tour: Tour, client: Asker, today: str, archive: bool) -> None:
    """Complete the rows of a tour: archive copies if wanted, repositories if there is a GITHUB_TOKEN."""
    token = os.environ.get("GITHUB_TOKEN")
    fine = [row for row in tour.rows.values() if kind_of(row.error or str(row.status)) == FINE]
    with ThreadPoolExecutor(4) as few:
        if archive:
            base = os.environ.get("LINKS_WAYBACK", WAYBACK)
            missing = [row for row in fine if row.archive is None]
            for row, copy in zip(missing, few.map(lambda row: archived(client, base, row.url), missing), strict=True):
                tour.rows[row.url] = replace(tour.rows[row.url], archive=copy)
        if token:
            base = os.environ.get("GITHUB_API_URL", GITHUB)
            known = list(repositories(fine))
            for url, state in zip((u for u, _ in known), few.map(lambda item: repository(client, base, item[1], token), known), strict=True):
                tour.rows[url] = replace(tour.rows[url], repository=state)


def archived(client: Asker, base: str, url: str) -> str | None:
    """The closest copy of a page, or None."""
    answer = client.json(f"{base}/wayback/available?url={quote(url, safe='')}", 10)
    try:
        closest = answer["archived_snapshots"]["closest"]
        copy = closest["url"] if closest["available"] else None
    except (KeyError, TypeError):
        return None
    return re.sub(r"^http:", "https:", copy) if isinstance(copy, str) and re.match(r"https?://[^\s\"'<>]+\Z", copy) else None


def repositories(rows: list[Evidence]) -> Iterator[tuple[str, str]]:
    """(URL, "owner/name") of the rows that lie in a GitHub repository."""
    for row in rows:
        match = REPOSITORY.match(row.url)
        if match and match[1].lower() not in NOT_OWNERS:
            yield row.url, f"{match[1]}/{match[2]}"


def repository(client: Asker, base: str, name: str, token: str) -> str | None:
    """ "archived", "renamed to owner/name", or None."""
    answer = client.json(f"{base}/repos/{name}", 10, token)
    if not isinstance(answer, dict):
        return None
    if answer.get("archived") is True:
        return "archived"
    full = answer.get("full_name")
    renamed = isinstance(full, str) and re.fullmatch(r"[\w.-]+/[\w.-]+", full) and full.lower() != name.lower()
    return f"renamed to {full}" if renamed else None
