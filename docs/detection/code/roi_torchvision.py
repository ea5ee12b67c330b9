"""同一个例子交给 torchvision 的算子；输出另存为 roi_torchvision.txt（torchvision 0.29.1、torch 2.14.1，CPU）。

    pip install torch torchvision
    python roi_torchvision.py
"""

# --8<-- [start:ops]
import torch
from torchvision.ops import roi_align, roi_pool

feature = torch.tensor([[10.0 * row + column for column in range(8)] for row in range(8)])
feature = feature[None, None]  # 形状 (1, 1, 8, 8)：图、通道、行、列
boxes = torch.tensor([[0.0, 17, 34, 84, 95]])  # 一行一个框，第一个数是图的编号
print(roi_pool(feature, boxes, (2, 2), spatial_scale=1 / 16))
print(roi_align(feature, boxes, (2, 2), spatial_scale=1 / 16, sampling_ratio=2, aligned=True))
# --8<-- [end:ops]

# --8<-- [start:levels]
from torchvision.ops import MultiScaleRoIAlign

pooler = MultiScaleRoIAlign(["p2", "p3", "p4", "p5"], output_size=7, sampling_ratio=2)
maps = {f"p{level}": torch.full((1, 1, 800 // 2**level, 800 // 2**level), float(level)) for level in (2, 3, 4, 5)}
sides = (50, 111, 112, 223, 224, 500)
boxes = [torch.tensor([[0.0, 0, side, side] for side in sides])]  # 一张图一个张量
out = pooler(maps, boxes, [(800, 800)])  # 形状 (6, 1, 7, 7)
for side, level in zip(sides, out[:, 0, 0, 0].tolist()):
    print(f"{side}×{side} 的框取自 P{level:.0f}")
# --8<-- [end:levels]
