"""Write ensemble_boxes.json: weighted boxes fusion and soft-NMS of random boxes.

    pip install ensemble-boxes==1.0.9 && python tests/widgets/recorded/record_ensemble_boxes.py

The library's soft_nms returns the scores as they were before the decay, so its inner function is asked.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from cases import decays, fusions
from ensemble_boxes import weighted_boxes_fusion
from ensemble_boxes.ensemble_boxes_nms import cpu_soft_nms_float


def short(value, digits):
    return float(f"{value:.{digits}g}")


def fused(case):
    boxes = [[item["box"] for item in model] for model in case["models"]]
    scores = [[item["score"] for item in model] for model in case["models"]]
    labels = [[0] * len(model) for model in case["models"]]
    found = weighted_boxes_fusion(boxes, scores, labels, iou_thr=case["threshold"], conf_type="avg")
    return [[short(end, 8) for end in (*box, score)] for box, score in zip(*found[:2])]  # in single precision


def decayed(case, method):
    scores = np.array(case["scores"])
    keep = cpu_soft_nms_float(np.array(case["boxes"]), scores, case["threshold"], case["sigma"], case["floor"], method)
    return [[int(index), short(score, 12)] for index, score in zip(keep, scores[scores > case["floor"]])]


record = {
    "source": f"ensemble-boxes {version('ensemble-boxes')}",
    "fused": [fused(case) for case in fusions(1000)],
    "linear": [decayed(case, 1) for case in decays(1000)],
    "gaussian": [decayed(case, 2) for case in decays(1000)],
}
Path(__file__).with_name("ensemble_boxes.json").write_text(json.dumps(record, separators=(",", ":")) + "\n", encoding="utf-8")
