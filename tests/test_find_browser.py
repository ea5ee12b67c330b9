"""The finder of a browser, on machines made of a PATH and a Playwright of our own."""

import os
import subprocess
import sys
from pathlib import Path

import find_browser
import pytest

RUN = "import sys, find_browser; find_browser.PLACES = (); sys.exit(find_browser.main(sys.argv[1:]))"
PLAYWRIGHT = """
import pathlib, sys
own, words = pathlib.Path({own!r}), sys.argv[1:]
print("playwright", *words)
if words[0] == "install" and {works}:
    own.write_text("#!/bin/sh\\nexit {first}\\n"); own.chmod(0o755)
elif words[0] == "install-deps":
    own.write_text("#!/bin/sh\\n")
else:
    sys.exit(1)
"""


class Machine:
    """A PATH folder and a stand-in for the package playwright."""

    def __init__(self, folder: Path):
        self.folder, self.bin, self.own = folder, folder / "bin", folder / "playwrights-chromium"
        self.bin.mkdir()
        self.environment = {"PATH": str(self.bin), "PYTHONPATH": f"{folder}:{Path(find_browser.__file__).parent}", "HOME": str(folder)}
        self.playwright(works=False)
        self.program("env", 'exec /usr/bin/env "$@"')

    def program(self, name: str, script: str = "") -> str:
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    def playwright(self, works: bool, starts_at_once: bool = True) -> None:
        package = self.folder / "playwright"
        package.mkdir(exist_ok=True)
        (package / "__init__.py").touch()
        (package / "sync_api.py").write_text(
            "from contextlib import contextmanager\nfrom types import SimpleNamespace as N\n"
            f"@contextmanager\ndef sync_playwright():\n    yield N(chromium=N(executable_path={str(self.own)!r}))\n"
        )
        code = PLAYWRIGHT.format(own=str(self.own), works=works, first=0 if starts_at_once else 127)
        (package / "__main__.py").write_text(code)

    def apt(self) -> None:
        """apt-get that puts a working chromium on the PATH, and a sudo for users who are not root."""
        chromium = f"printf '#!/bin/sh\\n' > {self.bin}/chromium && /bin/chmod +x {self.bin}/chromium"
        self.program("apt-get", f'[ "$1" = update ] || {{ {chromium}; }}')
        self.program("sudo", '[ "$1" = -n ] && shift; exec "$@"')
        self.program("true")

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", RUN, *words], env=self.environment, capture_output=True, text=True, timeout=60
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_an_installed_chromium_is_found(machine: Machine):
    path = machine.program("chromium")
    assert machine.ask().stdout.split() == [path]


def test_the_named_browser_comes_first(machine: Machine):
    machine.program("chromium")
    machine.environment["CHROME_BIN"] = path = machine.program("my-browser")
    assert machine.ask().stdout.split() == [path]


def test_a_browser_that_does_not_start_is_passed_over(machine: Machine):
    machine.program("chromium-browser", "echo requires the snap >&2; exit 10")
    path = machine.program("google-chrome")
    assert machine.ask().stdout.split() == [path]


def test_playwrights_own_browser_is_found(machine: Machine):
    machine.own.write_text("#!/bin/sh\n")
    machine.own.chmod(0o755)
    assert machine.ask().stdout.split() == [str(machine.own)]


def test_without_a_browser_the_message_says_what_to_do(machine: Machine):
    done = machine.ask()
    assert (done.returncode, done.stdout) == (1, "")
    assert "CHROME_BIN=" in done.stderr
    assert not machine.own.exists()


def test_nothing_is_installed_when_a_browser_is_there(machine: Machine):
    machine.program("chromium")
    done = machine.ask("--install")
    assert done.returncode == 0
    assert done.stderr == ""


def test_playwrights_own_browser_is_installed_first(machine: Machine):
    machine.playwright(works=True)
    machine.apt()
    done = machine.ask("--install")
    assert done.stdout.split() == [str(machine.own)]
    assert "apt-get" not in done.stderr


def test_libraries_are_installed_when_playwrights_browser_does_not_start(machine: Machine):
    machine.playwright(works=True, starts_at_once=False)
    machine.apt()
    done = machine.ask("--install")
    assert done.stdout.split() == [str(machine.own)]
    assert "playwright install-deps chromium" in done.stderr


def test_the_distributions_package_is_installed_when_playwrights_cannot_be_had(machine: Machine):
    machine.apt()
    done = machine.ask("--install")
    assert done.stdout.split() == [str(machine.bin / "chromium")]
    assert "apt-get install" in done.stderr


def test_a_failed_installation_is_said_aloud(machine: Machine):
    done = machine.ask("--install")
    assert done.returncode == 1
    assert "none could be installed" in done.stderr


def test_a_word_it_does_not_know_is_refused(machine: Machine):
    assert machine.ask("--instal").returncode == 2


def test_a_user_without_root_and_sudo_gets_no_root(machine: Machine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(machine.bin))
    assert find_browser.rights() is None
    machine.program("sudo", "echo a password is required >&2; exit 1")
    assert find_browser.rights() is None
    machine.apt()
    assert find_browser.rights() == ["sudo", "-n"]


def test_the_tests_have_a_browser_on_this_machine():
    assert find_browser.find(), "run: python scripts/find_browser.py --install"
