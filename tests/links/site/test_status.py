"""The page of all links: counts, an anchor for each verdict, and nothing that acts."""

import re
from datetime import date

from detection_notes.links.judge import findings
from detection_notes.links.model import Evidence, Link
from detection_notes.links.policy import Policy, Rule
from detection_notes.links.site.status import status_page
from selectolax.lexbor import LexborHTMLParser

TODAY = date(2026, 11, 23)
EVIL = '"><script>alert(1)</script><a href="javascript:alert(1)'
ROWS = {
    row.url: row
    for row in (
        Evidence("https://good.example/", "2026-11-20", 200, title="标题", good="2026-11-20"),
        Evidence("https://moved.example/", "2026-11-20", 200, moved="https://new.example/", good="2026-11-20"),
        Evidence("https://dead.example/", "2026-11-20", 404, archive="https://web.archive.org/x"),
        Evidence("https://kept.example/", "2026-11-20", 404),
        Evidence("https://walled.example/", "2026-11-20", 403),
        Evidence("https://new.example/"),
        Evidence(f"https://evil.example/{EVIL}", "2026-11-20", 403, title=EVIL),
    )
}
POLICY = Policy(TODAY, rules={"keep": (Rule("https://kept.example/*", EVIL),)})
PLACES = {url: [("../page/", f"页 {EVIL}"), ("../page/", f"页 {EVIL}"), ("../other/", "另一页")] for url in ROWS}
HTML = status_page(list(findings([Link("page", 1, url) for url in ROWS], ROWS, POLICY)), PLACES, {"https://good.example/": "页面给它的名字"})


def row_of(url: str) -> str:
    (row,) = [row.html for row in LexborHTMLParser(HTML).css("tr") if row.css_first(f'a[href="{url}"]')]
    return row


def test_it_counts_what_there_is() -> None:
    assert "共 7 个地址：失效 2，已迁移 1，未知 3，可用 1。其中 1 个尚未核对。" in HTML


def test_each_verdict_that_occurs_has_its_heading() -> None:
    assert re.findall(r'<h2 id="(\w+)">', HTML) == ["broken", "moved", "unknown", "good"]
    assert '<h2 id="moved">' not in status_page(list(findings([Link("p", 1, "https://x.example/")], {}, POLICY)), {"https://x.example/": []}, {})


def test_a_link_has_its_name_its_pages_once_its_day_and_its_code() -> None:
    assert "页面给它的名字" in row_of("https://good.example/")
    assert row_of("https://dead.example/").count('href="../page/"') == 1
    assert "2026-11-20" in row_of("https://dead.example/") and "<code>404</code>" in row_of("https://dead.example/")


def test_a_link_that_moved_has_its_new_address_and_a_dead_one_its_copy() -> None:
    assert 'href="https://new.example/"' in row_of("https://moved.example/")
    assert 'href="https://web.archive.org/x"' in row_of("https://dead.example/")


def test_a_kept_link_says_why() -> None:
    assert "保留：" in row_of("https://kept.example/")


def test_nothing_acts_whatever_titles_addresses_and_reasons_say() -> None:
    tree = LexborHTMLParser(HTML)

    assert not tree.css("script")
    assert not [node for node in tree.css("a") if not re.match(r"https?://|\.\./", node.attributes["href"])]
