"""Pages that answer 200 and are dead, and pages that only look so."""

import time
from collections.abc import Callable

import pytest
from detection_notes.links.visits import page as page_
from detection_notes.links.model import Evidence
from web import Exchange, Web

Handler = Callable[[Exchange], None]
TEXT = "<p>" + "这一段讲的是卷积层的输出尺寸怎样计算。" * 60


def page(title: str, body: str = TEXT, language: str = "zh") -> Handler:
    html = f"<!doctype html><html lang='{language}'><head><title>{title}</title></head><body>{body}</body></html>".encode()
    return lambda exchange: exchange.reply(200, html)


class AnyPath(dict):
    """Answers every path the same way, as sites do that have no 404."""

    def __init__(self, handler: Handler) -> None:
        super().__init__()
        self._handler = handler

    def get(self, path: str, default: Handler) -> Handler:
        return super().get(path, self._handler)


@pytest.mark.parametrize(
    "handler",
    [
        page("404 Not Found", "<h1>404</h1>", "en"),
        page("Page not found | Example", "<p>Sorry.</p>", "en"),
        page("抱歉，页面不存在", "<p>返回首页</p>"),
        page("博客", "<p>您访问的页面不存在或已删除</p>"),
        page("某站", "<h1>文章已被删除</h1>"),
        page("Untitled", "<h1>Oops! This page doesn't exist.</h1>", "en"),
    ],
)
def test_a_page_that_says_it_is_not_there_is_broken(handler: Handler, web: Web, verdict) -> None:
    web._handlers = AnyPath(handler)

    assert verdict(web.url("/post/123")).words == "broken soft-404"


@pytest.mark.parametrize(
    "handler",
    [
        page("如何制作一个 404 页面"),
        page("HTTP 404 Not Found explained: a guide", TEXT, "en"),
        page("404 Not Found", "<p>A list of status codes. " + "A status code says what became of a request. " * 40, "en"),
        page("HTTP status codes", "<p>404 means: page not found.</p>", "en"),
        page("卷积神经网络", "<p>页面不存在</p>" + TEXT),
    ],
)
def test_a_page_that_only_talks_about_missing_pages_is_good(handler: Handler, web: Web, verdict) -> None:
    url = web.on("/about-404", handler)

    assert verdict(url).words == "good ok"


def test_a_page_that_looks_gone_and_cannot_be_compared_is_unknown(web: Web, verdict) -> None:
    web._handlers = AnyPath(lambda e: e.reply(403))
    url = web.on("/post", page("页面不存在", "<p>x</p>"))

    assert verdict(url).words == "unknown suspect"


def test_a_redirect_to_the_home_page_is_broken_when_any_address_goes_there(web: Web, verdict) -> None:
    web._handlers = AnyPath(lambda e: e.redirect("/", 301))
    web.on("/", page("首页"))

    assert verdict(web.url("/2018/a-long-gone-post")).words == "broken redirect-home"


def test_a_redirect_to_the_home_page_is_a_move_when_other_addresses_are_not_found(web: Web, verdict) -> None:
    web.on("/", page("NN-SVG"))
    url = web.on("/NN-SVG/demo.html", lambda e: e.redirect("/", 301))

    assert verdict(url).words == "moved moved"


@pytest.mark.parametrize(
    "handler",
    [
        page("example.org is for sale", "<h1>This domain is for sale!</h1><p>Buy this domain.</p>", "en"),
        page("example.org", "<script src='https://www.sedoparking.com/x.js'></script>", "en"),
        page("域名出售", "<p>该域名正在出售，欢迎联系。</p>"),
    ],
)
def test_a_parked_domain_is_broken(handler: Handler, web: Web, verdict) -> None:
    web._handlers = AnyPath(handler)

    assert verdict(web.url("/blog/post")).words == "broken parked"


def test_an_article_about_parked_domains_is_good(web: Web, verdict) -> None:
    url = web.on("/domains", page("What domain parking is", "<p>" + "Some owners show a page that says: this domain is for sale. " * 60, "en"))

    assert verdict(url).words == "good ok"


def test_another_title_in_another_language_is_not_taken_for_the_page_that_was_linked(web: Web, verdict) -> None:
    url = web.on("/posts/1", page("Best online casino bonus 2026", "<p>Play now</p>" * 100, "en"))
    new = Evidence(url, day="2026-10-01", status=200, title="mmdetection 源码解析", language="zh")

    assert verdict(url, known=new).words == "broken hijacked"


def test_a_page_that_was_good_is_not_called_hijacked_on_one_day_alone(web: Web, verdict) -> None:
    url = web.on("/posts/1", page("Best online casino bonus 2026", "<p>Play now</p>" * 100, "en"))
    good = Evidence(url, day="2026-10-01", status=200, title="mmdetection 源码解析", language="zh", good="2026-10-01")

    judged = verdict(url, known=good)

    assert judged.words == "unknown dead-once"
    assert judged.evidence.title == "mmdetection 源码解析"  # what to compare with is not lost


@pytest.mark.parametrize(
    ("title", "language"),
    [("mmdetection 源码解析（二）", "zh"), ("mmdetection 源码解析", "en"), ("Reading the source of mmdetection", "zh")],
)
def test_a_new_title_or_a_new_language_alone_is_no_other_page(title: str, language: str, web: Web, verdict) -> None:
    url = web.on("/posts/1", page(title, TEXT, language))
    known = Evidence(url, day="2026-10-01", status=200, title="mmdetection 源码解析", language="zh", good="2026-10-01")

    assert verdict(url, known=known).words == "good ok"


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gbk", "big5"])
def test_a_title_is_read_in_the_charset_of_the_page(charset: str, web: Web, verdict) -> None:
    html = f"<meta charset={charset}><title>卷積的尺寸</title>" if charset == "big5" else f"<meta charset={charset}><title>卷积的尺寸</title>"
    url = web.on("/", lambda e: e.reply(200, html.encode(charset), content_type="text/html"))

    assert verdict(url).evidence.title in ("卷积的尺寸", "卷積的尺寸")


def test_a_title_keeps_no_control_characters(web: Web, verdict) -> None:
    url = web.on("/", lambda e: e.reply(200, "<title>a\x1b[31m\n::error::b\x07\u202e &#27;[0m</title>".encode()))

    assert verdict(url).evidence.title == "a [31m ::error::b [0m"


@pytest.mark.parametrize("piece", ["<script", "<!--", "<title>", "<html ", "<svg>", "<", "&#", "404 ", "<title", "<html lang", " id=", "域名"])
def test_no_page_takes_long_to_read(piece: str) -> None:
    html = (piece * 65536)[:65536]

    began = time.process_time()
    page_.read(html)
    page_.anchors(html)

    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("charset", ["punycode", "idna", "raw-unicode-escape", "undefined", "zip", "no-such-charset", "a\0b", "x" * 9999])
def test_no_charset_takes_long_or_fails(charset: str) -> None:
    body = b"<title>ok</title>" + b"-" + b"b9a" * 500_000

    began = time.process_time()
    text = page_.decode(body, charset)

    assert text.startswith("<title>ok")
    assert time.process_time() - began < 0.5
