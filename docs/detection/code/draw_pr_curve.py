"""画例子的精确率—召回率曲线、它的包络，以及 VOC 2007 的 11 个取样点。

    python docs/detection/code/draw_pr_curve.py
"""

from fractions import Fraction

from average_precision import curve, envelope, match_coco
from draw_detection import box, circle, document, path, text, write
from map_boxes import DETECTIONS, TRUTHS

LEFT, TOP, SIDE = 44, 30, 290  # 从 (0, 0) 到 (1, 1) 的正方形
ASIDE = {1: (10, -10), 2: (-12, 8), 3: (0, -14), 4: (12, -10), 5: (14, 0), 6: (14, 4), 7: (12, -10)}  # 每个点的编号写在哪一侧


def at(recall, precision):
    return LEFT + SIDE * float(recall), TOP + SIDE * (1 - float(precision))


def line(points):
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in (at(*point) for point in points))


def steps(points):
    """包络的拐点，从召回率 0 到最后达到的召回率。"""
    corners, before = [], Fraction(0)
    for recall in sorted({r for r, _ in points}):
        height = envelope(points, recall)
        corners += [(before, height), (recall, height)]
        before = recall
    return corners


def axes():
    parts = [path(f"M{LEFT} {TOP}V{TOP + SIDE}H{LEFT + SIDE}")]
    for tick in (0, 0.2, 0.4, 0.6, 0.8, 1):
        x, y = at(tick, tick)
        parts += [text(x, TOP + SIDE + 14, f"{tick:g}", "middle small"), text(LEFT - 6, y, f"{tick:g}", "end small")]
        parts.append(path(f"M{LEFT} {y:g}H{LEFT + SIDE}", "thin dash"))
    parts.append(text(LEFT + SIDE, TOP + SIDE + 32, "召回率", "end"))
    parts.append(text(4, 8, "精确率"))
    return parts


def svg() -> str:
    marks = match_coco(TRUTHS, DETECTIONS)
    points = curve(marks, sum(map(len, TRUTHS.values())))
    corners = steps(points)
    parts = axes()
    parts.append(path(line([(0, 0), *corners, (corners[-1][0], 0)]) + "Z", "area"))
    parts.append(path(line([*corners, (corners[-1][0], 0)]), "main"))
    parts.append(path(line(points), "thin"))
    for number, (point, hit) in enumerate(zip(points, marks), 1):
        x, y = at(*point)
        parts.append(circle(x, y, 4.5, "dot") if hit else box(x - 4.5, y - 4.5, x + 4.5, y + 4.5, "hollow"))
        parts.append(text(x + ASIDE[number][0], y + ASIDE[number][1], number, "middle strong"))
    for i in range(11):
        x, y = at(Fraction(i, 10), envelope(points, Fraction(i, 10)))
        parts.append(path(f"M{x - 5:g} {y:g}h10m-5 -5v10"))
    parts += [
        circle(56, 372, 4.5, "dot"), text(66, 372, "TP"),
        box(107, 367.5, 116, 376.5, "hollow"), text(122, 372, "FP"),
        path("M160 372h24", "main"), text(190, 372, "包络"),
        path("M242 372h10m-5 -5v10"), text(258, 372, "11 个取样点"),
    ]
    return document(
        "七个检测的 PR 曲线与它的包络",
        "点 1 到 7 是按分数从高到低的七个检测，圆点是 TP，方块是 FP。包络在召回率 1/5 以内是 1，3/5 以内是 3/4，"
        "4/5 以内是 4/7，再往后是 0。十字是 VOC 2007 的 11 个取样点。",
        (360, 390), parts,
    )


if __name__ == "__main__":
    write("map", "pr-curve.svg", svg())
