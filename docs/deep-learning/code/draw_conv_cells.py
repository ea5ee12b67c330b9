"""What the figures of the note on convolution share: rows of cells, one style for light and dark. Units are pixels."""

from pathlib import Path

ASSETS = Path(__file__).parents[1] / "cnn.assets"
STYLE = """\
text { font: 13px sans-serif; fill: #14211f; text-anchor: middle; dominant-baseline: central }
text.label { text-anchor: start }
text.strong { font-weight: 700 }
rect { fill: #f3f1ea; stroke: #59635f }
rect.padding { fill: none; stroke-dasharray: 3 3 }
rect.chosen { fill: #d9e8e5; stroke: #00695c; stroke-width: 2.5 }
path { fill: none; stroke: #00695c; stroke-width: 1.5 }
path.cone { fill: #00695c; fill-opacity: .12; stroke: none }
@media (prefers-color-scheme: dark) {
  text { fill: #e9efed }
  rect { fill: #19211f; stroke: #9daaa6 }
  rect.padding { fill: none }
  rect.chosen { fill: #1b2f2c; stroke: #4db6a5 }
  path { stroke: #4db6a5 }
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


def write(name, text):
    """Write one figure into the folder of the note's pictures."""
    ASSETS.mkdir(exist_ok=True)
    (ASSETS / name).write_text(text, encoding="utf-8")
