"""Write ensemble_boxes.json: NMS, soft-NMS and weighted boxes fusion of random boxes.

    pip install ensemble-boxes==1.0.9 && python tests/detection/recorded/record_ensemble_boxes.py

The library's soft_nms returns the scores as they were before the decay, so its inner function is asked, which
leaves the decayed scores in the array it was given.
"""

import json
import random
from importlib.metadata import version
from pathlib import Path

import numpy as np
from ensemble_boxes import nms, weighted_boxes_fusion
from ensemble_boxes.ensemble_boxes_nms import cpu_soft_nms_float

random.seed(20261123)


def prediction(count):
    """Boxes in [0, 1] and scores without ties."""
    boxes = []
    for _ in range(count):
        x, y = random.random() * 0.5, random.random() * 0.5
        boxes.append([round(v, 3) for v in (x, y, x + 0.1 + random.random() * 0.4, y + 0.1 + random.random() * 0.4)])
    return boxes, [round(0.05 + score / 1000, 3) for score in random.sample(range(900), count)]


def suppressed():
    boxes, scores = prediction(random.randint(2, 10))
    labels = [0] * len(boxes)
    case = {"boxes": boxes, "scores": scores, "hard": nms([boxes], [scores], [labels], iou_thr=0.4)[0].tolist()}
    for name, method in (("linear", 1), ("gaussian", 2)):
        decayed = np.array(scores)
        keep = cpu_soft_nms_float(np.array(boxes), decayed, 0.3, 0.5, 0.001, method)
        case[name] = [[int(i), float(score)] for i, score in zip(keep, decayed[decayed > 0.001])]
    return case


def fused():
    models = [prediction(random.randint(1, 5)) for _ in range(random.randint(1, 4))]
    boxes, scores = [m[0] for m in models], [m[1] for m in models]
    out = weighted_boxes_fusion(boxes, scores, [[0] * len(b) for b in boxes], iou_thr=0.55)
    return {"boxes": boxes, "scores": scores, "fused": out[0].tolist(), "fused_scores": out[1].tolist()}


record = {
    "source": f"ensemble-boxes {version('ensemble-boxes')}",
    "suppressed": [suppressed() for _ in range(30)],
    "fused": [fused() for _ in range(30)],
}
text = json.dumps(record).replace('{"boxes"', '\n{"boxes"')
Path(__file__).with_name("ensemble_boxes.json").write_text(text + "\n", encoding="utf-8")
