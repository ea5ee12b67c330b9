"""Draw LeNet-5 as one SVG for light and dark pages; sizes and parameters come from ``lenet_layers``.

    python docs/deep-learning/code/draw_lenet.py     (writes ../drawing.assets/lenet5.svg)

Units are pixels of the drawing. Feature maps are drawn to one scale, all of them, each behind the one before it.
Every window makes the last value of the first row of the layer after it, so each of these values lies in the next window.
"""

from pathlib import Path

from lenet_layers import Layer, layers

TARGET = Path(__file__).parents[1] / "drawing.assets" / "lenet5.svg"
COLUMN, ROW, MIDDLE = 100, 176, 84  # one layer's width, one row's height, the middle line of a row's maps
SCALE, STEP, BAR = 2, 2, 0.6  # pixels a feature, pixels between maps, pixels a unit of a vector
STYLE = """\
text { font: 13px sans-serif; fill: #14211f; text-anchor: middle }
.name { font-weight: 700 }
.map { fill: #fbfaf7; stroke: #59635f }
.pooled { fill: #fbfaf7; stroke: #14211f }
.vector { fill: #d9e8e5; stroke: #00695c }
.window { fill: #d9e8e5; stroke: #00695c; stroke-width: 1.6 }
.ray, .way { fill: none; stroke: #00695c }
.value { fill: #14211f }
@media (prefers-color-scheme: dark) {
  text { fill: #e9efed }
  .map { fill: #19211f; stroke: #9daaa6 }
  .pooled { fill: #19211f; stroke: #e9efed }
  .vector, .window { fill: #1b2f2c; stroke: #4db6a5 }
  .ray, .way { stroke: #4db6a5 }
  .value { fill: #e9efed }
}"""


def place(index: int) -> tuple[float, float]:
    """Middle of the place of layer ``index``: four layers a row."""
    return COLUMN * (index % 4 + 0.5), ROW * (index // 4) + MIDDLE


def front(layer: Layer, x: float, y: float) -> tuple[float, float, float]:
    """Upper left corner and side of the foremost map of a stack whose middle is (x, y)."""
    side, spread = layer.size * SCALE, (layer.maps - 1) * STEP
    return x - (side + spread) / 2 + spread, y - (side + spread) / 2 + spread, side


def shape(layer: Layer, x: float, y: float) -> list[str]:
    """The stack of maps, or the bar where a layer is a vector."""
    if layer.size == 1:
        height = layer.maps * BAR
        return [f'<rect class="vector" x="{x - 5:g}" y="{y - height / 2:g}" width="10" height="{height:g}"/>']
    left, top, side = front(layer, x, y)
    kind = "pooled" if layer.kind == "下采样" else "map"
    behind = [STEP * step for step in reversed(range(layer.maps))]
    return [f'<rect class="{kind}" x="{left - b:g}" y="{top - b:g}" width="{side:g}" height="{side:g}"/>' for b in behind]


def seen(layer: Layer, following: Layer, index: int) -> tuple[float, float, float]:
    """Upper left corner and side of the window through which the following layer's ``value`` is made."""
    left, top, _ = front(layer, *place(index))
    return left + (following.size - 1) * following.stride * SCALE, top, following.kernel * SCALE


def value(layer: Layer, index: int) -> tuple[float, float]:
    """Middle of the one value that the window on the layer before makes: the upper right corner, or the middle of a vector."""
    x, y = place(index)
    if layer.size == 1:
        return x, y
    left, top, side = front(layer, x, y)
    return left + side - SCALE / 2, top + SCALE / 2


def square(kind: str, x: float, y: float, edge: float) -> str:
    return f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{edge:g}" height="{edge:g}"/>'


def window(layer: Layer, following: Layer, index: int) -> list[str]:
    """The window of the following layer, and the rays from its corners to the one value that it makes."""
    x, y, edge = seen(layer, following, index)
    target_x, target_y = value(following, index + 1)
    rays = [f'<path class="ray" d="M{x + edge:g} {corner:g}L{target_x:g} {target_y:g}"/>' for corner in (y, y + edge)]
    return [square("window", x, y, edge), *rays]


def turn(layer: Layer, following: Layer, index: int) -> list[str]:
    """The window of the last layer of a row, and the way from it to its value in the row below."""
    x, y, edge = seen(layer, following, index)
    target_x, target_y = value(following, index + 1)
    width = 4 * COLUMN
    way = f'<path class="way" d="M{x + edge:g} {y + edge / 2:g}H{width - 5}V{ROW - 6}H6V{ROW + MIDDLE}H16L{target_x:g} {target_y:g}"/>'
    return [square("window", x, y, edge), way, f'<path class="ray" d="M11 {ROW + MIDDLE - 5}l6 5l-6 5"/>']


def dense(layer: Layer, following: Layer, index: int) -> list[str]:
    """From the ends of one bar to the ends of the next: everything is connected with everything."""
    (x, y), (target_x, _) = place(index), place(index + 1)
    ends = [(sign * layer.maps * BAR / 2, sign * following.maps * BAR / 2) for sign in (-1, 1)]
    return [f'<path class="ray" d="M{x + 5:g} {y + end:g}L{target_x - 5:g} {y + target:g}"/>' for end, target in ends]


def words(layer: Layer, x: float, y: float) -> list[str]:
    """Name above; shape and trainable parameters below."""
    operation = f"{layer.kind} {layer.kernel}×{layer.kernel}" if layer.kernel > 1 else layer.kind
    extent = f"{layer.maps}@{layer.size}×{layer.size}" if layer.size > 1 else str(layer.maps)
    lines = [(y - 62, "name", layer.name), (y - 47, "", operation), (y + 58, "", extent)]
    if layer.kernel:
        lines.append((y + 74, "", f"参数 {layer.parameters:,}"))
    return [f'<text class="{kind}" x="{x:g}" y="{line:g}">{text}</text>' for line, kind, text in lines]


def svg() -> str:
    """The whole document."""
    net = layers()
    told = "；".join(f"{layer.name} {layer.kind} {layer.maps}@{layer.size}×{layer.size}" for layer in net)
    parts = []
    for index, layer in enumerate(net):
        parts += shape(layer, *place(index))
        parts += words(layer, *place(index))
    for index, (layer, following) in enumerate(zip(net, net[1:])):
        joined = turn if index % 4 == 3 else window if layer.size > 1 else dense
        parts += joined(layer, following, index)
    for index, layer in enumerate(net[1:], 1):
        if layer.kernel > 1:
            x, y = value(layer, index)
            parts.append(square("value", x - SCALE / 2, y - SCALE / 2, SCALE))
    width, height = 4 * COLUMN, 2 * ROW
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="560" height="{560 * height // width}" role="img">',
        "<title>LeNet-5 的各层</title>",
        f"<desc>{told}。可训练参数共 {sum(layer.parameters for layer in net):,} 个。</desc>",
        f"<style>\n{STYLE}\n</style>",
        *parts,
        "</svg>",
        "",
    ])


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(svg(), encoding="utf-8")
