"""As MkDocs renders: every construct that is a link on the rendered page, nothing else, and where each stands."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from detection_notes.links.address import external
from detection_notes.links.config import Site
from detection_notes.links.model import Link
from detection_notes.links.pages import Form, Page
from detection_notes.links.readers import mkdocs
from detection_notes.links.readers.html import addresses
from detection_notes.links.readers.source import Source
from markdown import Extension, Markdown
from usual import USUAL, USUAL_CONFIGS, read_text

U = "https://example.org/a"
FENCE = "```"
MAGIC = (*USUAL, "pymdownx.magiclink")
MAGIC_CONFIGS = {**USUAL_CONFIGS, "pymdownx.magiclink": {"repo_url_shorthand": True, "user": "o", "repo": "r", "provider": "github"}}

# (what, Markdown, links as (line, column, URL))
LINKS = [
    ("inline", f"see [text]({U}).", [(1, 12, U)]),
    ("two on a line", f"[x]({U}) [y]({U}b)", [(1, 5, U), (1, 32, U + "b")]),
    ("the same twice on a line", f"[x]({U}) [y]({U})", [(1, 5, U), (1, 32, U)]),
    ("double-quoted title", f'[x]({U} "a title")', [(1, 5, U)]),
    ("single-quoted title", f"[x]({U} 'a title')", [(1, 5, U)]),
    ("a title that holds a URL", f'[x]({U} "was https://example.org/old")', [(1, 5, U)]),
    ("parentheses in the URL", "[x](https://example.org/a_(b)_c)", [(1, 5, "https://example.org/a_(b)_c")]),
    ("parentheses around the link", f"([x]({U}))", [(1, 6, U)]),
    ("angle brackets around the URL", f"[x](<{U}>)", [(1, 6, U)]),
    ("angle brackets and spaces", "[x](<https://example.org/a b>)", [(1, 6, "https://example.org/a b")]),
    ("text over two lines", f"[one\ntwo]({U})", [(2, 6, U)]),
    ("bold and code in the text", f"[**x** `y`]({U})", [(1, 13, U)]),
    ("bold around the link", f"**[x]({U})**", [(1, 7, U)]),
    ("escaped characters in the URL", r"[x](https://example.org/a\_b)", [(1, 5, "https://example.org/a_b")]),
    ("full reference", f"[x][label]\n\n[label]: {U}", [(3, 10, U)]),
    ("collapsed reference", f"[label][]\n\n[label]: {U}", [(3, 10, U)]),
    ("shortcut reference", f"[label]\n\n[label]: {U}", [(3, 10, U)]),
    ("reference used twice", f"[label] and [again][label]\n\n[label]: {U}", [(3, 10, U), (3, 10, U)]),
    ("reference with a title on the next line", f"[x][l]\n\n[l]: {U}\n    'title'", [(3, 6, U)]),
    ("reference in angle brackets", f"[x][l]\n\n[l]: <{U}>", [(3, 7, U)]),
    ("reference whose label is a URL", f"[x][{U}]\n\n[{U}]: {U}b\n", [(3, 0, U + "b")]),
    ("reference whose text is its URL", f"[{U}]\n\n[{U}]: {U}", [(1, 0, U)]),
    ("autolink", f"<{U}>", [(1, 2, U)]),
    ("autolink with &", "<https://example.org/?a=1&b=2>", [(1, 2, "https://example.org/?a=1&b=2")]),
    ("image", f"![alt]({U}.png)", [(1, 8, U + ".png")]),
    ("image by reference", f"![alt][i]\n\n[i]: {U}.png", [(3, 6, U + ".png")]),
    ("image that is a link", f"[![alt]({U}.png)]({U})", [(1, 37, U), (1, 9, U + ".png")]),
    ("raw a", f'x <a href="{U}">y</a>', [(1, 12, U)]),
    ("raw a, single quotes", f"x <a href='{U}'>y</a>", [(1, 12, U)]),
    ("raw a, no quotes", f"x <a href={U}>y</a>", [(1, 11, U)]),
    ("raw a, upper case", f'x <A HREF="{U}">y</A>', [(1, 12, U)]),
    ("raw a over lines", f'<a class="x"\n   href="{U}">y</a>', [(2, 10, U)]),
    ("raw img", f'<img alt="x" src="{U}.png">', [(1, 19, U + ".png")]),
    ("raw img with srcset", f'<img src="x.png" srcset="{U} 1x, {U}2 2x">', [(1, 26, U), (1, 52, U + "2")]),
    ("raw iframe", f'<iframe src="{U}"></iframe>', [(1, 14, U)]),
    ("raw source", f'<picture><source srcset="{U} 480w,{U}2 800w"><img src="x.png"></picture>', [(1, 26, U), (1, 53, U + "2")]),
    ("raw video", f'<video src="{U}" poster="{U}2"></video>', [(1, 13, U), (1, 44, U + "2")]),
    ("block of raw HTML", f'<div>\n<p><a href="{U}">x</a></p>\n</div>', [(2, 13, U)]),
    ("Markdown in HTML", f'<div markdown>\n\n[x]({U})\n\n</div>', [(3, 5, U)]),
    ("admonition", f'!!! note "See"\n\n    [x]({U})', [(3, 9, U)]),
    ("title of an admonition", f'!!! note "[x]({U})"\n\n    text', [(1, 15, U)]),
    ("details", f"??? tip\n\n    [x]({U})", [(3, 9, U)]),
    ("open details", f"???+ tip\n    [x]({U})", [(2, 9, U)]),
    ("tabs", f'=== "One"\n\n    [x]({U})\n\n=== "Two"\n\n    [y]({U}2)', [(3, 9, U), (7, 9, U + "2")]),
    ("admonition in a tab in a list", f'- item\n\n    === "One"\n\n        !!! note\n\n            [x]({U})', [(7, 17, U)]),
    ("table", f"| a | b |\n|---|---|\n| [x]({U}) | ![i]({U}2) |", [(3, 7, U), (3, 37, U + "2")]),
    ("head of a table", f"| [x]({U}) |\n|---|\n| y |", [(1, 7, U)]),
    ("footnote", f"text[^1]\n\n[^1]: see [x]({U})", [(3, 15, U)]),
    ("second paragraph of a footnote", f"text[^1]\n\n[^1]: first\n\n    [x]({U})", [(5, 9, U)]),
    ("definition list", f"term [x]({U})\n:   definition [y]({U}2)", [(1, 10, U), (2, 20, U + "2")]),
    ("second paragraph of a definition", f"term\n:   one\n\n    [x]({U})", [(4, 9, U)]),
    ("nested lists", f"- a\n    - b\n        1. [x]({U})", [(3, 16, U)]),
    ("task list", f"- [x] [y]({U})\n- [ ] [z]({U}2)", [(1, 11, U), (2, 11, U + "2")]),
    ("quotation", f"> > [x]({U})", [(1, 9, U)]),
    ("heading", f"# [x]({U})", [(1, 7, U)]),
    ("heading with an underline", f"[x]({U})\n===", [(1, 5, U)]),
    ("marked, struck and raised text", f"==[x]({U})== ~~[y]({U}2)~~ ^^[z]({U}3)^^", [(1, 7, U), (1, 38, U + "2"), (1, 70, U + "3")]),
    ("attributes behind", f"[x]({U}){{ .button target=_blank }}", [(1, 5, U)]),
    ("link between Chinese", f"见[题名]({U})。", [(1, 7, U)]),
    ("Chinese in the URL", "[x](https://example.org/中文?名=值#节)", [(1, 5, "https://example.org/中文?名=值#节")]),
    ("percent signs", "[x](https://example.org/%E4%B8%AD%2Fb)", [(1, 5, "https://example.org/%E4%B8%AD%2Fb")]),
    ("a URL in the URL", "[x](https://web.archive.org/web/2020/https://example.org/)", [(1, 5, "https://web.archive.org/web/2020/https://example.org/")]),
    ("a double slash in the path", "[x](https://example.org//a//b)", [(1, 5, "https://example.org//a//b")]),
    ("&amp;", "[x](https://example.org/?a=1&amp;b=2)", [(1, 5, "https://example.org/?a=1&b=2")]),
    ("&amp; in raw HTML", '<a href="https://example.org/?a=1&amp;b=2">x</a>', [(1, 10, "https://example.org/?a=1&b=2")]),
    ("bare & in a reference", "[x]\n\n[x]: https://example.org/?a=1&b=2", [(3, 6, "https://example.org/?a=1&b=2")]),
    ("numeric entities", "[x](https://example.org/&#97;)", [(1, 5, "https://example.org/a")]),
    ("slashes as entities", '<a href="https:&#47;&#47;example.org/a">x</a>', [(1, 0, U)]),
    ("upper-case scheme", "[x](HTTPS://example.org/a)", [(1, 5, U)]),
    ("protocol-relative", "[x](//example.org/a)", [(1, 5, U)]),
    ("port, user and IPv6", "[x](http://u:p@[::1]:8080/a)", [(1, 5, "http://u:p@[::1]:8080/a")]),
    ("host name in Chinese", "[x](https://例子.测试/a)", [(1, 5, "https://例子.测试/a")]),
    ("tabs before it", f"-\t[x]({U})", [(1, 7, U)]),
    ("a tab in it", "<https://example.org/a\t-->", [(1, 2, "https://example.org/a  --")]),
    ("form feed above", f"a\x0cb\n\n[x]({U})", [(3, 5, U)]),
    ("separators that no editor counts", f"a\u2028b\x0bc\x85d\n\n[x]({U})", [(3, 5, U)]),
    ("a page that holds what looks like our marks", f"https://m0m0m.example.org [x]({U}) [y](https://m0m1m.example.org/)", [(1, 31, U), (1, 0, "https://m0m1m.example.org/")]),
]  # fmt: skip

NO_LINKS = [
    ("bare URL", f"see {U}"),
    ("bare URL before a full stop", f"见 {U}。"),
    ("bare URL in brackets", f"（{U}）"),
    ("inline code", f"`[x]({U})`"),
    ("code between two backticks", f"`` `[x]({U})` ``"),
    ("fenced code", f"{FENCE}\n[x]({U})\n{FENCE}"),
    ("fenced code in a list", f"- a\n\n    {FENCE}markdown\n    [x]({U})\n    {FENCE}"),
    ("fenced code in an admonition", f"!!! note\n\n    {FENCE}\n    [x]({U})\n    {FENCE}"),
    ("indented code", f"text\n\n    [x]({U})"),
    ("code with tildes", f"~~~~\n{FENCE}\n[x]({U})\n~~~~"),
    ("highlighted inline code", f"`#!python url = '{U}'`"),
    ("HTML comment", f"<!-- [x]({U}) -->"),
    ("HTML comment over lines", f'<!--\n<a href="{U}">x</a>\n-->'),
    ("unused reference", f"text\n\n[label]: {U}"),
    ("abbreviation", f"A DOI\n\n*[DOI]: {U}"),
    ("escaped brackets", rf"\[x\]({U})"),
    ("escaped opening bracket", rf"\[x]({U})"),
    ("unused footnote", f"text[^none]\n\n[^1]: text {U}"),
    ("pre", f'<pre><code>[x]({U})</code></pre>'),
    ("other schemes", "[a](mailto:a@b.c) [b](tel:1) [c](data:,x) [d](ftp://example.org/) [e](javascript:alert`1`)"),
    ("relative links and anchors", "[a](b.md) [c](#d) [e](/f) [g](?h) [i]() ![j](k.png)"),
    ("slashes without a host", '<a href="//">x</a> <a href="https://">y</a> [z](http:///)'),
    ("a URL in an attribute that is no link", f'<div data-url="{U}" title="{U}">x</div>'),
    ("a URL in a title", f'[x](b.md "see {U}")'),
    ("comment of code", "`a // b`"),
]  # fmt: skip


def read(markdown: str, first_line: int = 1, extensions=USUAL, configs=USUAL_CONFIGS, **site) -> tuple[list[Link], list[str]]:
    return read_text(Source("page.md", markdown, first_line), extensions, configs, **site)


def extract(markdown: str, **kwargs) -> list[Link]:
    links, problems = read(markdown, **kwargs)
    assert not problems
    return links


def found(markdown: str, **kwargs) -> list[tuple[int, int, str]]:
    return [(link.line, link.column, link.url) for link in extract(markdown, **kwargs)]


@pytest.mark.parametrize(("markdown", "links"), [pytest.param(m, links, id=name) for name, m, links in LINKS])
def test_a_construct_that_is_a_link_is_found_where_it_stands(markdown: str, links: list[tuple[int, int, str]]) -> None:
    assert found(markdown) == links


@pytest.mark.parametrize("markdown", [pytest.param(m, id=name) for name, m in NO_LINKS])
def test_a_construct_that_is_no_link_is_not_found(markdown: str) -> None:
    assert found(markdown) == []


@pytest.mark.parametrize(
    ("markdown", "links"),
    [
        (f"see {U}.", [(1, 5, U)]),
        (f"- a\n- {U}, {U}2", [(2, 3, U), (2, 26, U + "2")]),
        ("`http://` and http:// are none", []),
        ("http://-a.example.org is none", []),
        ("see #12\n\nand #13, again #12", [(1, 0, "https://github.com/o/r/issues/12"), (3, 0, "https://github.com/o/r/issues/13"), (3, 0, "https://github.com/o/r/issues/12")]),
        ("text\n\nby @someone", [(3, 0, "https://github.com/someone")]),
    ],
)  # fmt: skip
def test_bare_urls_and_shorthands_are_links_where_the_site_makes_them_links(markdown: str, links: list) -> None:
    assert found(markdown, extensions=MAGIC, configs=MAGIC_CONFIGS) == links


@pytest.mark.parametrize("sign", ["。", "，", "）", "」", "；", "！", "、"])
def test_what_the_renderer_makes_of_chinese_signs_behind_a_bare_url_is_what_is_found(sign: str) -> None:
    (link,) = extract(f"见 {U}{sign}后面的字", extensions=MAGIC, configs=MAGIC_CONFIGS)
    html = page_html(f"见 {U}{sign}后面的字", MAGIC, MAGIC_CONFIGS)

    assert [link.url] == list(addresses(html))


def page_html(markdown: str, extensions, configs) -> str:
    return Markdown(extensions=extensions, extension_configs=configs).convert(markdown)


def test_a_line_is_counted_from_the_top_of_the_file() -> None:
    assert found(f"[x]({U})", first_line=7) == [(7, 5, U)]


def test_a_snippet_is_placed_on_the_line_that_includes_it(tmp_path: Path) -> None:
    (tmp_path / "part.md").write_text(f"[x]({U})\n", encoding="utf-8")
    configs = {"pymdownx.snippets": {"base_path": [str(tmp_path)]}}

    assert found('text\n\n--8<-- "part.md"\n', extensions=("pymdownx.snippets",), configs=configs) == [(3, 0, U)]


def test_code_cut_in_by_a_snippet_is_no_link(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(f"# {U} [x]({U})\n", encoding="utf-8")
    configs = {"pymdownx.snippets": {"base_path": str(tmp_path)}}
    text = f'{FENCE}python\n--8<-- "code.py"\n{FENCE}\n\n[y]({U}2)'

    assert found(text, extensions=("pymdownx.superfences", "pymdownx.snippets"), configs=configs) == [(5, 5, U + "2")]


def test_a_reference_that_a_snippet_defines_is_found_by_its_words(tmp_path: Path) -> None:
    (tmp_path / "refs.md").write_text(f"[label]: {U}\n", encoding="utf-8")
    configs = {"pymdownx.snippets": {"base_path": [str(tmp_path)], "auto_append": ["refs.md"]}}

    assert found("# title\n\nsome words, then [the label][label]", extensions=("pymdownx.snippets",), configs=configs) == [(3, 0, U)]


def test_an_extension_that_is_not_installed_is_named_once_and_the_page_is_read_without_it() -> None:
    links, problems = read(f"[x]({U})", extensions=("no_such_extension", "callouts", "footnotes"), configs={})

    assert [link.url for link in links] == [U]
    assert [problem.partition(", so")[0] for problem in problems] == [f"mkdocs.yml: the Markdown extension {name} is not installed" for name in ("no_such_extension", "callouts")]
    assert "install markdown-callouts" in problems[1]


def test_an_extension_with_options_that_it_does_not_have_is_named() -> None:
    links, problems = read(f"[x]({U})", extensions=("toc", "footnotes"), configs={"toc": {"no_such_option": 1}})

    assert [link.url for link in links] == [U]
    assert "the Markdown extension toc cannot be used (KeyError" in problems[0]


class Fails(Extension):
    """Like an extension that chokes on a page."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(self, "fails", 1)

    def run(self, lines: list[str]) -> list[str]:
        if "choke" in "".join(lines):
            raise ValueError("no")
        return lines


def test_a_page_that_does_not_render_is_named_and_the_next_is_read() -> None:
    site = {"extensions": (Fails(),), "configs": {}}

    assert read("choke", **site) == ([], ["page.md: cannot be rendered: ValueError: no; MkDocs stops at this page too"])
    assert read(f"[x]({U})", **site)[1] == []


def test_a_snippet_that_is_not_there_is_named_and_the_rest_of_its_page_is_read(tmp_path: Path) -> None:
    configs = {"pymdownx.snippets": {"base_path": [str(tmp_path)], "check_paths": True}}

    links, problems = read(f'--8<-- "gone.md"\n\n[x]({U})', extensions=("pymdownx.snippets",), configs=configs)

    assert [(link.line, link.url) for link in links] == [(3, U)]
    assert len(problems) == 1 and "gone.md" in problems[0] and "base_path" in problems[0]


def test_what_a_plugin_fills_in_is_no_address_yet() -> None:
    text = f"[a]({U}/{{{{ version }}}}/x) [b]({U})"

    assert [link.url for link in extract(text, unrun=("plugin macros",))] == [U]
    assert [link.url for link in extract(text)] == [f"{U}/{{{{ version }}}}/x", U]


def test_a_hint_to_connect_early_is_no_link() -> None:
    assert found('<link rel="preconnect" href="https://e.org">\n<link rel="DNS-Prefetch" href="//e.org">\n<link rel="stylesheet" href="https://e.org/a.css">\n') == [(3, 30, "https://e.org/a.css")]


def test_the_picture_that_an_emoji_becomes_is_no_link() -> None:
    assert found("Done :tada:", extensions=("pymdownx.emoji",), configs={}) == []


@pytest.mark.parametrize("sign", ["\u00a0", "\u3000"])
def test_space_that_browsers_do_not_strip_belongs_to_the_address(sign: str) -> None:
    assert [link.url for link in extract(f'<a href="{U}{sign}">x</a> <a href="{sign}{U}">y</a>')] == [f"{U}{sign}"]


def test_snippets_in_a_block_and_in_snippets_are_placed_where_they_are_included(tmp_path: Path) -> None:
    (tmp_path / "outer.md").write_text('--8<-- "inner.md"\n', encoding="utf-8")
    (tmp_path / "inner.md").write_text(f"[x]({U})\n", encoding="utf-8")
    (tmp_path / "other.md").write_text(f"[y]({U}2)\n", encoding="utf-8")
    text = "text\n\n--8<--\nother.md\nouter.md\n--8<--\n"

    links = extract(text, extensions=("pymdownx.snippets",), configs={"pymdownx.snippets": {"base_path": [str(tmp_path)]}})

    assert [(link.line, link.url, Path(link.via).name) for link in links] == [(4, U + "2", "other.md"), (5, U, "inner.md")]


PIECES = [
    "[", "]", "(", ")", "<", ">", "!", "`", "``", "```\n", "*", "_", "**", "\\", "\n", "\n\n", "    ", "\t", U, "https://e.org/b_c_d", "http://e.org", "HTTP://E.org/(x)", "//e.org/x", "https://", "//", "&amp;", "&", "|", "|---|\n",
    "# ", "- ", "1. ", "> ", "[^1]", "[^1]: ", "[x]: ", "[x]", "[https://e.org/l]", "][", ":   ", "!!! note\n\n    ", '=== "t"\n\n    ', '"', "'", "<!--", "-->", '<a href="', '">', "</a>", "<div>\n", "</div>\n", "<div markdown>\n",
    '<img srcset="', " 1x, ", "<pre>", "</pre>", "{: .x }", "*[e]: ", "e", "中文", "。", "m0m1m.", " ", "---\n", "==", "~~",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(text=st.lists(st.sampled_from(PIECES), max_size=25).map("".join), magic=st.booleans())
def test_of_any_text_the_links_are_those_of_its_rendering(text: str, magic: bool) -> None:
    extensions = MAGIC if magic else USUAL
    try:
        html = page_html(text, list(extensions), USUAL_CONFIGS)
    except Exception:  # the renderer's own trouble, which has its test above
        return

    links = extract(text, extensions=extensions)

    assert sorted(link.url for link in links) == sorted(url for address in addresses(html) if (url := external(address)))
    assert all(1 <= link.line <= text.count("\n") + 1 for link in links)


@settings(max_examples=60, deadline=None)
@given(pages=st.lists(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), min_size=2, max_size=4))
def test_a_renderer_that_is_used_again_links_to_what_a_fresh_one_does(pages: list[str]) -> None:
    site = Site("mkdocs.yml", Path("docs"), MAGIC, MAGIC_CONFIGS)
    together = [mkdocs.read(Page("page.md", Path("docs/page.md"), Form.MKDOCS, site), Source("page.md", text))[0] for text in pages]

    assert together == [read(text, extensions=MAGIC, configs=MAGIC_CONFIGS)[0] for text in pages]


class OnlyOnce(Extension):
    """An extension that cannot be used for two pages."""

    def extendMarkdown(self, md: Markdown) -> None:
        self._used = False
        md.preprocessors.register(self, "only_once", 1)

    def run(self, lines: list[str]) -> list[str]:
        if self._used:
            raise RuntimeError("only once")
        self._used = True
        return lines


def test_an_extension_that_renders_only_once_is_rendered_with() -> None:
    assert found(f"[x]({U})", extensions=(OnlyOnce(),), configs={}) == [(1, 5, U)]
