"""用 pycocotools 评自己的结果：两个文件、两个类、平手、操作点，以及别的工具给的数。"""

import time

import numpy as np

from average_precision import ap_area, ap_at, curve, match_coco
from coco_evaluation import annotations, results
from coco_evaluation import evaluate as stats_of
from map_boxes import DETECTIONS, TRUTHS

clock, time.time = time.time, lambda: 0.0  # pycocotools 会打印用时；每次运行的输出要一样

# --8<-- [start:evaluate]
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

truths = COCO("map_annotations.json")
detections = truths.loadRes("map_results.json")
evaluation = COCOeval(truths, detections, "bbox")
evaluation.evaluate()
evaluation.accumulate()
evaluation.summarize()
# --8<-- [end:evaluate]
time.time = clock

# --8<-- [start:classes]
precision = evaluation.eval["precision"]  # IoU 档 × 101 点 × 类 × 面积段 × 个数上限
for number, category in enumerate(evaluation.params.catIds):
    name = truths.cats[category]["name"]
    whole, half = precision[:, :, number, 0, -1], precision[0, :, number, 0, -1]
    print(f"{name}：AP = {whole.mean():.4f}，AP50 = {half.mean():.4f}")
print(f"对类平均：AP = {evaluation.stats[0]:.4f}，AP50 = {evaluation.stats[1]:.4f}")
# --8<-- [end:classes]

# --8<-- [start:ties]
one = annotations([(1, 1, (0, 0, 50, 50), {})])
right, wrong = (1, 1, (0, 0, 50, 50), 0.5), (1, 1, (200, 200, 250, 250), 0.5)
for order, boxes in [("对的在前", [right, wrong]), ("错的在前", [wrong, right])]:
    print(f"{order}：AP50 = {stats_of(one, results(boxes)).stats[1]:.2f}")
# --8<-- [end:ties]

# --8<-- [start:operating]
marks = match_coco(TRUTHS, DETECTIONS)
points = curve(marks, 5)
print("| 分数阈值 | 留下几个 | 精确率 | 召回率 | $F_1$ |\n| --- | --- | --- | --- | --- |")
for kept, ((_, _, score), (r, p)) in enumerate(zip(DETECTIONS, points), 1):
    print(f"| {score:.2f} | {kept} | {p} | {r} | {2 * p * r / (p + r)} |")
# --8<-- [end:operating]


# --8<-- [start:trapezoid]
def ap_trapezoid(points, slanting):
    """包络的点之间连直线，在 101 处取值，用梯形法求面积。

    slanting=True：最后一个点斜着连到 (1, 0)，旧版；False：到最后一个点就落到 0，新版。
    """
    last = [] if slanting else [(points[-1][0], 0)]
    ends = [(0, 1), *points, *last, (1, 0)]
    recalls = [float(r) for r, _ in ends]
    heights = [1.0, *(float(max(p for _, p in ends[i:])) for i in range(1, len(ends)))]
    at = np.linspace(0, 1, 101)
    return np.trapezoid(np.interp(at, recalls, heights), at)
# --8<-- [end:trapezoid]


# --8<-- [start:tools]
rows = [
    ("VOC 2007（11 点）", ap_at(points, 10)),
    ("VOC 2010 起（全点）", ap_area(points)),
    ("COCO（101 点）", ap_at(points, 100)),
    ("连直线、梯形法（Ultralytics 000df7b）", ap_trapezoid(points, slanting=True)),
    ("同上，到最后一个点为止（Ultralytics 8.4.190）", ap_trapezoid(points, slanting=False)),
]
for name, value in rows:
    print(f"{float(value):.6f}  {name}")
sixty = curve([True] * 60, 100)  # 一百个真值，找到六十个，没有误报
print(f"只找到六成：COCO {float(ap_at(sixty, 100)):.3f}，000df7b {ap_trapezoid(sixty, True):.3f}，8.4.190 {ap_trapezoid(sixty, False):.3f}")
# --8<-- [end:tools]
