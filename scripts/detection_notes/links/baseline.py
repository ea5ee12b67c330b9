"""links.baseline: the links that were dead when a project began to check, one a line. They fail nothing, until they were good once.

A line is a URL, or the page and the address of a link that leads nowhere in the checkout.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from detection_notes.links import files
from detection_notes.links.judge import entry
from detection_notes.links.model import Finding, Verdict
from detection_notes.links.policy import Policy

HEAD = "# Links that were dead when this file was written (check-links --write-baseline). An entry goes once its link was good."


class BaselineError(Exception):
    """The baseline cannot be read; the text says why."""


def read(path: Path) -> frozenset[str]:
    """The entries; none when there is no file. Raises BaselineError."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return frozenset()
    except (OSError, UnicodeDecodeError) as error:
        raise BaselineError(f"{path}: cannot be read ({error}); restore it, or write it anew with --write-baseline") from error
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def excusing(policy: Policy, path: Path) -> Policy:
    """The policy that excuses what stands in a baseline. Raises BaselineError."""
    return replace(policy, baseline=read(path))


def write(path: Path, entries: Iterable[str]) -> None:
    """Write the entries, sorted. Raises FileError."""
    files.write(path, "".join(f"{line}\n" for line in (HEAD, *sorted(set(entries)))))


def entries(found: Iterable[Finding]) -> set[str]:
    """An entry for each link that is broken and not kept or ignored for a reason of its own."""
    broken = (finding for finding in found if finding.verdict is Verdict.BROKEN and finding.kept is None and finding.ignored is None)
    return {entry(place) for finding in broken for place in finding.places}


def remaining(known: frozenset[str], found: Iterable[Finding], whole: bool) -> frozenset[str]:
    """The entries without those of links that are good now. ``whole``: all pages were read, so a link that is nowhere has gone."""
    now = {entry(place): finding for finding in found for place in finding.places}
    good = {name for name, finding in now.items() if finding.verdict in (Verdict.GOOD, Verdict.MOVED)}
    gone = {name for name in known if whole and name not in now}
    return known - good - gone
