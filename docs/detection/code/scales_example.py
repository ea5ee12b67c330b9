"""What scales mean in pixels, in FPN levels and in work: the numbers of the note on multi-scale training."""

import random

from resize import (detectron2_size, fpn_level, mmcv_size, random_choice_resize, random_resize, random_resize_ratio,
                    torchvision_size)


def times(size):
    return "×".join(map(str, size))


# --8<-- [start:three]
print("| 原图 | 上限 | mmcv | detectron2 | torchvision |\n| --- | --- | --- | --- | --- |")
for size, longest, short in [
    ((640, 480), 1333, 800), ((480, 640), 1333, 800), ((1920, 1080), 1333, 800), ((1920, 1080), 1000, 600),
]:
    sizes = mmcv_size(size, (longest, short)), detectron2_size(size, short, longest), torchvision_size(size, short, longest)
    print(f"| {times(size)} | {longest}, {short} | {' | '.join(map(times, sizes))} |")
# --8<-- [end:three]

# --8<-- [start:factors]
new = mmcv_size((640, 480), (1333, 800))
print("宽的比例", new[0] / 640, " 高的比例", new[1] / 480)
# --8<-- [end:factors]

# --8<-- [start:levels]
print("| 短边上限 | 640×480 变成 | 80 像素的目标变成 | FPN 层 |\n| --- | --- | --- | --- |")
for short in (400, 640, 672, 704, 736, 768, 800, 1200):
    new = mmcv_size((640, 480), (2000, short))
    side = 80 * short / 480
    print(f"| {short} | {times(new)} | {side:.1f} | P{fpn_level(side, side)} |")
# --8<-- [end:levels]

# --8<-- [start:drawn]
dice = random.Random(0)
print([random_choice_resize([(1333, 640), (1333, 672), (1333, 800)], dice) for _ in range(4)])
print([random_resize((1333, 640), (1333, 800), dice) for _ in range(4)])
print([random_resize((1000, 600), (1333, 800), dice) for _ in range(4)])
print([random_resize_ratio((1024, 1024), (0.1, 2.0), dice) for _ in range(4)])
# --8<-- [end:drawn]

# --8<-- [start:work]
def pixels(scales):
    """Pixels of all views of a 640×480 picture, each also flipped, over those of one view at (1333, 800)."""
    areas = [width * height for width, height in (mmcv_size((640, 480), scale) for scale in scales)]
    width, height = mmcv_size((640, 480), (1333, 800))
    return 2 * sum(areas) / (width * height)


print(f"MMDetection：3 个尺度 × 翻转 = 6 次前向，像素量 {pixels([(1333, 800), (666, 400), (2000, 1200)]):.1f} 倍")
print(f"detectron2：9 个尺度 × 翻转 = 18 次前向，像素量 {pixels([(4000, s) for s in range(400, 1201, 100)]):.1f} 倍")
# --8<-- [end:work]

# --8<-- [start:sniper]
RANGES = [("1400 / 2000", 0, 80), ("800 / 1280", 32, 150), ("最长 512", 120, float("inf"))]
print("| 原图里的边长 | 参与训练的尺度 |\n| --- | --- |")
for side in (20, 50, 100, 130, 300):
    print(f"| {side} | {'；'.join(name for name, low, high in RANGES if low <= side <= high)} |")
# --8<-- [end:sniper]
