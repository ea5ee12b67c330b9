"""Draw the repeated block of VGG, GoogLeNet, ResNet and ResNeXt side by side, as one SVG for light and dark pages.

    python docs/deep-learning/code/draw_arch_blocks.py     (writes ../architectures.assets/blocks.svg)

Units are pixels of the drawing. Data flows downwards; a curve past a block is a shortcut.
"""

from pathlib import Path

TARGET = Path(__file__).parents[1] / "architectures.assets" / "blocks.svg"
WIDTH, HEIGHTS = 200, (176, 210)  # of the panels: two columns, two rows
TOP, STEP, BOX = 62, 40, 22  # first row of boxes, distance of rows, height of a box
STYLE = """\
text { font: 13px sans-serif; fill: #14211f; text-anchor: middle; dominant-baseline: central }
.name { font-weight: 700; font-size: 13px }
.conv { fill: #f3f1ea; stroke: #59635f }
.pool { fill: #fbfaf7; stroke: #14211f }
.join { fill: #d9e8e5; stroke: #00695c }
path { fill: none; stroke: #59635f }
.shortcut { stroke: #00695c; stroke-width: 2.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e9efed }
  .conv { fill: #19211f; stroke: #9daaa6 }
  .pool { fill: #101615; stroke: #e9efed }
  .join { fill: #1b2f2c; stroke: #4db6a5 }
  path { stroke: #9daaa6 }
  .shortcut { stroke: #4db6a5 }
}"""


def text(x: float, y: float, words: str, kind: str = "") -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{words}</text>'


def line(*points: tuple[float, float]) -> str:
    return '<path d="M' + "L".join(f"{x:g} {y:g}" for x, y in points) + '"/>'


def box(x: float, row: int, words: str, width: float, kind: str = "conv") -> list[str]:
    """A box whose middle is x in the given row."""
    y = TOP + row * STEP
    rectangle = f'<rect class="{kind}" x="{x - width / 2:g}" y="{y - BOX / 2:g}" width="{width:g}" height="{BOX}" rx="3"/>'
    return [rectangle, text(x, y, words)]


def column(x: float, words: list[str], width: float) -> list[str]:
    """Boxes below one another, joined by lines."""
    parts = []
    for row, word in enumerate(words):
        if row:
            parts.append(line((x, TOP + (row - 1) * STEP + BOX / 2), (x, TOP + row * STEP - BOX / 2)))
        parts += box(x, row, word, width, "pool" if word == "池化" else "conv")
    return parts


def branches(columns: list[list[str]], width: float, join: str) -> list[str]:
    """Columns side by side between one input and one box that joins them."""
    gap = (WIDTH - 24) / len(columns)
    middle, parts = WIDTH / 2, []
    rows = max(len(words) for words in columns)
    for index, words in enumerate(columns):
        x = 12 + gap * (index + 0.5)
        parts.append(line((middle, TOP - 28), (x, TOP - BOX / 2)))
        parts += column(x, words, width)
        level = TOP + (rows - 1) * STEP + BOX / 2
        parts.append(line((x, level - (rows - len(words)) * STEP), (x, level), (middle, level + STEP - BOX)))
    return parts + box(middle, rows, join, 70, "join")


def shortcut(rows: int) -> str:
    """From the input past ``rows`` rows of boxes to the side of the box that adds."""
    middle, end = WIDTH / 2, TOP + rows * STEP
    return f'<path class="shortcut" d="M{middle:g} {TOP - 28:g}H{WIDTH - 6}V{end:g}H{middle + 35:g}"/>'


def inner(groups: int, base_width: int, planes: int = 64) -> int:
    """Channels between the two 1 x 1 convolutions of a bottleneck."""
    return planes * base_width // 64 * groups


def panels() -> dict[str, list[str]]:
    """Title of each panel -> its parts."""
    middle, narrow = WIDTH / 2, inner(1, 64)
    resnet = column(middle, [f"1×1，{narrow}", f"3×3，{narrow}", "1×1，256"], 84)
    ends = [line((middle, TOP - 28), (middle, TOP - BOX / 2)), line((middle, TOP + 2 * STEP + BOX / 2), (middle, TOP + 3 * STEP - BOX / 2))]
    plain = [line((middle, TOP - 28), (middle, TOP - BOX / 2)), *column(middle, ["3×3", "3×3", "池化"], 70)]
    path = [f"1×1，{inner(1, 4)}", f"3×3，{inner(1, 4)}", "1×1，256"]
    return {
        "VGG：只用 3×3": plain,
        "Inception：四路拼接": branches([["1×1"], ["1×1", "3×3"], ["1×1", "5×5"], ["池化", "1×1"]], 38, "通道拼接"),
        "ResNet：加上输入": [*ends, *resnet, *box(middle, 3, "相加", 70, "join"), shortcut(3)],
        f"ResNeXt：64 路，每路宽 {inner(1, 4)}": [*branches([path, path], 66, "相加"), text(middle, TOP + STEP, "…"), shortcut(3)],
    }


def svg() -> str:
    """The whole document."""
    parts = []
    for index, (title, drawn) in enumerate(panels().items()):
        parts.append(f'<g transform="translate({WIDTH * (index % 2)} {sum(HEIGHTS[: index // 2])})">')
        parts += [text(WIDTH / 2, 16, title, "name"), *drawn, "</g>"]
    width, height = 2 * WIDTH, sum(HEIGHTS)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="520" height="{520 * height // width}" role="img">',
        "<title>四种反复出现的块</title>",
        "<desc>VGG 是一串 3×3 卷积加池化；Inception 把四路的结果在通道上拼接；ResNet 把输入加到三层卷积的结果上；"
        "ResNeXt 把 64 条同样的窄路与输入相加。</desc>",
        f"<style>\n{STYLE}\n</style>",
        *parts,
        "</svg>",
        "",
    ])


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(svg(), encoding="utf-8")
