"""What the figures of this section share: one style for light and dark, and the parts they are made of. Units are pixels."""

from pathlib import Path

STYLE = """\
text { font: 13px sans-serif; fill: #263238; dominant-baseline: central }
text.middle { text-anchor: middle }
text.end { text-anchor: end }
text.small { font-size: 12px }
text.strong { font-weight: 700 }
path, rect, circle { fill: none; stroke: #455a64; stroke-width: 1.5 }
.thin { stroke: #90a4ae; stroke-width: 1 }
.dash { stroke-dasharray: 4 3 }
.main { stroke: #00695c; stroke-width: 2.5 }
.area { fill: #80cbc4; fill-opacity: .35; stroke: none }
.second { stroke: #bf360c; stroke-width: 2.5 }
.dot { fill: #00695c; stroke: #00695c }
.hollow { fill: #ffffff; stroke: #bf360c; stroke-width: 2 }
.panel { fill: #eceff1; stroke: #607d8b; stroke-width: 1 }
@media (prefers-color-scheme: dark) {
  text { fill: #eceff1 }
  path, rect, circle { stroke: #b0bec5 }
  .thin { stroke: #607d8b }
  .main { stroke: #80cbc4 }
  .area { fill: #00796b; fill-opacity: .45 }
  .second { stroke: #ffab91 }
  .dot { fill: #80cbc4; stroke: #80cbc4 }
  .hollow { fill: #1e2129; stroke: #ffab91 }
  .panel { fill: #37474f; stroke: #90a4ae }
}"""


def document(title, description, size, parts):
    """One SVG document of this (width, height) from the texts of its parts."""
    width, height = size
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        f"<title>{title}</title>",
        f"<desc>{description}</desc>",
        f"<style>\n{STYLE}\n</style>",
        *parts,
        "</svg>",
        "",
    ])


def text(x, y, words, kind=""):
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{words}</text>'


def path(data, kind=""):
    return f'<path class="{kind}" d="{data}"/>'


def box(x1, y1, x2, y2, kind=""):
    return f'<rect class="{kind}" x="{x1:g}" y="{y1:g}" width="{x2 - x1:g}" height="{y2 - y1:g}"/>'


def circle(x, y, radius, kind=""):
    return f'<circle class="{kind}" cx="{x:g}" cy="{y:g}" r="{radius:g}"/>'


def write(note, name, document_text):
    """Write one figure into the folder of a note's pictures."""
    folder = Path(__file__).parents[1] / f"{note}.assets"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(document_text, encoding="utf-8")
