"""编好的 mmcv 算得对不对：三个算子与纯 PyTorch 的写法比。

    python check_operators.py             （装好编译过的 mmcv 之后，几秒）

NMS 与逐框比较的循环比；RoIAlign 与手写的双线性取样比；可变形卷积与 grid_sample 取样再卷积比。
每行印出最大的差；浮点数的差在 1e-5 以内算一样。
"""

import importlib
import sys

import torch
from torch.nn import functional


def reference_nms(boxes, scores, limit):
    """一个一个挑：分数最高的留下，与它重叠超过 limit 的去掉。"""
    order, keep = scores.argsort(descending=True).tolist(), []
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    while order:
        best = order.pop(0)
        keep.append(best)
        low, high = torch.maximum(boxes[best, :2], boxes[:, :2]), torch.minimum(boxes[best, 2:], boxes[:, 2:])
        inter = (high - low).clamp(min=0).prod(dim=1)
        overlap = inter / (areas[best] + areas - inter)
        order = [other for other in order if overlap[other] <= limit]
    return keep


def bilinear(image, y, x):
    """image（C, H, W）在 (y, x) 处的值；图外是 0，边上半格内取边上的值（与 mmcv 相同）。"""
    height, width = image.shape[1:]
    if y < -1 or y > height or x < -1 or x > width:
        return image.new_zeros(image.shape[0])
    y, x = min(max(y, 0.0), height - 1), min(max(x, 0.0), width - 1)
    top, left = int(y), int(x)
    bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
    v, u = y - top, x - left
    upper = image[:, top, left] * (1 - u) + image[:, top, right] * u
    lower = image[:, bottom, left] * (1 - u) + image[:, bottom, right] * u
    return upper * (1 - v) + lower * v


def reference_roi_align(image, roi, size, samples):
    """一个候选框（x1 y1 x2 y2）切成 size×size 格，每格 samples×samples 个点取平均；aligned=True。"""
    x1, y1, x2, y2 = (side - 0.5 for side in roi)
    step_y, step_x = (y2 - y1) / size, (x2 - x1) / size
    out = image.new_zeros(image.shape[0], size, size)
    for row in range(size):
        for column in range(size):
            points = [
                bilinear(image, y1 + step_y * (row + (i + 0.5) / samples), x1 + step_x * (column + (j + 0.5) / samples))
                for i in range(samples) for j in range(samples)
            ]
            out[:, row, column] = torch.stack(points).mean(dim=0)
    return out


def reference_deform_conv(image, weight, offset):
    """3×3、步长 1、填充 1：九个点各按偏移用 grid_sample 取样，再乘权重相加。"""
    _, _, height, width = image.shape
    ys, xs = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    total = 0
    for k in range(9):
        y = ys + k // 3 - 1 + offset[0, 2 * k]
        x = xs + k % 3 - 1 + offset[0, 2 * k + 1]
        grid = torch.stack([2 * x / (width - 1) - 1, 2 * y / (height - 1) - 1], dim=-1)[None]
        taken = functional.grid_sample(image, grid, align_corners=True, padding_mode="zeros")
        total = total + torch.einsum("oc,bchw->bohw", weight[:, :, k // 3, k % 3], taken)
    return total


def main(module="mmcv._ext"):
    ext = importlib.import_module(module)
    dice = torch.Generator().manual_seed(0)

    corner, size = torch.rand(200, 2, generator=dice) * 80, torch.rand(200, 2, generator=dice) * 40 + 1
    boxes, scores = torch.cat([corner, corner + size], dim=1), torch.rand(200, generator=dice)
    kept = ext.nms(boxes, scores, 0.5, 0).tolist()
    print(f"nms          200 个框，留下 {len(kept)} 个，{'与循环相同' if kept == reference_nms(boxes, scores, 0.5) else '不同！'}")

    image = torch.rand(1, 4, 20, 30, generator=dice)
    rois = torch.tensor([[0, 2.3, 3.1, 17.9, 15.2], [0, -3.0, 5.0, 29.0, 19.5], [0, 10.0, 10.0, 10.5, 10.5]])
    out, argmax = image.new_zeros(3, 4, 7, 7), image.new_zeros(0)
    ext.roi_align_forward(image, rois, out, argmax, argmax, 7, 7, 1.0, 2, 1, True)
    wanted = torch.stack([reference_roi_align(image[0], roi[1:].tolist(), 7, 2) for roi in rois])
    print(f"roi_align    3 个框，最大的差 {'小于 1e-5' if (out - wanted).abs().max() < 1e-5 else float((out - wanted).abs().max())}")

    weight = torch.rand(5, 4, 3, 3, generator=dice) - 0.5
    for name, offset in (("零偏移", torch.zeros(1, 18, 20, 30)), ("随机偏移", torch.rand(1, 18, 20, 30, generator=dice) * 4 - 2)):
        output, spare = image.new_zeros(1, 5, 20, 30), (image.new_zeros(0), image.new_zeros(0))
        ext.deform_conv_forward(image, weight, offset, output, *spare, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1)
        wanted = functional.conv2d(image, weight, padding=1) if name == "零偏移" else reference_deform_conv(image, weight, offset)
        error = (output - wanted).abs().max()
        print(f"deform_conv  {name}，最大的差 {'小于 1e-5' if error < 1e-5 else float(error)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
