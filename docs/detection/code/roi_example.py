"""步长 16 的 8×8 特征图上的一个框，过 RoI Pooling 与 RoIAlign：本页的数字。"""

import struct

from roi import bilinear, neighbours, pool_bins, roi_align, roi_pool, rounded, sample_points

# --8<-- [start:setting]
feature = [[10 * row + column for column in range(8)] for row in range(8)]
box, scale = (17, 34, 84, 95), 1 / 16
# --8<-- [end:setting]

# --8<-- [start:mapped]
print("映射到特征图：", [end * scale for end in box])
print("四舍五入之后：", [rounded(end * scale) for end in box])
for name, low, high in [("列", 17, 84), ("行", 34, 95)]:
    bins = pool_bins(low * scale, high * scale, 2, 8)
    print(f"{name}的 bin：", "，".join(f"{first}–{last - 1}" for first, last in bins))
# --8<-- [end:mapped]

# --8<-- [start:outputs]
def show(name, rows):
    print(name)
    for row in rows:
        print("   ", *(f"{value:8.4f}" for value in row))


show("RoI Pooling", roi_pool(feature, box, (2, 2), scale))
show("RoIAlign, aligned=False", roi_align(feature, box, (2, 2), scale, 2, False))
show("RoIAlign, aligned=True", roi_align(feature, box, (2, 2), scale, 2, True))
# --8<-- [end:outputs]

# --8<-- [start:point]
y, x = 2.4, 1.3
print("| 邻居（行, 列） | 值 | 权重 | 值 × 权重 |\n| --- | --- | --- | --- |")
for row, down in neighbours(y, 8):
    for column, across in neighbours(x, 8):
        weight = down * across
        print(f"| ({row}, {column}) | {feature[row][column]} | {weight:.2f} | {feature[row][column] * weight:.2f} |")
print(f"| 合计 | | 1 | {bilinear(feature, y, x):.2f} |")
# --8<-- [end:point]

# --8<-- [start:bin]
xs, ys = (sample_points(low * scale - 0.5, high * scale - 0.5, 2, 2)[0] for low, high in [(17, 84), (34, 95)])
samples = [bilinear(feature, y, x) for y in ys for x in xs]
print("横 ", xs)
print("纵 ", ys)
print("读数", samples, "平均", sum(samples) / 4)
# --8<-- [end:bin]

# --8<-- [start:ratios]
for ratio in (-1, 1, 2, 4):
    print(f"sampling_ratio={ratio:2}", roi_align(feature, box, (2, 2), scale, ratio, True)[0])
# --8<-- [end:ratios]

# --8<-- [start:slide]
print("| 右移（像素） | RoI Pooling | RoIAlign |\n| --- | --- | --- |")
for shift in range(0, 18, 2):
    moved = (17 + shift, 34, 84 + shift, 95)
    pooled = roi_pool(feature, moved, (1, 1), scale)[0][0]
    print(f"| {shift} | {pooled} | {roi_align(feature, moved, (1, 1), scale, 2, True)[0][0]:.4f} |")
# --8<-- [end:slide]

# --8<-- [start:popular]
print("665 / 32 =", 665 / 32, "→", rounded(665 / 32))
for left in (0, 64):
    bins = pool_bins(left / 32, (left + 665) / 32, 7, 25)
    print(f"框 {left} 到 {left + 665} 的七个 bin：")
    print(*(f"{first}–{last - 1}" for first, last in bins))
# --8<-- [end:popular]

# --8<-- [start:half]
ramp = [[x + 0.5 for x in range(16)] for _ in range(16)]  # 每格的值是自己中心的坐标
square = (3.3, 3.3, 9.7, 9.7)
width = (9.7 - 3.3) / 4
centres = [round(3.3 + (i + 0.5) * width, 4) for i in range(4)]
print("bin 的中心    ", centres)
for aligned in (True, False):
    row = roi_align(ramp, square, (1, 4), 1, 2, aligned)[0]
    print(f"aligned={aligned!s:5} ", [round(value, 4) for value in row])
print("RoI Pooling   ", roi_pool(ramp, square, (1, 4), 1)[0])
# --8<-- [end:half]

# --8<-- [start:tiny]
tiny = (5, 5, 5.2, 5.2)
for aligned in (True, False):
    row = roi_align(ramp, tiny, (1, 2), 1, 2, aligned)[0]
    print(f"aligned={aligned!s:5} ", [round(value, 4) for value in row])
# --8<-- [end:tiny]

# --8<-- [start:adaptive]
for side in (20, 200, 800):
    number = len(sample_points(0, side / 16, 7, 0)[0])
    print(f"框边长 {side}：每个 bin {number}×{number} 点")
# --8<-- [end:adaptive]

# --8<-- [start:outside]
ones = [[1.0] * 4 for _ in range(4)]
print(roi_align(ones, (2, 0, 10, 4), (1, 4), 1, 1, False)[0])
# --8<-- [end:outside]


# --8<-- [start:single]
def single(value):
    """同一个数的单精度值。"""
    return struct.unpack("f", struct.pack("f", value))[0]


for size in (57, 114, 121):
    end = single(7 * single(size / 7))
    print(f"宽 {size}：右端算成 {end!r}，向上取整 {-int(-end // 1)}")
# --8<-- [end:single]
