"""取样点是单精度数时，例子的 AP 变成多少：torchmetrics 1.9.0 的默认取样点就是这样来的。"""

import contextlib
import io

import numpy as np
import torch

from coco_evaluation import annotations, evaluate, results
from map_boxes import DETECTIONS, TRUTHS

truths = annotations([(image, 1, box, {}) for image, boxes in TRUTHS.items() for box in boxes])
found = results([(image, 1, box, score) for image, box, score in DETECTIONS])


# --8<-- [start:single]
def ap_at_points(recalls):
    """在这些召回率处取样：例子的 (AP, AP50)。"""
    evaluation = evaluate(truths, found)
    evaluation.params.recThrs = np.array(recalls)
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation.stats[:2]


for name, recalls in [
    ("numpy.linspace，双精度", np.linspace(0, 1, 101).tolist()),
    ("torch.linspace，单精度", torch.linspace(0, 1, 101).tolist()),
]:
    ap, ap50 = ap_at_points(recalls)
    print(f"{name}：第 60 个点 {recalls[60]!r}，AP = {ap:.6f}，AP50 = {ap50:.6f}")
# --8<-- [end:single]
