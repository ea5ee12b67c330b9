"""本节插图共用的样式（浅色、深色）和部件；单位是像素。

虚线：旧的、取整的、没选中的；实线：真实的、选中的。
"""

from pathlib import Path

STYLE = """\
text { font: 13px sans-serif; fill: #14211f; dominant-baseline: central }
text.middle { text-anchor: middle }
text.end { text-anchor: end }
text.small { font-size: 12px }
text.strong { font-weight: 700 }
text.inverse { fill: #fbfaf7 }
path, rect, circle { fill: none; stroke: #14211f; stroke-width: 1.5 }
.thin { stroke: #59635f; stroke-width: 1; stroke-opacity: .5 }
.dash { stroke-dasharray: 5 4 }
.main { stroke: #00695c; stroke-width: 2.5 }
.area { fill: #00695c; fill-opacity: .16; stroke: none }
.then { stroke: #8d5b3f; stroke-width: 2.2; stroke-dasharray: 5 4 }
.then-area { fill: #8d5b3f; fill-opacity: .16; stroke: none }
.dot { fill: #00695c; stroke: #00695c }
.chip { fill: #14211f }
.hollow { fill: #fbfaf7; stroke: #14211f; stroke-width: 1.5 }
.panel { fill: #f3f1ea; stroke: #59635f; stroke-width: 1; stroke-opacity: .5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e9efed }
  text.inverse { fill: #101615 }
  path, rect, circle { stroke: #e9efed }
  .thin { stroke: #9daaa6 }
  .main { stroke: #4db6a5 }
  .area { fill: #4db6a5; fill-opacity: .22 }
  .then { stroke: #c99b7d }
  .then-area { fill: #c99b7d; fill-opacity: .22 }
  .dot { fill: #4db6a5; stroke: #4db6a5 }
  .chip { fill: #e9efed }
  .hollow { fill: #101615; stroke: #e9efed }
  .panel { fill: #19211f; stroke: #9daaa6 }
}"""


def document(title, description, size, parts):
    """由各部件的文本拼成一张 SVG；size 是 (宽, 高)。"""
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
    """把一张图写进这篇笔记的图片文件夹。"""
    folder = Path(__file__).parents[1] / f"{note}.assets"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(document_text, encoding="utf-8")
