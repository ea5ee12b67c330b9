"""Print the path of a Chromium for the tests; with --install, get one if none is there.

    python scripts/find_browser.py [--install]

Looked for in this order: the environment variable CHROME_BIN, an installed Chromium or Chrome, Playwright's own.
Installed in this order: Playwright's own, then the distribution's package (apt-get, as root or with a sudo that
asks nothing). A browser counts only if it starts. Exit: 0 found, 1 none (the message says what to do).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (  # where installers of macOS and Windows put it, outside of PATH
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe",
    r"%LocalAppData%\Google\Chrome\Application\chrome.exe",
)
PACKAGES = ("chromium", "fonts-wqy-microhei")  # the pages are in Chinese: without such a font they show boxes
HELP = (
    "No Chromium or Chrome was found{tried}.\n"
    "Install one with the system's package manager (or from https://www.google.com/chrome/), or name one:\n"
    "    CHROME_BIN=/path/to/chromium make test"
)


def playwrights() -> str | None:
    """Where Playwright keeps the browser it downloads, whether it is there or not; None without Playwright."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def candidates() -> Iterator[str]:
    """Paths worth a try, best first, each looked up only when the ones before it failed."""
    if named := os.environ.get("CHROME_BIN"):
        yield named
    yield from filter(None, map(shutil.which, NAMES))
    yield from map(os.path.expandvars, PLACES)
    if own := playwrights():
        yield own


def starts(path: str) -> bool:
    """Whether the file is a program that runs here (Ubuntu's chromium may be a stub, libraries may be missing)."""
    if not Path(path).is_file():
        return False
    if sys.platform == "win32":  # chrome.exe --version opens a window there
        return True
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def find() -> str | None:
    """The path of a Chromium or Chrome that starts, or None."""
    return next(filter(starts, candidates()), None)


def rights() -> list[str] | None:
    """What to put before a command that needs root: nothing, sudo, or None when neither will do."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def run(command: list[str]) -> bool:
    print("+", *command, file=sys.stderr, flush=True)
    return subprocess.run(command, stdout=sys.stderr, stdin=subprocess.DEVNULL).returncode == 0


def install_playwrights() -> None:
    """Playwright's own browser, and the libraries it needs where they are missing and can be had without a question."""
    command = [sys.executable, "-m", "playwright"]
    if run([*command, "install", "--no-shell", "chromium"]) and find() is None and (before := rights()) is not None:
        run([*before, *command, "install-deps", "chromium"])


def install_package() -> None:
    """The distribution's Chromium."""
    before = rights()
    if shutil.which("apt-get") and before is not None:
        run([*before, "apt-get", "update"])
        run([*before, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "--yes", "--no-install-recommends", *PACKAGES])


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--install"]):
        print(__doc__, file=sys.stderr)
        return 2
    path = find()
    for install in (install_playwrights, install_package) if arguments else ():
        if path is None:
            install()
            path = find()
    if path is None:
        print(HELP.format(tried=", and none could be installed" if arguments else ""), file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
