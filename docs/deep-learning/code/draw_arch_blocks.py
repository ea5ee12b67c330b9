"""Draw the repeated blocks of VGG, GoogLeNet, ResNet and ResNeXt, and the two blocks of ResNet with all their parts.

    python docs/deep-learning/code/draw_arch_blocks.py     (writes ../architectures.assets/blocks.svg, ../resnet.assets/blocks.svg)

Units are pixels of the drawing. Data flows downwards; the thick line past a block is a shortcut.
"""

from pathlib import Path

NOTES = Path(__file__).parents[1]
WIDTH, HEIGHTS = 210, (216, 284)  # of the panels: two columns, two rows
TOP, STEP, BOX = 84, 40, 24  # first row of boxes, distance of rows, height of a box
STYLE = """\
text { font: 13px sans-serif; fill: #14211f; text-anchor: middle; dominant-baseline: central }
.name { font-weight: 700; font-size: 14px }
.conv { fill: #fbfaf7; stroke: #59635f }
.pool { fill: #fbfaf7; stroke: #59635f; stroke-width: 2.5 }
.join { fill: #d9e8e5; stroke: #00695c; stroke-width: 2 }
path { fill: none; stroke: #59635f }
path.head { fill: #59635f; stroke: none }
.shortcut { stroke: #00695c; stroke-width: 2.5 }
path.head.over { fill: #00695c }
@media (prefers-color-scheme: dark) {
  text { fill: #e9efed }
  .conv, .pool { fill: #19211f; stroke: #9daaa6 }
  .join { fill: #1b2f2c; stroke: #4db6a5 }
  path { stroke: #9daaa6 }
  path.head { fill: #9daaa6 }
  .shortcut { stroke: #4db6a5 }
  path.head.over { fill: #4db6a5 }
}"""


def text(x: float, y: float, words: str, kind: str = "") -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{words}</text>'


def line(*points: tuple[float, float]) -> str:
    return '<path d="M' + "L".join(f"{x:g} {y:g}" for x, y in points) + '"/>'


def arrow(*points: tuple[float, float]) -> str:
    """A line whose last piece ends in a head that points down."""
    x, y = points[-1]
    return line(*points[:-1], (x, y - 4)) + f'<path class="head" d="M{x:g} {y:g}l-4 -7h8z"/>'


def box(x: float, row: float, words: str, width: float, kind: str = "conv") -> list[str]:
    """A box whose middle is x in the given row."""
    y = TOP + row * STEP
    rectangle = f'<rect class="{kind}" x="{x - width / 2:g}" y="{y - BOX / 2:g}" width="{width:g}" height="{BOX}" rx="3"/>'
    return [rectangle, text(x, y, words)]


def between(x: float, row: float) -> str:
    """The arrow into the box of ``row`` from the one above."""
    return arrow((x, TOP + (row - 1) * STEP + BOX / 2), (x, TOP + row * STEP - BOX / 2))


def column(x: float, words: list[str], width: float) -> list[str]:
    """Boxes below one another, joined by arrows."""
    parts = []
    for row, word in enumerate(words):
        parts += [between(x, row)] * (row > 0)
        parts += box(x, row, word, width, "pool" if word == "池化" else "conv")
    return parts


def entry(x: float) -> list[str]:
    """The input, named, and its arrow into the first row."""
    return [text(x, TOP - 48, "输入 x"), arrow((x, TOP - 38), (x, TOP - BOX / 2))]


def leaving(x: float, row: float) -> str:
    """The arrow out of the last box, in ``row``."""
    y = TOP + row * STEP + BOX / 2
    return arrow((x, y), (x, y + 18))


def branches(columns: list[list[str]], width: float, join: str) -> list[str]:
    """Columns side by side between one input and one box that joins them."""
    gap = (WIDTH - 24) / len(columns)
    middle = WIDTH / 2
    rows = max(len(words) for words in columns)
    parts = [text(middle, TOP - 48, "输入 x")]
    for index, words in enumerate(columns):
        x = 12 + gap * (index + 0.5)
        parts.append(arrow((middle, TOP - 38), (middle, TOP - 30), (x, TOP - 22), (x, TOP - BOX / 2)))
        parts += column(x, words, width)
        level = TOP + (rows - 1) * STEP + BOX / 2
        parts.append(line((x, level - (rows - len(words)) * STEP), (x, level), (middle, level + 8)))
    parts.append(arrow((middle, TOP + (rows - 1) * STEP + BOX / 2 + 8), (middle, TOP + rows * STEP - BOX / 2)))
    return parts + box(middle, rows, join, 76, "join")


def shortcut(middle: float, rows: float, right: float) -> str:
    """From the input past ``rows`` rows of boxes into the side of the box that adds."""
    end = TOP + rows * STEP
    way = f'<path class="shortcut" d="M{middle:g} {TOP - 32:g}H{right:g}V{end:g}H{middle + 44:g}"/>'
    return way + f'<path class="head over" d="M{middle + 38:g} {end:g}l8 -5v10z"/>'


def added(middle: float, row: float) -> list[str]:
    """What follows the addition in ``row``: ReLU, and the way out."""
    return [between(middle, row + 1), *box(middle, row + 1, "ReLU", 76), leaving(middle, row + 1)]


def inner(groups: int, base_width: int, planes: int = 64) -> int:
    """Channels between the two 1 x 1 convolutions of a bottleneck."""
    return planes * base_width // 64 * groups


def panels() -> dict[str, list[str]]:
    """Title of each panel -> its parts."""
    middle, narrow = WIDTH / 2, inner(1, 64)
    resnet = [*entry(middle), *column(middle, [f"1×1，{narrow}", f"3×3，{narrow}", "1×1，256"], 92)]
    path = [f"1×1，{inner(1, 4)}", f"3×3，{inner(1, 4)}", "1×1，256"]
    inception = branches([["1×1"], ["1×1", "3×3"], ["1×1", "5×5"], ["池化", "1×1"]], 40, "通道拼接")
    return {
        "VGG：只用 3×3": [*entry(middle), *column(middle, ["3×3", "3×3", "池化"], 76), leaving(middle, 2)],
        "Inception：四路拼接": [*inception, leaving(middle, 2)],
        "ResNet：加上输入": [*resnet, between(middle, 3), *box(middle, 3, "相加", 76, "join"), shortcut(middle, 3, WIDTH - 8), *added(middle, 3)],
        f"ResNeXt：64 路，每路宽 {inner(1, 4)}": [
            *branches([path, path], 74, "相加"), text(middle, TOP + STEP, "…"), shortcut(middle, 3, WIDTH - 4), *added(middle, 3),
        ],
    }


def residual_panels() -> dict[str, list[str]]:
    """The two blocks of ResNet with normalisation and activation where they stand."""
    middle, narrow = WIDTH / 2, inner(1, 64)
    bodies = {
        "基本块（18、34 层）": ["3×3，64 → BN → ReLU", "3×3，64 → BN"],
        "瓶颈块（50 层以上）": [f"1×1，{narrow} → BN → ReLU", f"3×3，{narrow} → BN → ReLU", "1×1，256 → BN"],
    }
    drawn = {}
    for title, words in bodies.items():
        rows = len(words)
        parts = [*entry(middle), *column(middle, words, 160), between(middle, rows)]
        drawn[title] = [*parts, *box(middle, rows, "相加", 76, "join"), shortcut(middle, rows, WIDTH - 8), *added(middle, rows)]
    return drawn


def document(title: str, description: str, drawn: dict[str, list[str]], heights: tuple[int, ...]) -> str:
    """Two panels a row, as one SVG for light and dark pages."""
    parts = []
    for index, (name, panel) in enumerate(drawn.items()):
        parts.append(f'<g transform="translate({WIDTH * (index % 2)} {sum(heights[: index // 2])})">')
        parts += [text(WIDTH / 2, 14, name, "name"), *panel, "</g>"]
    width, height = 2 * WIDTH, sum(heights)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="520" height="{520 * height // width}" role="img">',
        f"<title>{title}</title>",
        f"<desc>{description}</desc>",
        f"<style>\n{STYLE}\n</style>",
        *parts,
        "</svg>",
        "",
    ])


def svg() -> str:
    return document(
        "四种反复出现的块",
        "数据从上往下走。VGG 是一串 3×3 卷积加池化；Inception 把四路的结果在通道上拼接；ResNet 把输入加到三层卷积的结果上，再过 ReLU；"
        "ResNeXt 把 64 条同样的窄路与输入相加，再过 ReLU。",
        panels(), HEIGHTS,
    )


def residual_svg() -> str:
    return document(
        "ResNet 的两种块",
        "基本块是两层 3×3，瓶颈块是 1×1、3×3、1×1；每个卷积后面都是批归一化，除最后一个外再过 ReLU；输入从旁边绕过来相加，相加以后再过 ReLU。",
        residual_panels(), (HEIGHTS[1],),
    )


PICTURES = {NOTES / "architectures.assets" / "blocks.svg": svg, NOTES / "resnet.assets" / "blocks.svg": residual_svg}

if __name__ == "__main__":
    for target, draw in PICTURES.items():
        target.parent.mkdir(exist_ok=True)
        target.write_text(draw(), encoding="utf-8")
