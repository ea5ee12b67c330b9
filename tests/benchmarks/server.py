"""Serves a world, in a process of its own: python server.py WORLD [HOST THAT LIMITS]. Prints its port."""

import asyncio
import json
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.world import SMALL, Limiter, Spot, html, load, packed  # noqa: E402

UNDER_WAY = 0.05  # seconds in which a request that was sent before a 429 was read may still arrive


@dataclass(frozen=True)
class Request:
    """What is asked, and the connection to answer it on."""

    host: str
    method: str
    path: str
    gzip: bool
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def reply(self, status: str, more: str = "", data: bytes = b"<!doctype html><title>A page</title><p>Text.") -> None:
        head = f"HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {len(data)}\r\n{more}\r\n".encode()
        self.writer.write(head + (b"" if self.method == "HEAD" else data))
        await self.writer.drain()

    async def page(self, size: int) -> None:
        """A page of so many bytes, packed if it is not small and the client takes that."""
        if size > SMALL and self.gzip:
            await self.reply("200 OK", "content-encoding: gzip\r\n", packed(size))
        else:
            await self.reply("200 OK", data=html(size))

    async def hang(self) -> None:
        """Say nothing until the client gives up."""
        await self.reader.read(1)


class Server:
    """Serves the spots, and on 127.0.0.1 its record of what it was asked: ``/``, and ``/reset`` to begin a new one."""

    def __init__(self, spots: list[Spot], limited: str | None) -> None:
        self.spots = {(s.host, s.path): s for s in spots}
        self.limited = limited
        self.reset()

    def reset(self) -> None:
        self.limiter = Limiter(time.monotonic())
        self.record: Counter[str] = Counter(requests=0, refused=0, early=0, most=0)
        self.seen: Counter[tuple[str, str]] = Counter()
        self.under_way: Counter[str] = Counter()
        self.rest: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))  # when it was asked for; its end

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                method, path = head.decode().split(" ", 2)[:2]
                await self.answer(Request(host, method, path, b"gzip" in head, reader, writer))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(self, request: Request) -> None:
        if request.host == "127.0.0.1":
            record = json.dumps(self.record)
            if request.path == "/reset":
                self.reset()
            return await request.reply("200 OK", data=record.encode())
        told, until = self.rest[request.host]
        self.record["requests"] += 1
        self.record["early"] += told + UNDER_WAY <= time.monotonic() < until
        self.under_way[request.host] += 1
        self.record["most"] = max(self.record["most"], self.under_way[request.host])
        try:
            await self.behave(request)
        finally:
            self.under_way[request.host] -= 1

    async def behave(self, request: Request) -> None:
        spot = self.spots.get((request.host, request.path))
        if spot is None:
            new = self.spots.get((request.host, request.path.removeprefix("/new")))
            return await (request.page(new.size) if new else request.reply("404 Not Found"))
        if request.host == self.limited and (wait := self.limiter.refuse(time.monotonic())):
            self.ask_for_rest(request.host, wait)
            return await self.refuse(request, wait)
        if spot.kind == "hang":
            return await request.hang()
        if spot.latency:
            await asyncio.sleep(spot.latency)
        self.seen[request.host, request.path] += 1
        if spot.kind == "busy" and self.seen[request.host, request.path] == 1:
            return await self.refuse(request, 2)
        if spot.kind == "moved":
            return await request.reply("301 Moved Permanently", f"location: /new{request.path}\r\n", b"")
        await (request.reply("404 Not Found") if spot.kind == "404" else request.page(spot.size))

    def ask_for_rest(self, host: str, wait: int) -> None:
        now, (told, until) = time.monotonic(), self.rest[host]
        self.rest[host] = told if now < until else now, now + wait

    async def refuse(self, request: Request, wait: int) -> None:
        self.record["refused"] += 1
        await request.reply("429 Too Many Requests", f"retry-after: {wait}\r\n", b"")


async def main(path: str, limited: str | None) -> None:
    server = Server(load(Path(path)), limited)
    for spot in server.spots.values():
        packed(spot.size) if spot.size > SMALL else html(spot.size)  # made before anybody waits for it
    listening = await asyncio.start_server(server.serve, "0.0.0.0", 0, backlog=2048)
    print(listening.sockets[0].getsockname()[1], flush=True)
    async with listening:
        await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None))
