"""The lock, the notes and the tests → the numbers that pages name with ``<!-- count:NAME -->``.

Whatever a page says of the whole site ("so many links, so many of them checked") is counted when the site is built,
so that it cannot promise more than there is.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from detection_notes.links.model import Evidence

SNIPPET = re.compile(r'^\s*--8<-- "([^":]+)(?::([^"]+))?"\s*$', re.MULTILINE)
TEST = re.compile(r"^[ \t]*(?:async )?def test_\w+\(", re.MULTILINE)  # parsing would take most of the time of finishing


def links(found: Iterable[Evidence]) -> dict[str, str]:
    """Of the links that stand on the pages: all, visited or not yet, and in words between which days they were last visited."""
    rows = list(found)
    days = sorted(row.day for row in rows if row.day)
    return {
        "links": str(len(rows)),
        "links-checked": str(len(days)),
        "links-unchecked": str(len(rows) - len(days)),
        "links-days": f"最早的一次在 {days[0]}，最近的一次在 {days[-1]}。" if days else "",
    }


def notes(docs: Path) -> dict[str, str]:
    """Of the Markdown: code cut from programs that the tests run, outputs cut from what they printed, and the programs."""
    cut = {found for page in docs.rglob("*.md") for found in SNIPPET.findall(page.read_text(encoding="utf-8"))}
    programs = {path for path, _ in cut if path.endswith(".py")}
    return {
        "pages": str(sum(1 for _ in docs.rglob("*.md"))),
        "programs": str(len(programs)),
        "listings": str(sum(path.endswith(".py") for path, _ in cut)),
        "outputs": str(sum(path.endswith(".out") for path, _ in cut)),
    }


def tests(folder: Path) -> dict[str, str]:
    """How many test functions there are; one with parameters counts once."""
    return {"tests": str(sum(len(TEST.findall(path.read_text(encoding="utf-8"))) for path in folder.rglob("test_*.py")))}
