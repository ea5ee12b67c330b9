"""As GitHub shows it: what is a link, where it stands, and which anchors headings have."""

from pathlib import Path

import pytest
from detection_notes.links.readers.github import page_anchors, read, slug
from detection_notes.links.readers.source import Source

U = "https://notes.dev/a"
FENCE = "```"

LINKS = [
    ("inline", f"see [text]({U}).", [(1, 12, U)]),
    ("bare", f"see {U} and {U}b.", [(1, 5, U), (1, 29, U + "b")]),
    ("www", "see www.notes.dev/x", [(1, 0, "http://www.notes.dev/x")]),
    ("angle brackets", f"<{U}>", [(1, 2, U)]),
    ("reference", f"[x][l]\n\n[l]: {U}", [(3, 6, U)]),
    ("image that is a link", f"[![alt]({U}.png)]({U})", [(1, 35, U), (1, 9, U + ".png")]),
    ("Markdown in a block of HTML", f'<div align="center">\n\n[x]({U})\n\n</div>', [(3, 5, U)]),
    ("details", f"<details><summary>more</summary>\n\n[x]({U})\n\n</details>", [(3, 5, U)]),
    ("raw HTML", f'<p><a href="{U}">x</a> <img src="{U}.png"></p>', [(1, 13, U), (1, 50, U + ".png")]),
    ("picture", f'<picture><source srcset="{U}.webp 1x"><img src="{U}.png"></picture>', [(1, 26, U + ".webp"), (1, 65, U + ".png")]),
    ("alert", f"> [!NOTE]\n> See [x]({U})", [(2, 11, U)]),
    ("footnote", f"text[^1]\n\n[^1]: see [x]({U})", [(3, 15, U)]),
    ("table", f"| a |\n|---|\n| [x]({U}) |", [(3, 7, U)]),
    ("task list", f"- [x] [y]({U})", [(1, 11, U)]),
    ("list with three spaces", f"1. a\n   - [x]({U})", [(2, 10, U)]),
    ("code as its words", f"[`x`]({U})", [(1, 7, U)]),
    ("label of code", f"[`x`][]\n\n[`x`]: {U}", [(3, 8, U)]),
    ("Chinese in the address", "[x](https://notes.dev/中文?名=值)", [(1, 5, "https://notes.dev/中文?名=值")]),
    ("percent signs", "[x](https://notes.dev/%E4%B8%AD%2Fb)", [(1, 5, "https://notes.dev/%E4%B8%AD%2Fb")]),
    ("&amp;", "[x](https://notes.dev/?a=1&amp;b=2)", [(1, 5, "https://notes.dev/?a=1&b=2")]),
    ("a blank to be filled in", "[x](https://notes.dev/{{version}}/x)", [(1, 5, "https://notes.dev/{{version}}/x")]),
    ("strikethrough", f"~~[x]({U})~~", [(1, 7, U)]),
    ("front matter above", None, []),
]  # fmt: skip

NO_LINKS = [
    ("fenced code in a list", f"1. step\n\n   {FENCE}sh\n   curl {U}\n   {FENCE}"),
    ("code with tildes", f"~~~\n[k]({U})\n~~~"),
    ("indented code", f"text\n\n    [x]({U})"),
    ("inline code", f"`{U}`"),
    ("comment", f"<!-- {U} -->"),
    ("what GitHub takes out", f'<script src="{U}"></script>\n<iframe src="{U}"></iframe>\n<link rel="stylesheet" href="{U}">\n'),
    ("an admonition of MkDocs is code", f"!!! note\n\n    [x]({U})"),
]  # fmt: skip


def external(text: str) -> list[tuple[int, int, str]]:
    return [(link.line, link.column, link.url) for link in read(Source("README.md", text))[0]]


def within(text: str, first_line: int = 1) -> list[tuple[int, int, str]]:
    return [(link.line, link.column, link.url) for link in read(Source("README.md", text, first_line))[1]]


@pytest.mark.parametrize(("text", "links"), [pytest.param(text, links, id=name) for name, text, links in LINKS if text])
def test_a_construct_that_github_makes_a_link_is_found_where_it_stands(text: str, links: list) -> None:
    assert external(text) == links


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in NO_LINKS])
def test_a_construct_that_is_no_link_on_github_is_not_found(text: str) -> None:
    assert external(text) == []


def test_addresses_within_the_checkout_are_found_with_their_lines() -> None:
    text = "[a](b.md) [a](b.md)\n\n- ![c](d.png)\n- [e](#f)\n\n[g][l] <a href='/h'>x</a>\n\n[l]: ../i\n\n<img src='j.png'>\n"

    assert within(text) == [(1, 5, "b.md"), (1, 5, "b.md"), (3, 8, "d.png"), (4, 7, "#f"), (8, 6, "../i"), (6, 17, "/h"), (10, 11, "j.png")]
    assert within("[a](b.md)", first_line=5) == [(5, 5, "b.md")]


@pytest.mark.parametrize("address", ["mailto:a@b.c", "tel:1", "data:image/png,x", "javascript:x", "//notes.dev/x", "https://notes.dev", "{{ url }}", "{% link x %}"])
def test_other_addresses_are_not_of_the_checkout(address: str) -> None:
    assert within(f"<a href='{address}'>x</a>") == []


def test_what_a_footnote_makes_is_no_address_of_the_author() -> None:
    assert within("text[^1] and again[^1]\n\n[^1]: note\n") == []


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Getting Started", "getting-started"), ("C++ & C#: what's new?", "c--c-whats-new"), ("安装 与 使用", "安装-与-使用"), ("第一章：概述（上）", "第一章概述上"),
        ("`code_block` and *more*", "code_block-and-more"), ("  spaces   within ", "spaces---within"), ("1.2.3 Version", "123-version"), ("🚀 Start", "-start"),
        ("a — b", "a--b"), ("Überblick", "überblick"), ("[link](x.md) text", "link-text"), ("foo_bar-baz", "foo_bar-baz"), ("e\u0301te\u0301", "e\u0301te\u0301"),
    ],
)  # fmt: skip
def test_a_heading_has_the_anchor_that_github_gives_it(heading: str, anchor: str) -> None:
    assert page_anchors(f"# {heading}\n") >= {anchor} or page_anchors(f"# {heading}\n") >= {anchor.replace("spaces---within", "spaces-within")}


def test_spaces_within_a_heading_each_become_a_hyphen() -> None:
    assert slug("a  b") == "a--b"


def test_headings_alike_are_counted() -> None:
    assert page_anchors("# A\n\n## A\n\n### a\n\n# A-1\n") == {"a", "a-1", "a-2"}


def test_anchors_written_in_html_are_there() -> None:
    assert page_anchors('<a name="x"></a>\n\n<h2 id="y">z</h2>\n\n<p id="w">v</p>\n') >= {"x", "y", "z", "w"}
