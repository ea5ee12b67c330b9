"""一张特征图、一个框的 RoI Pooling 与 RoIAlign：照 torchvision 的算子，用普通 Python 写。

特征图是若干行的列表；框 (x1, y1, x2, y2) 以图像像素为单位；scale 是 1 / 步长；bins 是输出的 (行数, 列数)。
规则照 torchvision 的 roi_pool_kernel.cpp 与 roi_align_common.h。
"""

import math


# --8<-- [start:pool]
def rounded(value):
    """最近的整数，半数远离零：C 的 round，不是 Python 的。"""
    return int(math.copysign(math.floor(abs(value) + 0.5), value))


def pool_bins(low, high, count, limit):
    """一个方向共 limit 格：每个 bin 占哪些格，[起点, 终点)。"""
    first = rounded(low)
    size = max(rounded(high) - first + 1, 1)  # 两端都算在内
    bins = []
    for i in range(count):
        start, end = first + i * size // count, first - (-(i + 1) * size // count)
        bins.append(tuple(min(max(edge, 0), limit) for edge in (start, end)))
    return bins


def roi_pool(feature, box, bins, scale):
    """每个 bin 取最大值，空的得 0。"""
    x1, y1, x2, y2 = (scale * end for end in box)
    rows = pool_bins(y1, y2, bins[0], len(feature))
    columns = pool_bins(x1, x2, bins[1], len(feature[0]))

    def largest(row, column):
        cells = (feature[y][x] for y in range(*row) for x in range(*column))
        return max(cells, default=0)

    return [[largest(row, column) for column in columns] for row in rows]
# --8<-- [end:pool]


# --8<-- [start:align]
def sample_points(low, high, count, ratio):
    """每个 bin 的取样点在哪里；ratio <= 0：宽几格（向上取整）就取几个。"""
    width = (high - low) / count
    number = ratio if ratio > 0 else math.ceil(width)
    within = [(a + 0.5) * width / number for a in range(number)]
    return [[low + i * width + step for step in within] for i in range(count)]


def neighbours(position, size):
    """[(下标, 权重), (下标, 权重)]；离得太远则为空。"""
    if position < -1 or position > size:
        return []
    position = min(max(position, 0), size - 1)
    low = int(position)
    high = min(low + 1, size - 1)
    return [(low, 1 - (position - low)), (high, position - low)]


def bilinear(feature, y, x):
    rows, columns = neighbours(y, len(feature)), neighbours(x, len(feature[0]))
    return sum(wy * wx * feature[i][j] for i, wy in rows for j, wx in columns)


def roi_align(feature, box, bins, scale, ratio=0, aligned=True):
    """每个 bin 里双线性读数的平均。"""
    x1, y1, x2, y2 = (scale * end - (0.5 if aligned else 0) for end in box)
    if not aligned:  # 旧版：宽高至少一格
        x2, y2 = max(x2, x1 + 1), max(y2, y1 + 1)
    rows = sample_points(y1, y2, bins[0], ratio)
    columns = sample_points(x1, x2, bins[1], ratio)

    def mean(ys, xs):
        samples = [bilinear(feature, y, x) for y in ys for x in xs]
        return sum(samples) / max(len(samples), 1)

    return [[mean(ys, xs) for xs in columns] for ys in rows]
# --8<-- [end:align]
