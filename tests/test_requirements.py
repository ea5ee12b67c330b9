"""What is installed is written down exactly: version and hash, from no named index, the same for readers and tests."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
FILES = ("requirements.txt", "requirements-test.txt", "requirements-zensical.txt")


def pins(name: str) -> dict[str, str]:
    """name==version and its marker → its lines of hashes."""
    blocks = re.findall(r"^(\S.*?) \\\n((?:    --hash=.*\n)+)", (ROOT / name).read_text(), re.MULTILINE)
    return dict(blocks)


def pinned(name: str) -> set[str]:
    return {Requirement(pin).name for pin in pins(name)}


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
    asked = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
    tests = [Requirement(line) for line in PROJECT["dependency-groups"]["test"]]
    assert {requirement.name for requirement in asked} <= pinned("requirements.txt")
    assert {requirement.name for requirement in tests} <= pinned("requirements-test.txt")
    assert {Requirement(line).name for line in PROJECT["dependency-groups"]["zensical"]} <= pinned("requirements-zensical.txt")
    assert {Requirement(line).name for line in PROJECT["dependency-groups"]["build"]} <= pinned("requirements.txt") & pinned("requirements-zensical.txt")
    for requirement in asked + tests:
        versions = {str(Requirement(pin).specifier)[2:] for pin in pins("requirements-test.txt") if Requirement(pin).name == requirement.name}
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
