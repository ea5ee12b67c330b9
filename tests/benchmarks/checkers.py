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
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=printed, stderr=errors)
        memory = _Memory(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0), errors.seek(0)
        if process.returncode not in (0, found_broken):
            raise RuntimeError(f"{command[0]} ended with {process.returncode}: {errors.read().decode()[-2000:]}")
        return Cost(seconds, usage.ru_utime + usage.ru_stime, memory.most()), printed.read().decode()


class _Memory(threading.Thread):
    """Watches how much memory a process has held. (Its ru_maxrss would begin with that of the process that started it.)"""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._status, self._kibibytes = Path(f"/proc/{pid}/status"), 0
        self.start()

    def run(self) -> None:
        try:
            while found := re.search(r"VmHWM:\s+(\d+) kB", self._status.read_text()):
                self._kibibytes = int(found[1])
                time.sleep(0.005)
        except OSError:
            pass  # it has ended

    def most(self) -> float:
        """In MiB; to be asked once the process has ended."""
        self.join()
        return self._kibibytes / 1024


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
