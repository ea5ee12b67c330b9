"""What it costs to run a program: seconds on the clock and of the processor, and the memory of all its processes."""

import os
import re
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What a program took: seconds on the clock and of the processor, and the most memory it held."""

    seconds: float
    cpu: float
    mebibytes: float


def measure(command: list[str], folder: Path, *found: int) -> tuple[Cost, str]:
    """Run a program in a folder to its end; also what it printed. Raises RuntimeError unless it ends with 0 or one of ``found``."""
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, env=_environment(), stdin=subprocess.DEVNULL, stdout=printed, stderr=errors)
        memory = _Memory(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0), errors.seek(0)
        if process.returncode not in (0, *found):
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
