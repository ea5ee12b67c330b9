"""The notes of this section as their tests read them: sentences, printed tables, and the names that examples define."""

import contextlib
import io
import runpy
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import SimpleNamespace

NOTES = Path(__file__).parents[2] / "docs" / "deep-learning"
PAGE = (NOTES / "cnn.md").read_text(encoding="utf-8")


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


def missing(page: str, said: Iterable[str]) -> list[str]:
    """The phrases that do not stand on the page letter by letter: a number in them, or the sentence, has changed."""
    return [phrase for phrase in said if phrase not in page]


def listed(numbers: Iterable[int]) -> str:
    return "、".join(map(str, numbers))
