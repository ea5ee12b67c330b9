"""The plan of the house, held: who may import what, in which direction, and how large a room may grow."""

import ast
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
MODULES = sorted(SCRIPTS.rglob("*.py"))
LINKS_FOLDER = SCRIPTS / "detection_notes" / "links"
LINKS = sorted(LINKS_FOLDER.rglob("*.py"))
LINES, FUNCTION, PARAMETERS = 340, 60, 8  # far beyond what one should think about twice: 150, 30 and 4


def imported(path: Path) -> set[str]:
    """The modules that a file imports, late ones included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def roots(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


def name_of(path: Path) -> str:
    return path.relative_to(SCRIPTS).as_posix()


def importers(*packages: str) -> set[str]:
    return {name_of(path) for path in MODULES if roots(path) & set(packages)}


def test_only_fetch_imports_requests() -> None:
    assert importers("requests") == {"detection_notes/links/visits/fetch.py"}


def test_only_what_visits_knows_connections() -> None:
    assert all(name.startswith("detection_notes/links/visits/") for name in importers("urllib3", "http", "socket", "ssl"))


def test_what_the_site_sees_never_visits() -> None:
    for path in (LINKS_FOLDER / "site").glob("*.py"):
        assert not {name for name in imported(path) if name.startswith("detection_notes.links.visits")}, name_of(path)


def test_only_what_renders_imports_markdown() -> None:
    allowed = {"detection_notes/links/readers/mkdocs.py", "detection_notes/links/site/mark.py", *(name_of(p) for p in (SCRIPTS / "detection_notes" / "notes").rglob("*.py"))}

    assert importers("markdown") <= allowed


def test_only_the_hooks_and_the_reader_of_its_configuration_import_mkdocs() -> None:
    assert importers("mkdocs") <= {"site_hooks.py", "detection_notes/links/settings.py", "detection_notes/links/readers/source.py"}


def test_the_hooks_hold_nothing_but_calls() -> None:
    """What a page needs lives where every builder finds it: extensions named in mkdocs.yml, and finish_site.py."""
    tree = ast.parse((SCRIPTS / "site_hooks.py").read_text(encoding="utf-8"))
    asked = {f"{node.module}.{name.name}" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module for name in node.names}

    assert {name for name in asked if name.startswith("detection_notes") and not name.endswith("Error")} == {"detection_notes.finish.finish.finish"}


def test_the_hooks_reach_no_network() -> None:
    seen, todo = set(), [SCRIPTS / "site_hooks.py"]
    while todo:
        path = todo.pop()
        seen.add(name_of(path))
        for name in imported(path):
            for candidate in (SCRIPTS / f"{name.replace('.', '/')}.py", SCRIPTS / name.replace(".", "/") / "__init__.py"):
                if candidate.is_file() and name_of(candidate) not in seen:
                    todo.append(candidate)

    assert "detection_notes/links/site/gate.py" in seen
    assert not [name for name in seen if name.startswith("detection_notes/links/visits/")]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_is_imported_twice_under_two_names(path: Path) -> None:
    assert "scripts" not in roots(path), f"{name_of(path)}: write `from detection_notes.links.x import y`; scripts.detection_notes loads every class twice"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_what_is_pinned_is_imported(path: Path) -> None:
    installed = {"markdown", "mkdocs", "requests", "cmarkgfm", "pygments", "urllib3", "ada_url", "socks", "certifi", "selectolax", "pathspec", "rich", "math_core", "yaml", "pymdownx"}
    installed |= {"fontTools", "jieba", "playwright", "resvg_py", "minify", "pylopdf_fonts_zh_cn", "mmengine", "mmdet"}
    installed |= {code.stem for code in (SCRIPTS.parent / "docs").glob("*/code/*.py")}  # what compares a page's code with others reads it

    assert roots(path) <= {*sys.stdlib_module_names, "detection_notes", *installed, *(p.stem for p in SCRIPTS.glob("*.py"))}


def test_no_circle_and_no_arrow_back_up() -> None:
    def name(path: Path) -> str:
        return ".".join(path.with_suffix("").relative_to(SCRIPTS).parts).removesuffix(".__init__")

    names = {name(path) for path in LINKS}
    arrows = {name(path): {i for i in imported(path) if i in names and i != name(path)} for path in LINKS}
    while arrows:
        leaves = {module for module, needs in arrows.items() if not needs & arrows.keys()}
        assert leaves, f"these import one another in a circle: {sorted(arrows)}"
        arrows = {module: needs for module, needs in arrows.items() if module not in leaves}


def test_the_values_between_the_stages_import_nothing_of_them() -> None:
    assert not {name for name in imported(SCRIPTS / "detection_notes" / "links" / "model.py") if name.startswith("detection_notes")}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_room_stays_small_enough_to_see_at_once(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    long = [f"{f.name} ({f.end_lineno - f.lineno + 1} lines)" for f in functions if f.end_lineno - f.lineno + 1 > FUNCTION]
    many = [f"{f.name} ({len(f.args.args)} parameters)" for f in functions if len(f.args.args) > PARAMETERS]

    assert source.count("\n") <= LINES, f"{name_of(path)} has {source.count(chr(10))} lines: is there a seam?"
    assert not long + many, f"{name_of(path)}: is there a seam in {', '.join(long + many)}?"


@pytest.mark.parametrize("path", LINKS, ids=name_of)
def test_each_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_the_map_names_every_module_once() -> None:
    tree = ast.parse((LINKS_FOLDER / "__init__.py").read_text(encoding="utf-8"))
    lines = [line.split() for line in (ast.get_docstring(tree) or "").splitlines() if line.startswith("    ")]
    named = [words[0] for words in lines if words]
    modules = [path.stem for path in LINKS if path.stem != "__init__"] + [path.parent.name for path in LINKS if path.stem == "__init__" and path.parent != LINKS_FOLDER]
    modules = [name for name in modules if name not in {path.stem for path in (LINKS_FOLDER / "report").glob("*.py")}]

    assert sorted(named) == sorted(modules), "scripts/detection_notes/links/__init__.py is the map"
