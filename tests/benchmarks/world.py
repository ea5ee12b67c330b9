"""A simulated web on loopback for the benchmark: every host an address of its own (127.x.y.z), one port.

A world is a list of URLs with what each of them does; the same seed gives the same world. The server runs in a
process of its own and keeps a record of what it was asked.
"""

import asyncio
import json
import math
import random
import sys
import time
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

UNDER_WAY = 0.05  # seconds in which a request that was sent before a 429 was read may still arrive


@dataclass(frozen=True)
class Spot:
    """One URL: where it is, how long it takes (seconds), and what it does: ok, 404, hang, busy, or moved."""

    host: str
    path: str
    latency: float
    kind: str

    @property
    def truth(self) -> str:
        return {"ok": "fine", "busy": "fine", "moved": "fine", "404": "broken", "hang": "unsure"}[self.kind]


def address(number: int) -> str:
    return f"127.{10 + number // 200}.{number % 200 + 1}.7"


def realistic(seed: int, urls: int = 1000, hosts: int = 150) -> list[Spot]:
    """30 % of the URLs on one host; log-normal latency, median 250 ms; 2 % hang, 3 % 404, 3 % 429 once, 5 % moved."""
    dice = random.Random(seed)
    kinds = ["hang"] * (urls * 2 // 100) + ["404"] * (urls * 3 // 100) + ["busy"] * (urls * 3 // 100) + ["moved"] * (urls * 5 // 100)
    kinds += ["ok"] * (urls - len(kinds))
    dice.shuffle(kinds)
    big = urls * 30 // 100
    places = [0] * big + [1 + n % (hosts - 1) for n in range(urls - big)]
    dice.shuffle(places)
    latencies = [math.exp(dice.gauss(math.log(0.25), 0.6)) for _ in range(urls)]
    return [Spot(address(h), f"/p{n}", lat, kind) for n, (h, lat, kind) in enumerate(zip(places, latencies, kinds, strict=True))]


def polite(seed: int, urls: int = 400, hosts: int = 60) -> list[Spot]:
    """All fine; the big host (30 %) allows 10 a second with a burst of 20, then says 429 for 3 s, longer if not left alone."""
    return [Spot(spot.host, spot.path, min(spot.latency, 1.0), "ok") for spot in realistic(seed, urls, hosts)]


def raw(urls: int = 5000, hosts: int = 50) -> list[Spot]:
    return [Spot(address(n % hosts), f"/p{n}", 0.0, "ok") for n in range(urls)]


def pages(spots: list[Spot], port: int, folder: Path, each: int = 50) -> None:
    """Markdown files that link to all spots."""
    for first in range(0, len(spots), each):
        lines = [f"- [link {n}](http://{s.host}:{port}{s.path})" for n, s in enumerate(spots[first : first + each], first)]
        (folder / f"page{first // each:03}.md").write_text("# Page\n\n" + "\n".join(lines) + "\n")


class Limiter:
    """10 a second, burst 20; whoever goes over it is refused for 3 s, and for 3 s more at each try meanwhile."""

    def __init__(self, now: float) -> None:
        self.tokens, self.last, self.closed = 20.0, now, 0.0

    def refuse(self, now: float) -> int:
        """Seconds to wait, or 0."""
        self.tokens = min(20.0, self.tokens + 10 * (now - self.last))
        self.last = now
        if now < self.closed or self.tokens < 1:
            self.closed = max(self.closed, now + 3)
            return math.ceil(self.closed - now)
        self.tokens -= 1
        return 0


class Server:
    def __init__(self, spots: list[Spot], limited: str | None) -> None:
        self.spots = {(s.host, s.path): s for s in spots}
        self.limiter = Limiter(time.monotonic()) if limited else None
        self.limited = limited
        self.reset()

    def reset(self) -> None:
        self.requests = self.refused = self.early = 0
        self.seen: Counter = Counter()
        self.under_way: Counter = Counter()
        self.most: Counter = Counter()
        self.rest: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))  # when it was asked for; its end
        if self.limiter:
            self.limiter = Limiter(time.monotonic())

    def record(self) -> dict:
        return {"requests": self.requests, "refused": self.refused, "early": self.early, "most at one host": max(self.most.values(), default=0)}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                method, path = head.split(b" ", 2)[:2]
                await self.answer(host, method.decode(), path.decode(), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(self, host: str, method: str, path: str, writer: asyncio.StreamWriter) -> None:
        if host == "127.0.0.1":
            text = json.dumps(self.record())
            if path == "/reset":
                self.reset()
            return await self.reply(writer, method, "200 OK", text)
        self.requests += 1
        now, (told, until) = time.monotonic(), self.rest[host]
        self.early += told + UNDER_WAY <= now < until
        self.under_way[host] += 1
        self.most[host] = max(self.most[host], self.under_way[host])
        try:
            await self.behave(host, method, path, writer)
        finally:
            self.under_way[host] -= 1

    async def behave(self, host: str, method: str, path: str, writer: asyncio.StreamWriter) -> None:
        spot = self.spots.get((host, path))
        if spot is None:
            return await self.reply(writer, method, "200 OK" if path.startswith("/new") else "404 Not Found")
        if self.limiter and host == self.limited and (wait := self.limiter.refuse(time.monotonic())):
            self.refused += 1
            now, (told, until) = time.monotonic(), self.rest[host]
            self.rest[host] = told if now < until else now, now + wait
            return await self.reply(writer, method, "429 Too Many Requests", "", f"retry-after: {wait}\r\n")
        if spot.kind == "hang":
            await asyncio.sleep(120)
        if spot.latency:
            await asyncio.sleep(spot.latency)
        self.seen[host, path] += 1
        if spot.kind == "busy" and self.seen[host, path] == 1:
            self.refused += 1
            return await self.reply(writer, method, "429 Too Many Requests", "", "retry-after: 2\r\n")
        if spot.kind == "moved":
            return await self.reply(writer, method, "301 Moved Permanently", "", f"location: /new{path}\r\n")
        await self.reply(writer, method, "404 Not Found" if spot.kind == "404" else "200 OK")

    async def reply(self, writer: asyncio.StreamWriter, method: str, status: str, body: str = "<!doctype html><title>A page</title><p>Text.", more: str = "") -> None:
        data = body.encode()
        head = f"HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {len(data)}\r\n{more}\r\n".encode()
        writer.write(head + (b"" if method == "HEAD" else data))
        await writer.drain()


async def main(path: str, limited: str | None) -> None:
    spots = [Spot(**spot) for spot in json.loads(Path(path).read_text())]
    server = Server(spots, limited)
    listening = await asyncio.start_server(server.serve, "0.0.0.0", 0, backlog=2048)
    print(listening.sockets[0].getsockname()[1], flush=True)
    async with listening:
        await listening.serve_forever()


def save(spots: list[Spot], path: Path) -> None:
    path.write_text(json.dumps([asdict(spot) for spot in spots]))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None))
