"""The link checkers that are compared: how each is called, and how its verdicts are read."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 10
JUDGED = {"good": "fine", "moved": "fine", "broken": "broken", "unknown": "unsure"}


@dataclass(frozen=True)
class Cost:
    """What a program took: seconds on the clock and of the processor, and the most memory it held."""

    seconds: float
    cpu: float
    mebibytes: float


def measure(command: list[str], folder: Path, found_broken: int) -> tuple[Cost, str]:
    """Run a program to its end; also what it printed. Raises RuntimeError unless it ends with 0 or ``found_broken``."""
    with open(folder / "printed.txt", "w+b") as printed, open(folder / "errors.txt", "w+b") as errors:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, env=_environment(), stdin=subprocess.DEVNULL, stdout=printed, stderr=errors)
        memory = _Memory(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0), errors.seek(0)
        if process.returncode not in (0, found_broken):
            raise RuntimeError(f"{command[0]} ended with {process.returncode}: {errors.read().decode()[-2000:]}")
        return Cost(seconds, usage.ru_utime + usage.ru_stime, memory.most()), printed.read().decode()


def _environment() -> dict[str, str]:
    """That of this process, but compiled modules are kept, as they are where nobody says otherwise."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class _Memory(threading.Thread):
    """Watches how much memory a process and those it started hold. (Its ru_maxrss would begin with that of its parent.)

    What several of them share after a fork is counted once: each is charged with its part (Pss).
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self._kibibytes = pid, 0
        self.start()

    def run(self) -> None:
        try:
            while alone := _kibibytes(self._pid, "VmHWM"):
                family = [self._pid, *_descendants(self._pid)]
                together = sum(_kibibytes(pid, "Pss", "smaps_rollup") for pid in family) if len(family) > 1 else 0
                self._kibibytes = max(self._kibibytes, alone, together)
                time.sleep(0.005)
        except OSError:
            pass  # it has ended

    def most(self) -> float:
        """In MiB; to be asked once the process has ended."""
        self.join()
        return self._kibibytes / 1024


def _kibibytes(pid: int, field: str, file: str = "status") -> int:
    found = re.search(rf"{field}:\s+(\d+) kB", Path(f"/proc/{pid}/{file}").read_text())
    return int(found[1]) if found else 0


def _descendants(pid: int) -> list[int]:
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    try:
        return children + [each for child in children for each in _descendants(child)]
    except OSError:  # one of them has just ended
        return []


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
