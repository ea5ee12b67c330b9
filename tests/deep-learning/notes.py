"""The notes of this section as their tests read them: sentences, printed tables, and the names that examples define."""

import contextlib
import io
import re
import runpy
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import SimpleNamespace

NOTES = Path(__file__).parents[2] / "docs" / "deep-learning"
PAGE = (NOTES / "cnn.md").read_text(encoding="utf-8")
DETAILS = (NOTES / "cnn-details.md").read_text(encoding="utf-8")


@cache
def example(name: str) -> SimpleNamespace:
    """What an example of this section defines; what it prints is dropped."""
    with contextlib.redirect_stdout(io.StringIO()):
        return SimpleNamespace(**runpy.run_path(str(NOTES / "code" / f"{name}.py")))


def rows(name: str, section: str) -> list[list[str]]:
    """Cells of the table that an example printed."""
    text = (NOTES / "code" / f"{name}.out").read_text(encoding="utf-8")
    printed = text.split(f"[start:{section}]\n")[1].split("# --8<--")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in printed.splitlines() if line.startswith("|")]


def _plain(text: str) -> str:
    """Numbers as programs write them: 1,516 and −90 become 1516 and -90."""
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text.replace("−", "-"))


def _holds(line: str, word: object) -> bool:
    """Whether a line has a word, or a number as a whole: 48 is in "48×48" and not in "148" or "48.5"."""
    plain = _plain(str(word))
    if re.fullmatch(r"-?\d+(\.\d+)?", plain):
        return re.search(rf"(?<![\d.-]){re.escape(plain)}(?!\.?\d)", line) is not None
    return plain in line


def unsaid(page: str, facts: Iterable[tuple]) -> list[tuple]:
    """The facts, each some words and numbers, that stand together in no sentence of the page, however it is worded.

    Notes are written one sentence a line, so a sentence is a line.
    """
    lines = _plain(page).splitlines()
    return [fact for fact in facts if not any(all(_holds(line, word) for word in fact) for line in lines)]


def listed(numbers: Iterable[int]) -> str:
    return "、".join(map(str, numbers))
