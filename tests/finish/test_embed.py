"""What the laboratory gives to copy can be pasted as it stands."""

from pathlib import Path

import pytest
from detection_notes.finish.finish import finish
from detection_notes.links.settings import PagesError
from selectolax.lexbor import LexborHTMLParser

BODY = "<h1 id='a'>实验</h1><!-- embed:conv-sizer --><p>抄下那一行。<!-- embed-address --></p>"


def built(make, url: str, title: str = "卷积 &amp; 位置") -> tuple[LexborHTMLParser, str]:
    """The page finished twice, and the index of the search."""
    home: Path = make({"lab.md": BODY}, url)
    (home / "site/lab/conv-sizer.html").write_text(f"<html><head><title>{title}</title></head><body><main></main></body></html>", encoding="utf-8")
    finish(home / "mkdocs.yml")
    finish(home / "mkdocs.yml")
    return LexborHTMLParser((home / "site/lab/index.html").read_bytes()), (home / "site/search.json").read_text(encoding="utf-8")


def frame(page: LexborHTMLParser) -> dict[str, str | None]:
    """The attributes of the frame that whoever pastes the one line gets."""
    (code,) = page.css("pre > code")
    return LexborHTMLParser(code.text()).css_first("iframe").attributes


def test_the_line_names_the_site_where_its_address_is_known(make):
    page, found = built(make, "https://notes.notes.dev/a/")
    assert frame(page)["src"] == "https://notes.notes.dev/a/lab/conv-sizer.html"
    assert frame(page)["title"] == "卷积 & 位置"
    assert page.css_first("article p").text() == "抄下那一行。"
    assert "iframe" not in found, "nobody looks for it, and the index is the same whatever the address"


def test_without_an_address_it_says_what_to_change(make):
    page, _ = built(make, "")
    assert frame(page)["src"] == "https://example.org/lab/conv-sizer.html"
    assert "换成本站的地址" in page.css_first("article p").text()


def test_a_name_that_nothing_was_built_for_is_told(make):
    home: Path = make({"lab.md": "<h1 id='a'>实验</h1><!-- embed:nothing -->"})
    with pytest.raises(PagesError, match="embed:nothing"):
        finish(home / "mkdocs.yml")
