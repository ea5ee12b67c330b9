"""What is read from HTML: as browsers parse it, in whatever charset it comes."""

import encodings.aliases
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from detection_notes.links.visits import markup, signatures
from detection_notes.links.visits.markup import alike, decode, has, read, refresh


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("<title>A  page\n of notes</title>", "A page of notes"),
        ("<svg><title>icon</title></svg><title>Real</title>", "Real"),
        ("<head><title>Real</title></head><svg><title>icon</title></svg>", "Real"),
        ("<body><svg><title>icon</title></svg>", None),
        ("<!-- <title>old</title> --><title>new</title>", "new"),
        ("<script>document.write('<title>x</title>')</script><title>y</title>", "y"),
        ("<head><noscript><img src=p.gif></noscript><title>after a noscript</title>", "after a noscript"),
        ("<title>a &amp;amp; b &lt;c&gt;</title>", "a &amp; b <c>"),
        ("<title></title>", None),
        ("<p>no title", None),
        ("", None),
        ("<title>a\x1b[31m\n::error::b\x07\u202e &#27;[0m</title>", "a [31m ::error::b [0m"),
        ("<title>" + "x" * 500, "x" * 120),
    ],
)
def test_the_title_is_the_documents(source: str, title: str | None) -> None:
    assert read(source).title == title


@pytest.mark.parametrize(
    ("source", "language"),
    [("<html lang='zh-CN'>", "zh"), ("<HTML LANG=en>", "en"), ("<title>卷积</title>", "zh"), ("<title>カタカナ</title>", "ja"), ("<title>x</title>", None), ("<html lang=''>", None)],
)
def test_the_language_is_said_or_told_by_the_title(source: str, language: str | None) -> None:
    assert read(source).language == language


HAVE = """<!doctype html><meta name=viewport><form><input name=q><textarea><p id=in-text></textarea></form><!-- <p id=in-comment> -->
<script>"<p id=in-script>"</script><p class='x'id='abc'>minified</p><p/id=slash>x</p><h2 id="a%20b">x</h2><h2 id="two  spaces">x</h2><a name=old>x</a>
<i id=user-content-readme></i><p id=中文>x</p><p ID=Upper>x</p><p id=caf&eacute;>x</p><svg><g id=drawn></g></svg>"""


@pytest.mark.parametrize(
    "fragment",
    ["abc", "slash", "a%20b", "two  spaces", "two%20%20spaces", "old", "readme", "中文", "%E4%B8%AD%E6%96%87", "Upper", "café", "drawn"],
)
def test_an_anchor_is_what_html_calls_one(fragment: str) -> None:
    assert has(read(HAVE, anchors=True).anchors, fragment)


@pytest.mark.parametrize("fragment", ["viewport", "q", "in-text", "in-comment", "in-script", "a b", "upper", "two spaces", "ABC"])
def test_what_html_calls_no_anchor_is_none(fragment: str) -> None:
    assert not has(read(HAVE, anchors=True).anchors, fragment)


def test_a_fragment_is_looked_for_as_written_before_it_is_decoded() -> None:
    assert has(frozenset({"%E5%AE%89"}), "%E5%AE%89") and has(frozenset({"安"}), "%E5%AE%89")


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0; url=/a", (0, "/a")), ("5;URL='/a b'", (5, "/a b")), ('0;url="/a"', (0, "/a")), ("3, /a", (3, "/a")), ("0.5; url=/a", (0, "/a")), ("30", None), ("", None), ("0; url=", None), ("9" * 5000 + ";/a", (999999999, "/a"))],
)
def test_a_refresh_has_seconds_and_an_address(value: str, expected: tuple[int, str] | None) -> None:
    assert refresh(value) == expected


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gbk", "gb18030", "big5", "shift_jis", "utf-16"])
@pytest.mark.parametrize("where", ["header", "page", "nowhere"])
def test_a_page_is_read_in_its_charset(charset: str, where: str) -> None:
    words = "日本" if charset == "shift_jis" else "卷積" if charset == "big5" else "卷积"
    body = f"<meta charset={charset if where == 'page' else ''}><title>{words}</title>".encode(charset)
    text = decode(body, charset if where == "header" else None)

    if where == "nowhere" and charset in ("big5", "shift_jis"):
        assert text is not None  # nobody can know
    elif where == "page" and charset == "utf-16":
        assert read(text or "").title == words  # by its byte order mark
    else:
        assert read(text or "").title == words


def test_a_page_that_declares_the_wrong_charset_is_read_in_its_own() -> None:
    assert read(decode("<title>卷积</title>".encode("gbk"), "utf-8") or "").title == "卷积"
    assert read(decode("<meta charset=utf-16><title>卷积</title>".encode(), None) or "").title == "卷积"


def test_a_character_that_is_cut_in_two_spoils_nothing() -> None:
    body = "<title>卷积</title>的".encode()

    assert read(decode(body[:-1], "utf-8") or "").title == "卷积"


def test_a_page_in_a_charset_that_nobody_knows_is_not_read() -> None:
    assert decode("<title>卷积</title>".encode("gbk"), "x-no-such") is None
    assert decode(b"<title>plain</title>", "x-no-such") == "<title>plain</title>"


@pytest.mark.parametrize("charset", ["punycode", "idna", "raw-unicode-escape", "undefined", "zip", "rot13", "no-such-charset", "a\0b", "x" * 9999])
def test_no_charset_takes_long_or_fails(charset: str) -> None:
    body = b"<title>ok</title>" + b"-" + b"b9a" * 500_000

    began = time.process_time()

    assert (decode(body, charset) or "").startswith("<title>ok")
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("charset", sorted(set(encodings.aliases.aliases.values())))
def test_every_charset_that_python_knows_is_read_or_left(charset: str) -> None:
    decode(b"<meta charset=" + charset.encode() + b"><title>\xd6\xd0\xff\x00</title>", charset)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["", "<title>", "<meta http-equiv=refresh content='0;url=", "<body hidden>", "<frameset>", "<html lang=", "404 "]), st.sampled_from([None, "utf-8", "gbk", "x"]))
def test_nothing_that_is_sent_fails(data: bytes, before: str, charset: str | None) -> None:
    found = markup.parse(before.encode() + data, charset, anchors=True)

    if found is not None:
        signatures.of_page("site.example", found)


def test_running_text_makes_an_article_and_menus_do_not() -> None:
    assert not read("<p>" + "一句话。" * 200).short
    assert read("<nav>" + "<a href=/>一个栏目</a> " * 200 + "</nav><p>页面不存在").short
    assert read("<nav>" + "<a href=/>一个栏目</a> " * 200 + "</nav><p>页面不存在").text == "页面不存在"
    assert read("<script>" + "x" * 5000 + "</script><style>p{}</style><noscript>no</noscript>hello").text == "hello"


def test_what_is_hidden_does_not_count() -> None:
    for hides in ("style='display:none'", "style='color:red; display: none'", "hidden", "aria-hidden=true"):
        assert read(f"<p>卷积</p><div {hides}>页面不存在</div>").text == "卷积"


def test_titles_are_alike_by_the_shorter_one() -> None:
    assert alike("mmdetection 源码解析", "mmdetection 源码解析：从配置文件到训练循环，一步一步读懂每个模块的来龙去脉 - 某某的技术博客 - 知乎专栏")
    assert not alike("mmdetection 源码解析", "Best online casino bonus 2026")
    assert alike("", "anything")


@pytest.mark.parametrize("piece", ["<script", "<!--", "<title>", "<html ", "<svg>", "<", "&#", "404 ", "<title", "<html lang", " id=", "域名", "<div>", "<table>", "<a>", "<p hidden>", "页面"])
def test_no_page_takes_long_to_read(piece: str) -> None:
    source = (piece * 65536)[:65536]

    began = time.process_time()
    signatures.of_page("site.example", markup.read(source, anchors=True))

    assert time.process_time() - began < 2.0
