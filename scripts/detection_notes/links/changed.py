"""Which lines a branch touched, asked of git."""

import re
import subprocess
from collections.abc import Iterator

HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
DIFF = ("-c", "core.quotePath=false", "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--relative", "--unified=0", "--src-prefix=a/", "--dst-prefix=b/", "--merge-base")


class GitError(Exception):
    """git could not tell; the text says why."""


def lines(revision: str) -> dict[str, frozenset[int]]:
    """File (relative to this folder) → its lines that were added or changed since a revision, new files included."""
    _git("rev-parse", "--git-dir")
    found = dict(_touched(_git(*DIFF, "--end-of-options", revision, "--", ".").split("\n")))
    for name in _git("ls-files", "--others", "--exclude-standard", "-z").split("\0"):
        if name:
            found[name] = list(range(1, _length(name) + 1))
    return {name: frozenset(numbers) for name, numbers in found.items()}


def _touched(diff: list[str]) -> Iterator[tuple[str, list[int]]]:
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


def _length(name: str) -> int:
    try:
        with open(name, encoding="utf-8", errors="replace") as file:
            return sum(1 for _ in file)
    except OSError:  # a link to nowhere, a socket
        return 0


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise GitError("--since needs git, which is not installed") from None
    if done.returncode:
        raise GitError(f"--since: git says: {done.stderr.strip()}; is the revision fetched (fetch-depth: 0)?")
    return done.stdout
