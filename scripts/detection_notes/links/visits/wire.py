"""Connections with a deadline, made only to addresses that may be visited, and answers read with patience.

urllib3's time-outs hold for each read; a server that sends a byte now and then never meets one. Here each read asks
how much is left until the deadline of the request, which the thread that sends it has set. The address is looked up
once, checked, and connected to by number, so a name cannot point elsewhere in between.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from http.client import HTTPResponse, parse_headers
from typing import Any
from urllib.parse import unquote, urlsplit

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from detection_notes.links.visits.guard import allowed, inward, literal

NOTICEABLE = 0.05  # seconds; a time-out that differs by less is not set anew
TARGET = ":target"  # a header for _Dial only: the path as browsers send it, which urllib3 would encode once more

Row = tuple[int, int, int, str, tuple[Any, ...]]  # of getaddrinfo
Lookup = Callable[..., Any]

_request = threading.local()


class Refused(OSError):
    """The host is written as an address that may not be visited, or has a name of this machine."""


class LeadsInward(OSError):
    """A name whose every address is one that may not be visited. ``addresses`` are what the name server said."""

    def __init__(self, name: str, addresses: list[str]) -> None:
        super().__init__(f"{name} is {', '.join(addresses)} here" if addresses else f"{name} has no address here")
        self.addresses = addresses


class NameFailed(OSError):
    """The name could not be looked up. ``missing`` is "no-such-host", "no-address" or None when nobody answered."""

    def __init__(self, missing: str | None) -> None:
        super().__init__(missing or "the name server did not answer")
        self.missing = missing


class ProxyFailed(OSError):
    """The SOCKS proxy did not pass it on."""


def set_deadline(moment: float) -> None:
    """Until when (time.monotonic) this thread may wait on any connection."""
    _request.deadline = moment


def remaining() -> float:
    """Seconds left; raises TimeoutError when there are none."""
    left = float(getattr(_request, "deadline", float("inf"))) - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time for this visit is over")
    return min(left, 3600.0)


class _Deadline(socket.socket):
    """A socket whose time-out is what is left of its thread's request. Setting one costs a system call."""

    def settimeout(self, seconds: float | None) -> None:
        if seconds is not None:  # None is urllib3's, before each answer: it knows nothing of the deadline
            super().settimeout(seconds)

    def _hurry(self) -> None:
        left = remaining()
        if abs((self.gettimeout() or 0.0) - left) > NOTICEABLE:
            self.settimeout(left)

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self._hurry()
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self._hurry()
        return super().sendall(*args, **kwargs)


class DeadlineTLSSocket(_Deadline, ssl.SSLSocket):
    def do_handshake(self, *args: Any, **kwargs: Any) -> None:
        self._hurry()
        return super().do_handshake(*args, **kwargs)


class Resolver:
    """Looks names up in background threads, so that a slow name server cannot outlast a deadline; each name once a run."""

    def __init__(self, lookup: Lookup = socket.getaddrinfo) -> None:
        self._lookup = lookup
        self._asked: dict[tuple[str, int], Future[list[Row]]] = {}
        self._lock = threading.Lock()

    def addresses(self, host: str, port: int) -> list[Row]:
        """getaddrinfo's rows. Raises NameFailed, or TimeoutError."""
        if literal(host):
            numbers: list[Row] = self._lookup(host.strip("[]"), port, socket.AF_UNSPEC, socket.SOCK_STREAM)
            return numbers
        with self._lock:
            future = self._asked.get((host, port))
            if future is None:
                future = self._asked[host, port] = Future()
                threading.Thread(target=self._look_up, args=(future, host, port), daemon=True).start()
        try:
            return future.result(remaining())
        except FutureTimeout:
            raise TimeoutError("the name server did not answer in time") from None
        except socket.gaierror as error:
            with self._lock:
                self._asked.pop((host, port), None)  # so that a second try asks again
            missing = {socket.EAI_NONAME: "no-such-host", getattr(socket, "EAI_NODATA", -5): "no-address"}
            raise NameFailed(missing.get(error.errno or 0)) from error
        except UnicodeError as error:  # a label that is empty or too long is no name
            raise NameFailed("no-such-host") from error

    def _look_up(self, future: "Future[list[Row]]", host: str, port: int) -> None:
        """In a thread that dies with the program: a name server that hangs cannot keep it from ending."""
        try:
            future.set_result(self._lookup(host, port, socket.AF_UNSPEC, socket.SOCK_STREAM))
        except Exception as error:  # raised again where it is waited for
            future.set_exception(error)


class PatientResponse(HTTPResponse):
    """Reads on after 1xx answers (103 Early Hints), which http.client hands out as final."""

    def _read_status(self) -> tuple[str, int, str]:
        version, status, reason = super()._read_status()  # type: ignore[misc]
        while 100 < status < 200 and status != 101:
            parse_headers(self.fp)
            remaining()
            version, status, reason = super()._read_status()  # type: ignore[misc]
        return version, status, reason


class _Dial(HTTPConnection):
    """What both kinds of connection share: how the socket is made. ``socks`` is the address of a SOCKS proxy, or None."""

    response_class = PatientResponse
    resolver: Resolver
    private = False
    socks: str | None = None

    def request(self, method: str, url: str, body: Any = None, headers: Any = None, **kwargs: Any) -> None:
        """Sends the target as it was prepared: urllib3 has made ``%25`` of a bare ``%``, which no browser does."""
        headers = dict(headers or {})
        super().request(method, headers.pop(TARGET, url), body, headers, **kwargs)

    def _new_conn(self) -> socket.socket:
        if self.socks is not None:
            return self._through(self.socks)
        reachable = self._reachable()
        error: OSError = OSError(f"{self.host} has no address")
        for tried, (family, kind, protocol, _, address) in enumerate(reachable):
            share = remaining() / (len(reachable) - tried)  # an address that does not answer leaves time for the others
            try:
                sock = _Deadline(family, kind, protocol)
            except OSError as failure:  # a machine without IPv6
                error = failure
                continue
            try:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.settimeout(share)
                sock.connect(address)
                return sock
            except OSError as failure:
                sock.close()
                error = failure
        raise error

    def _reachable(self) -> list[Row]:
        """The addresses of the host that may be visited. Raises Refused, LeadsInward, NameFailed, TimeoutError."""
        found = self.resolver.addresses(self._dns_host, self.port)
        reachable = [row for row in found if self.proxy is not None or allowed(row[4][0], self.private)]
        if found and not reachable and (literal(self.host) or inward(self.host)):
            raise Refused(f"{self.host} is a private address")
        if not reachable:
            raise LeadsInward(self.host, list(dict.fromkeys(row[4][0] for row in found)))
        return reachable

    def _through(self, proxy: str) -> socket.socket:
        """A connection made by a SOCKS proxy, which looks the name up itself, also as socks5: where people need such a
        proxy, the name server near them is often not to be believed. SOCKS 4 knows no names.
        """
        import socks  # late: few have such a proxy

        class DeadlineSocks(_Deadline, socks.socksocket):  # type: ignore[misc]
            pass

        parts = urlsplit(proxy)
        remote = parts.scheme != "socks4"
        host = self._dns_host if remote else self._reachable()[0][4][0]
        kind = socks.SOCKS5 if parts.scheme.startswith("socks5") else socks.SOCKS4
        sock = DeadlineSocks()
        sock.set_proxy(kind, parts.hostname, parts.port or 1080, remote, unquote(parts.username or "") or None, unquote(parts.password or "") or None)
        try:
            sock.settimeout(remaining())
            sock.connect((host, self.port))
        except (socks.ProxyError, OSError) as error:
            sock.close()
            raise ProxyFailed(str(error)) from None
        return sock


def pools(resolver: Resolver, private: bool, socks: str | None = None) -> dict[str, type]:
    """urllib3 pool classes by scheme, whose connections use this resolver and open private addresses or not."""
    shared = {"resolver": resolver, "private": private, "socks": socks}
    plain = type("Plain", (_Dial, HTTPConnection), shared)
    secure = type("Secure", (_Dial, HTTPSConnection), shared)
    return {
        "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }


def tls(bundle: str | None, folder: str | None) -> ssl.SSLContext:
    """A context that trusts a certificate bundle (file) or folder and gives its sockets a deadline.

    It is no stricter than browsers: Python 3.13 also refuses authorities of companies that lack an extension.
    """
    context = ssl.create_default_context(cafile=bundle, capath=folder)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.sslsocket_class = DeadlineTLSSocket
    return context
