import re
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from detection_notes.finish.byline import with_byline
from detection_notes.finish.editors import Editors
from detection_notes.finish.site import Page, Site
from selectolax.lexbor import LexborHTMLParser

EDITORS = Editors("https://github.com/owner/notes/edit/main/docs/{path}", "abc123")
PAGE = Page(
    "detection/map/index.html",
    '<article><h1 id="map">mAP<a class="headerlink" href="#map">¶</a></h1>'
    '<p class="reading-time" data-search-exclude="">约 7 分钟</p>'
    '<h2 id="a-与-b">A &amp; <code>B</code>：100%<a class="headerlink" href="#a-与-b" title="本节的链接">¶</a></h2>'
    '<h3 id="c">C<a class="headerlink" href="#c">¶</a></h3></article><footer>MIT<!-- repository --></footer>',
)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "detection").mkdir()
    (tmp_path / "detection" / "map.md").touch()
    return Site(tmp_path, tmp_path, tmp_path, "笔记", "https://notes.notes.dev/", "", "zh", {"detection/map.md": datetime(2026, 11, 5, tzinfo=timezone.utc)}, EDITORS)


def known(site: Site, **values: object) -> Site:
    return Site(**{**vars(site), **values})


def test_day_and_file_stand_under_the_title(site):
    line = LexborHTMLParser(with_byline(site, PAGE).html).css_first(".reading-time")
    assert line.text() == "约 7 分钟 · 改于 2026-11-05 · 编辑"
    assert line.css_first("a[rel=edit]").attributes["href"] == "https://github.com/owner/notes/edit/main/docs/detection/map.md"


def test_what_is_not_known_is_not_said(site):
    bare = with_byline(known(site, changed={}, editors=Editors("", "abc123")), PAGE)
    tree = LexborHTMLParser(bare.html)
    assert tree.css_first(".reading-time").text() == "约 7 分钟"
    assert not tree.css("a:not(.headerlink)") and "github" not in bare.html


def test_behind_each_heading_a_mistake_in_it_can_be_reported(site):
    reports = LexborHTMLParser(with_byline(site, PAGE).html).css("h2 > .report, h3 > .report")
    assert [report.text() for report in reports] == ["这里不对？"] * 2
    address = urlsplit(reports[0].attributes["href"])
    asked = parse_qs(address.query)
    assert address.path == "/owner/notes/issues/new"
    assert asked["title"] == [f"docs/detection/map.md#{PAGE.built.css_first('h2').id}"]
    assert asked["body"] == ["提交 abc123\n\n"]


def test_the_name_of_a_heading_stays_its_own(site):
    before = PAGE.built.css_first("h2").html
    assert with_byline(site, PAGE).built.css_first("h2").html.replace("<!-- report -->", "") == before


def test_the_repository_is_linked_where_the_page_asks_for_it(site):
    link = LexborHTMLParser(with_byline(site, PAGE).html).css_first("footer a")
    assert link.attributes["href"] == "https://github.com/owner/notes"


def test_a_page_may_be_finished_twice(site):
    once = with_byline(site, PAGE)
    assert with_byline(site, once) == once
    later = with_byline(known(site, editors=Editors("", "")), once)
    assert not re.search("github|编辑", later.html), "and an address that is gone goes"
