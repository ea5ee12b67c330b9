"""Draw the graph of loss = (2w − 1)² at w = 3: values go right, gradients come back."""

from pathlib import Path

TARGET = Path(__file__).parents[1] / "backward.assets" / "chain.svg"
W = 3
VALUES = [("w", W), ("2w", 2 * W), ("2w − 1", 2 * W - 1), ("loss", (2 * W - 1) ** 2)]
SLOPES = [2, 1, 2 * (2 * W - 1)]  # of each step, in forward order
STEPS = ["× 2", "− 1", "平方"]

STYLE = """
text { font: 13px sans-serif; fill: #14211f; text-anchor: middle }
.value { font-size: 16px; font-weight: 600 }
.box { fill: #fbfaf7; stroke: #59635f } .leaf { fill: #d9e8e5; stroke: #00695c; stroke-width: 2.5 }
.go { stroke: #59635f; fill: #59635f } .back { stroke: #00695c; fill: #00695c } line.back { stroke-width: 2.5 }
text.go { fill: #59635f; stroke: none } text.back { fill: #00695c; stroke: none }
@media (prefers-color-scheme: dark) {
  text { fill: #e9efed } .box { fill: #101615; stroke: #9daaa6 } .leaf { fill: #1b2f2c; stroke: #4db6a5 }
  .go { stroke: #9daaa6; fill: #9daaa6 } .back { stroke: #4db6a5; fill: #4db6a5 }
  text.go { fill: #9daaa6 } text.back { fill: #4db6a5 }
}"""


def gradients() -> list[int]:
    """d loss / d node for the nodes in forward order, by the chain rule from the right."""
    found = [1]
    for slope in reversed(SLOPES):
        found.insert(0, slope * found[0])
    return found


def arrow(x0: float, x1: float, y: float, kind: str) -> str:
    """A horizontal arrow from x0 to x1 at height y."""
    tip = 6 if x1 > x0 else -6
    head = f"{x1},{y} {x1 - tip},{y - 4} {x1 - tip},{y + 4}"
    return f'<line class="{kind}" x1="{x0}" y1="{y}" x2="{x1 - tip}" y2="{y}"/><polygon class="{kind}" points="{head}"/>'


def node(left: int, label: str, value: int, gradient: int) -> list[str]:
    """A box with its forward value, and the gradient that arrives at it beneath."""
    middle = left + 33
    return [
        f'<rect class="{"leaf" if label == "w" else "box"}" x="{left}" y="52" width="66" height="50" rx="6"/>',
        f'<text x="{middle}" y="71">{label}</text><text class="value" x="{middle}" y="93">{value}</text>',
        f'<text class="back value" x="{middle}" y="152">{gradient}</text>',
    ]


def svg() -> str:
    """The picture as SVG text."""
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="576" height="294" viewBox="0 0 384 196" role="img" aria-labelledby="t d">',
        '<title id="t">loss = (2w − 1)² 的计算图</title>',
        f'<desc id="d">前向的值依次是 {"、".join(str(v) for _, v in VALUES)}；'
        f'反向从右到左，梯度依次是 {"、".join(str(g) for g in reversed(gradients()))}。</desc>',
        f"<style>{STYLE}\n</style>",
        '<text class="go" x="192" y="16">前向：算出值，顺手存下反向要用的量</text>',
    ]
    for index, ((label, value), gradient) in enumerate(zip(VALUES, gradients(), strict=True)):
        parts += node(6 + index * 102, label, value, gradient)
    for index, (step, slope) in enumerate(zip(STEPS, SLOPES, strict=True)):
        left, right = 72 + index * 102, 108 + index * 102
        parts += [arrow(left + 2, right - 2, 77, "go"), f'<text class="go" x="{left + 18}" y="44">{step}</text>']
        parts += [arrow(right - 2, left + 2, 147, "back"), f'<text class="back" x="{left + 18}" y="134">×{slope}</text>']
    parts.append('<text class="back" x="192" y="186">反向：从 1 出发，逐步乘上局部导数，加进叶子的 w.grad</text></svg>')
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(svg(), encoding="utf-8")
