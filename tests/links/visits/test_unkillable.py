"""No answer of a server can make a visit raise, hang or leave what the lock cannot keep."""

import time
from datetime import date
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from detection_notes.links import lock
from detection_notes.links.visits.fetch import Client
from detection_notes.links.codes import CODES
from detection_notes.links.judge import judge
from detection_notes.links.memory import remember
from detection_notes.links.model import Task
from detection_notes.links.policy import Policy
from web import Web

STATUS = st.sampled_from([b"200 OK", b"200", b"301 Moved", b"302 Found", b"103 Hints", b"100 Continue", b"101 Switch", b"304 Same", b"404 No", b"429 Slow", b"600 Odd", b"99 Low", b"-1 x", b"2000 x", b"\xff", b""])
VALUE = st.one_of(
    st.binary(max_size=30).map(lambda data: data.replace(b"\n", b"").replace(b"\r", b"")),
    st.sampled_from([
        b"text/html", b"text/html; charset=", b"text/html; charset=punycode", b"text/html; charset=\x00", b"text/html;charset=utf-16", b"-1", b"0", b"5", b"99999999999999999999999", b"many", b"0x10",
        b"chunked", b"gzip", b"deflate", b"br", b"zstd", b"gzip, gzip, gzip", b"identity", b"/next", b"//", b"///x", b"//[::1", b"http://", b"http://[", b"https://\xe4\xb8\xad\xe6\x96\x87/", b"http://a..b/",
        b"http://example.invalid:99999/", b"?", b"#", b"\x1b[31m", b"javascript:x", b"http://%zz@\xff:80/", b"http://127.0.0.1:1/", b"close", b"keep-alive", b"x=1; domain=; expires=never; path", b";;;==,,", b"x=1; max-age=9999999999999999999999",
        b"Mon, 99 Nov 20266 25:61:61 GMT", b"Thu, 01 Jan 1970 00:00:00 GMT", b"1e999", b"inf", b"challenge",
    ]),
)  # fmt: skip
NAME = st.sampled_from([b"Location", b"Content-Length", b"Transfer-Encoding", b"Content-Encoding", b"Content-Type", b"Set-Cookie", b"Retry-After", b"Connection", b"cf-mitigated", b"", b" x", b"\xff", b"a b"])
BODY = st.one_of(
    st.binary(max_size=200),
    st.sampled_from([
        b"<title>x</title>", b"<title>404 Not Found</title>", b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n", b"-5\r\nx\r\n", b"ffffffffffffffffffff\r\nx", b"<html lang=\xff><title>\xed\xa0\x80</title>", b"\x1f\x8b\x08\x00garbage", b"<meta charset=idna><title>\xff</title>",
    ]),
)  # fmt: skip
ANSWER = st.builds(
    lambda status, headers, end, body: b"HTTP/1.1 " + status + b"\r\n" + b"".join(name + b": " + value + b"\r\n" for name, value in headers) + end + body,
    STATUS, st.lists(st.tuples(NAME, VALUE), max_size=5), st.sampled_from([b"\r\n", b"\n", b""]), BODY,
)  # fmt: skip


@pytest.fixture(scope="module")
def visitor() -> Iterator[tuple[Web, Client]]:
    web, client = Web(), Client(private=True, environ={})
    yield web, client
    client.close()
    web.close()


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answer=ANSWER)
def test_whatever_comes_has_a_verdict_and_a_row(answer: bytes, visitor: tuple[Web, Client], tmp_path: Path) -> None:
    web, client = visitor
    url = web.on("/page", lambda e: (e.send(answer), e.connection.close())) + "#part"
    web.on("/next", lambda e: (e.send(answer), e.connection.close()))

    began = time.monotonic()
    visit = client.visit(Task(web.url("/page"), (url,), None, "Title", "zh"), 1.0, "2026-11-23")

    assert time.monotonic() - began < 3
    assert visit.error is None or visit.error in CODES
    row = remember(None, url, visit)
    judge(row, Policy(date(2026, 11, 23)))
    path = tmp_path / "links.lock"
    path.unlink(missing_ok=True)
    lock.write(path, [row])
    assert lock.read(path) == {url: row}
