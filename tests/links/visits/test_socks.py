"""SOCKS proxies: asked for names, which they look up themselves, and never taken for the page's own trouble."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator

import pytest
import trustme
from detection_notes.links.model import Task, Visit
from detection_notes.links.visits.fetch import Client
from web import Exchange, Web


class Socks:
    """A SOCKS 5 proxy on loopback. It knows every name as 127.0.0.1; ``asked`` holds the names and what logged in."""

    def __init__(self, reply: int = 0, silent: bool = False) -> None:
        self.asked: list[tuple[str, int]] = []
        self.logins: list[bytes] = []
        self._reply, self._silent = reply, silent
        self._socket = socket.create_server(("127.0.0.4", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, scheme: str = "socks5h", login: str = "") -> str:
        return f"{scheme}://{login}127.0.0.4:{self.port}"

    def close(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        if self._silent:
            time.sleep(30)
        methods = connection.recv(2)
        offered = connection.recv(methods[1])
        connection.sendall(b"\x05\x02" if b"\x02" in offered else b"\x05\x00")
        if b"\x02" in offered:
            self.logins.append(connection.recv(512))
            connection.sendall(b"\x01\x00")
        if not (request := connection.recv(4)):
            return  # whoever asked has had no more time
        kind = request[3]
        host = connection.recv(connection.recv(1)[0]).decode() if kind == 3 else socket.inet_ntoa(connection.recv(4))
        port = int.from_bytes(connection.recv(2), "big")
        self.asked.append((host, port))
        connection.sendall(bytes([5, self._reply, 0, 1, 0, 0, 0, 0, 0, 0]))
        if self._reply:
            connection.close()
            return
        there = socket.create_connection(("127.0.0.1", port))
        for one, other in ((connection, there), (there, connection)):
            threading.Thread(target=_pump, args=(one, other), daemon=True).start()


def _pump(one: socket.socket, other: socket.socket) -> None:
    try:
        while data := one.recv(65536):
            other.sendall(data)
    except OSError:
        pass
    other.close()


@pytest.fixture
def socks() -> Iterator[Socks]:
    made = Socks()
    yield made
    made.close()


def visit(url: str, seconds: float = 5.0, private: bool = False, **environ: str) -> Visit:
    client = Client(private=private, environ=environ)
    try:
        return client.visit(Task(url, (url,)), seconds, "2026-11-23")
    finally:
        client.close()


@pytest.mark.parametrize("scheme", ["socks5h", "socks5"])
def test_the_proxy_is_asked_for_the_name(scheme: str, socks: Socks, web: Web) -> None:
    web.on("/page", Exchange.reply)

    seen = visit(f"http://known-to-the-proxy.example.org:{web.port}/page", ALL_PROXY=socks.url(scheme))

    assert (seen.status, seen.title, seen.answered) == (200, "A page", True)
    assert socks.asked == [("known-to-the-proxy.example.org", web.port)]


def test_a_certificate_is_checked_behind_the_proxy(socks: Socks, tmp_path) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("known-to-the-proxy.example.org").configure_cert(context)
    secure = Web(context=context)
    secure.on("/", Exchange.reply)
    environ = {"HTTPS_PROXY": socks.url(), "SSL_CERT_FILE": str(tmp_path / "ca.pem")}

    good = visit(f"https://known-to-the-proxy.example.org:{secure.port}/", **environ)
    wrong = visit(f"https://other.example.org:{secure.port}/", **environ)

    assert (good.status, wrong.error) == (200, "certificate-wrong-name")
    secure.close()


def test_a_login_goes_to_the_proxy(socks: Socks, web: Web) -> None:
    web.on("/", Exchange.reply)

    assert visit(f"http://a.example.org:{web.port}/", ALL_PROXY=socks.url(login="user:p%40ss@")).status == 200
    assert b"user" in socks.logins[0] and b"p@ss" in socks.logins[0]


@pytest.mark.parametrize("reply", [1, 2, 3, 4, 5])
def test_what_the_proxy_refuses_says_nothing_of_the_page(reply: int) -> None:
    refusing = Socks(reply)

    seen = visit("http://a.example.org/", ALL_PROXY=refusing.url())

    assert (seen.error, seen.answered) == ("proxy-failure", False)
    refusing.close()


def test_a_proxy_that_is_not_there_is_named() -> None:
    assert visit("http://a.example.org/", ALL_PROXY="socks5h://127.0.0.1:1").error == "proxy-failure"


def test_a_proxy_that_says_nothing_takes_no_more_than_the_visit_has() -> None:
    silent = Socks(silent=True)
    began = time.monotonic()

    seen = visit("http://a.example.org/", seconds=1.0, ALL_PROXY=silent.url())

    assert time.monotonic() - began < 4
    assert (seen.error, seen.answered) == ("proxy-failure", False)
    silent.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "metadata.google.internal", "169.254.169.254", "printer"])
def test_the_proxy_is_not_asked_for_private_addresses_and_names(host: str, socks: Socks) -> None:
    assert visit(f"http://{host}:1/", ALL_PROXY=socks.url()).error == "private-address"
    assert socks.asked == []


def test_hosts_of_no_proxy_are_asked_directly(socks: Socks, web: Web) -> None:
    web.on("/", Exchange.reply)

    assert visit(web.url("/"), private=True, ALL_PROXY=socks.url(), NO_PROXY="127.0.0.1").status == 200
    assert socks.asked == []
