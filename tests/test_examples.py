"""The code on the pages is code that ran, and the outputs on the pages are what it printed."""

import ast
import os
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from detection_notes.notes.examples import MARKER, fresh

from .pages import DOCS, PAGES, ROOT, SNIPPET

CODE = sorted(DOCS.glob("**/code/*.py"))
TESTS = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("test_*.py"))}
PYTHON = {"python", "py", "python3", "pycon"}


def name(path: Path) -> str:
    return path.relative_to(DOCS).as_posix()


@cache
def neighbours(path: Path) -> frozenset[Path]:
    """The files of the same folder that this one imports, at first or second hand."""
    found: set[Path] = set()
    for module in _imports(path):
        beside = path.with_name(f"{module}.py")
        if beside.exists() and beside != path:
            found |= {beside} | neighbours(beside)
    return frozenset(found)


@cache
def _imports(path: Path) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return frozenset(names)


def needs_torch(path: Path) -> bool:
    return any({"torch", "torchvision"} & _imports(file) for file in {path} | neighbours(path))


def markers(path: Path) -> list[str]:
    return [found[2] for found in MARKER.finditer(path.read_text(encoding="utf-8")) if found[1] == "start"]


EXAMPLES = [path for path in CODE if path.with_suffix(".out").exists()]
PARAMETERS = [pytest.param(path, id=name(path), marks=[pytest.mark.torch] if needs_torch(path) else []) for path in EXAMPLES]


@pytest.fixture(scope="module")
def runs(request: pytest.FixtureRequest) -> Iterator[dict[Path, "Future[str]"]]:
    """Every selected example, running in a Python of its own, as many at a time as there are processors."""
    selected = {item.callspec.params.get("path") for item in request.session.items if hasattr(item, "callspec")}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {path: pool.submit(fresh, path) for path in EXAMPLES if path in selected}


@pytest.mark.parametrize("path", PARAMETERS)
def test_an_example_prints_what_its_out_file_says(path, runs):
    kept = path.with_suffix(".out").read_text(encoding="utf-8")
    assert runs[path].result() == kept, f"run: python scripts/run_examples.py {path.relative_to(ROOT).as_posix()}, read the difference"


def test_every_out_file_has_its_example():
    orphans = [name(out) for out in sorted(DOCS.glob("**/code/*.out")) if not out.with_suffix(".py").exists()]
    assert not orphans, f"outputs of nothing, delete them: {orphans}"


@pytest.mark.parametrize("path", [pytest.param(path, id=name(path)) for path in CODE if path not in EXAMPLES])
def test_a_code_file_that_keeps_no_output_has_a_test(path):
    tested = any(re.search(rf"\b{path.stem}\b", text) for text in TESTS.values())
    imported = any(path in neighbours(other) for other in CODE)
    assert tested or imported, f"docs/{name(path)} has no .out, no test names it and no code imports it: it could rot unseen"


def test_every_section_of_code_is_on_a_page():
    shown = {snippet for page in PAGES for snippet in page.snippets}
    unused = [
        f"docs/{name(path)}: section {section}"
        for path in CODE
        for section in markers(path)
        if not {(name(path), section), (name(path.with_suffix(".out")), section)} & shown
    ]
    assert not unused, "cut these into a page, or remove their markers:\n" + "\n".join(unused)


def test_every_code_file_is_on_a_page():
    text = "\n".join(page.source for page in PAGES)
    shown = {path for path in CODE if path.name in text or path.with_suffix(".out").name in text}
    shown |= {path for path in CODE if path.stem.startswith("draw_")}  # their pictures have a test of their own
    shown |= {beside for path in shown for beside in neighbours(path)}
    unused = [f"docs/{name(path)}" for path in CODE if path not in shown]
    assert not unused, f"no page shows, names or needs these: {unused}"


def test_every_picture_is_on_a_page():
    text = {page.path.parent: "" for page in PAGES}
    for page in PAGES:
        text[page.path.parent] += page.source
    unused = [
        f"docs/{name(picture)}"
        for picture in sorted(DOCS.glob("**/*.assets/*"))
        if f"{picture.parent.name}/{picture.name}" not in text.get(picture.parents[1], "")
    ]
    assert not unused, f"no page of their folder shows these: {unused}"


def test_every_python_block_is_cut_from_a_file_that_the_tests_run():
    typed = [page.at(block.line) for page in PAGES for block in page.blocks if block.language in PYTHON and not block.cut]
    assert not typed, "move this code into a section of a file in code/ and cut it in:\n" + "\n".join(typed)


def test_an_output_below_code_is_cut_from_what_the_code_printed():
    typed = [
        page.at(shown.line)
        for page in PAGES
        for code, shown in zip(page.blocks, page.blocks[1:])
        if code.language in PYTHON and shown.language in ("text", "") and not shown.cut
    ]
    assert not typed, "cut this output in from the .out file of the code above it:\n" + "\n".join(typed)


def test_every_snippet_names_a_section_that_exists():
    wrong = []
    for page in PAGES:
        for number, line in enumerate(page.source.split("\n"), 1):
            if found := SNIPPET.match(line):
                path = DOCS / found["path"]
                if not path.is_file() or (found["section"] and found["section"] not in markers(path)):
                    wrong.append(f"{page.at(number)}: {line.strip()}")
    assert not wrong, "no such file or section:\n" + "\n".join(wrong)
