"""A built folder → the site as readers get it: filled, twice the same, and nothing published that must not be."""

import json
from collections.abc import Callable
from pathlib import Path

import finish_site
import pytest
from detection_notes.finish.finish import finish
from selectolax.lexbor import LexborHTMLParser

DEAD = json.dumps({"url": "https://dead.notes.dev/", "day": "2026-11-20", "status": 404, "trail": ["2026-11-20 404"]}) + "\n"
GOOD = json.dumps({"url": "https://good.notes.dev/", "day": "2026-11-21", "status": 200, "good": "2026-11-21"}) + "\n"
HOME = "<h1>H</h1><p><!-- count:links-checked --> of <!-- count:links --></p><a href='https://good.notes.dev/'>《甲》</a>"
Make = Callable[..., Path]


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_clean_site_is_finished_and_may_be_published(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    home = make({"index.md": HOME, "links.md": "<h1>L</h1><!-- link-status -->"}, links__lock=GOOD)

    assert finish_site.main([str(home / "site"), "--config", str(home / "mkdocs.yml")]) == 0
    assert capsys.readouterr().err == ""
    page = (home / "site/index.html").read_text(encoding="utf-8")
    assert "-->1<!-- /count:links-checked --> of <!-- count:links -->1<!--" in page and "Content-Security-Policy" in page
    assert "《甲》" in (home / "site/links/index.html").read_text(encoding="utf-8")


def test_finishing_again_changes_nothing(make: Make) -> None:
    home = make({"index.md": HOME + "<p>x<!-- unrun --></p>", "links.md": "<h1>L</h1><!-- link-status --><!-- unrun-list -->"}, "https://n.notes.dev/", links__lock=GOOD)
    finish(home / "mkdocs.yml")
    once = files(home / "site")

    assert finish(home / "mkdocs.yml") == []
    assert files(home / "site") == once
    assert once["search.json"].decode().count("《甲》") == 1, "what was filled in is no text of the page"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<a href='https://dead.notes.dev/'>x</a>", "page.md: https://dead.notes.dev/ is broken (404"),
        ("<p><img src='https://new.notes.dev/a.png'></p>", "page.md: https://new.notes.dev/a.png is not in links.lock"),
        ("<code class='math-error'>\\foo</code>", "page.md: formula not understood: \\foo"),
        ("<p><!-- count:stars --></p>", "page/index.html: nothing is counted as stars; there are links,"),
    ],
)
def test_what_must_not_be_published_stops_it(make: Make, capsys: pytest.CaptureFixture[str], body: str, said: str) -> None:
    home = make({"page.md": f"<h1>P</h1>{body}"}, links__lock=DEAD)

    assert finish_site.main([str(home / "site"), "--config", str(home / "mkdocs.yml")]) == 1
    assert said in capsys.readouterr().err


def test_links_of_the_theme_are_not_the_notes(make: Make) -> None:
    """The edit link and the footer."""
    assert finish(make({"index.md": "<h1>H</h1>"}) / "mkdocs.yml") == []


@pytest.mark.parametrize(("spoil", "said"), [("links.lock", "links.lock:1"), ("pyproject.toml", "pyproject.toml"), ("mkdocs.yml", "mkdocs.yml")])
def test_a_damaged_file_is_named_and_the_pages_stay_as_they_were(make: Make, capsys: pytest.CaptureFixture[str], spoil: str, said: str) -> None:
    home = make({"index.md": "<h1>H</h1>"})
    (home / spoil).write_text("{not: [", encoding="utf-8")
    before = files(home / "site")

    assert finish_site.main([str(home / "site"), "--config", str(home / "mkdocs.yml")]) == 2
    assert said in capsys.readouterr().err
    assert files(home / "site") == before


def test_an_empty_folder_is_named_with_what_to_do(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    home = make({})

    assert finish_site.main(["--config", str(home / "mkdocs.yml")]) == 2
    assert "build the site first" in capsys.readouterr().err


def test_without_an_address_no_sitemap_is_left_and_pages_are_not_loaded_by_it(make: Make) -> None:
    config = '<script id="__config" type="application/json">{"features": ["navigation.instant", "navigation.top"], "base": ".."}</script>'
    home = make({"index.md": f"<h1>H</h1>{config}"})
    for name in ("sitemap.xml", "sitemap.xml.gz"):
        (home / "site" / name).write_text("x")

    finish(home / "mkdocs.yml")

    assert not list((home / "site").glob("sitemap*"))
    left = LexborHTMLParser((home / "site/index.html").read_bytes()).css_first("#__config").text()
    assert json.loads(left) == {"features": ["navigation.top"], "base": ".."}


def test_a_server_that_adds_its_own_script_gets_pages_without_a_policy(make: Make) -> None:
    home = make({"index.md": "<h1>H</h1>"})

    finish(home / "mkdocs.yml", guarded=False)

    assert "Content-Security-Policy" not in (home / "site/index.html").read_text(encoding="utf-8")
