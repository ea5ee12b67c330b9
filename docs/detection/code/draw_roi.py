"""画 8×8 特征图上的那个框：RoI Pooling 把它变成什么，RoIAlign 在哪里取样。

    python docs/detection/code/draw_roi.py
"""

from draw_detection import box, circle, document, path, text, write
from roi import pool_bins, sample_points

CELLS, SIDE, TOP = 8, 20, 44  # 第 i 格占 [i, i + 1)，值在格子中心
REGION = tuple(end / 16 for end in (17, 34, 84, 95))


def grid(left):
    parts = [box(left, TOP, left + CELLS * SIDE, TOP + CELLS * SIDE, "panel")]
    for i in range(1, CELLS):
        parts.append(path(f"M{left + i * SIDE} {TOP}v{CELLS * SIDE}M{left} {TOP + i * SIDE}h{CELLS * SIDE}", "thin"))
    for i in range(CELLS):
        parts.append(text(left + (i + 0.5) * SIDE, TOP - 9, i, "middle small"))
    return parts


def region(left, corners, kind):
    x1, y1, x2, y2 = corners
    return box(left + x1 * SIDE, TOP + y1 * SIDE, left + x2 * SIDE, TOP + y2 * SIDE, kind)


def pooling(left):
    """取整后的 bin，共用第 3 列和第 4 行。"""
    columns, rows = pool_bins(REGION[0], REGION[2], 2, CELLS), pool_bins(REGION[1], REGION[3], 2, CELLS)
    bins = [(x1, y1, x2, y2) for y1, y2 in rows for x1, x2 in columns]
    parts = [*grid(left), *(region(left, corners, "then-area") for corners in bins)]
    parts += [region(left, (columns[0][0], rows[0][0], columns[1][1], rows[1][1]), "then")]
    return [*parts, region(left, REGION, "main")]


def aligning(left):
    """aligned=True 的取样点：值在格子中心，所以画图时不用再移半格。"""
    parts = [*grid(left), region(left, REGION, "main")]
    x1, y1, x2, y2 = (end * SIDE for end in REGION)
    upright = f"M{left + (x1 + x2) / 2:g} {TOP + y1:g}V{TOP + y2:g}"
    parts.append(path(f"{upright}M{left + x1:g} {TOP + (y1 + y2) / 2:g}H{left + x2:g}", "main"))
    ys = [y for part in sample_points(REGION[1], REGION[3], 2, 2) for y in part]
    xs = [x for part in sample_points(REGION[0], REGION[2], 2, 2) for x in part]
    return parts + [circle(left + x * SIDE, TOP + y * SIDE, 2.6, "dot") for y in ys for x in xs]


def svg() -> str:
    first, second, low = 16, 196, TOP + CELLS * SIDE
    rows = [text(first - 8, TOP + (i + 0.5) * SIDE, i, "middle small") for i in range(CELLS)]
    parts = [
        text(first, 14, "RoI Pooling", "strong"), text(second, 14, "RoIAlign", "strong"),
        *rows, *pooling(first), *aligning(second),
        path(f"M{first} {low + 18}h22", "main"), text(first + 28, low + 18, "映射后的框"),
        path(f"M{first} {low + 38}h22", "then"), text(first + 28, low + 38, "取整后的区域"),
        box(first + 3, low + 52, first + 19, low + 64, "then-area"), text(first + 28, low + 58, "四个 bin（深色处重叠）"),
        path(f"M{second} {low + 18}h22", "main"), text(second + 28, low + 18, "框与四个 bin"),
        circle(second + 11, low + 38, 2.6, "dot"), text(second + 28, low + 38, "取样点"),
    ]
    return document(
        "同一个框在 RoI Pooling 与 RoIAlign 里",
        "左：映射后的框横跨 1.0625 到 5.25、纵跨 2.125 到 5.9375，取整后变成第 1 到 5 列、第 2 到 6 行，四个 bin 在第 3 列和第 4 行重叠。"
        "右：框不取整，平分成四个 bin，每个 bin 取 2×2 个点。",
        (360, low + 72), parts,
    )


if __name__ == "__main__":
    write("roi-align", "bins.svg", svg())
