"""Connections with a deadline, made only to addresses that may be visited, and answers read with patience.

urllib3's time-outs hold for each read; a server that sends a byte now and then never meets one. Here each read asks
how much is left until the deadline of the visit, which the thread that visits has set. The address is looked up once,
checked, and connected to by number, so a name cannot point elsewhere in between.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, TimeoutError as FutureTimeout
from http.client import HTTPResponse, parse_headers

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from detection_notes.links.visits.guard import allowed, literal

TRIFLE = 0.05  # seconds

_visit = threading.local()


class Refused(OSError):
    """No address of this name may be visited."""


class NameFailed(OSError):
    """The name could not be looked up. ``missing`` is "no-such-host", "no-address" or None when nobody answered."""

    def __init__(self, missing: str | None) -> None:
        super().__init__(missing or "the name server did not answer")
        self.missing = missing


def set_deadline(moment: float) -> None:
    """Until when (time.monotonic) this thread may wait on any connection; it has not connected yet."""
    _visit.deadline = moment
    _visit.connected = False


def connected() -> bool:
    """Whether a connection came about in this thread since the deadline was set."""
    return _visit.connected


def remaining() -> float:
    """Seconds left; raises TimeoutError when there are none."""
    left = getattr(_visit, "deadline", float("inf")) - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time for this visit is over")
    return min(left, 3600.0)


class _Deadline:
    """A socket whose time-out is what is left of its thread's visit. Setting one costs a system call: not for a trifle."""

    def settimeout(self, seconds: float | None) -> None:
        if seconds is not None:  # None is urllib3's, before each answer: it knows nothing of the deadline
            super().settimeout(seconds)

    def _hurry(self) -> None:
        left = remaining()
        if abs((self.gettimeout() or 0.0) - left) > TRIFLE:
            self.settimeout(left)

    def recv_into(self, *args, **kwargs):
        self._hurry()
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args, **kwargs):
        self._hurry()
        return super().sendall(*args, **kwargs)


class DeadlineSocket(_Deadline, socket.socket):
    pass


class DeadlineTLSSocket(_Deadline, ssl.SSLSocket):
    def do_handshake(self, *args, **kwargs):
        self._hurry()
        return super().do_handshake(*args, **kwargs)


class Resolver:
    """Looks names up aside, so that a slow name server cannot outlast a deadline; each name once a run."""

    def __init__(self, lookup: Callable = socket.getaddrinfo) -> None:
        self._lookup = lookup
        self._few = threading.Semaphore(16)
        self._asked: dict[tuple[str, int], Future] = {}
        self._lock = threading.Lock()

    def addresses(self, host: str, port: int) -> list[tuple]:
        """getaddrinfo's rows. Raises NameFailed, or TimeoutError."""
        if literal(host):
            return self._lookup(host.strip("[]"), port, socket.AF_UNSPEC, socket.SOCK_STREAM)
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
            raise NameFailed(missing.get(error.errno)) from error
        except UnicodeError as error:  # a label that is empty or too long is no name
            raise NameFailed("no-such-host") from error

    def _look_up(self, future: Future, host: str, port: int) -> None:
        """In a thread that dies with the program: a name server that hangs cannot keep it from ending."""
        with self._few:
            try:
                future.set_result(self._lookup(host, port, socket.AF_UNSPEC, socket.SOCK_STREAM))
            except Exception as error:  # raised again where it is waited for
                future.set_exception(error)


class PatientResponse(HTTPResponse):
    """Reads on after 1xx answers (103 Early Hints), which http.client hands out as final."""

    def _read_status(self):
        version, status, reason = super()._read_status()
        while 100 < status < 200 and status != 101:
            parse_headers(self.fp)
            remaining()
            version, status, reason = super()._read_status()
        return version, status, reason


class _Dial:
    """What both kinds of connection share: how the socket is made."""

    response_class = PatientResponse
    resolver: Resolver
    private = False

    def _new_conn(self) -> socket.socket:
        error: OSError = Refused(f"{self.host} has no address that may be visited")
        found = self.resolver.addresses(self._dns_host, self.port)
        open_ = [row for row in found if self.proxy is not None or allowed(row[4][0], self.private)]
        for left, (family, kind, protocol, _, address) in zip(range(len(open_), 0, -1), open_, strict=True):
            sock = DeadlineSocket(family, kind, protocol)
            try:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.settimeout(remaining() / left)  # an address that does not answer leaves time for the others
                sock.connect(address)
                _visit.connected = self.proxy is None
                return sock
            except OSError as failure:
                sock.close()
                error = failure
        raise error


def pools(resolver: Resolver, private: bool) -> dict[str, type]:
    """urllib3 pool classes by scheme, whose connections use this resolver and open private addresses or not."""
    shared = {"resolver": resolver, "private": private}
    plain = type("Plain", (_Dial, HTTPConnection), shared)
    secure = type("Secure", (_Dial, HTTPSConnection), shared)
    return {
        "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }


def tls(bundle: str | None, folder: str | None) -> ssl.SSLContext:
    """A context that trusts a certificate bundle (file) or folder and gives its sockets a deadline."""
    context = ssl.create_default_context(cafile=bundle, capath=folder)
    context.sslsocket_class = DeadlineTLSSocket
    return context
