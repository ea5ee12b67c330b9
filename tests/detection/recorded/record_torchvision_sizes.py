"""Write torchvision_sizes.json: the sizes that torchvision's detection models give to random pictures.

    pip install torch && pip install --no-deps torchvision==0.28.0 && pip install pillow
    python tests/detection/recorded/record_torchvision_sizes.py

Only the Python part is asked, so the compiled operators may be those of another build: two are declared to let it load.
"""

import json
import random
from pathlib import Path

import torch

operators = torch.library.Library("torchvision", "DEF")
operators.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
operators.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import torchvision
from torchvision.models.detection.transform import GeneralizedRCNNTransform

random.seed(20261123)


def case():
    size = random.randint(100, 1400), random.randint(100, 1400)
    longest, short = random.choice([(1333, 800), (1333, 640), (1000, 600), (666, 400), (512, 512)])
    transform = GeneralizedRCNNTransform(short, longest, [0.0], [1.0])
    new = transform.resize(torch.zeros(1, size[1], size[0]), None)[0].shape
    return {"size": size, "short": short, "longest": longest, "new": [new[2], new[1]]}


record = {"source": f"torchvision {torchvision.__version__}", "cases": [case() for _ in range(150)]}
text = json.dumps(record).replace('{"size"', '\n{"size"')
Path(__file__).with_name("torchvision_sizes.json").write_text(text + "\n", encoding="utf-8")
