"""A small web on loopback, of real sockets, whose every answer a test can spell out byte by byte."""

import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

PAGE = b"<!doctype html><html lang='en'><title>A page</title><body><h1 id='here'>A page</h1><p>Text.</p></body></html>"


@dataclass
class Exchange:
    """One request and the connection to answer it on. ``count`` says the how-manieth it is for this path."""

    connection: socket.socket
    method: str
    path: str
    headers: dict[str, str]
    count: int
    alive: threading.Event = field(default_factory=threading.Event)

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def reply(self, status: int = 200, body: bytes = PAGE, version: str = "HTTP/1.1", **headers: str) -> None:
        """A whole answer; a header is written with _ for -."""
        lines = [f"{version} {status} Word"]
        values = {"content-type": "text/html; charset=utf-8", "content-length": str(len(body))} | {k.replace("_", "-"): v for k, v in headers.items()}
        lines += [f"{name}: {value}" for name, value in values.items()]
        self.send("\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + (b"" if self.method == "HEAD" else body))

    def redirect(self, to: str, status: int = 302, **headers: str) -> None:
        self.reply(status, b"", location=to, **headers)

    def hang(self, seconds: float = 30) -> None:
        """Say nothing until the test is over, or for so long."""
        self.alive.wait(seconds)

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.connection.close()


Handler = Callable[[Exchange], None]


class Web:
    """``web.url(path)`` is where ``web.on(path, handler)`` answers; other paths get 404. ``web.asked`` is the record."""

    def __init__(self, address: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> None:
        self.asked: list[tuple[float, str, str, dict[str, str]]] = []
        self._handlers: dict[str, Handler] = {}
        self._count: Counter[str] = Counter()
        self._context, self._over, self._lock = context, threading.Event(), threading.Lock()
        self._socket = socket.create_server((address, 0), backlog=256)
        self.address, self.port = self._socket.getsockname()[:2]
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path: str = "/", host: str | None = None) -> str:
        return f"{'https' if self._context else 'http'}://{host or self.address}:{self.port}{path}"

    def on(self, path: str, handler: Handler) -> str:
        """Answer a path (with its query, as sent) so; returns its URL."""
        self._handlers[path] = handler
        return self.url(path)

    def paths(self) -> list[str]:
        return [path for _, _, path, _ in self.asked]

    def close(self) -> None:
        self._over.set()
        self._socket.close()
        for connection in list(self._open):
            connection.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        try:
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
                self._open.add(connection)
            while self._answer(connection):
                pass
        except (OSError, ValueError):
            pass
        finally:
            connection.close()

    def _answer(self, connection: socket.socket) -> bool:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return False
            data += piece
        first, *lines = data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        with self._lock:
            self._count[path] += 1
            self.asked.append((time.monotonic(), method, path, headers))
            count = self._count[path]
        handler = self._handlers.get(path, lambda exchange: exchange.reply(404, b"<title>Not found</title>"))
        handler(Exchange(connection, method, path, headers, count, self._over))
        return connection.fileno() != -1 and headers.get("connection", "").lower() != "close"
