"""What the figures of the notes on convolution share: cells, one palette for light and dark. Units are pixels.

Solid is real or computed now, dashed is padding or ignored; colour never stands alone.
"""

from pathlib import Path

ASSETS = Path(__file__).parents[1] / "cnn.assets"
STYLE = """\
text { font: 13px sans-serif; fill: #14211f; text-anchor: middle; dominant-baseline: central }
text.label { text-anchor: start }
text.strong { font-weight: 700 }
rect { fill: #fbfaf7; stroke: #59635f }
rect.padding { fill: none; stroke: #8d5b3f; stroke-dasharray: 3 3 }
rect.chosen { fill: #d9e8e5; stroke: #00695c; stroke-width: 2.5 }
rect.frame { fill: none; stroke: #00695c; stroke-width: 3 }
path { fill: none; stroke: #00695c; stroke-width: 1.5 }
path.cone { fill: #00695c; fill-opacity: .14; stroke: none }
path.head { fill: #00695c; stroke: none }
@media (prefers-color-scheme: dark) {
  text { fill: #e9efed }
  rect { fill: #19211f; stroke: #9daaa6 }
  rect.padding { fill: none; stroke: #c99b7d }
  rect.chosen { fill: #1b2f2c; stroke: #4db6a5 }
  rect.frame { fill: none; stroke: #4db6a5 }
  path { stroke: #4db6a5 }
  path.cone, path.head { fill: #4db6a5 }
}"""


def document(title, description, width, height, parts):
    """One SVG document from the texts of its parts."""
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        f"<title>{title}</title>",
        f"<desc>{description}</desc>",
        f"<style>\n{STYLE}\n</style>",
        *parts,
        "</svg>",
        "",
    ])


def label(x, y, text, kind="label"):
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{text}</text>'


def cell(x, y, size, text="", kind=""):
    """A square with its upper left corner at (x, y); kind is empty, padding or chosen."""
    square = f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{size}" height="{size}"/>'
    if text == "":
        return square
    return square + label(x + size / 2, y + size / 2, text, "strong" if kind == "chosen" else "")


def grid(x, y, size, values, chosen=lambda row, column: False):
    """A table of numbers, its upper left corner at (x, y)."""
    return [
        cell(x + column * size, y + row * size, size, str(value).replace("-", "−"), "chosen" if chosen(row, column) else "")
        for row, line in enumerate(values)
        for column, value in enumerate(line)
    ]


def arrow(x, y, to_x, to_y):
    """A line with a head, from (x, y) to (to_x, to_y), horizontal or vertical."""
    dx, dy = (to_x > x) - (to_x < x), (to_y > y) - (to_y < y)
    tip = f"M{to_x:g} {to_y:g}l{-7 * dx - 4 * dy:g} {-7 * dy - 4 * dx:g}l{8 * dy:g} {8 * dx:g}z"
    return f'<path d="M{x:g} {y:g}L{to_x - 5 * dx:g} {to_y - 5 * dy:g}"/><path class="head" d="{tip}"/>'


def write(name, text):
    """Write one figure into the folder of the note's pictures."""
    ASSETS.mkdir(exist_ok=True)
    (ASSETS / name).write_text(text, encoding="utf-8")
