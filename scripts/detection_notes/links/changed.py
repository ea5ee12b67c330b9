"""Which lines a branch touched, asked of git."""

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from detection_notes.links.model import Link

HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
DIFF = ("-c", "core.quotePath=false", "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--relative", "--unified=0", "--src-prefix=a/", "--dst-prefix=b/", "--merge-base")


class GitError(Exception):
    """git could not tell; the text says why."""


@dataclass(frozen=True, slots=True)
class Changes:
    """``lines`` are those that were added or changed, by file below ``root``, the top of the repository."""

    root: Path
    lines: Mapping[str, frozenset[int]]

    def touch(self, link: Link) -> bool:
        """Whether a link stands on a touched line, or comes from a touched file that the page includes."""
        return link.line in self._of(link.page) or bool(link.via and self._of(link.via))

    def _of(self, page: str) -> frozenset[int]:
        path = Path(os.path.realpath(page))
        if not path.is_relative_to(self.root):
            raise GitError(f"--since: {page} is not in the repository {self.root}; name pages of it, or leave --since out")
        return self.lines.get(path.relative_to(self.root).as_posix(), frozenset())


def since(revision: str) -> Changes:
    """What was added or changed since a revision, in the whole repository, new files included. Raises GitError."""
    root = Path(os.path.realpath(_git("rev-parse", "--show-toplevel").rstrip("\n")))
    found = dict(_touched(_git(*DIFF, "--end-of-options", revision, "--", ".", folder=root).split("\n")))
    for name in _git("ls-files", "--others", "--exclude-standard", "-z", folder=root).split("\0"):
        if name:
            found[name] = list(range(1, _length(root / name) + 1))
    return Changes(root, {name: frozenset(numbers) for name, numbers in found.items()})


def _touched(diff: Iterable[str]) -> Iterator[tuple[str, Iterable[int]]]:
    """The files of a diff without context, each with its new lines. What stands in a hunk is not read: it may look like a diff."""
    name, skip = "", 0
    numbers: list[int] = []
    for line in diff:
        if skip:
            skip -= not line.startswith("\\")  # "\ No newline at end of file" counts as no line
        elif line.startswith("diff --git "):
            if name:
                yield name, numbers
            name, numbers = "", []
        elif line.startswith("+++ "):
            name = _plain(line[4:].rstrip("\t")).removeprefix("b/")
        elif hunk := HUNK.match(line):
            start, count = int(hunk[2]), int(hunk[3] or 1)
            numbers += range(start, start + count)
            skip = int(hunk[1] or 1) + count
    if name:
        yield name, numbers


def _plain(name: str) -> str:
    """A file name that git put in quotes, without them."""
    if not name.startswith('"'):
        return name
    return re.sub(r"\\(.)", lambda sign: {"t": "\t", "n": "\n", "r": "\r"}.get(sign[1], sign[1]), name[1:-1])


def _length(file: Path) -> int:
    try:
        with open(file, encoding="utf-8", errors="replace") as text:
            return sum(1 for _ in text)
    except OSError:  # a link to nowhere, a socket
        return 0


def _git(*arguments: str, folder: Path | None = None) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise GitError("--since needs git, which is not installed") from None
    if done.returncode:
        raise GitError(f"--since: git says: {done.stderr.strip()}; is the revision fetched (fetch-depth: 0)?")
    return done.stdout
