"""Draw how the receptive field grows over three layers of kernel 3, without and with stride in the first.

    python docs/deep-learning/code/draw_receptive_growth.py
"""

from draw_conv_cells import cell, document, label, write

SIZE, GAP = 24, 40          # side of a cell; from one row to the next
CENTRE, ROWS = 222, 4       # x of the middle; rows of a panel
NAMES = ("输入", "第 1 层", "第 2 层", "第 3 层")


def seen(strides):
    """How many units of each row, input first, one unit of the last layer sees; all kernels are 3."""
    counts = [1]
    for s in reversed(strides):
        counts.insert(0, (counts[0] - 1) * s + 3)
    return counts


def panel(top, name, strides):
    """One pyramid, its last layer on top; the units of a row stand where their windows have their middle."""
    parts = [label(10, top, name)]
    jump, jumps = 1, [1]
    for s in strides:
        jump *= s
        jumps.append(jump)
    edges = []
    for level, (count, step) in enumerate(zip(seen(strides), jumps)):
        y = top + 18 + (ROWS - 1 - level) * GAP
        half = (count - 1) / 2 * step * SIZE + SIZE / 2
        edges.append((half, y))
        parts.append(label(10, y + SIZE / 2, f"{NAMES[level]}：{count}"))
        for i in range(count):
            x = CENTRE + (i - (count - 1) / 2) * step * SIZE - SIZE / 2
            parts.append(cell(x, y, SIZE, kind="chosen" if level in (0, ROWS - 1) else ""))
    for (below, y_below), (above, y_above) in zip(edges, edges[1:]):
        parts.insert(1, f'<path class="cone" d="M{CENTRE - above:g} {y_above + SIZE}H{CENTRE + above:g}'
                        f'L{CENTRE + below:g} {y_below}H{CENTRE - below:g}z"/>')
    return parts


def svg() -> str:
    return document(
        "步长让后面每一层看得更远",
        "三层核 3。步长都是 1 时一个输出看到 7 个像素；第一层步长为 2 时看到 11 个像素。",
        360, 380,
        [*panel(16, "步长 1、1、1", (1, 1, 1)), *panel(206, "步长 2、1、1", (2, 1, 1))],
    )


if __name__ == "__main__":
    write("growth.svg", svg())
