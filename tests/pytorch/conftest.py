"""Shared by the tests of the notes on PyTorch: the code of the notes, and torch left as it was found."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

CODE = Path(__file__).parents[2] / "docs" / "pytorch" / "code"


@pytest.fixture(scope="session")
def notes() -> Path:
    """The folder of the notes of this section."""
    return CODE.parent


@pytest.fixture(scope="module")
def code() -> Iterator[Callable[[str], ModuleType]]:
    """Import a module of the notes by its name."""
    sys.path.insert(0, str(CODE))
    yield importlib.import_module
    sys.path.remove(str(CODE))


@pytest.fixture(scope="module", autouse=True)
def torch_as_it_was() -> Iterator[None]:
    """One thread, and single precision afterwards."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
    torch.set_default_dtype(torch.float32)
