"""The link checkers that are compared: how each is called, and how its verdicts are read."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from benchmarks.cost import Cost, measure

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 10
JUDGED = {"good": "fine", "moved": "fine", "broken": "broken", "unknown": "unsure"}


class Checker(Protocol):
    """``again`` are the words that make it ask again for all it knows; ``remembers`` says whether it knows anything."""

    name: str
    again: tuple[str, ...]
    remembers: bool

    def forget(self, folder: Path) -> None:
        """Remove what earlier runs kept."""

    def check(self, folder: Path, *more: str) -> Cost:
        """Check the pages in ``folder``/docs."""

    def verdicts(self, folder: Path, urls: Iterable[str]) -> dict[str, str]:
        """What the last run said of each URL: fine, broken or unsure."""


class Ours:
    name, again, remembers = "check_links", ("--max-age", "0"), True
    _command = [sys.executable, str(ROOT / "scripts" / "check_links.py"), "docs", "--allow-private", "--lock", "links.lock"]

    def forget(self, folder: Path) -> None:
        (folder / "links.lock").unlink(missing_ok=True)

    def check(self, folder: Path, *more: str) -> Cost:
        return measure([*self._command, "--timeout", str(TIMEOUT), *more], folder, 1)[0]

    def verdicts(self, folder: Path, urls: Iterable[str]) -> dict[str, str]:
        _, printed = measure([*self._command, "--offline", "--format", "json"], folder, 1)
        said = {link["url"]: JUDGED[link["verdict"]] for link in json.loads(printed)["links"]}
        return {url: said.get(url, "missing") for url in urls}


class Naive:
    """The script of naive.py."""

    name, again, remembers = "naive", (), False

    def __init__(self) -> None:
        self._said: dict[str, str] = {}

    def forget(self, folder: Path) -> None:
        pass

    def check(self, folder: Path, *more: str) -> Cost:
        cost, printed = measure([sys.executable, str(Path(__file__).with_name("naive.py")), "docs", *more], folder, 0)
        self._said = json.loads(printed)
        return cost

    def verdicts(self, folder: Path, urls: Iterable[str]) -> dict[str, str]:
        return {url: self._said.get(url, "missing") for url in urls}


class Lychee:
    TUNED = ("--cache", "--timeout", str(TIMEOUT), "--max-retries", "2", "--max-concurrency", "256", "--host-request-interval", "1ms")
    again = ()

    def __init__(self, path: str, name: str, *options: str) -> None:
        self.name, self.remembers = name, "--cache" in options
        self._command = [path, "--no-progress", "--format", "json", *options, "docs"]
        self._printed = "{}"

    def forget(self, folder: Path) -> None:
        (folder / ".lycheecache").unlink(missing_ok=True)

    def check(self, folder: Path, *more: str) -> Cost:
        cost, self._printed = measure([*self._command, *more], folder, 2)
        return cost

    def verdicts(self, folder: Path, urls: Iterable[str]) -> dict[str, str]:
        result = json.loads(self._printed)
        said = {link["url"]: verdict for key, verdict in (("error_map", "broken"), ("timeout_map", "unsure")) for page in result[key].values() for link in page}
        return {url: said.get(url, "fine") for url in urls}


def version(path: str) -> str:
    return subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout.strip()
