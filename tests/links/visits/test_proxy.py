"""The proxies of the environment: used, passed by, and never taken for the page's own trouble."""

import os
import select
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import trustme
from detection_notes.links.visits.fetch import Client
from detection_notes.links.visits.network import NetworkError
from detection_notes.links.judge import judge
from detection_notes.links.memory import remember
from detection_notes.links.model import Task
from detection_notes.links.policy import Policy
from web import Exchange, Web


class Proxy(Web):
    """A proxy on loopback: forwards requests, and tunnels for CONNECT. ``asked`` holds what it was asked, as of any web.

    It looks every name up as 127.0.0.1, so that names can be used which only it knows.
    """

    def __init__(self, refuse: int | None = None) -> None:
        super().__init__("127.0.0.3")
        proxy = self

        class Any(dict):
            def get(self, path: str, default: object) -> Callable[[Exchange], None]:
                return lambda exchange: exchange.reply(refuse, b"no") if refuse else proxy._pass_on(exchange)

        self._handlers = Any()

    def _pass_on(self, exchange: Exchange) -> None:
        target = exchange.path if exchange.method == "CONNECT" else exchange.path.split("/")[2]
        port = int(target.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as there:
            if exchange.method == "CONNECT":
                exchange.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                path = "/" + exchange.path.split("/", 3)[3]
                there.sendall(f"GET {path} HTTP/1.1\r\nhost: {target}\r\nconnection: close\r\n\r\n".encode())
            ends = [there, exchange.connection]
            while ends:
                ready, _, _ = select.select(ends, [], [], 5)
                for end in ready:
                    data = end.recv(65536)
                    if not data:
                        exchange.connection.close()
                        return
                    (exchange.connection if end is there else there).sendall(data)
                if not ready:
                    return


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    made = Proxy()
    yield made
    made.close()


@dataclass
class Seen:
    words: str
    answered: bool


@pytest.fixture
def through(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Seen]:
    """Visit a URL once, in an environment of these variables."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)

    def ask(url: str, private: bool = True, **variables: str) -> Seen:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        client = Client(private=private)
        visit = client.visit(Task(url, (url,)), 5, "2026-11-23")
        client.close()
        return Seen(" ".join(judge(remember(None, url, visit), Policy(date(2026, 11, 23)))), visit.answered)

    return ask


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_is_asked_for_http(variable: str, proxy: Proxy, web: Web, through) -> None:
    web.on("/page?a=1", Exchange.reply)

    judged = through(f"http://known-to-the-proxy.example.org:{web.port}/page?a=1", **{variable: proxy.url("")})

    assert judged.words == "good ok"
    assert proxy.paths() == [f"http://known-to-the-proxy.example.org:{web.port}/page?a=1"]


def test_a_proxy_tunnels_for_https_and_the_certificate_is_checked_behind_it(proxy: Proxy, through, tmp_path) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("known-to-the-proxy.example.org").configure_cert(context)
    secure = Web(context=context)
    secure.on("/", Exchange.reply)

    good = through(f"https://known-to-the-proxy.example.org:{secure.port}/", HTTPS_PROXY=proxy.url(""), REQUESTS_CA_BUNDLE=str(tmp_path / "ca.pem"))
    wrong = through(f"https://other.example.org:{secure.port}/")

    assert (good.words, wrong.words) == ("good ok", "broken certificate-wrong-name")
    assert proxy.asked[0][1:3] == ("CONNECT", f"known-to-the-proxy.example.org:{secure.port}")
    secure.close()


@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
def test_hosts_of_no_proxy_are_asked_directly(variable: str, proxy: Proxy, web: Web, through) -> None:
    web.on("/", Exchange.reply)

    assert through(web.url("/"), HTTP_PROXY=proxy.url(""), **{variable: "127.0.0.1"}).words == "good ok"
    assert proxy.asked == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_down_is_named_and_nothing_is_broken(scheme: str, through) -> None:
    judged = through(f"{scheme}://example.org/", HTTP_PROXY="http://127.0.0.1:1", HTTPS_PROXY="http://127.0.0.1:1")

    assert judged.words == "unknown proxy-failure"
    assert not judged.answered


def test_a_proxy_whose_name_does_not_exist_does_not_make_the_link_a_dead_one(through) -> None:
    judged = through("http://example.org/", HTTP_PROXY="http://no-such-proxy.invalid:3128")

    assert judged.words.startswith("unknown ")
    assert not judged.answered


@pytest.mark.parametrize("status", [403, 407, 502, 503])
def test_a_proxy_that_refuses_a_tunnel_is_no_dead_link(status: int, through) -> None:
    refusing = Proxy(refuse=status)

    judged = through("https://example.org/", HTTPS_PROXY=refusing.url(""))

    assert judged.words == "unknown proxy-failure"
    assert not judged.answered
    refusing.close()


@pytest.mark.parametrize("value", ["socks5://127.0.0.1:1", "nonsense"])
def test_a_proxy_that_cannot_be_reached_fails_no_link(value: str, through) -> None:
    judged = through("http://example.org/", HTTP_PROXY=value)

    assert judged.words == "unknown proxy-failure"


@pytest.mark.parametrize("value", ["http://", "http://[::1", "ftp://127.0.0.1:1", "http://user:secret@127.0.0.1:many", "http://127.0.0.1:0"])
def test_a_proxy_setting_that_cannot_be_used_is_said_at_the_start_without_its_password(value: str, through) -> None:
    with pytest.raises(NetworkError, match="HTTP_PROXY: .* is not the address of a proxy; write http://HOST:PORT") as error:
        through("http://example.org/", HTTP_PROXY=value)

    assert "secret" not in str(error.value)


def test_credentials_for_the_proxy_go_to_the_proxy_alone(proxy: Proxy, web: Web, through) -> None:
    web.on("/", Exchange.reply)

    through(f"http://known-to-the-proxy.example.org:{web.port}/", HTTP_PROXY=proxy.url("").replace("//", "//user:secret@"))

    assert proxy.asked[0][3]["proxy-authorization"].startswith("Basic ")
    assert "proxy-authorization" not in web.asked[0][3]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "metadata.google.internal", "169.254.169.254", "2130706433", "[::1]", "printer"])
def test_a_proxy_is_not_asked_for_private_addresses_and_names(host: str, proxy: Proxy, through) -> None:
    judged = through(f"http://{host}:1/", private=False, HTTP_PROXY=proxy.url(""))

    assert judged.words == "unknown private-address"
    assert proxy.asked == []


def test_a_redirect_to_a_private_name_is_not_followed_through_a_proxy(proxy: Proxy, web: Web, through) -> None:
    web.on("/", lambda e: e.redirect("http://metadata.google.internal/"))

    judged = through(f"http://known-to-the-proxy.example.org:{web.port}/", private=False, HTTP_PROXY=proxy.url(""))

    assert judged.words == "unknown private-address"
    assert len(proxy.asked) == 1
