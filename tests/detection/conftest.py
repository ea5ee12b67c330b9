"""Shared by the tests of the notes on detection: the code of the notes, and what real operators were seen to return."""

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

CODE = Path(__file__).parents[2] / "docs" / "detection" / "code"


@pytest.fixture(scope="module")
def code() -> Iterator[Callable[[str], ModuleType]]:
    """Import a module of the notes by its name."""
    sys.path.insert(0, str(CODE))
    yield importlib.import_module
    sys.path.remove(str(CODE))


@pytest.fixture(scope="session")
def recorded() -> Callable[[str], dict]:
    """The record of a library; ``recorded/record_<library>.py`` wrote it and says how to write it again."""
    return lambda library: json.loads((Path(__file__).parent / "recorded" / f"{library}.json").read_text(encoding="utf-8"))
