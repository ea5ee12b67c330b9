"""画 RoIAlign 的两件小事：一个取样点的四个邻居与权重，以及坐标与下标差的半格。

    python docs/detection/code/draw_sample.py
"""

from draw_detection import box, circle, document, path, text, write
from roi import neighbours

POINT = (2.4, 1.3)  # 取样点的下标：行，列
LEFT, TOP, SIDE = 92, 44, 170  # 四个邻居的中心连成的正方形


def sample() -> str:
    (row, down), (low, down_far) = neighbours(POINT[0], 8)
    (column, across), (right, across_far) = neighbours(POINT[1], 8)
    x, y = LEFT + (POINT[1] - column) * SIDE, TOP + (POINT[0] - row) * SIDE
    end_x, end_y = LEFT + SIDE, TOP + SIDE
    areas = [  # 每个邻居：圆心、它的权重画在对角的那一块
        (LEFT, TOP, row, column, down * across, (x, y, end_x, end_y)),
        (end_x, TOP, row, right, down * across_far, (LEFT, y, x, end_y)),
        (LEFT, end_y, low, column, down_far * across, (x, TOP, end_x, y)),
        (end_x, end_y, low, right, down_far * across_far, (LEFT, TOP, x, y)),
    ]
    parts = [box(*areas[0][5], "area"), box(LEFT, TOP, end_x, end_y), path(f"M{x:g} {TOP}V{end_y}M{LEFT} {y:g}H{end_x}", "thin")]
    for cx, cy, i, j, weight, (x1, y1, x2, y2) in areas:
        side, kind = (-12, "end") if cx == LEFT else (12, "")
        parts += [
            circle(cx, cy, 5, "chip"),
            text(cx + side, cy - 8, f"({i}, {j})", kind), text(cx + side, cy + 10, f"值 {10 * i + j}", f"{kind} small"),
            text((x1 + x2) / 2, (y1 + y2) / 2, f"{weight:.2f}", "middle strong"),
        ]
    parts += [circle(x, y, 6, "dot"), text(x + 10, y - 12, f"({POINT[0]}, {POINT[1]})", "strong")]
    parts.append(text(177, end_y + 34, "一块的面积是它对角那个邻居的权重，", "middle"))
    parts.append(text(177, end_y + 54, f"例如右下的 {areas[0][4]:.2f} 归左上的 ({row}, {column})", "middle"))
    return document(
        "一个取样点的四个邻居与权重",
        f"取样点在第 {POINT[0]} 行第 {POINT[1]} 列，四个邻居是 "
        + "、".join(f"({i}, {j}) 权重 {weight:.2f}" for _, _, i, j, weight, _ in areas)
        + "。离得越近，权重越大；每个权重等于对角那块矩形的面积。",
        (360, end_y + 70), parts,
    )


def half() -> str:
    """一条数轴：上面是格子的边界（连续坐标），下面是格子的中心（下标）。"""
    left, unit, middle = 30, 60, 70
    parts = [text(left - 22, 22, "连续坐标", "strong"), text(left - 22, 118, "下标", "strong")]
    for cell in range(5):
        x = left + cell * unit
        parts += [box(x, middle - 18, x + unit, middle + 18, "panel"), circle(x + unit / 2, middle, 4, "chip")]
        parts.append(text(x + unit / 2, middle + 32, cell, "middle"))
    parts += [text(left + edge * unit, middle - 30, edge, "middle") for edge in range(6)]
    x = left + 3.2 * unit
    parts += [path(f"M{x:g} {middle - 24}V{middle + 24}", "main"), circle(x, middle, 5, "dot")]
    parts.append(text(180, middle + 74, "坐标 3.2 在第 3 格，离它的中心还差 0.3 格：下标 2.7", "middle small"))
    return document(
        "连续坐标与下标差半格",
        "五个格子的边界在 0、1、2、3、4、5，中心在 0.5、1.5、2.5、3.5、4.5，下标是 0 到 4。坐标 3.2 减半格得下标 2.7。",
        (360, 158), parts,
    )


if __name__ == "__main__":
    write("roi-align", "sample.svg", sample())
    write("roi-align", "half.svg", half())
