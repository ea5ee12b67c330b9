"""A stand-in for mmcv's compiled operators: enough to train and test RetinaNet on a CPU without compiling mmcv.

Copy this file into the folder of the installed ``mmcv-lite`` under the name ``_ext.py``. mmcv then finds "its"
operators here: ``nms`` works (slowly), every other operator says by name that it is missing when it is called.
RetinaNet needs no more, since its focal loss falls back to PyTorch on a CPU. RoIAlign is not here: a
two-stage detector can be built but not run.
"""

from collections.abc import Callable
from typing import NoReturn

import torch
from torch import Tensor


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float, offset: int) -> Tensor:
    """Indices of the boxes to keep, by falling score: int64, shape (kept,).

    boxes: float, shape (n, 4), corners x1 y1 x2 y2; scores: shape (n,); offset: 1 where the last pixel counts
    into the width (before mmdet 2.0), else 0. A box goes when its IoU with a better kept one is over the threshold.
    """
    order, keep = scores.argsort(descending=True, stable=True), []
    areas = (boxes[:, 2:] - boxes[:, :2] + offset).prod(dim=1)
    while order.numel():
        best, rest = order[0], order[1:]
        keep.append(best)
        top_left = torch.maximum(boxes[best, :2], boxes[rest, :2])
        bottom_right = torch.minimum(boxes[best, 2:], boxes[rest, 2:])
        overlap = (bottom_right - top_left + offset).clamp(min=0).prod(dim=1)
        order = rest[overlap / (areas[best] + areas[rest] - overlap) <= iou_threshold]
    return torch.stack(keep) if keep else order


def __getattr__(name: str) -> Callable[..., NoReturn]:
    if name.startswith("__"):
        raise AttributeError(name)

    def missing(*_: object, **__: object) -> NoReturn:
        raise NotImplementedError(f"mmcv operator {name!r} is not in this stand-in: install a compiled mmcv")

    return missing
