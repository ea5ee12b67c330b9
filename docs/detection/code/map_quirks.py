"""算 AP 的程序在边角上到底怎么做：每一段是一处意外，跑出来看。"""

import numpy as np

from average_precision import ap_at, curve, match_coco
from coco_evaluation import annotations, evaluate, results
from map_boxes import DETECTIONS, TRUTHS

# --8<-- [start:setting]
BOX = (0, 0, 50, 50)
EMPTY_CORNER = (200, 200, 250, 250)


def found(hits, truths=10):
    """每图一个真值，前 hits 个被分毫不差地找到：COCO 的标注和结果。"""
    gt = annotations([(image, 1, BOX, {}) for image in range(1, truths + 1)])
    dt = results([(image, 1, BOX, 1 - image / 100) for image in range(1, hits + 1)])
    return gt, dt
# --8<-- [end:setting]


# --8<-- [start:eleven]
def voc07(recall, precision):
    """11 个取样点通常的写法。"""
    tenths = np.arange(0.0, 1.1, 0.1)
    heights = [max(precision[recall >= t], default=0.0) for t in tenths]
    return sum(heights) / 11


print([t for t in np.arange(0.0, 1.1, 0.1).tolist() if len(repr(t)) > 3])
points = curve(match_coco(TRUTHS, DETECTIONS), 5)  # 召回率在 3/5 停留了一段
recall, precision = np.array(points, dtype=float).T
exact, programmed = float(ap_at(points, 10)), voc07(recall, precision)
print(f"11 点，精确：{exact:.6f}  程序：{programmed:.6f}")
# --8<-- [end:eleven]

# --8<-- [start:hundred]
thresholds = np.linspace(0.0, 1.0, 101)
print([i for i in range(101) if thresholds[i] > i / 100])
for truths in (10, 1000):  # 曲线到 7/10 为止
    hits = truths * 7 // 10
    exact = ap_at(curve([True] * hits, truths), 100)
    programmed = evaluate(*found(hits, truths)).stats[1]
    print(f"找对 {truths} 个里的 {hits} 个，精确：{exact}  pycocotools：{round(programmed * 101)}/101")
# --8<-- [end:hundred]

# --8<-- [start:threshold]
print("第 9 档 IoU 阈值：", evaluate(*found(1)).params.iouThrs[8])
for truths in (1, 2):
    print(f"{truths} 个真值全对：AP =", float(evaluate(*found(truths, truths)).stats[0]))
# --8<-- [end:threshold]

# --8<-- [start:zero]
two = [(1, 1, BOX, {}), (2, 1, BOX, {})]
both_found = results([(1, 1, BOX, 0.9), (2, 1, BOX, 0.8)])
for first in (1, 0):
    print(f"id 从 {first} 编号：AP50 = {evaluate(annotations(two, first), both_found).stats[1]:.4f}")
# --8<-- [end:zero]

# --8<-- [start:maxdets]
both = annotations([(1, 1, BOX, {}), (1, 2, BOX, {})])  # 一张图，两个类，各一个目标
for rank in (100, 101):
    wrong = [(1, c, EMPTY_CORNER, 0.9) for c in (1, 2) for _ in range(rank - 1)]
    right = [(1, c, BOX, 0.5) for c in (1, 2)]
    stats = evaluate(both, results(wrong + right)).stats
    print(f"一图 {2 * rank} 个检测，真框各排第 {rank}：AR@100 = {stats[8]:.2f}")
print("maxDets 里没有 100：AP =", evaluate(*found(10), max_detections=(1, 10, 300)).stats[0])
# --8<-- [end:maxdets]

# --8<-- [start:fields]
square = annotations([(1, 1, (0, 0, 32, 32), {})])
stats = evaluate(square, results([(1, 1, (0, 0, 32, 32), 0.9)])).stats
print(f"32×32：AP_S = {stats[3]:.2f}，AP_M = {stats[4]:.2f}，AP_L = {stats[5]:.0f}")
big = annotations([(1, 1, (0, 0, 60, 60), {"area": 900})])  # 细长的目标：掩码只有 900 像素
stats = evaluate(big, results([(1, 1, (0, 0, 60, 60), 0.9)])).stats
print(f"60×60 的框、掩码面积 900：AP_S = {stats[3]:.2f}，AP_M = {stats[4]:.0f}")
ignored = annotations([(1, 1, BOX, {}), (1, 1, EMPTY_CORNER, {"ignore": 1})])
print(f"漏掉一个 ignore=1 的真值：AP50 = {evaluate(ignored, results([(1, 1, BOX, 0.9)])).stats[1]:.4f}")
# --8<-- [end:fields]

# --8<-- [start:crowd]
crowd = annotations([(1, 1, BOX, {}), (1, 1, (100, 0, 300, 200), {"iscrowd": 1})])
inside = [(1, 1, (x, 10, x + 20, 60), 0.9) for x in (110, 130, 150)]  # 人群里的三个人
stats = evaluate(crowd, results([*inside, (1, 1, BOX, 0.5)])).stats
print(f"AP50 = {stats[1]:.2f}，AR@1 = {stats[6]:.2f}，AR@10 = {stats[7]:.2f}")
# --8<-- [end:crowd]

# --8<-- [start:fifty]
people = annotations([
    (1, 1, (0, 0, 100, 100), {}),
    (1, 1, (500, 0, 600, 100), {}),
    (1, 1, (0, 0, 100, 49), {"iscrowd": 1}),
])
boxes = results([
    (1, 1, (0, 0, 100, 58), 0.9),  # 与真值的 IoU 是 0.58
    (1, 1, (0, 0, 100, 100), 0.8),
    (1, 1, (500, 0, 600, 100), 0.7),
])
stats = evaluate(people, boxes).stats
print(f"AP = {stats[0]:.4f}，AP50 = {stats[1]:.4f}，AP75 = {stats[2]:.4f}")
# --8<-- [end:fifty]
