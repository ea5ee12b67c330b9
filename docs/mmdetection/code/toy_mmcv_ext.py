"""mmcv 编译算子的替身：不编译 mmcv，也能在 CPU 上训练和测试 RetinaNet。

把这个文件复制到装好的 ``mmcv-lite`` 的文件夹里，改名 ``_ext.py``，mmcv 就到这里来找“它的”算子：
``nms`` 能用（慢一些），其余的一调用就报出自己的名字，说这里没有。
RetinaNet 只要这一个，它的 focal loss 在 CPU 上用的是 PyTorch 的写法。
RoIAlign 不在这里，所以两阶段检测器造得出来，跑不起来。
"""

from collections.abc import Callable
from typing import NoReturn

import torch
from torch import Tensor


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float, offset: int) -> Tensor:
    """留下哪些框，按分数从高到低的编号：int64，形状 (留下的个数,)。

    boxes：浮点，形状 (n, 4)，左上和右下的角 x1 y1 x2 y2；scores：形状 (n,)；
    offset：最后一个像素也算进宽度时（mmdet 2.0 以前）是 1，否则是 0。
    与已经留下的框 IoU 超过 iou_threshold 的去掉。
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
