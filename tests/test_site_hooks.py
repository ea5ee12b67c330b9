"""The hooks under ``mkdocs serve``: a page is rendered again when it or what it is made of changed, and reads the same."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import site_hooks
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.structure.pages import Page

HOOKS = Path(site_hooks.__file__)
CONFIG = f"""site_name: 站
hooks: [{HOOKS}]
theme: {{name: null, custom_dir: theme}}
plugins: []
markdown_extensions:
  - toc: {{permalink: true}}
  - pymdownx.snippets: {{base_path: [docs], check_paths: true}}
  - detection_notes.links.site.mark
validation: {{links: {{anchors: warn}}}}
"""
THEME = "<!doctype html><html><head><title>{{ page.title }}</title></head><body>{{ page.content }}</body></html>"
A = "# 甲\n\n## One\n\n--8<-- \"cut.txt\"\n\n[to b](b.md#two)\n"
B = "# 乙\n\n## Two\n\ntext\n"


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[str]]]:
    """Builds the site of two pages as the server does; → the pages that were rendered."""
    for name, text in {"mkdocs.yml": CONFIG, "pyproject.toml": "", "links.lock": "", "docs/index.md": A, "docs/b.md": B, "docs/cut.txt": "cut", "theme/main.html": THEME}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    seen: list[str] = []
    render = Page.render

    def watched(page, config, files):
        seen.append(page.file.src_uri)
        render(page, config, files)

    monkeypatch.setattr(Page, "render", watched)
    started = False

    def run() -> list[str]:
        nonlocal started
        seen.clear()
        config = load_config(str(tmp_path / "mkdocs.yml"))
        if not started:
            config.plugins.on_startup(command="serve", dirty=False)
            started = True
        build(config)
        return sorted(seen)

    yield run
    load_config(str(tmp_path / "mkdocs.yml")).plugins.on_startup(command="build", dirty=False)


def pages(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}


def test_a_page_as_it_was_is_not_rendered_again_and_reads_the_same(served, tmp_path):
    assert served() == ["b.md", "index.md"]
    before = pages(tmp_path / "site")
    assert served() == []
    assert pages(tmp_path / "site") == before and 'href="b/#two"' in before["index.html"]


@pytest.mark.parametrize(
    ("name", "text", "again"),
    [
        ("docs/b.md", B + "more\n", ["b.md"]),
        ("docs/cut.txt", "another cut", ["b.md", "index.md"]),
        ("docs/c.md", "# C\n", ["b.md", "c.md", "index.md"]),
        ("links.lock", '{"url": "https://a.notes.dev/", "day": "2026-11-20", "status": 200, "good": "2026-11-20"}\n', ["b.md", "index.md"]),
    ],
)
def test_what_a_page_is_made_of_is_seen(served, tmp_path, name, text, again):
    served()
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert served() == again
    if name == "docs/cut.txt":
        assert "another cut" in pages(tmp_path / "site")["index.html"]


def test_a_heading_that_went_is_missed_by_the_page_that_links_to_it(served, tmp_path, caplog):
    served()
    (tmp_path / "docs/b.md").write_text(B.replace("Two", "Three"), encoding="utf-8")
    with caplog.at_level(logging.WARNING, "mkdocs"):
        assert served() == ["b.md"]
    assert "does not contain an anchor '#two'" in caplog.text


def test_a_warning_is_said_at_each_build(served, tmp_path, caplog):
    (tmp_path / "docs/b.md").write_text(B + "[gone](gone.md)\n", encoding="utf-8")
    served()
    for _ in range(2):
        caplog.clear()
        with caplog.at_level(logging.WARNING, "mkdocs"):
            assert served() == ["b.md"]
        assert "gone.md" in caplog.text
