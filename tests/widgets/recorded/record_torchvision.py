"""Write torchvision.json: what torchvision's compiled roi_pool, roi_align and nms return, in double precision.

    pip install torch==2.14.1 torchvision==0.29.1 && python tests/widgets/recorded/record_torchvision.py

They load only where torch and torchvision were built for each other. Sizes come from the resizing of its detection models.
"""

import json
from pathlib import Path

import torch
import torchvision
from cases import pictures, regions, suppressions
from torchvision.models.detection.transform import _resize_image_and_masks
from torchvision.ops import nms, roi_align, roi_pool

double = {"dtype": torch.float64}


def tensors(case):
    return torch.tensor([[case["feature"]]], **double), torch.tensor([[0.0, *case["box"]]], **double)


def rows(output):
    return [[float(f"{value:.15g}") for value in row] for row in output[0, 0].tolist()]


def resized(case):
    width, height = case["size"]
    short, longest = min(case["limits"]), max(case["limits"])
    picture, _ = _resize_image_and_masks(torch.empty(1, height, width, device="meta"), short, longest)
    return [picture.shape[2], picture.shape[1]]


def boxes(case):
    return torch.tensor(case["boxes"], **double).reshape(-1, 4), torch.tensor(case["scores"], **double)


record = {
    "source": f"torchvision {torchvision.__version__}, torch {torch.__version__}, CPU, float64",
    "roi_pool": [rows(roi_pool(*tensors(case), case["bins"], case["scale"])) for case in regions(2000)],
    "roi_align": [
        rows(roi_align(*tensors(case), case["bins"], case["scale"], case["ratio"], case["aligned"])) for case in regions(2000)
    ],
    "nms": [nms(*boxes(case), case["threshold"]).tolist() for case in suppressions(1000)],
    "sizes": [resized(case) for case in pictures(3000) if max(case["size"]) < 20 * min(case["size"])],
}
Path(__file__).with_name("torchvision.json").write_text(json.dumps(record, separators=(",", ":")) + "\n", encoding="utf-8")
