"""Shared by the tests of the notes on MMDetection: where the notes are."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def notes() -> Path:
    """The folder of the notes of this section."""
    return Path(__file__).parents[2] / "docs" / "mmdetection"
