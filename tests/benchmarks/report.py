"""Samples → the report in docs/link-checker.md. The words are for the readers of the notes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.checkers import Cost

BEGIN, END = "<!-- benchmark -->", "<!-- /benchmark -->"
OURS, NAIVE, TUNED, DEFAULT = CHECKERS = ("check_links", "naive", "lychee tuned", "lychee")
NAMES = {OURS: "本站", NAIVE: "脚本", TUNED: "lychee 调优", DEFAULT: "lychee 默认"}
SCENARIOS = {
    "realistic": "第一次",
    "again": "第二次，全部重看",
    "warm": "第二次，没有到期",
    "polite": "限速",
    "raw": "无延迟",
    "one": "一个链接",
    "fragments": "3,000 个带 # 的链接",
}
RIVALS = {"again": ("realistic", TUNED)}  # lychee keeps no times: what a second full run takes is what the first did


@dataclass(frozen=True)
class Sample:
    """One run: what it cost, what the servers saw, what was true and what it said of each URL; the machine's load before."""

    cost: Cost
    record: Mapping[str, int]
    truth: Mapping[str, str]
    said: Mapping[str, str]
    load: float

    @property
    def wrong(self) -> int:
        return sum(self.said[url] != truth for url, truth in self.truth.items())

    def __str__(self) -> str:
        seen = ", ".join(f"{name} {number}" for name, number in self.record.items())
        return f"{self.cost.seconds:6.2f} s  {self.cost.cpu:5.2f} s CPU  {self.cost.mebibytes:4.0f} MiB  wrong {self.wrong}  {seen}  load {self.load:.1f}"


Samples = Mapping[tuple[str, str], list[Sample]]


def report(samples: Samples, facts: list[str]) -> str:
    """The facts of the measurement as a list, then three tables."""
    present = [scenario for scenario in SCENARIOS if (scenario, OURS) in samples]
    lines = [*(f"- {fact}" for fact in facts), ""]
    lines += table("时间", ["场景", *(f"{NAMES[name]}（秒）" for name in CHECKERS), "本站 ÷ 调优"], [_times(samples, s) for s in present])
    lines += table("处理器（秒）与内存（MiB）", ["场景", *(NAMES[name] for name in CHECKERS), "本站 ÷ 脚本"], [_cost(samples, s) for s in present])
    lines += table("服务器看到的，和判错的", ["场景", "检查器", "请求", "429", "太早", "判错"], [_seen(samples, s, n) for s in present for n in CHECKERS if (s, n) in samples])
    return "\n".join(lines).rstrip() + "\n"


def table(title: str, heads: list[str], rows: list[list[str]]) -> list[str]:
    words = heads.index("检查器") + 1 if "检查器" in heads else 1
    return [
        f"**{title}**",
        "",
        f"| {' | '.join(heads)} |",
        "|" + "---|" * words + "--:|" * (len(heads) - words),
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]


def _times(samples: Samples, scenario: str) -> list[str]:
    values = {name: _median(samples, scenario, name, lambda sample: sample.cost.seconds) for name in CHECKERS}
    rival = _median(samples, *RIVALS.get(scenario, (scenario, TUNED)), lambda sample: sample.cost.seconds)
    ours = values[OURS]
    return [SCENARIOS[scenario], *(_number(value, 2 if value and value < 2 else 1) for value in values.values()), _number(ours / rival if ours and rival else None, 2)]


def _cost(samples: Samples, scenario: str) -> list[str]:
    cpu = [_number(_median(samples, scenario, name, lambda sample: sample.cost.cpu), 2) for name in CHECKERS]
    memory = [_number(_median(samples, scenario, name, lambda sample: sample.cost.mebibytes), 0) for name in CHECKERS]
    ours, script = (_median(samples, scenario, name, lambda sample: sample.cost.cpu) for name in (OURS, NAIVE))
    ratio = _number(ours / script if ours and script else None, 2)
    return [SCENARIOS[scenario], *(c if c == m == "—" else f"{c} · {m}" for c, m in zip(cpu, memory, strict=True)), ratio]


def _seen(samples: Samples, scenario: str, name: str) -> list[str]:
    numbers = [_median(samples, scenario, name, lambda sample, key=key: sample.record[key]) for key in ("requests", "refused", "early")]
    return [SCENARIOS[scenario], NAMES[name], *(_number(n, 0) for n in numbers), _number(_median(samples, scenario, name, lambda sample: sample.wrong), 0)]


def _median(samples: Samples, scenario: str, name: str, pick: Callable[[Sample], float]) -> float | None:
    return median(map(pick, samples[scenario, name])) if (scenario, name) in samples else None


def _number(value: float | None, digits: int) -> str:
    return "—" if value is None else f"{value:,.{digits}f}"


def write(text: str, path: Path) -> None:
    """Put the report between its marks. Raises ValueError when they are missing."""
    page = path.read_text(encoding="utf-8")
    new, number = re.subn(f"(?s){BEGIN}.*{END}", lambda _: f"{BEGIN}\n\n{text}\n{END}", page)
    if number != 1:
        raise ValueError(f"{path}: {BEGIN} … {END} must stand there once")
    path.write_text(new, encoding="utf-8")
