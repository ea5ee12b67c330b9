"""The verbs, in a scratch folder, with a Python of our own that writes down what it is asked to do."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
INTERPRETER = """#!/bin/sh
# The base Python and, copied, the one of an environment; with uv from the index, a made-up uv that "fetches" it.
case "$*" in
  "-c import sys"*) exit {too_old} ;;
  "-c import ensurepip"*) exit {no_venv} ;;
  "-m pip --version") exit {no_pip} ;;
  "-m venv"*) for last; do :; done; mkdir -p "$last/bin" && cp "$0" "$last/bin/python" && touch -d 2020-01-01 "$last/bin/python" ;;
  "-m pip install --quiet --quiet --target .uv/uv"*) mkdir -p .uv/uv/bin && cp uv-of-ours .uv/uv/bin/uv ;;
esac
echo "$*" >> asked
! grep -qF -- "$*" failing 2>/dev/null
"""
FETCHER = """#!/bin/sh
echo "uv $* dir=$UV_PYTHON_INSTALL_DIR cache=$UV_CACHE_DIR mirror=$UV_PYTHON_INSTALL_MIRROR" >> asked
[ "$2" = find ] && echo ./newer-python
! grep -qF -- "uv $*" failing 2>/dev/null
"""
OF_AN_OUTER_MAKE = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "ADDRESS", "ARGS", "TORCH_INDEX", "UPGRADE", "WORKERS"}


class Folder:
    def __init__(self, path: Path):
        self.path = path
        for name in ("Makefile", ".ci/run", "pyproject.toml", "requirements.txt", "requirements-test.txt", "requirements-zensical.txt", "scripts/make_venv.sh"):
            (path / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, path / name)
        self.python()

    def python(self, name: str = "python-of-ours", too_old: bool = False, no_venv: bool = False, no_pip: bool = False) -> None:
        self.program(name, INTERPRETER.format(too_old=int(too_old), no_venv=int(no_venv), no_pip=int(no_pip)))

    def program(self, name: str, text: str) -> None:
        (self.path / name).write_text(text)
        (self.path / name).chmod(0o755)

    def failing(self, command: str) -> None:
        (self.path / "failing").write_text(command)

    def run(self, *command: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
        """What the command printed, and what Python was asked to do for it."""
        asked = self.path / "asked"
        asked.unlink(missing_ok=True)
        environment = {key: value for key, value in os.environ.items() if key not in OF_AN_OUTER_MAKE}
        environment["PYTHON"] = str(self.path / "python-of-ours")
        done = subprocess.run(command, cwd=self.path, env=environment, capture_output=True, text=True, timeout=60)
        return done, asked.read_text().splitlines() if asked.exists() else []

    def make(self, *words: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
        return self.run("make", *words)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_the_story_runs_in_its_own_environment_after_the_comparison(folder: Folder):
    """Neither installs torch into the environment of the tests: the story makes one of its own, the comparison puts it aside."""
    _, asked = folder.make("test-clean", "TORCH_INDEX=default")
    assert asked[-2:] == ["scripts/compare_translations.py --torch-index default", "scripts/run_story.py --torch-index default"]
    assert not [line for line in asked if "torch==" in line]


INSTALL = "-m pip install --quiet --quiet --require-hashes --no-deps -r "
PROJECT = "-m pip install --quiet --quiet --no-build-isolation --no-deps -e ."
SERVE = "-m mkdocs serve --dev-addr 127.0.0.1:8000"
BROWSER = "scripts/find_browser.py --install"
SHARED = "-m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder"  # the tests, shared by processes (as many as tests/conftest.py says)


def test_help_is_the_default_and_names_every_verb(folder: Folder):
    done, asked = folder.make()
    verbs = re.search(r"^\.PHONY: (.*)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split()
    assert re.findall(r"^  ([a-z-]+) ", done.stdout, re.MULTILINE) == verbs
    assert asked == []


def test_serve_makes_the_environment_and_installs_by_hash(folder: Folder):
    _, asked = folder.make("serve")
    assert asked == ["-m venv --clear .venv", INSTALL + "requirements.txt", PROJECT, SERVE]


def test_a_second_serve_installs_nothing(folder: Folder):
    folder.make("serve")
    assert folder.make("serve")[1] == [SERVE]


def test_changed_requirements_are_installed(folder: Folder):
    folder.make("serve")
    later = (folder.path / ".venv" / ".site").stat().st_mtime + 10  # than the stamp, whatever the clock does
    os.utime(folder.path / "requirements.txt", (later, later))
    assert folder.make("serve")[1] == [INSTALL + "requirements.txt", PROJECT, SERVE]


def test_an_installation_that_failed_is_tried_again(folder: Folder):
    folder.failing(INSTALL + "requirements.txt")
    done, asked = folder.make("serve")
    assert done.returncode != 0 and SERVE not in asked
    folder.failing("nothing")
    assert folder.make("serve")[1] == [INSTALL + "requirements.txt", PROJECT, SERVE]


def test_a_folder_that_was_moved_is_installed_from_its_new_place(folder: Folder, tmp_path: Path):
    folder.make("serve")
    folder.path = folder.path.rename(tmp_path.with_name(tmp_path.name + "-moved"))
    assert folder.make("serve")[1] == [PROJECT, SERVE]
    assert folder.make("serve")[1] == [SERVE]


def test_test_installs_what_the_tests_need_once(folder: Folder):
    done, asked = folder.make("test")
    assert done.returncode == 0
    assert asked[1] == INSTALL + "requirements-test.txt"
    assert asked[2] == PROJECT
    assert re.fullmatch(r"-m pip install torch==[\d.]+ ?", asked[3])
    assert [words.rstrip() for words in asked[4:]] == [BROWSER, SHARED]
    assert folder.make("test")[1] == asked[4:]


def test_serve_after_test_installs_nothing(folder: Folder):
    folder.make("test")
    assert folder.make("serve")[1] == [SERVE]


def test_torch_may_come_from_another_index(folder: Folder):
    _, asked = folder.make("test", "TORCH_INDEX=https://example.org/cpu")
    assert re.fullmatch(r"-m pip install torch==[\d.]+ --index-url https://example.org/cpu", asked[3])


def test_quick_leaves_torch_out_and_says_so(folder: Folder):
    done, asked = folder.make("quick")
    assert not any("torch==" in words for words in asked)
    assert asked[-1].rstrip() == f"{SHARED} -m not torch"
    assert "Left out" in done.stdout


def test_more_words_reach_the_program(folder: Folder):
    _, asked = folder.make("test", "ARGS=-k glossary --maxfail=1")
    assert asked[-1] == f"{SHARED} -k glossary --maxfail=1"


def test_build_is_check_then_a_strict_build_that_is_finished(folder: Folder):
    _, asked = folder.make("build")
    assert [words.rstrip() for words in asked[3:]] == ["scripts/check_links.py", "-m mkdocs build --strict", "scripts/finish_site.py site"]


@pytest.mark.parametrize("verb", ["build", "zensical"])
def test_what_must_not_be_published_stops_the_build(folder: Folder, verb: str):
    """Whatever the builder said: the exit status is the gate's."""
    folder.make(verb)
    folder.failing("scripts/finish_site.py site")
    assert folder.make(verb)[0].returncode != 0


def test_zensical_has_an_environment_of_its_own(folder: Folder):
    _, asked = folder.make("zensical")
    assert asked[3:] == [
        "-m venv --clear .venv-zensical", INSTALL + "requirements-zensical.txt", PROJECT,
        "-m zensical build --strict --clean", "scripts/finish_site.py site",
    ]  # fmt: skip
    assert folder.make("zensical")[1] == asked[-2:]


def test_build_stops_at_a_broken_link(folder: Folder):
    folder.make("serve")
    folder.failing("scripts/check_links.py")
    done, asked = folder.make("build")
    assert done.returncode != 0
    assert not any("mkdocs" in words for words in asked)


@pytest.fixture
def old(folder: Folder) -> Folder:
    """A machine whose only Python is too old; the index has uv, and uv has a newer one."""
    folder.python(too_old=True)
    folder.python("newer-python")
    folder.program("uv-of-ours", FETCHER)
    return folder


UV = "-m pip install --quiet --quiet --target .uv/uv --upgrade uv=="


def test_where_every_python_is_too_old_a_newer_one_is_fetched_into_a_folder_of_its_own(old: Folder, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("UV_PYTHON_INSTALL_MIRROR", "https://mirror.example/python")
    done, asked = old.make("serve")
    assert done.returncode == 0, done.stderr
    assert asked[0].startswith(UV)
    where = "dir=.uv/python cache=.uv/cache mirror=https://mirror.example/python"
    assert asked[1:3] == [f"uv python install --no-bin 3.13 {where}", f"uv python find --managed-python --no-project 3.13 {where}"]
    assert asked[3:] == ["-m venv --clear .venv", INSTALL + "requirements.txt", PROJECT, SERVE]
    assert "3.11.5 or newer is needed" in done.stdout and ".uv; nothing else is touched" in done.stdout
    assert old.make("serve")[1] == [SERVE]


@pytest.mark.parametrize("failing", [UV, "uv python install", "uv python find"])
def test_where_none_can_be_fetched_the_message_says_what_to_do(old: Folder, failing: str):
    command = next(words for words in old.make("serve")[1] if words.startswith(failing))
    old.make("clean")
    old.failing(command.partition(" dir=")[0])
    done, asked = old.make("serve")
    assert done.returncode != 0 and not (old.path / ".venv").exists()
    assert "Python 3.11.5 or newer is needed" in done.stderr and "make PYTHON=" in done.stderr


def test_a_python_that_is_too_old_and_has_no_pip_is_named_with_what_to_do(folder: Folder):
    folder.python(too_old=True, no_pip=True)
    done, asked = folder.make("serve")
    assert done.returncode != 0 and asked == []
    assert "Python 3.11.5 or newer is needed" in done.stderr
    assert "make PYTHON=" in done.stderr


def test_a_python_without_venv_is_named_with_what_to_do(folder: Folder):
    folder.python(no_venv=True)
    done, asked = folder.make("serve")
    assert done.returncode != 0 and asked == []
    assert "apt-get install python3-venv" in done.stderr


def test_the_first_python_that_is_new_enough_is_taken(folder: Folder):
    (folder.path / "old").write_text("#!/bin/sh\nexit 1\n")
    (folder.path / "old").chmod(0o755)
    _, asked = folder.make("serve", f"PYTHON=no-such-python ./old {folder.path}/python-of-ours")
    assert asked[-1] == SERVE


def test_clean_leaves_nothing_that_was_made(old: Folder):
    before = {path.name for path in old.path.iterdir()}
    old.make("zensical")
    old.make("clean")
    assert {path.name for path in old.path.iterdir()} == before


def test_pips_remarks_do_not_drown_the_address(folder: Folder):
    """pip remarks on mirrors with warnings, which one --quiet leaves; errors pass both."""
    folder.make("serve")
    folder.make("clean")
    done, _ = folder.make("serve")
    assert len(done.stdout.splitlines()) <= 4, done.stdout


def test_ci_runs_every_test_and_fails_with_them(folder: Folder):
    done, asked = folder.run(".ci/run")
    assert done.returncode == 0
    assert asked[-1].rstrip() == SHARED
    folder.failing(asked[-1])
    assert folder.run(".ci/run")[0].returncode != 0
