"""Write torchvision.json: what torchvision's compiled roi_pool, roi_align and nms return for random cases.

They load where torch and torchvision were built for each other, as in Debian 12 (python3-torchvision 0.14.1):

    python3 tests/detection/recorded/record_torchvision.py

Coordinates are multiples of 1/4 or of half a cell, and scales powers of 2, so that single precision multiplies them without error.
"""

import json
import random
from pathlib import Path

import torch
import torchvision
from torchvision.ops import nms, roi_align, roi_pool

random.seed(20261123)


def region():
    """A feature map, a box that may leave it, bins and scale; one box in three has its ends on halves of cells."""
    height, width, stride = random.randint(1, 9), random.randint(1, 9), random.choice([1, 4, 16, 32])
    step = stride / 2 if random.random() < 1 / 3 else 0.25
    box = []
    for side in (width, height):
        start = random.randint(-8 * stride, 4 * side * stride) / 4 // step * step
        box += [start, start + random.choice([0, random.randint(0, 4 * (side + 2) * stride) / 4]) // step * step]
    return {
        "feature": [[random.randint(-9, 9) for _ in range(width)] for _ in range(height)],
        "box": [box[0], box[2], box[1], box[3]],
        "scale": 1 / stride,
        "bins": [random.randint(1, 4), random.randint(1, 7)],
    }


def tensors(case):
    return torch.tensor([[case["feature"]]]).float(), torch.tensor([[0.0, *case["box"]]])


def pooled():
    case = region()
    return {**case, "output": roi_pool(*tensors(case), case["bins"], case["scale"])[0, 0].tolist()}


def aligned():
    case = {**region(), "ratio": random.choice([-1, 0, 1, 2, 3]), "aligned": random.random() < 0.5}
    output = roi_align(*tensors(case), case["bins"], case["scale"], case["ratio"], case["aligned"])
    return {**case, "output": output[0, 0].tolist()}


def suppressed():
    boxes = []
    for _ in range(random.randint(1, 12)):
        x, y = random.randint(0, 12), random.randint(0, 12)
        boxes.append([x, y, x + random.randint(1, 8), y + random.randint(1, 8)])
    scores = [random.randint(1, 4) / 8 for _ in boxes]  # ties are wanted
    threshold = random.choice([0.25, 0.5, 0.75])
    keep = nms(torch.tensor(boxes).float(), torch.tensor(scores), threshold).tolist()
    return {"boxes": boxes, "scores": scores, "threshold": threshold, "keep": keep}


def wide():
    """One row of 130 cells, each its own number: the last cell of every bin for regions of 57 and 114 cells."""
    ramp = {"feature": [list(range(130))], "bins": [1, 7], "scale": 1.0}
    cases = [{**ramp, "box": [0, 0, size - 1, 0]} for size in (57, 114)]
    return [{**case, "output": roi_pool(*tensors(case), case["bins"], case["scale"])[0, 0].tolist()} for case in cases]


record = {
    "source": f"torchvision {torchvision.__version__}, torch {torch.__version__}, CPU, float32",
    "roi_pool": [pooled() for _ in range(80)],
    "roi_align": [aligned() for _ in range(100)],
    "nms": [suppressed() for _ in range(80)],
    "wide": wide(),
}
lines = [f'  "{key}": ' + (json.dumps(value) if isinstance(value, str) else
         "[\n    " + ",\n    ".join(map(json.dumps, value)) + "\n  ]") for key, value in record.items()]
Path(__file__).with_name("torchvision.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
