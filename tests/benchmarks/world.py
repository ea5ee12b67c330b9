"""Simulated webs for the benchmark: every host an address of its own on loopback (127.x.y.z), all on one port.

A world is a list of URLs with what each of them does; the same seed gives the same world.
"""

import json
import math
import random
from dataclasses import asdict, dataclass
from pathlib import Path


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
        self.tokens, self.last, self.closed = 20.0, now, now

    def refuse(self, now: float) -> int:
        """Seconds to wait, or 0."""
        self.tokens = min(20.0, self.tokens + 10 * (now - self.last))
        self.last = now
        if now < self.closed or self.tokens < 1:
            self.closed = max(self.closed, now + 3)
            return math.ceil(self.closed - now)
        self.tokens -= 1
        return 0


def save(spots: list[Spot], path: Path) -> None:
    path.write_text(json.dumps([asdict(spot) for spot in spots]))


def load(path: Path) -> list[Spot]:
    return [Spot(**spot) for spot in json.loads(path.read_text())]
