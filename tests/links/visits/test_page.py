"""Pages that answer 200 and are dead, and pages that only look so."""

from collections.abc import Callable

import pytest
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

    assert verdict(url, known=new).words == "unknown hijacked"


def test_another_page_leaves_what_to_compare_with(web: Web, verdict) -> None:
    url = web.on("/posts/1", page("Best online casino bonus 2026", "<p>Play now</p>" * 100, "en"))
    good = Evidence(url, day="2026-10-01", status=200, title="mmdetection 源码解析", language="zh", good="2026-10-01")

    judged = verdict(url, known=good)

    assert judged.words == "unknown hijacked"
    assert judged.evidence.title == "mmdetection 源码解析"  # what to compare with is not lost


@pytest.mark.parametrize(
    ("title", "language"),
    [("mmdetection 源码解析（二）", "zh"), ("mmdetection 源码解析", "en"), ("Reading the source of mmdetection", "zh")],
)
def test_a_new_title_or_a_new_language_alone_is_no_other_page(title: str, language: str, web: Web, verdict) -> None:
    url = web.on("/posts/1", page(title, TEXT, language))
    known = Evidence(url, day="2026-10-01", status=200, title="mmdetection 源码解析", language="zh", good="2026-10-01")

    assert verdict(url, known=known).words == "good ok"


LOGIN_FORM = "<form><input name=user><input type=password name=p></form>"


@pytest.mark.parametrize("status", [301, 302, 308])
@pytest.mark.parametrize(
    "there",
    [
        "/users/sign_in",
        "/login?next=%2Fdoc",
        "/zh-CN/login",
        "/signin?ReturnUrl=%2Fdoc",
        "/accounts/login/?next=/doc",
        "/ServiceLogin?continue=x",
        "/wp-login.php?redirect_to=x",
        "/user_login.jsp",
        "/cas/login?service=x",
        "/oauth/authorize?redirect_uri=x",
        "/sso?return_to=x",
        "/session/new?return_to=%2Fdoc",
        "/#/login?redirect=/doc",
    ],
)
def test_a_redirect_to_a_login_is_unknown_and_offered_to_nobody(there: str, status: int, web: Web, verdict) -> None:
    web.on(there.partition("#")[0], page("某站"))
    url = web.on("/group/doc", lambda e: e.redirect(there, status))

    judged = verdict(url)

    assert judged.words == "unknown login"
    assert judged.evidence.moved is None


@pytest.mark.parametrize("title", ["登录", "用户登录 - 博客园", "Sign in · GitLab", "Log in", "Anmelden | Firma", "Connexion", "ログイン", "로그인", "Вход", "Iniciar sesión", "請登入"])
def test_a_page_that_is_a_login_by_its_title_is_unknown(title: str, web: Web, verdict) -> None:
    web.on("/gate", page(title, LOGIN_FORM))
    sent = web.on("/doc/1", lambda e: e.redirect("/gate"))
    there = web.on("/doc/2", page(title, LOGIN_FORM))

    assert verdict(sent).words == verdict(there).words == "unknown login"


def test_a_login_that_was_linked_and_a_home_page_with_a_form_are_good(web: Web, verdict) -> None:
    web.on("/login/", page("登录", LOGIN_FORM))
    linked = web.on("/login", lambda e: e.redirect("/login/"))
    home = web.on("/", page("登录QQ邮箱", LOGIN_FORM))
    article = web.on("/docs/auth", page("登录 - 开发文档", TEXT + LOGIN_FORM))

    assert verdict(linked).words == verdict(home).words == verdict(article).words == "good ok"


@pytest.mark.parametrize("there", ["/404", "/404.html", "/error/404.html?from=x", "/zh-CN/404", "/page-not-found", "/errors/not_found.aspx"])
def test_a_redirect_to_an_error_page_is_broken(there: str, web: Web, verdict) -> None:
    web.on(there, page("某站"))
    url = web.on("/2019/post", lambda e: e.redirect(there, 301))

    judged = verdict(url)

    assert judged.words == "broken soft-404"
    assert judged.evidence.moved is None


@pytest.mark.parametrize("home", ["/zh-CN/", "/en-US/", "/zh-hans/", "/ja/", "/pt-BR", "/cn/index.html", "/zh/home"])
def test_a_redirect_of_any_address_to_a_home_page_in_any_language_is_broken(home: str, web: Web, verdict) -> None:
    web._handlers = AnyPath(lambda e: e.redirect(home))
    web.on(home, page("某站"))

    assert verdict(web.url("/2019/post.html")).words == "broken redirect-home"


@pytest.mark.parametrize("asked", ["/p/1", "/7", "/a/b/127", "/2019/01"])
def test_a_number_is_looked_for_as_a_part_of_its_own(asked: str, web: Web, verdict) -> None:
    web._handlers = AnyPath(lambda e: e.redirect("/", 301))
    web.on("/", page("首页"))

    assert verdict(web.url(asked)).words == "broken redirect-home"


def test_what_stands_in_the_query_cannot_be_decided_by_the_path(web: Web, verdict) -> None:
    web.on("/", page("首页"))
    item = web.on("/view.php?id=5", lambda e: e.redirect("/", 301))
    wrapper = web.on("/go?to=http%3A%2F%2F127.0.0.1%2F", lambda e: e.redirect("/", 302))

    assert verdict(item).words == "unknown suspect"
    assert verdict(wrapper).words == "good ok"


def test_a_redirect_of_any_address_to_the_page_above_is_broken(web: Web, verdict) -> None:
    web._handlers = AnyPath(lambda e: e.redirect("/g/p/-/tree/master"))
    web.on("/g/p/-/tree/master", page("Files · master"))

    assert verdict(web.url("/g/p/-/blob/master/asdf.md")).words == "broken soft-404"


@pytest.mark.parametrize("there", ["/search?q={}", "/list?from=/blog/{}", "/blog/"])
def test_a_place_that_repeats_the_question_is_one_place(there: str, web: Web, verdict) -> None:
    class Anywhere(AnyPath):
        def get(self, path: str, default: Handler) -> Handler:
            last = path.rpartition("/")[2]
            return page("某站") if path.startswith(("/search", "/list")) or path == "/blog/" else lambda e: e.redirect(there.format(last))

    web._handlers = Anywhere(page("某站"))
    expected = "good ok" if "{}" in there else "broken soft-404"  # one that names what was asked for may be about it

    assert verdict(web.url("/blog/a-post-of-2019")).words == expected


@pytest.mark.parametrize(
    ("asked", "there"),
    [("/docs/", "/zh-CN/docs/"), ("/docs/", "/docs/zh/"), ("/en/docs/", "/zh/docs/"), ("/docs/", "/docs/?lang=zh"), ("/docs/?hl=en", "/docs/?hl=zh-CN"), ("/", "/en/")],
)
def test_a_permanent_redirect_to_a_language_is_no_move(asked: str, there: str, web: Web, verdict) -> None:
    web.on(there, page("文档"))
    url = web.on(asked, lambda e: e.redirect(there, 301))

    judged = verdict(url)

    assert judged.words == "good ok"
    assert judged.evidence.moved is None


def test_a_walls_title_is_not_remembered(web: Web, verdict) -> None:
    url = web.on("/doc", page("Just a moment...", "<script>window._cf_chl_opt={}</script>", "en"))
    known = Evidence(url, day="2026-10-01", status=200, title="卷积的尺寸", language="zh", good="2026-10-01")

    assert verdict(url, known=known).evidence.title == "卷积的尺寸"
    assert verdict(url).evidence.title is None


@pytest.mark.parametrize(("delay", "expected"), [("0", "moved moved"), ("1", "moved moved"), ("5", "good ok")])
@pytest.mark.parametrize("how", ["meta", "header"])
def test_a_page_that_leads_on_by_itself_is_followed(how: str, delay: str, expected: str, web: Web, verdict) -> None:
    new = web.on("/new.html", page("新的"))
    to = f"{delay}; url=/new.html"
    url = web.on("/old.html", lambda e: e.reply(200, b"x", refresh=to) if how == "header" else page("Old", f"<meta http-equiv=Refresh content='{to}'>已搬家")(e))

    judged = verdict(url)

    assert judged.words == expected
    assert judged.evidence.final == new
    assert judged.evidence.title == "新的"


@pytest.mark.parametrize("refresh", ["0;url=/gone", "0; URL='/gone'", '0;URL="/gone"', "0,/gone", "0 url=/gone", " 0 ; url = /gone "])
def test_a_page_that_leads_to_nothing_is_broken(refresh: str, web: Web, verdict) -> None:
    quote = "'" if '"' in refresh else '"'
    url = web.on("/old", page("Redirecting…", f"<meta http-equiv=refresh content={quote}{refresh}{quote}>"))

    assert verdict(url).words == "broken 404"


@pytest.mark.parametrize(
    "body",
    [
        TEXT + "<meta http-equiv=refresh content='600; url=/other'>",
        "<meta http-equiv=refresh content='30'>实时行情",
        "<meta http-equiv=refresh content='0; url=/page'>实时行情",
        "<noscript><meta http-equiv=refresh content='0; url=/nojs'></noscript>实时行情",
        "<textarea><meta http-equiv=refresh content='0; url=/gone'></textarea>实时行情",
        "<meta http-equiv=refresh content='0; url=http://[::1'>实时行情",
    ],
)
def test_a_page_that_is_there_to_be_read_is_not_left(body: str, web: Web, verdict) -> None:
    url = web.on("/page", page("行情", body))

    assert verdict(url).words == "good ok"
    assert verdict(url).evidence.final is None


def test_pages_that_lead_to_each_other_are_a_loop(web: Web, verdict) -> None:
    web.on("/b", page("b", "<meta http-equiv=refresh content='0; url=/a'>"))
    url = web.on("/a", page("a", "<meta http-equiv=refresh content='0; url=/b'>"))

    assert verdict(url).words == "broken redirect-loop"


def test_a_page_that_leads_into_a_network_is_not_followed(web: Web, verdict) -> None:
    url = web.on("/a", page("a", "<meta http-equiv=refresh content='0; url=http://169.254.169.254/latest/'>"))

    assert verdict(url).words == "broken redirect-private"


def test_words_of_what_is_gone_count_before_where_they_lead(web: Web, verdict) -> None:
    web.on("/", page("首页"))
    url = web.on("/p/1", page("提示", "<meta http-equiv=refresh content='5; url=/'>文章不存在，5 秒后返回首页"))

    assert verdict(url).words == "unknown suspect"


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [("#installation", "good ok"), ("#setup", "good ok"), ("", "good ok")],
)
def test_a_fragment_in_a_redirect_takes_the_place_of_the_links_own(fragment: str, expected: str, web: Web, verdict) -> None:
    web.on("/new", page("新的", "<h2 id=installation>安装</h2>"))
    url = web.on("/old", lambda e: e.redirect("/new#installation"))

    assert verdict(url + fragment).words == expected


def test_a_fragment_in_a_redirect_that_the_page_has_not_is_missing(web: Web, verdict) -> None:
    web.on("/new", page("新的", "<h2 id=setup>安装</h2>"))
    url = web.on("/old", lambda e: e.redirect("/new#installation"))

    assert verdict(url + "#setup").words == "broken fragment-missing"
    assert verdict(url).words == "good ok"


def test_a_page_of_nothing_but_a_script_is_unknown(web: Web, verdict) -> None:
    wall = web.on("/a", lambda e: e.reply(200, b"<html><head></head><body><script>eval(function(p,a){}())</script></body></html>"))
    app = web.on("/b", lambda e: e.reply(200, b"<html><head><title>App</title></head><body><div id=root></div><script src=a.js></script></body></html>"))

    assert verdict(wall).words == "unknown script-only"
    assert verdict(app).words == "good ok"


def test_a_sites_own_words_decide_on_its_host_and_not_on_another(web: Web, verdict) -> None:
    gone = page("", "<p>啊哦，你来晚了，分享的文件已经被删除了</p>")
    url = web.on("http://pan.baidu.com/s/1x", gone).removeprefix(web.url(""))
    proxy = {"HTTP_PROXY": web.url(""), "NO_PROXY": "127.0.0.1"}

    assert url == "http://pan.baidu.com/s/1x"
    assert verdict(url, environ=proxy).words == "broken soft-404"
    assert verdict(web.on("/s/1x", gone)).words == "unknown suspect"
