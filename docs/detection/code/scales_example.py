"""尺度换成像素、换成 FPN 的层、换成计算量：多尺度一页的数字。"""

import math
import random

from resize import batch_sizes, detectron2_size, fpn_level, mmcv_size, padded, torchvision_size
from resize import random_choice_resize, random_resize, random_resize_ratio


def times(size):
    return "×".join(map(str, size))


# --8<-- [start:three]
CASES = [((640, 480), 1333, 800), ((1920, 1080), 1333, 800), ((1920, 1080), 1000, 600)]
print("| 原图 |", " | ".join(times(size) for size, *_ in CASES), "|\n| --- | --- | --- | --- |")
print("| 上限 |", " | ".join(f"{longest}, {short}" for _, longest, short in CASES), "|")
for name, rule in [
    ("mmcv", lambda size, short, longest: mmcv_size(size, (longest, short))),
    ("detectron2", detectron2_size),
    ("torchvision", torchvision_size),
]:
    print(f"| {name} |", " | ".join(times(rule(size, short, longest)) for size, longest, short in CASES), "|")
# --8<-- [end:three]

# --8<-- [start:factors]
new = mmcv_size((640, 480), (1333, 800))
print(f"宽 {new[0] / 640:.7f}，高 {new[1] / 480:.7f}")
# --8<-- [end:factors]

# --8<-- [start:levels]
print("| 短边上限 | 图 | 目标边长 | 层 |\n| --- | --- | --- | --- |")
for short in (400, 640, 672, 704, 736, 768, 800, 1200):
    new = mmcv_size((640, 480), (2000, short))
    side = 80 * short / 480
    print(f"| {short} | {times(new)} | {side:.1f} | P{fpn_level(side, side)} |")
# --8<-- [end:levels]

# --8<-- [start:drawn]
dice = random.Random(0)
choices = [(1333, 640), (1333, 672), (1333, 800)]
print("A", *(random_choice_resize(choices, dice) for _ in range(3)))
print("B", *(random_resize((1333, 640), (1333, 800), dice) for _ in range(3)))
print("C", *(random_resize((1000, 600), (1333, 800), dice) for _ in range(3)))
print("D", *(random_resize_ratio((1024, 1024), (0.1, 2.0), dice) for _ in range(3)))
# --8<-- [end:drawn]

# --8<-- [start:batch]
batch = [mmcv_size(size, (1333, 800)) for size in [(640, 480), (1920, 1080), (480, 640)]]
whole = padded(batch)
used = sum(map(math.prod, batch)) / (len(batch) * math.prod(whole))
print("缩放之后：", *map(times, batch))
print(f"补边之后：每张 {times(whole)}，其中 {1 - used:.0%} 是补上去的 0")
# --8<-- [end:batch]

# --8<-- [start:whole-batch]
print("整批的边长：", batch_sizes(480, 800, 40, random.Random(0))[::10])
# --8<-- [end:whole-batch]

# --8<-- [start:work]
def pixels(scales):
    """640×480 的图，所有视图（各加翻转）的像素是单尺度的几倍。"""
    areas = [math.prod(mmcv_size((640, 480), scale)) for scale in scales]
    return 2 * sum(areas) / math.prod(mmcv_size((640, 480), (1333, 800)))


three = [(1333, 800), (666, 400), (2000, 1200)]
nine = [(4000, short) for short in range(400, 1201, 100)]
for name, scales in [("MMDetection", three), ("detectron2", nine)]:
    print(f"{name}：{2 * len(scales)} 次前向，{pixels(scales):.1f} 倍的像素")
# --8<-- [end:work]

# --8<-- [start:sniper]
RANGES = [("1400 / 2000", 0, 80), ("800 / 1280", 32, 150), ("最长 512", 120, float("inf"))]
print("| 原图里的边长 | 落在哪几个尺度的范围里 |\n| --- | --- |")
for side in (20, 50, 100, 130, 300):
    print(f"| {side} | {'；'.join(name for name, low, high in RANGES if low <= side <= high)} |")
# --8<-- [end:sniper]
