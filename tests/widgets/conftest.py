"""Shared by the tests of the widgets: the kernel, called in Node, and the modules of the notes that it is compared with."""

import importlib
import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import pytest
from detection_notes.finish import modules
from detection_notes.finish.join import join
from playwright._impl._driver import compute_driver_executable

ROOT = Path(__file__).parents[2]
NODE = compute_driver_executable()[0]  # Playwright brings its own Node: nothing else is to be installed


def run_node(script: Path, *arguments: str, given: str = "") -> str:
    """What a script prints; AssertionError with its complaint where it fails."""
    done = subprocess.run([NODE, str(script), *arguments], input=given, capture_output=True, encoding="utf-8", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def from_json(value: dict) -> object:
    return int(value["bigint"]) if value.keys() == {"bigint"} else value


@pytest.fixture(scope="session")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the widgets as the built site has it: joined and made short."""
    folder = tmp_path_factory.mktemp("short")
    shutil.copytree(ROOT / "docs" / modules.WIDGETS, folder / modules.WIDGETS)
    modules.write_short(ROOT / "docs", folder)
    return folder / modules.WIDGETS


@pytest.fixture(scope="session")
def short_kernel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each module of the kernel with all that it imports in one file, joined and made short as the built site's files are."""
    folder = tmp_path_factory.mktemp("kernel")
    for module in (ROOT / "docs" / modules.WIDGETS / "kernel").glob("*.mjs"):
        (folder / module.name).write_text(modules.shortened(join({module: []})[module]), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def kernel(short_kernel: Path) -> Callable[[str, list], list]:
    """``kernel(module, [[function, *arguments]…])`` → the results, from one run of Node; joined and short, the modules say the same."""

    def call(module: str, calls: list) -> list:
        given = json.dumps([[module, *one] for one in calls], allow_nan=False)
        answers = json.loads(run_node(Path(__file__).with_name("call.mjs"), str(short_kernel), given=given), object_hook=from_json)
        thrown = [(one, answer) for one, answer in zip(calls, answers) if isinstance(answer, dict) and {"thrown", "changed"} & answer.keys()]
        assert not thrown, thrown[:3]
        return answers

    return call


@pytest.fixture(scope="module")
def code() -> Iterator[Callable[[str, str], ModuleType]]:
    """``code(section, name)``: a module of the code of the notes."""
    added = []

    def load(section: str, name: str) -> ModuleType:
        folder = str(ROOT / "docs" / section / "code")
        if folder not in sys.path:
            sys.path.insert(0, folder)
            added.append(folder)
        return importlib.import_module(name)

    yield load
    for folder in added:
        sys.path.remove(folder)


@pytest.fixture
def dice() -> random.Random:
    return random.Random(20261128)


def recorded(name: str) -> dict:
    return json.loads((Path(__file__).parent / "recorded" / f"{name}.json").read_text(encoding="utf-8"))


def is_error(answer: object) -> bool:
    """Impossible input is told in one Chinese sentence and nothing else."""
    if not (isinstance(answer, dict) and answer.keys() == {"error"} and isinstance(answer["error"], str)):
        return False
    return any("一" <= letter <= "鿿" for letter in answer["error"]) and "NaN" not in answer["error"] and "undefined" not in answer["error"]


def ratio(answer: dict) -> Fraction:
    return Fraction(answer["numerator"], answer["denominator"])


NOT_NUMBERS = ["8", True, None, [], {}, {"nan": "NaN"}, {"nan": "Infinity"}, {"nan": "-Infinity"}]


def cases_of(name: str) -> int:
    """Over how many random cases an element says that its kernel was compared."""
    text = (ROOT / "docs" / modules.WIDGETS / name / "fallback.part").read_text(encoding="utf-8")
    return int(re.search(r'<p class="w-foot">与 .+在 (\d+) 个随机例子上核对过。', text)[1])
