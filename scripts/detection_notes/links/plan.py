"""Links and lock → the addresses to visit, in the order in which they should start. Pure."""

import zlib
from collections.abc import Iterable, Mapping

from detection_notes.links import moment
from detection_notes.links.address import bare, host, normal
from detection_notes.links.codes import DEAD, kind_of, transient
from detection_notes.links.memory import code_of
from detection_notes.links.model import Evidence, Link, Task
from detection_notes.links.policy import Policy

SOON = ("429", "rate-limited")  # hosts that asked to come back later
BACK_OFF = (1, 7, 14)  # days until a URL that was not fine is asked for again; afterwards max-age


def plan(links: Iterable[Link], rows: Mapping[str, Evidence], policy: Policy) -> list[Task]:
    """One task an address (without fragment) of which at least one URL is due; the slow ones of last time first."""
    groups: dict[str, list[str]] = {}
    for url in dict.fromkeys(link.url for link in links if link.code is None):
        groups.setdefault(normal(bare(url)), []).append(url)
    tasks = []
    for address, urls in groups.items():
        urls = [url for url in urls if not policy.rule("ignore", url)]
        known = [rows[url] for url in urls if url in rows and rows[url].day]
        if any(due(rows.get(url), policy) for url in urls):
            last = max(known, key=lambda row: moment.read(row.day or ""), default=None)
            tasks.append(task(address, urls, last))
    return sorted(tasks, key=lambda task: -int(task.expected or 0))


def task(address: str, urls: Iterable[str], last: Evidence | None) -> Task:
    """The task for an address, with what its last visit saw."""
    last = last or Evidence(address)
    return Task(address, tuple(urls), last.seconds, last.title, last.language)


def due(row: Evidence | None, policy: Policy) -> bool:
    """Whether a URL is to be visited today."""
    if row is None or row.day is None:
        return True
    age = (policy.today - moment.day(row.day)).days
    return age < 0 or age >= wait(row, policy)


def wait(row: Evidence, policy: Policy) -> float:
    """Days from a visit to the next: max-age minus up to 20 %, fixed per URL, so that they do not all fall due on one day."""
    if (row.error or str(row.status)) in SOON:
        return min(BACK_OFF[0], policy.max_age)
    failures = [step for step in row.trail if kind_of(code_of(step)) is DEAD or transient(code_of(step))]
    if failures and len(failures) <= len(BACK_OFF):
        return min(BACK_OFF[len(failures) - 1], policy.max_age)
    return policy.max_age * (1 - 0.2 * (zlib.crc32(row.url.encode("utf-8", "replace")) % 1000) / 1000)


def oldest_first(tasks: list[Task], rows: Mapping[str, Evidence], limit: int) -> list[Task]:
    """At most ``limit`` tasks: those never visited, then those visited longest ago; in the order they had."""

    def last(task: Task) -> float:
        days = [rows[url].day if url in rows else None for url in task.urls]
        return min((moment.read(day).timestamp() if day else 0.0 for day in days), default=0.0)

    chosen = {task.address for task in sorted(tasks, key=last)[:limit]}
    return [task for task in tasks if task.address in chosen]


def shard(tasks: list[Task], index: int, count: int) -> list[Task]:
    """The ``index``-th (from 1) of ``count`` parts; a host is never divided, so that each machine stays polite."""
    return [task for task in tasks if zlib.crc32(host(task.address).encode()) % count == index - 1]
