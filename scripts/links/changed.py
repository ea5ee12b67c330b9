"""Which lines a branch touched, asked of git."""

import re
import subprocess

HUNK = re.compile(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@")


class GitError(Exception):
    """git could not tell; the text says why."""


def lines(revision: str) -> dict[str, frozenset[int]]:
    """File (relative to this folder) → its lines that were added or changed since a revision, new files included."""
    found: dict[str, set[int]] = {}
    current: set[int] = set()
    diff = _git("-c", "core.quotePath=false", "diff", "--no-color", "--no-ext-diff", "--relative", "--unified=0", "--src-prefix=a/", "--dst-prefix=b/", "--merge-base", revision, "--", ".")
    for line in diff.split("\n"):
        if line.startswith("+++ b/"):
            current = found.setdefault(line[6:].rstrip("\t"), set())
        elif hunk := HUNK.match(line):
            start, count = int(hunk[1]), int(hunk[2] or 1)
            current.update(range(start, start + count))
    for name in _git("ls-files", "--others", "--exclude-standard", "-z").split("\0"):
        if name:
            with open(name, encoding="utf-8", errors="replace") as file:
                found[name] = set(range(1, sum(1 for _ in file) + 1))
    return {name: frozenset(numbers) for name, numbers in found.items()}


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise GitError("--since needs git, which is not installed") from None
    if done.returncode:
        raise GitError(f"--since: git says: {done.stderr.strip()}; is the revision fetched (fetch-depth: 0)?")
    return done.stdout
