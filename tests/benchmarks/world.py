"""Simulated webs for the benchmark: every host an address of its own on loopback (127.x.y.z), all on one port.

A world is a list of URLs with what each of them does; the same seed gives the same world.
"""

import functools
import gzip
import json
import math
import random
from dataclasses import asdict, dataclass
from pathlib import Path

SMALL = 2048  # bytes of HTML in the raw world
MEDIAN, SPREAD, LARGEST = 30_000, 1.0, 1_000_000  # bytes of HTML elsewhere: log-normal, as pages are; packed with gzip
STEP = 1000  # bytes; pages of one size are the same, so that a server need not make thousands
WORDS = "卷积 步长 填充 输出 特征图 池化 梯度 权重 锚框 损失 学习率 batch kernel stride anchor feature gradient tensor shape".split()


@dataclass(frozen=True)
class Spot:
    """One URL: where it is, how long it takes (seconds), what it does: ok, 404, hang, busy, or moved; its bytes of HTML.

    ``part`` is the #fragment that pages link to.
    """

    host: str
    path: str
    latency: float
    kind: str
    size: int = SMALL
    part: str = ""

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
    lengths = sizes(seed, urls)
    return [Spot(address(h), f"/p{n}", lat, kind, lengths[n]) for n, (h, lat, kind) in enumerate(zip(places, latencies, kinds, strict=True))]


def sizes(seed: int, number: int) -> list[int]:
    """Bytes of HTML of so many pages."""
    dice = random.Random(f"sizes {seed}")
    return [min(STEP * math.ceil(math.exp(dice.gauss(math.log(MEDIAN), SPREAD)) / STEP), LARGEST) for _ in range(number)]


def polite(seed: int, urls: int = 400, hosts: int = 60) -> list[Spot]:
    """All fine; the big host (30 %) allows 10 a second with a burst of 20, then says 429 for 3 s, longer if not left alone."""
    return [Spot(spot.host, spot.path, min(spot.latency, 1.0), "ok", spot.size) for spot in realistic(seed, urls, hosts)]


def fragments(seed: int, urls: int = 3000, hosts: int = 150) -> list[Spot]:
    """Every link has a #fragment, so every page is read to its end."""
    return [Spot(address(n % hosts), f"/p{n}", 0.02, "ok", size, "part-1") for n, size in enumerate(sizes(seed, urls))]


def raw(urls: int = 5000, hosts: int = 50) -> list[Spot]:
    return [Spot(address(n % hosts), f"/p{n}", 0.0, "ok") for n in range(urls)]


def pages(spots: list[Spot], port: int, folder: Path, each: int = 50) -> None:
    """Markdown files that link to all spots."""
    for first in range(0, len(spots), each):
        lines = [f"- [link {n}]({link(s, port)})" for n, s in enumerate(spots[first : first + each], first)]
        (folder / f"page{first // each:03}.md").write_text("# Page\n\n" + "\n".join(lines) + "\n")


def link(spot: Spot, port: int) -> str:
    return f"http://{spot.host}:{port}{spot.path}" + (f"#{spot.part}" if spot.part else "")


@functools.cache
def html(size: int) -> bytes:
    """A page of about so many bytes, like those of a documentation site: half markup, menus, headings with ids, text."""
    dice = random.Random(size)
    menu = "".join(f'<li class="nav-item"><a class="nav-link" href="/p{n}">{dice.choice(WORDS)}</a></li>' for n in range(min(40, size // 500)))
    head = '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>一页笔记 - 某站</title><link rel="stylesheet" href="/main.css"><script>window.page={}</script></head>'
    pieces = [head, f'<body><nav class="navigation"><ul>{menu}</ul></nav><main>']
    length = sum(len(piece.encode()) for piece in pieces)
    while length < size:
        number = len(pieces) - 1
        words = " ".join(dice.choices(WORDS, k=40))
        pieces.append(f'<h2 id="part-{number}" class="heading">{dice.choice(WORDS)}</h2>\n<p class="md-typeset"><a href="#part-{number}">#</a> {words} <code>x = {number}</code></p>\n')
        length += len(pieces[-1].encode())
    return "".join([*pieces, "</main><footer>某站</footer></body></html>"]).encode()


@functools.cache
def packed(size: int) -> bytes:
    return gzip.compress(html(size), 6)


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
