import json
from datetime import datetime, timezone
from pathlib import Path

import pytest
from detection_notes.finish.editors import Editors
from detection_notes.finish.sharing import cards, robots, tags
from detection_notes.finish.site import Page, Site
from selectolax.lexbor import LexborHTMLParser

NOTE = Page("a/b/index.html", '<head><meta name="description" content="甲 &amp; 乙。"></head><article><h1>题 &lt;/script&gt;</h1></article>')
HOME = Page("index.html", "<article><h1>首页</h1></article>")
LOST = Page("404.html", "<article><h1>没有这一页</h1></article>")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.md").touch()
    (tmp_path / "index.md").touch()
    day = datetime(2026, 11, 5, tzinfo=timezone.utc)
    return Site(tmp_path, tmp_path, tmp_path, "笔记", "https://notes.notes.dev/", "", "zh", {"a/b.md": day}, Editors("", ""))


def said(html: str) -> dict[str, str]:
    metas = LexborHTMLParser(f"<head>{html}</head>").css("meta")
    return {meta.attributes.get("property") or meta.attributes["name"]: meta.attributes["content"] for meta in metas}


def test_a_note_says_what_it_is_with_whole_addresses(site):
    found = said(tags(site, NOTE))
    assert found["og:type"] == "article" and found["og:title"] == "题 </script>" and found["og:description"] == "甲 & 乙。"
    assert found["og:url"] == "https://notes.notes.dev/a/b/" and found["og:image"] == "https://notes.notes.dev/assets/cards/a-b.png"
    assert found["article:modified_time"].startswith("2026-11-05") and found["twitter:card"] == "summary_large_image"


def test_a_note_is_an_article_to_search_engines_whatever_its_title_holds(site):
    scripts = LexborHTMLParser(f"<head>{tags(site, NOTE)}</head>").css("script")
    assert [script.attributes["type"] for script in scripts] == ["application/ld+json"]
    data = json.loads(scripts[0].text())
    assert (data["@type"], data["headline"], data["dateModified"][:10]) == ("TechArticle", "题 </script>", "2026-11-05")


def test_home_is_the_site_and_no_article(site):
    assert said(tags(site, HOME))["og:type"] == "website" and "ld+json" not in tags(site, HOME)


def test_without_an_address_nothing_is_shared(site):
    bare = Site(**{**vars(site), "url": ""})
    assert tags(bare, NOTE) == "" and cards(bare, [NOTE, HOME]) == {} and "Sitemap" not in robots(bare)


def test_the_page_for_wrong_addresses_is_not_shared(site):
    assert tags(site, LOST) == "" and list(cards(site, [LOST, HOME])) == ["assets/cards/home.png"]


def test_robots_find_the_sitemap(site):
    assert robots(site).splitlines()[-1] == "Sitemap: https://notes.notes.dev/sitemap.xml"
