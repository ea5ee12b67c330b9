"""Shared by the tests of the notes on MMDetection: where the notes are, and the code that they show."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def notes() -> Path:
    """The folder of the notes of this section."""
    return Path(__file__).parents[2] / "docs" / "mmdetection"


@pytest.fixture(scope="session")
def code(notes: Path) -> Callable[[str], ModuleType]:
    """``code("draw_htc")`` is the module ``docs/mmdetection/code/draw_htc.py``."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"mmdetection_code_{name}", notes / "code" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module

    return load
