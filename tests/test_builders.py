"""The same site from the other builders: ProperDocs gives the same files, Zensical the same notes."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import finish_site
import pytest
from selectolax.lexbor import LexborHTMLParser

from .conftest import EDIT_URI, ROOT, Site, build

ZENSICAL = ROOT / ".venv-zensical/bin/python"
PARTS = {
    "formulas": "math",
    "comparisons": ".then-now",
    "marks": "article [data-link]",
    "reading times": ".reading-time",
    "headings": "article :is(h1, h2, h3, h4, h5, h6)",
    "policies": "meta[http-equiv=Content-Security-Policy]",
    "search boxes": "[data-find]",
    "plain corners": "article thead td",
}


def copy(folder: Path) -> Path:
    """The project without what is built, in a folder that it may write to."""
    names = [path.name for path in ROOT.iterdir() if not path.name.startswith((".venv", ".git")) or path.name == ".gitignore"]
    folder.mkdir()
    for name in sorted({*names} & {"docs", "overrides", "scripts", "tests", "mkdocs.yml", "pyproject.toml", "links.lock"}):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile)(ROOT / name, folder / name)
    return folder


def run(folder: Path, *words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, words)], cwd=folder, env={**os.environ, "NO_MKDOCS_2_WARNING": "1", **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def parts(folder: Path) -> dict[str, Counter[str]]:
    """Page → how many there are of each part."""
    found = {}
    for path in sorted(folder.rglob("*.html")):
        tree = LexborHTMLParser(path.read_bytes())
        found[path.relative_to(folder).as_posix()] = Counter({name: len(tree.css(selector)) for name, selector in PARTS.items()})
    return found


# ProperDocs.


def test_properdocs_gives_the_same_files_but_for_the_generator(site: Site, tmp_path: Path):
    done = run(ROOT, sys.executable, "-m", "properdocs", "build", "--strict", "--site-dir", tmp_path / "site", SITE_URL=site.url, EDIT_URI=EDIT_URI)
    assert done.returncode == 0, done.stdout
    ours, theirs = files(site.folder), files(tmp_path / "site")
    assert set(ours) == set(theirs)
    other = [name for name in ours if without_generator(ours[name]) != without_generator(theirs[name])]
    assert not other


def without_generator(text: bytes) -> bytes:
    return b"".join(line for line in text.splitlines(keepends=True) if b'name="generator"' not in line)


# MkDocs from elsewhere, and without hooks.


def test_a_build_from_any_folder_is_the_same(site: Site, tmp_path: Path):
    done = run(tmp_path, sys.executable, "-m", "mkdocs", "build", "--strict", "-f", ROOT / "mkdocs.yml", "--site-dir", tmp_path / "site", SITE_URL=site.url, EDIT_URI=EDIT_URI)
    assert done.returncode == 0, done.stdout
    assert files(tmp_path / "site") == files(site.folder)


def test_nothing_that_a_page_needs_lives_in_a_hook(site: Site, tmp_path: Path):
    """Without hooks, and finished by the script, the site is the same."""
    home = copy(tmp_path / "home")
    (home / "whole.yml").write_text((home / "mkdocs.yml").read_text(encoding="utf-8"), encoding="utf-8")
    (home / "mkdocs.yml").write_text("INHERIT: whole.yml\nhooks: []\n", encoding="utf-8")
    done = build(home, tmp_path / "site", SITE_URL=site.url, EDIT_URI=EDIT_URI)
    assert done.returncode == 0, done.stdout
    built = files(tmp_path / "site")
    assert run(home, sys.executable, ROOT / "scripts/finish_site.py", tmp_path / "site", "--config", ROOT / "mkdocs.yml", SITE_URL=site.url, EDIT_URI=EDIT_URI).returncode == 0
    assert built != files(site.folder) == files(tmp_path / "site")


# Zensical.


@pytest.fixture(scope="module")
def zensical() -> Path:
    """Its Python; installed as `make zensical` does, once."""
    done = run(ROOT, "make", "--no-print-directory", ".venv-zensical/.site", PYTHON=sys.executable, MAKEFLAGS="")
    assert done.returncode == 0, done.stdout
    return ZENSICAL


@pytest.fixture(scope="module")
def by_zensical(zensical: Path, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's folder, with the site that Zensical built and the script finished."""
    home = copy(tmp_path_factory.mktemp("zensical") / "home")
    done = run(home, zensical, "-m", "zensical", "build", "--strict", "--clean", SITE_URL=site.url, EDIT_URI=EDIT_URI)
    assert done.returncode == 0 and "No issues found" in done.stdout, done.stdout
    assert run(home, sys.executable, ROOT / "scripts/finish_site.py", home / "site", "--config", home / "mkdocs.yml", SITE_URL=site.url, EDIT_URI=EDIT_URI).returncode == 0
    return home


def test_zensical_gives_the_same_number_of_everything_on_every_page(site: Site, by_zensical: Path):
    assert parts(by_zensical / "site") == parts(site.folder)


def test_zensicals_search_has_the_same_index(site: Site, by_zensical: Path):
    assert (by_zensical / "site/search.json").read_bytes() == (site.folder / "search.json").read_bytes()


def test_zensicals_search_answers(by_zensical: Path, site: Site, browser):
    """Served under the address it was built for, instead of the site that stands there."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.route(site.url + "**", lambda route, request: route.fulfill(path=served(by_zensical / "site", request.url.removeprefix(site.url))))
    page.goto(site.url + "deep-learning/cnn/")
    page.locator("[data-find] input").fill("感受野")
    page.locator(".find__list a").first.wait_for()
    assert "deep-learning/cnn/" in page.locator(".find__list a").first.get_attribute("href")
    assert not complaints
    page.close()


def served(folder: Path, address: str) -> Path:
    name = address.partition("?")[0].partition("#")[0]
    return folder / (name + "index.html" if not name or name.endswith("/") else name)


def test_a_dead_link_stops_a_site_that_zensical_built(zensical: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    home = copy(tmp_path / "home")
    page = home / "docs/glossary.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n[x](https://dead.notes.dev/)\n", encoding="utf-8")
    row = '{"url": "https://dead.notes.dev/", "day": "2026-11-20", "status": 404, "trail": ["2026-11-20 404"]}\n'
    (home / "links.lock").write_text((home / "links.lock").read_text(encoding="utf-8") + row, encoding="utf-8")
    done = run(home, zensical, "-m", "zensical", "build", "--strict", "--clean")
    assert done.returncode == 0, "its own strict mode knows nothing of links: " + done.stdout
    assert finish_site.main([str(home / "site"), "--config", str(home / "mkdocs.yml")]) == 1
    assert "glossary.md: https://dead.notes.dev/ is broken" in capsys.readouterr().err
