"""The note on convolution as its tests read it, and the names that examples of this section define."""

import contextlib
import io
import runpy
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
