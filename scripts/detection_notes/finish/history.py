"""git → the day on which each file of a folder last changed."""

import subprocess
from datetime import datetime
from pathlib import Path

LOG = ("git", "-c", "core.quotepath=false", "log", "--format=%x01%cI", "--name-only", "--relative", "--no-renames", "-z", "--", ".")


def changed(folder: Path) -> dict[str, datetime]:
    """Path under ``folder`` (with slashes) → the time of the last commit that touched it.

    Empty where git cannot tell the truth: no git, no repository, or a shallow clone, in which every file seems to
    date from the newest commit.
    """
    if _git(folder, "rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    days: dict[str, datetime] = {}
    for commit in _git(folder, *LOG[1:]).split("\x01")[1:]:
        when, _, names = commit.partition("\0")
        for name in names.strip("\n\0").split("\0"):
            days.setdefault(name.lstrip("\n"), datetime.fromisoformat(when.strip()))
    return days


def _git(folder: Path, *words: str) -> str:
    try:
        return subprocess.run(["git", *words], cwd=folder, capture_output=True, encoding="utf-8", check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
