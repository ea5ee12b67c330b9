"""What a note's front matter says to the search: how much it counts, and what readers ask that its sections answer."""

import json
from collections.abc import Callable
from pathlib import Path

import finish_site
import pytest
from detection_notes.finish.asked import Said, said
from detection_notes.finish.finish import finish
from detection_notes.finish.site import Page

PAGE = Page("a/index.html", "<article><h1 id='题目'>题目</h1><p>开头</p><h2 id='显存不够'>显存不够</h2><p>甲</p><h2 id='第二节'>第二节</h2><p>乙</p></article>")
BUILT = "<h1 id='t'>T</h1><p>x</p><h2 id='gone'>G</h2><p>y</p>"


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Said]:
    """What a note with this front matter says."""

    def run(matter: str) -> Said:
        (tmp_path / "a.md").write_text(f"---\n{matter}\n---\n# 题目\n", encoding="utf-8", newline="")
        return said(tmp_path / "a.md", PAGE)

    return run


@pytest.mark.parametrize(("matter", "counts"), [("", 1), ("description: x", 1), ("search:\n  boost: 0.3", 0.3), ("search:\n  exclude: false", 1)])
def test_a_page_says_itself_how_much_it_counts(matter: str, counts: float, read) -> None:
    assert read(matter) == Said(counts, {}, [])


def test_a_page_without_front_matter_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# 题目\n\n---\n\nasked: x\n", encoding="utf-8")
    assert said(tmp_path / "a.md", PAGE) == Said(1, {}, [])


def test_phrases_belong_to_the_section_of_their_heading_and_those_of_the_title_to_the_opening(read) -> None:
    found = read("asked:\n  题目:\n    - 从哪里看起\n  第二节:\n    - 显卡明明有但是 False\n    - 'A: B 是什么'")

    assert found.asked == {"": ["从哪里看起"], "第二节": ["显卡明明有但是 False", "A: B 是什么"]}
    assert found.problems == []


def test_the_ends_of_lines_do_not_matter(read) -> None:
    assert read("asked:\r\n  第二节:\r\n    - 甲乙\r").asked == {"第二节": ["甲乙"]}


@pytest.mark.parametrize(
    ("matter", "problem"),
    [
        ("asked:\n  显存不足:\n    - x", "“显存不足” is the id of no heading of this page; is it “显存不够” now?"),
        ("asked:\n  zzz:\n    - x", "“zzz” is the id of no heading of this page"),
        ("asked:\n  第二节: x", "under “第二节” there must be a list of texts"),
        ("asked:\n  第二节:\n    - RuntimeError: x", "under “第二节” there must be a list of texts; one with “: ”"),
        ("asked:\n  第二节:\n    - 11", "under “第二节” there must be a list of texts"),
        ("asked:\n  第二节:\n    - ''", "under “第二节” there must be a list of texts"),
        ("asked:\n  第二节:", "under “第二节” there must be a list of texts"),
        ("asked: [x]", "asked: in the front matter is no map"),
        ("asked:\n  第二节:\n    - \"x\" 是什么", "the front matter is not YAML: line 4"),
        ("asked:\n  第二节:\n    - x\n  第二节:\n    - y", "the front matter says “第二节” twice: line 5"),
        ("description: x\nasked: {}\ndescription: y", "the front matter says “description” twice: line 4"),
    ],
)
def test_what_leads_nowhere_is_said_and_never_dropped_in_silence(matter: str, problem: str, read) -> None:
    found = read(matter)

    assert found.asked == {}
    assert len(found.problems) == 1 and problem in found.problems[0]


def test_a_mistake_does_not_take_the_other_phrases_away(read) -> None:
    found = read("asked:\n  zzz:\n    - x\n  第二节:\n    - y")
    assert found.asked == {"第二节": ["y"]} and len(found.problems) == 1


def test_a_heading_that_is_gone_stops_the_build(make: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    home = make({"page.md": "---\nasked:\n  before:\n    - 怎么办\n---\n" + BUILT})

    assert finish_site.main([str(home / "site"), "--config", str(home / "mkdocs.yml")]) == 1
    assert "page.md: asked: in the front matter: “before” is the id of no heading" in capsys.readouterr().err


def test_phrases_are_in_the_index_and_in_no_page(make: Callable[..., Path]) -> None:
    home = make({"page.md": "---\nasked:\n  t:\n    - 从头\n  gone:\n    - 怎么办\n---\n" + BUILT})
    built = home / "site/page/index.html"
    built.write_text(built.read_text(encoding="utf-8").split("<article>")[0] + "<article>" + BUILT + "</article></body></html>", encoding="utf-8")

    assert finish(home / "mkdocs.yml") == []
    [page] = json.loads((home / "site/search.json").read_text(encoding="utf-8"))["pages"]
    assert [section[3] for section in page[2]] == [["从头"], ["怎么办"]]
    assert "怎么办" not in built.read_text(encoding="utf-8")
