"""画例子的三张图：真值、检测、分数，以及 IoU 阈值 0.5 下每个检测判对还是判错。

    python docs/detection/code/draw_scenes.py
"""

from average_precision import match_coco
from draw_detection import box, document, path, text, write
from map_boxes import DETECTIONS, TRUTHS

# 每张图：画在哪里（左上角）、画原图的哪一块（像素）、一个像素画成几个单位。
VIEWS = {1: ((8, 26), (0, -8, 110, 102), 1.5), 2: ((186, 26), (8, 8, 160, 196), 1.1), 3: ((8, 244), (20, 0, 160, 110), 1.2)}
CHIP = (56, 17)  # 标签的宽和高
ABOVE = {5}  # 标签写在框上方的检测，其余写在下方
RIGHT = {4, 6}  # 标签与框右对齐的检测，其余左对齐


def placed(image, corners):
    (left, top), (x0, y0, *_), scale = VIEWS[image]
    x1, y1, x2, y2 = corners
    return left + (x1 - x0) * scale, top + (y1 - y0) * scale, left + (x2 - x0) * scale, top + (y2 - y0) * scale


def label(number, corners, hit, score):
    """写着编号、TP 或 FP、分数的小牌：TP 实心，FP 空心。"""
    x1, y1, x2, y2 = corners
    width, height = CHIP
    left = x2 - width if number in RIGHT else x1
    top = y1 - 3 - height if number in ABOVE else y2 + 3
    words = f"{number} {'TP' if hit else 'FP'} {score:.2f}".replace(" 0.", " .")
    kind = f"middle small{' inverse' if hit else ''}"
    return box(left, top, left + width, top + height, "chip" if hit else "hollow") + text(left + width / 2, top + height / 2, words, kind)


def panel(image):
    (left, top), window, _ = VIEWS[image]
    parts = [text(left, top - 11, f"图 {image}", "strong"), box(*placed(image, window), "panel")]
    for truth in TRUTHS[image]:
        parts += [box(*placed(image, truth), "area"), box(*placed(image, truth), "main")]
    return parts


def svg() -> str:
    marks = match_coco(TRUTHS, DETECTIONS)
    parts = [part for image in TRUTHS for part in panel(image)]
    labels = []
    for number, ((image, corners, score), hit) in enumerate(zip(DETECTIONS, marks), 1):
        corners = placed(image, corners)
        parts.append(box(*corners, "" if hit else "dash"))
        labels.append(label(number, corners, hit, score))
    left, top = 192, 262
    legend = [
        box(left, top, left + 26, top + 16, "area"), box(left, top, left + 26, top + 16, "main"), text(left + 34, top + 8, "真值（共 5 个）"),
        path(f"M{left} {top + 34}h26"), text(left + 34, top + 34, "检测，判为 TP"),
        path(f"M{left} {top + 58}h26", "dash"), text(left + 34, top + 58, "检测，判为 FP"),
        text(left, top + 84, "编号按分数从高到低；牌上是", "small"),
        text(left, top + 100, "编号、判定、分数", "small"),
    ]
    found = "，".join(f"{number} 号 {'TP' if hit else 'FP'}" for number, hit in enumerate(marks, 1))
    return document(
        "例子的三张图：五个真值，七个检测",
        f"图 1 有两个真值、三个检测，图 2 有两个真值、两个检测，图 3 有一个真值、两个检测。IoU 阈值 0.5 时：{found}。"
        "图 2 右下的真值没有被找到。",
        (360, 384), [*parts, *labels, *legend],
    )


if __name__ == "__main__":
    write("map", "scenes.svg", svg())
