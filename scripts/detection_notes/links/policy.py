"""``[tool.links]`` in pyproject.toml, or links.toml: what is kept, ignored, accepted, by whom, why and until when.

The nearest folder upwards that has one decides, up to the root of the repository; links.toml holds the same keys
without ``tool.links``.

    [tool.links]
    fail = "all"            # "new": only links that were never good fail a run or a build; LINKS_FAIL overrides it
    max-age = 30            # days after which evidence is asked for again
    timeout = 30            # seconds, in all, for one URL
    per-host = 8            # requests under way at one host
    dead-days = 2           # a URL that was fine is broken once it was dead on so many days
    silent-days = 7         # … or has not answered over so many days

    [[tool.links.keep]]     # may die: shown as dead, does not fail the build
    url = "https://example.org/old/*"
    reason = "…"
    owner = "…"             # optional
    until = 2027-01-01      # optional; from that day on the rule no longer acts
    # [[tool.links.ignore]] is never visited; [[tool.links.accept]] also has status = [403]
    # [[tool.links.host]] says how a host wants to be asked: hosts.py
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from detection_notes.links import hosts
from detection_notes.links.hosts import HostRule

NUMBERS = {"max-age": 30.0, "timeout": 30.0, "per-host": 8, "total": 900.0, "dead-days": 2, "silent-days": 7}
LISTS = ("keep", "ignore", "accept")
FAIL = ("all", "new")
VARIABLE = "LINKS_FAIL"
FILES = ("links.toml", "pyproject.toml")
KEYS = {"url": str, "reason": str, "owner": str, "until": date, "status": list}


class PolicyError(Exception):
    """The policy cannot be used; the text names the key and the right ones."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``url`` is a URL or a pattern with * and ?."""

    url: str
    reason: str
    owner: str = ""
    until: date | None = None
    status: tuple[str, ...] = ()

    def acts(self, url: str, today: date) -> bool:
        return (self.until is None or today < self.until) and (self.url == url or fnmatchcase(url, self.url.replace("[", "[[]")))


@dataclass(frozen=True, slots=True)
class Policy:
    """``baseline`` are the URLs that were dead when the project began to check; ``file`` is where the policy was found."""

    today: date
    max_age: float = 30
    timeout: float = 30
    per_host: int = 8
    total: float = 900
    dead_days: int = 2
    silent_days: int = 7
    rules: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    fail: str = "all"
    baseline: frozenset[str] = frozenset()
    file: Path | None = None
    hosts: tuple[HostRule, ...] = ()

    def rule(self, kind: str, url: str) -> Rule | None:
        return next((rule for rule in self.rules.get(kind, ()) if rule.acts(url, self.today)), None)

    def accepts(self, url: str, code: str) -> bool:
        return any(rule.acts(url, self.today) and code in rule.status for rule in self.rules.get("accept", ()))


def find(folder: Path, today: date, environ: Mapping[str, str] = os.environ) -> Policy:
    """The policy that holds in a folder: the nearest one upwards; the default one if there is none. Raises PolicyError."""
    policy = next((found for path in _candidates(folder) if (found := read(path, today)).file), Policy(today))
    said = environ.get(VARIABLE)
    return replace(policy, fail=_fail(said, f"the variable {VARIABLE}")) if said else policy


def _candidates(folder: Path) -> list[Path]:
    top = folder.absolute()
    found = []
    for parent in (top, *top.parents):
        found += [parent / name for name in FILES]
        if (parent / ".git").exists():
            break
    return found


def read(path: Path, today: date) -> Policy:
    """The policy in a file; the default one, which names no file, when there is no file or no table. Raises PolicyError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Policy(today)
    except (OSError, ValueError) as error:
        raise PolicyError(f"{path}: {error}") from error
    where = str(path)
    if path.name == "pyproject.toml":
        where = f"{path} [tool.links]"
        tools = table.get("tool", {})
        if not isinstance(tools, dict) or "links" not in tools:
            return Policy(today)
        table = tools["links"]
    if not isinstance(table, dict):
        raise PolicyError(f"{where}: it must be a table")
    _known(table, [*NUMBERS, "fail", *LISTS, "host"], where)
    numbers: dict[str, Any] = {key.replace("-", "_"): _number(table.get(key, default), key, where) for key, default in NUMBERS.items()}
    try:
        asked = hosts.parse(table.get("host", []), f"{where}.host")
    except ValueError as error:
        raise PolicyError(str(error)) from error
    rules = {kind: _rules(table.get(kind, []), f"{where}.{kind}") for kind in LISTS}
    return Policy(today, rules=rules, fail=_fail(table.get("fail", "all"), where), hosts=asked, file=path, **numbers)


def _fail(value: object, where: str) -> str:
    if not isinstance(value, str) or value not in FAIL:
        raise PolicyError(f"{where}: fail = {value!r}, but it must be one of {', '.join(FAIL)}")
    return value


def stale(policy: Policy, urls: set[str]) -> list[str]:
    """A word on each rule that has run out, and on each that matches no URL."""
    words = []
    name = policy.file.name if policy.file else ""
    for kind, rules in policy.rules.items():
        for rule in rules:
            if rule.until and policy.today >= rule.until:
                words.append(f"{name}: {kind} {rule.url!r} ran out on {rule.until}: look again, then renew or delete it")
            elif not any(rule.acts(url, policy.today) for url in urls):
                words.append(f"{name}: {kind} {rule.url!r} matches no link: delete it")
    return words


def _rules(entries: object, where: str) -> tuple[Rule, ...]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise PolicyError(f"{where}: write a list of tables, each with url and reason")
    allowed = [key for key in KEYS if key != "status" or where.endswith("accept")]
    for entry in entries:
        _known(entry, allowed, where)
        for key in ("url", "reason", *(["status"] if "status" in allowed else [])):
            if not entry.get(key):
                raise PolicyError(f"{where}: an entry has no {key}; each needs one")
        for key, value in entry.items():
            if not isinstance(value, KEYS[key]) or isinstance(value, datetime):
                raise PolicyError(f"{where}: {key} = {value!r}, but it must be a {KEYS[key].__name__}")
    return tuple(Rule(**{**entry, "status": tuple(str(s) for s in entry.get("status", []))}) for entry in entries)


def _known(table: Mapping[str, object], allowed: list[str], where: str) -> None:
    for key in table:
        if key not in allowed:
            raise PolicyError(f"{where}: unknown key {key!r}; the keys are {', '.join(allowed)}")


def _number(value: object, key: str, where: str) -> float:
    least = {"per-host": 1, "timeout": 0.1, "total": 0.1}.get(key, 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value < 1e9:
        raise PolicyError(f"{where}: {key} = {value!r}, but it must be a number, {least} or more")
    return int(value) if key in ("per-host", "dead-days", "silent-days") else value
