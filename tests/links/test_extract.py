"""All pages → all links: in order, by one process or several, and nothing that is printed meanwhile."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from detection_notes.links import extract as module
from detection_notes.links.extract import extract, listed
from detection_notes.links.model import Link
from detection_notes.links.pages import collect
from detection_notes.links.readers.source import Source

PROGRAM = Path(__file__).resolve().parents[2] / "scripts" / "check_links.py"


def pages(folder: Path, number: int) -> None:
    (folder / "docs").mkdir()
    (folder / "mkdocs.yml").write_text("site_name: x\nmarkdown_extensions: [footnotes, pymdownx.superfences]\n")
    for n in range(number):
        (folder / f"docs/{n:03}.md").write_text(f"# T\n\n[a](https://notes.dev/{n}) [b](https://notes.dev/{n}/b)\n")
    (folder / "docs/050.md").write_bytes("中".encode("gbk"))


def test_several_processes_find_what_one_does_in_the_same_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages(tmp_path, 120)
    found = collect([tmp_path / "mkdocs.yml"]).pages
    monkeypatch.setattr(module, "_cores", lambda: 1)
    alone = extract(found)
    monkeypatch.setattr(module, "_cores", lambda: 4)

    together = extract(found)

    assert together == alone
    assert len(alone.links) == 2 * 119 and len(alone.problems) == 1
    assert [link.url for link in alone.links[:2]] == ["https://notes.dev/0", "https://notes.dev/0/b"]


def test_what_a_killed_process_had_to_read_is_read_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages(tmp_path, 60)
    found = collect([tmp_path / "mkdocs.yml"]).pages
    parent = os.getpid()
    one = module.one
    monkeypatch.setattr(module, "_cores", lambda: 2)
    monkeypatch.setattr(module, "one", lambda page: one(page) if os.getpid() == parent else os._exit(9))

    assert len(extract(found).links) == 2 * 59


@pytest.mark.parametrize("number", [1, 80])
def test_what_an_extension_prints_never_stands_in_a_report(number: int, tmp_path: Path) -> None:
    pages(tmp_path, number) if number > 50 else (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text("[a](https://notes.dev/a)\n")
    (tmp_path / "mkdocs.yml").write_text("site_name: x\nmarkdown_extensions: [noisy]\n")
    (tmp_path / "noisy.py").write_text(
        "import os\nprint('imported')\nfrom markdown.extensions import Extension\nclass X(Extension):\n    def extendMarkdown(self, md):\n        print('made'); os.system('echo from below')\n"
        "def makeExtension(**k): return X(**k)\n"
    )

    done = subprocess.run(
        [sys.executable, str(PROGRAM), "--offline", "--no-lock", "--format", "json"], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, encoding="utf-8"
    )  # fmt: skip

    assert any(link["url"] == "https://notes.dev/a" for link in json.loads(done.stdout)["links"])
    assert "imported" in done.stderr and "from below" in done.stderr


def test_a_list_of_urls_has_one_a_line_and_what_is_none_is_named() -> None:
    found = listed(Source("urls.txt", "# ours\n\nhttps://notes.dev/a\n  //notes.dev/b \nnotes.dev/c\nHTTP://notes.dev/d#e"))

    assert found.links == [Link("urls.txt", 3, "https://notes.dev/a", 1), Link("urls.txt", 4, "https://notes.dev/b", 3), Link("urls.txt", 6, "http://notes.dev/d#e", 1)]
    assert found.problems == ["urls.txt:5: not a URL: notes.dev/c; write one URL a line, beginning with http:// or https://"]
