"""How a run ends: its exit status, and in words what kept it from ending well."""

import os
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from io import TextIOWrapper

from detection_notes.links import baseline, changed, files, lock, policy
from detection_notes.links.cli import UsageError
from detection_notes.links.model import Finding
from detection_notes.links.report.words import printable
from detection_notes.links.settings import PagesError
from detection_notes.links.visits.network import NetworkError
from detection_notes.links.visits.tour import Tour

NOTHING_BROKEN, BROKEN, FAILED, NO_NETWORK, INTERRUPTED = 0, 1, 2, 3, 130
FAILURES = (UsageError, PagesError, policy.PolicyError, lock.LockError, baseline.BaselineError, files.FileError, changed.GitError, NetworkError)


def exit_status(stages: Callable[..., int]) -> Callable[..., int]:
    """What is raised becomes words on standard error and an exit status; an error of our own is never status 1."""

    @wraps(stages)
    def run(arguments: Sequence[str] | None = None) -> int:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):  # pages and reports are UTF-8, whatever the terminal's own encoding is
                stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
        try:
            return stages(arguments)
        except FAILURES as failure:
            print("\n".join(printable(line) for line in f"check-links: {failure}".split("\n")), file=sys.stderr)
        except KeyboardInterrupt:
            return INTERRUPTED
        except BrokenPipeError:  # whoever read the report has gone; the lock is written
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except Exception:
            import traceback  # late, as nearly always it is not needed

            traceback.print_exc()
        return FAILED

    return run


def status(tour: Tour, found: Iterable[Finding], problems: Sequence[str]) -> int:
    """The exit status of the program."""
    if tour.interrupted:
        return INTERRUPTED
    if problems:
        return FAILED
    if not tour.network:
        return NO_NETWORK
    return BROKEN if any(finding.failing for finding in found) else NOTHING_BROKEN
