"""Draw the training curves that resnet_depth.py recorded: the middle of five seeds as a line, their span as a band.

    python docs/deep-learning/code/draw_resnet_depth.py     (writes ../resnet.assets/depth.svg)
"""

import math
from pathlib import Path
from statistics import median

from resnet_depth_table import RUNS

TARGET = Path(__file__).parents[1] / "resnet.assets" / "depth.svg"
LEFT, RIGHT, TOP, BOTTOM, HIGHEST, LOWEST = 44, 284, 30, 260, 3.0, 0.01  # the field in pixels; losses at its borders
STYLE = """\
text { font: 13px sans-serif; fill: #14211f; dominant-baseline: central }
.end { text-anchor: end } .middle { text-anchor: middle }
.rule { stroke: #e4e0d6; fill: none }
.plain { stroke: #8d5b3f; stroke-dasharray: 6 4; stroke-width: 2; fill: none }
.residual { stroke: #00695c; stroke-width: 2; fill: none }
.plain-span { fill: #8d5b3f; fill-opacity: .18 }
.residual-span { fill: #00695c; fill-opacity: .18 }
@media (prefers-color-scheme: dark) {
  text { fill: #e9efed }
  .rule { stroke: #26302e }
  .plain { stroke: #c99b7d } .plain-span { fill: #c99b7d }
  .residual { stroke: #4db6a5 } .residual-span { fill: #4db6a5 }
}"""


def height(loss: float) -> float:
    """Where a loss stands, on a logarithmic scale."""
    share = math.log(HIGHEST / loss) / math.log(HIGHEST / LOWEST)
    return TOP + min(max(share, 0), 1) * (BOTTOM - TOP)


def curves(depth: int, residual: bool) -> list[tuple[float, float, float]]:
    """For each round: the smallest, the middle and the largest loss of the seeds."""
    losses = [[loss for loss, _ in run["curve"]] for run in RUNS if (run["depth"], run["residual"]) == (depth, residual)]
    return [(min(round_), median(round_), max(round_)) for round_ in zip(*losses)]


def drawn(depth: int, residual: bool) -> list[str]:
    rows = curves(depth, residual)
    x = [LEFT + (RIGHT - LEFT) * at / (len(rows) - 1) for at in range(len(rows))]
    low, middle, high = ([(a, height(row[i])) for a, row in zip(x, rows)] for i in range(3))
    path = lambda points: "L".join(f"{a:.1f} {b:.1f}" for a, b in points)  # noqa: E731
    kind = "residual" if residual else "plain"
    return [
        f'<path class="{kind}-span" d="M{path(low)}L{path(reversed(high))}z"/>',
        f'<path class="{kind}" d="M{path(middle)}"/>',
    ]


def svg() -> str:
    """The whole document."""
    depths = sorted({run["depth"] for run in RUNS})
    rounds = len(RUNS[0]["curve"])
    parts = [f'<path class="rule" d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}"/>', f'<text x="6" y="14">训练损失（对数刻度）</text>']
    for loss in (2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01):
        parts.append(f'<path class="rule" d="M{LEFT} {height(loss):.1f}H{RIGHT}"/>')
        parts.append(f'<text class="end" x="{LEFT - 6}" y="{height(loss):.1f}">{loss:g}</text>')
    for residual in (False, True):
        for depth in depths:
            parts += drawn(depth, residual)
    # Labels stand at the ends of the curves, apart enough to be read.
    ends = sorted((height(curves(depth, residual)[-1][1]), depth, residual) for depth in depths for residual in (False, True))
    y = 0.0
    for end, depth, residual in ends:
        y = max(end, y + 15)
        parts.append(f'<text x="{RIGHT + 6}" y="{y:.1f}">{"残差" if residual else "普通"} {depth} 层</text>')
    parts.append(f'<text class="middle" x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 16}">{rounds} 轮</text>')
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 {BOTTOM + 28}" width="480" height="{480 * (BOTTOM + 28) // 360}" role="img">',
        "<title>加深以后的训练损失</title>",
        "<desc>普通网络（虚线）越深，训练损失越高；残差网络（实线）6、20、42 层挤在一起，都降到很低。带子是五个种子的范围。</desc>",
        f"<style>\n{STYLE}\n</style>",
        *parts,
        "</svg>",
        "",
    ])


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(svg(), encoding="utf-8")
