"""What servers do, and what is made of it. Each case is a real answer on a real socket."""

import functools
import gzip
import threading
import time
import zlib
from collections.abc import Callable
from email.utils import formatdate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web import PAGE, Exchange, Web

Handler = Callable[[Exchange], None]


def once(first: Handler, then: Handler = Exchange.reply) -> Handler:
    """The first answer, and then another."""
    return lambda exchange: (first if exchange.count == 1 else then)(exchange)


def garbage(exchange: Exchange) -> None:
    exchange.send(b"\x00\xff SSH-2.0-server\r\n\r\n")
    exchange.connection.close()


def empty(exchange: Exchange) -> None:
    exchange.connection.close()


def endless(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<title>on and on</title>")
    while not exchange.alive.is_set():
        exchange.send(b"<p>more</p>" * 1000)


def dripping_body(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 1000000\r\n\r\n")
    while not exchange.alive.wait(0.1):
        exchange.send(b"x")


def dripping_head(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\n")
    while not exchange.alive.wait(0.1):
        exchange.send(b"x")


@functools.cache
def packed_bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(b"<title>boom</title>") + b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()


def bomb(exchange: Exchange) -> None:
    exchange.reply(200, packed_bomb(), content_encoding="gzip")


def early_hints(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n")
    exchange.reply()


def cookie_wall(exchange: Exchange) -> None:
    if "seen=1" in exchange.headers.get("cookie", ""):
        exchange.reply()
    else:
        exchange.redirect(exchange.path, set_cookie="seen=1; Path=/")


def wants(header: str, word: str, status: int) -> Handler:
    return lambda exchange: exchange.reply(200 if word in exchange.headers.get(header, "") else status)


def not_head(answer: Handler) -> Handler:
    return lambda exchange: (answer if exchange.method == "HEAD" else Exchange.reply)(exchange)


ANSWERS: list[tuple[str, Handler, str]] = [
    ("fine", Exchange.reply, "good ok"),
    ("500 once", once(lambda e: e.reply(500)), "good ok"),
    ("503 with Retry-After once", once(lambda e: e.reply(503, retry_after="0")), "good ok"),
    ("reset once", once(Exchange.reset), "good ok"),
    ("empty answer once", once(empty), "good ok"),
    ("time-out once", once(Exchange.hang), "good ok"),
    ("429 with seconds", once(lambda e: e.reply(429, retry_after="1")), "good ok"),
    ("429 with a date", once(lambda e: e.reply(429, retry_after=formatdate(time.time() + 1, usegmt=True))), "good ok"),
    ("429 without a word", once(lambda e: e.reply(429)), "good ok"),
    ("429 for ever", lambda e: e.reply(429, retry_after="0"), "unknown 429"),
    ("Retry-After of an hour", lambda e: e.reply(429, retry_after="3600"), "unknown 429"),
    ("Retry-After that is no time", once(lambda e: e.reply(429, retry_after="soon")), "good ok"),
    ("HEAD refused", not_head(lambda e: e.reply(405)), "good ok"),
    ("HEAD hanging", not_head(Exchange.hang), "good ok"),
    ("HEAD reset", not_head(Exchange.reset), "good ok"),
    ("HEAD lying", lambda e: e.reply(200 if e.method == "HEAD" else 404), "broken 404"),
    ("cookie wanted after a redirect to itself", cookie_wall, "good ok"),
    ("202", lambda e: e.reply(202), "good ok"),
    ("203", lambda e: e.reply(203), "good ok"),
    ("204", lambda e: e.send(b"HTTP/1.1 204 No Content\r\n\r\n"), "good ok"),
    ("206", lambda e: e.reply(206), "good ok"),
    ("404", lambda e: e.reply(404), "broken 404"),
    ("410", lambda e: e.reply(410), "broken 410"),
    ("401", lambda e: e.reply(401), "unknown 401"),
    ("403", lambda e: e.reply(403), "unknown 403"),
    ("407", lambda e: e.reply(407), "unknown 407"),
    ("412", lambda e: e.reply(412), "unknown 412"),
    ("418", lambda e: e.reply(418), "unknown 418"),
    ("451", lambda e: e.reply(451), "unknown 451"),
    ("500 for ever", lambda e: e.reply(500), "unknown 500"),
    ("503 for ever", lambda e: e.reply(503), "unknown 503"),
    ("521", lambda e: e.reply(521), "unknown 521"),
    ("999", lambda e: e.reply(999), "unknown 999"),
    ("300 with choices", lambda e: e.reply(300), "unknown 300"),
    ("301 without Location", lambda e: e.reply(301, b""), "broken redirect-nowhere"),
    ("302 without Location", lambda e: e.reply(302, b""), "broken redirect-nowhere"),
    ("307 without Location", lambda e: e.reply(307, b""), "broken redirect-nowhere"),
    ("redirect whose length is no number", once(lambda e: e.reply(302, b"", location=e.path, content_length="many")), "good ok"),
    ("redirect to itself", lambda e: e.redirect(e.path), "broken redirect-loop"),
    ("redirect to another scheme", lambda e: e.redirect("ftp://example.org/x"), "broken redirect-nowhere"),
    ("redirect to javascript", lambda e: e.redirect("javascript:alert(1)"), "broken redirect-nowhere"),
    ("redirect to a bad port", lambda e: e.redirect("http://127.0.0.1:99999/"), "broken redirect-nowhere"),
    ("redirect to metadata", lambda e: e.redirect("http://169.254.169.254/latest/"), "broken redirect-private"),
    ("103 Early Hints", early_hints, "good ok"),
    ("40 KB of headers", lambda e: e.reply(200, PAGE, **{f"x-{n}": "y" * 1000 for n in range(40)}), "good ok"),
    ("endless body", endless, "good ok"),
    ("dripping body", dripping_body, "good ok"),
    ("dripping headers", dripping_head, "unknown timeout"),
    ("gzip bomb", bomb, "good ok"),
    ("gzip that is none", lambda e: e.reply(200, PAGE, content_encoding="gzip"), "unknown unreadable"),
    ("br that nobody asked for", lambda e: e.reply(200, b"\x0b\x02\x80hi\x03", content_encoding="br"), "unknown unreadable"),
    ("zstd that nobody asked for", lambda e: e.reply(200, b"(\xb5/\xfd", content_encoding="zstd"), "unknown unreadable"),
    ("identity", lambda e: e.reply(200, PAGE, content_encoding="identity"), "good ok"),
    ("AWS's challenge", lambda e: e.reply(202, b"", x_amzn_waf_action="challenge"), "unknown challenge"),
    ("202 with nothing but a script", lambda e: e.reply(202, b"<script>eval(function(p,a){}())</script>"), "unknown script-only"),
    ("202 with nothing", lambda e: e.reply(202, b""), "unknown script-only"),
    ("521 with a cookie of Jiasule", lambda e: e.reply(521, b"<script>go()</script>", set_cookie="__jsluid_s=8a; path=/"), "unknown challenge"),
    ("a challenge that answers 403", lambda e: e.reply(403, b"<title>Just a moment...</title>"), "unknown 403"),
    ("wrong length", lambda e: (e.reply(200, PAGE, content_length="99999"), e.connection.close()), "good ok"),
    ("length that is no number", lambda e: (e.reply(200, PAGE, content_length="many"), e.connection.close()), "good ok"),
    ("garbage", garbage, "unknown protocol"),
    ("empty answer for ever", empty, "unknown reset"),
    ("reset for ever", Exchange.reset, "unknown reset"),
    ("HTTP/1.0", lambda e: (e.reply(200, PAGE, version="HTTP/1.0"), e.connection.close()), "good ok"),
    ("never an answer", Exchange.hang, "unknown timeout"),
    ("a browser's User-Agent wanted", wants("user-agent", "Mozilla/5.0", 403), "good ok"),
    ("text/html in Accept wanted", wants("accept", "text/html", 406), "good ok"),
    ("Cloudflare's challenge", lambda e: e.reply(403, b"<title>Just a moment...</title>", cf_mitigated="challenge"), "unknown challenge"),
    ("a challenge that answers 200", lambda e: e.reply(200, b"<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'>"), "unknown challenge"),
    ("a JavaScript challenge", lambda e: e.reply(200, b"<html><script>var arg1='A5';setCookie('acw_sc__v2',arg1)</script></html>"), "unknown challenge"),
    ("a clearance cookie", lambda e: e.reply(521, b"<script>go()</script>", set_cookie="__jsl_clearance=1"), "unknown challenge"),
]  # fmt: skip


@pytest.mark.parametrize(("handler", "expected"), [pytest.param(h, e, id=name) for name, h, e in ANSWERS])
def test_an_answer_gets_its_verdict(handler: Handler, expected: str, web: Web, verdict) -> None:
    url = web.on("/page", handler)
    packed_bomb()  # made once, and not while a visit waits

    began = time.monotonic()

    assert verdict(url).words == expected
    assert time.monotonic() - began < 30  # nothing holds a visit for long, whatever its time-out


def test_a_gzipped_page_is_read(web: Web, verdict) -> None:
    url = web.on("/packed", lambda e: e.reply(200, gzip.compress("<title>压缩的页面</title>".encode()), content_encoding="gzip"))

    assert verdict(url).evidence.title == "压缩的页面"


def test_a_hanging_url_takes_its_time_and_no_more(web: Web, verdict) -> None:
    url = web.on("/hang", Exchange.hang)

    judged = verdict(url, timeout=1.5)

    assert judged.words == "unknown timeout"
    assert web.paths() == ["/hang", "/hang"]


def test_an_hour_is_not_waited_out(web: Web, verdict) -> None:
    url = web.on("/later", lambda e: e.reply(429, retry_after="3600"))

    judged = verdict(url)

    assert judged.words == "unknown 429"
    assert web.paths() == ["/later"]


def test_a_permanent_redirect_is_moved_and_remembers_where_to(web: Web, verdict) -> None:
    new = web.on("/new", Exchange.reply)
    old = web.on("/old", lambda e: e.redirect("/new", 301))

    judged = verdict(old)

    assert judged.words == "moved moved"
    assert judged.evidence.moved == judged.evidence.final == new


def test_a_temporary_redirect_is_good(web: Web, verdict) -> None:
    new = web.on("/new", Exchange.reply)
    old = web.on("/old", lambda e: e.redirect("/new", 302))

    judged = verdict(old)

    assert judged.words == "good ok"
    assert judged.evidence.final == new


def test_only_the_permanent_beginning_of_a_chain_is_a_move(web: Web, verdict) -> None:
    web.on("/c", Exchange.reply)
    web.on("/b", lambda e: e.redirect("/c", 302))
    old = web.on("/a", lambda e: e.redirect("/b", 308))

    judged = verdict(old)

    assert judged.words == "moved moved"
    assert judged.evidence.moved == web.url("/b")
    assert judged.evidence.final == web.url("/c")


def test_nothing_permanent_behind_a_temporary_redirect_is_a_move(web: Web, verdict) -> None:
    web.on("/c", Exchange.reply)
    web.on("/b", lambda e: e.redirect("/c", 301))
    url = web.on("/a", lambda e: e.redirect("/b", 302))

    assert verdict(url).words == "good ok"


def test_a_long_chain_is_followed_and_a_longer_one_is_not(web: Web, verdict) -> None:
    for step in range(40):
        web.on(f"/{step}", lambda e, step=step: e.redirect(f"/{step + 1}"))
    web.on("/40", Exchange.reply)

    assert verdict(web.url("/25")).words == "good ok"
    assert verdict(web.url("/0")).words == "broken redirect-too-long"


def test_a_circle_of_two_is_a_loop(web: Web, verdict) -> None:
    web.on("/b", lambda e: e.redirect("/a"))
    url = web.on("/a", lambda e: e.redirect("/b"))

    assert verdict(url).words == "broken redirect-loop"


def test_chinese_in_a_location_is_followed(web: Web, verdict) -> None:
    web.on("/%E4%B8%AD%E6%96%87?q=%E5%B0%BA%E5%AF%B8", Exchange.reply)
    url = web.on("/old", lambda e: e.redirect("/中文?q=尺寸"))

    assert verdict(url).words == "good ok"


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("/a%2Fb", "/a%2Fb"),
        ("//twice//", "//twice//"),
        ("/中文", "/%E4%B8%AD%E6%96%87"),
        ("/q?名=值", "/q?%E5%90%8D=%E5%80%BC"),
        ("/a b", "/a%20b"),
        ("/%E4%B8%AD", "/%E4%B8%AD"),
        ("/100%", "/100%"),
        ("/%zz", "/%zz"),
        ("/100%25", "/100%25"),
        ("\\a\\b", "/a/b"),
        ("/a|b^c", "/a|b%5Ec"),
        ("/x;y=1?a=b&c=d", "/x;y=1?a=b&c=d"),
        ("/up/../down", "/down"),
    ],
)
def test_an_address_is_asked_for_as_a_browser_does(written: str, asked: str, web: Web, verdict) -> None:
    web.on(asked, Exchange.reply)

    assert verdict(web.url(written)).words == "good ok"
    assert web.paths() == [asked]


@pytest.mark.parametrize("url", ["http://", "http:///path", "http://127.0.0.1:99999/", "http://[::1/", "http://exa mple.org/", "http://a..b/", "http://" + "a" * 64 + ".org/"])
def test_what_is_not_a_url_is_broken(url: str, verdict) -> None:
    assert verdict(url).words in ("broken bad-url", "broken no-such-host")


def test_a_name_that_exists_nowhere_is_broken(verdict) -> None:
    assert verdict("http://no-such-name.invalid/").words in ("broken no-such-host", "unknown dns-failure")


def test_a_refused_connection_is_unknown(verdict) -> None:
    assert verdict("http://127.0.0.1:1/").words == "unknown refused"


def test_a_server_that_never_speaks_is_unknown(verdict) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert verdict(f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout=1.5).words == "unknown timeout"


PAGE_WITH_ANCHORS = "<title>t</title><h2 id='here'>h</h2><a name='old'>o</a><p id='中文'>x</p><i id='user-content-readme'></i>".encode()


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("#here", "good ok"), ("#old", "good ok"), ("#%E4%B8%AD%E6%96%87", "good ok"), ("#readme", "good ok"), ("#top", "good ok"), ("#", "good ok"),
        ("#absent", "broken fragment-missing"), ("#%E6%B2%A1%E6%9C%89", "broken fragment-missing"), ("#没有", "broken fragment-missing"), ("#L10-L20", "good ok"), ("#:~:text=some", "good ok"), ("#here:~:text=some", "good ok"), ("#/route", "good ok"),
    ],
)  # fmt: skip
def test_a_fragment_is_looked_for(fragment: str, expected: str, web: Web, verdict) -> None:
    url = web.on("/page", lambda e: e.reply(200, PAGE_WITH_ANCHORS))

    assert verdict(url + fragment).words == expected


def test_a_fragment_that_a_script_may_make_is_unknown(web: Web, verdict) -> None:
    url = web.on("/app", lambda e: e.reply(200, b"<title>t</title><div id=root></div><script src=a.js></script>"))

    assert verdict(url + "#made").words == "unknown fragment-unseen"


def test_a_fragment_far_down_a_large_page_is_found(web: Web, verdict) -> None:
    url = web.on("/large", lambda e: e.reply(200, b"<p>" + b"text " * 100_000 + b"<h2 id=deep>x</h2>"))

    assert verdict(url + "#deep").words == "good ok"


def test_a_file_that_is_no_page_has_no_fragments_to_miss(web: Web, verdict) -> None:
    url = web.on("/paper.pdf", lambda e: e.reply(200, b"%PDF-1.5", content_type="application/pdf"))

    assert verdict(url + "#page=3").words == "good ok"


def test_credentials_in_a_url_do_not_follow_a_redirect_elsewhere(web: Web, verdict) -> None:
    other = Web("127.0.0.2")
    other.on("/there", Exchange.reply)
    web.on("/private", lambda e: e.redirect(other.url("/there")))

    verdict(web.url("/private").replace("//", "//user:secret@"))

    assert web.asked[0][3]["authorization"].startswith("Basic ")
    assert "authorization" not in other.asked[0][3]
    other.close()


def test_cookies_do_not_follow_a_redirect_to_another_host(web: Web, verdict) -> None:
    other = Web("127.0.0.2")
    other.on("/there", Exchange.reply)
    web.on("/here", lambda e: e.redirect(other.url("/there"), set_cookie="secret=1"))

    verdict(web.url("/here"))

    assert "cookie" not in other.asked[0][3]
    other.close()


def test_nothing_asks_for_more_than_the_beginning_of_a_large_body(web: Web, verdict) -> None:
    sent = []

    def large(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 100000000\r\n\r\n")
        try:
            for _ in range(1000):
                exchange.send(b"x" * 100_000)
                sent.append(1)
        except OSError:
            pass

    verdict(web.on("/large", large))

    assert len(sent) < 200


def test_a_client_may_be_shared_by_threads(web: Web) -> None:
    from detection_notes.links.visits.fetch import Client
    from detection_notes.links.model import Task

    client = Client(private=True, environ={})
    for n in range(40):
        web.on(f"/{n}", lambda e, n=n: e.reply(200, f"<title>{n}</title>".encode()))
    titles = {}

    def go(n: int) -> None:
        titles[n] = client.visit(Task(web.url(f"/{n}"), (web.url(f"/{n}"),)), 5, "2026-11-23").title

    threads = [threading.Thread(target=go, args=(n,)) for n in range(40)]
    [t.start() for t in threads]
    [t.join() for t in threads]

    assert titles == {n: str(n) for n in range(40)}
    client.close()


@settings(max_examples=300, deadline=None)
@given(
    st.from_regex(
        r"\Ahttps?://(?:[a-z0-9-]{1,9}\.){0,2}(?:org|com|[0-9]{1,3}|127\.0\.0\.1|10\.1\.2\.0x1|xn--fiq228c)(?::(?:80|443|8080|0?99|65535|70000))?(?:/[\w~!$&'()*+,;=:@./% -]{0,12})?(?:\?[\w'\"=/%. ]{0,8})?\Z"
    )
)
def test_what_is_read_without_a_parser_is_read_as_browsers_do(url: str) -> None:
    from ada_url import URL
    from detection_notes.links.visits.chain import BadURL
    from detection_notes.links.visits.fetch import prepare

    try:
        parts = URL(url)
    except ValueError:
        expected = None
    else:
        expected = f"{parts.protocol}//{parts.host}{parts.pathname}{parts.search}" if parts.port != "0" else None
    try:
        asked = prepare(url).url
    except BadURL:
        asked = None

    assert asked == expected
