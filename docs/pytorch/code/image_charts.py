"""Two pictures of a training run as SVG text: curves, confusion matrix.

They are readable on light and on dark pages.
"""

import math
from collections.abc import Sequence
from html import escape

STYLE = """
text { font: 13px sans-serif; fill: #14211f }
.middle { text-anchor: middle } .end { text-anchor: end }
.grid { stroke: #e4e0d6 } .frame { fill: none; stroke: #59635f }
polyline { fill: none }
.train { stroke: #59635f; stroke-width: 1.2 }
.val { stroke: #00695c; stroke-width: 2.6 }
.right { fill: #00695c } text.strong { fill: #fbfaf7 }
.wrong { fill: #8d5b3f; stroke: #8d5b3f; stroke-dasharray: 3 2 }
@media (prefers-color-scheme: dark) {
  text { fill: #e9efed } .grid { stroke: #26302e } text.strong { fill: #101615 }
  .train, .frame { stroke: #9daaa6 } .val { stroke: #4db6a5 }
  .right { fill: #4db6a5 } .wrong { fill: #c99b7d; stroke: #c99b7d }
}"""
KEY = [
    '<line class="train" x1="208" y1="12" x2="232" y2="12"/>',
    '<text x="237" y="16">训练</text>',
    '<line class="val" x1="276" y1="12" x2="300" y2="12"/>',
    '<text x="305" y="16">验证</text>',
]
FLOORS = (0.97, 0.94, 0.85, 0.7, 0.4, 0.1, 0.0)  # where an accuracy axis starts


def curves(
    losses: dict[str, Sequence[float]], accuracies: dict[str, Sequence[float]]
) -> str:
    """Loss (logarithmic) and accuracy by epoch.

    Both arguments: {"train": a number for each epoch, "val": likewise}.
    """
    powers = {kind: [_power(v) for v in line] for kind, line in losses.items()}
    finite = [p for line in powers.values() for p in line if math.isfinite(p)]
    low = math.floor(min(finite))
    high = max(math.ceil(max(finite)), low + 1)
    decades = {f"{10.0**p:g}": p for p in range(high, low - 1, -1)}
    worst = min(min(line) for line in accuracies.values())
    floor = next(start for start in FLOORS if start <= worst)
    steps = [1 - (1 - floor) * step / 3 for step in range(4)]
    parts = [
        *KEY,
        *_panel(36, "损失（对数刻度）", decades, powers),
        *_panel(200, "准确率", {f"{v:.3g}": v for v in steps}, accuracies),
        _text(44, 340, "1", "middle"),
        _text(194, 340, "轮次", "middle"),
        _text(344, 340, len(losses["train"]), "middle"),
    ]
    return _page(360, 350, "训练与验证的损失、准确率随轮次的变化", parts)


def confusion(counts: Sequence[Sequence[int]], classes: Sequence[str]) -> str:
    """Counts K×K (row: truth) as a square of cells, shaded by share of row."""
    names = [name if len(name) < 10 else name[:9] + "…" for name in classes]
    longest, number = max(len(name) for name in names), len(names)
    cell, left = max(12, min(30, 300 // number)), 24 + 7 * longest
    top = 40 if longest < 3 else left + 20
    parts = [_text(left, 14, "行：真实　列：预测")]
    for row, name in enumerate(names):
        middle = cell * row + cell / 2
        parts.append(_text(left - 6, top + middle + 4, name, "end"))
        parts.append(_heading(left + middle, top - 6, name, longest > 2))
        for column, count in enumerate(counts[row]):
            corner = (left + cell * column, top + cell * row)
            share = count / max(sum(counts[row]), 1)
            parts += _cell(corner, cell, (count, share, row == column))
    side = cell * number
    box = f'x="{left}" y="{top}" width="{side}" height="{side}"'
    parts.append(f'<rect class="frame" {box}/>')
    total = sum(map(sum, counts))
    wrong = total - sum(counts[k][k] for k in range(number))
    title = f"混淆矩阵：{total} 张里错 {wrong} 张"
    return _page(max(side + 12, 120) + left, top + side + 12, title, parts)


def _power(value: float) -> float:
    """The decimal logarithm, of 0.000001 at least; nan of nan, inf of inf."""
    return math.log10(max(value, 1e-6)) if math.isfinite(value) else value


def _panel(
    top: int,
    name: str,
    ticks: dict[str, float],
    lines: dict[str, Sequence[float]],
) -> list[str]:
    """Axes of 300×120 units with a line for each entry (class → values).

    ``ticks``: label → value, highest first. Leaves out what is not finite.
    """
    high, *_, low = ticks.values()

    def y(value: float) -> float:
        return top + 120 * (high - value) / (high - low)

    parts = [_text(44, top - 8, name)]
    for label, value in ticks.items():
        ends = f'x1="44" y1="{y(value):g}" x2="344" y2="{y(value):g}"'
        parts.append(f'<line class="grid" {ends}/>')
        parts.append(_text(38, y(value) + 4, label, "end"))
    for kind, values in lines.items():
        step = 300 / max(len(values) - 1, 1)
        spots = [(44 + step * i, y(v)) for i, v in enumerate(values)]
        spots = [spot for spot in spots if math.isfinite(spot[1])]
        if len(spots) == 1:  # a line needs two ends
            spots.append((spots[0][0] + 8, spots[0][1]))
        points = " ".join(f"{x:.1f},{height:.1f}" for x, height in spots)
        parts.append(f'<polyline class="{kind}" points="{points}"/>')
    return parts


def _cell(
    corner: tuple[int, int], side: int, content: tuple[int, float, bool]
) -> list[str]:
    """One cell: its count, share of the row, and whether it is right."""
    (x, y), (count, share, right) = corner, content
    if not count:
        return []
    shade = share if right else max(share, 0.35)  # one error must be seen
    box = f'x="{x}" y="{y}" width="{side}" height="{side}"'
    kind = "right" if right else "wrong"
    parts = [f'<rect class="{kind}" {box} fill-opacity="{shade:.2f}"/>']
    if side >= 20:
        look = "middle strong" if shade > 0.6 else "middle"
        parts.append(_text(x + side / 2, y + side / 2 + 4, count, look))
    return parts


def _heading(x: float, y: float, name: str, upright: bool) -> str:
    """The name of a column, turned when names are long."""
    if not upright:
        return _text(x, y, name, "middle")
    place = f"translate({x + 4:g} {y:g}) rotate(-90)"
    return f'<text transform="{place}">{escape(name)}</text>'


def _text(x: float, y: float, words: object, look: str = "") -> str:
    kind = f' class="{look}"' if look else ""
    return f'<text{kind} x="{x:g}" y="{y:g}">{escape(str(words))}</text>'


def _page(width: int, height: int, title: str, parts: list[str]) -> str:
    shown = f'width="{width * 4 / 3:.0f}" height="{height * 4 / 3:.0f}"'
    space = f'xmlns="http://www.w3.org/2000/svg" {shown}'
    box = f'viewBox="0 0 {width} {height}" role="img" aria-labelledby="title"'
    head = f'<title id="title">{escape(title)}</title>'
    body = "\n".join(parts)
    return f"<svg {space} {box}>\n{head}\n<style>{STYLE}\n</style>\n{body}\n</svg>\n"
