"""What is installed is written down exactly: version and hash, from no named index, the same for readers and tests."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
FILES = ("requirements.txt", "requirements-test.txt", "requirements-zensical.txt", "requirements-checker.txt")


def pins(name: str) -> dict[str, str]:
    """name==version and its marker → its lines of hashes."""
    blocks = re.findall(r"^(\S.*?) \\\n((?:    --hash=.*\n)+)", (ROOT / name).read_text(), re.MULTILINE)
    return dict(blocks)


def pinned(name: str) -> set[str]:
    return {canonicalize_name(Requirement(pin).name) for pin in pins(name)}


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_has_a_version_and_hashes(name: str):
    text = re.sub(r"^ *#.*\n", "", (ROOT / name).read_text(), flags=re.MULTILINE)
    assert "".join(f"{pin} \\\n{hashes}" for pin, hashes in pins(name).items()) == text
    for pin in pins(name):
        assert re.fullmatch(r"==[\w.]+", str(Requirement(pin).specifier)), pin


@pytest.mark.parametrize("name", FILES)
def test_no_package_index_is_named(name: str):
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", (ROOT / name).read_text())


def test_readers_and_tests_get_the_same_versions():
    assert pins("requirements.txt").items() <= pins("requirements-test.txt").items()


def test_everything_that_the_project_asks_for_is_pinned():
    asked = [Requirement(line) for line in (*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["site"])]
    tests = [Requirement(line) for line in PROJECT["dependency-groups"]["test"]]
    assert {canonicalize_name(requirement.name) for requirement in asked} <= pinned("requirements.txt")
    assert {canonicalize_name(requirement.name) for requirement in tests} <= pinned("requirements-test.txt")
    assert {Requirement(line).name for line in PROJECT["dependency-groups"]["zensical"]} <= pinned("requirements-zensical.txt")
    assert {Requirement(line).name for line in PROJECT["dependency-groups"]["build"]} <= pinned("requirements.txt") & pinned("requirements-zensical.txt")
    for requirement in asked + tests:
        versions = {str(Requirement(pin).specifier)[2:] for pin in pins("requirements-test.txt") if canonicalize_name(Requirement(pin).name) == canonicalize_name(requirement.name)}
        assert versions and all(version in requirement.specifier for version in versions), requirement


def test_the_oldest_python_is_the_same_everywhere():
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(rf"^OLDEST := {re.escape(oldest)}#", makefile, re.MULTILINE)
    assert oldest in (ROOT / "README.md").read_text()


def test_torch_is_installed_in_the_version_that_the_marker_names():
    version = re.search(r"^TORCH +:= (\S+)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    (marker,) = [text for text in PROJECT["tool"]["pytest"]["ini_options"]["markers"] if text.startswith("torch:")]
    assert f"torch {version} " in marker
    assert not any(Requirement(pin).name == "torch" for pin in pins("requirements-test.txt"))


def test_the_checker_alone_brings_nothing_of_the_site():
    names = pinned("requirements-checker.txt")
    assert {Requirement(line).name for line in PROJECT["project"]["dependencies"]} <= names
    assert not names & {"mkdocs-material", "math-core", "jieba", "resvg-py", "pylopdf-fonts-zh-cn"}
    assert {pin.partition(" ;")[0] for pin in pins("requirements-checker.txt")} <= {pin.partition(" ;")[0] for pin in pins("requirements.txt")}


def test_the_ranges_of_the_checker_resolve_beside_other_sites():
    ranges = {Requirement(line).name: Requirement(line).specifier for line in PROJECT["project"]["dependencies"]}
    for name, versions in {"mkdocs": ("1.5.0", "1.5.3", "1.6.1"), "pymdown-extensions": ("10.0", "10.16.1", "13.1"), "markdown": ("3.5", "3.9")}.items():
        assert all(version in ranges[name] for version in versions), name
    assert "2.0" not in ranges["mkdocs"]


def test_what_the_checker_imports_is_declared():
    packages = {"ada_url": "ada-url", "certifi": "certifi", "cmarkgfm": "cmarkgfm", "markdown": "markdown", "mkdocs": "mkdocs", "pathspec": "pathspec", "pygments": "pygments", "socks": "pysocks", "yaml": "pyyaml"}
    packages |= {name: name for name in ("requests", "rich", "selectolax", "urllib3")}
    text = "\n".join(path.read_text() for path in (ROOT / "scripts/detection_notes/links").rglob("*.py"))
    imported = {name for name in re.findall(r"^ *(?:from|import) (\w+)", text, re.MULTILINE) if name not in {*sys.stdlib_module_names, "detection_notes"}}
    declared = {Requirement(line).name for line in (*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["socks"])}
    assert {packages[name] for name in imported} <= declared
    assert declared <= {*packages.values(), "pymdown-extensions"}


def test_the_package_installs_one_name_of_its_own():
    assert PROJECT["tool"]["setuptools"].keys() == {"package-dir", "packages", "package-data"}
    assert PROJECT["tool"]["setuptools"]["packages"]["find"]["include"] == ["detection_notes*"]
    assert all((folder / "__init__.py").exists() for folder in (ROOT / "scripts/detection_notes").rglob("*") if folder.is_dir() and folder.name != "__pycache__")
