"""RoI Pooling and RoIAlign of one feature map and one box, as torchvision's operators do it, in plain Python.

A feature map is a list of rows. A box is (x1, y1, x2, y2) in pixels of the image, ``scale`` is 1 / stride, ``bins``
is (rows, columns) of the output. The rules are those of roi_pool_kernel.cpp and roi_align_common.h of torchvision.
"""

import math


# --8<-- [start:pool]
def rounded(value):
    """Nearest integer, halves away from zero: C's round, not Python's."""
    return int(math.copysign(math.floor(abs(value) + 0.5), value))


def pool_bins(low, high, count, limit):
    """The [first, last) cells of each bin along a side of limit cells."""
    first = rounded(low)
    size = max(rounded(high) - first + 1, 1)  # both ends belong to the region
    bins = []
    for i in range(count):
        start, end = first + i * size // count, first - (-(i + 1) * size // count)
        bins.append(tuple(min(max(edge, 0), limit) for edge in (start, end)))
    return bins


def roi_pool(feature, box, bins, scale):
    """Maximum of each bin; 0 for an empty one."""
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
    """Where the samples of each bin lie; ratio <= 0: one for each cell begun."""
    width = (high - low) / count
    number = ratio if ratio > 0 else math.ceil(width)
    within = [(a + 0.5) * width / number for a in range(number)]
    return [[low + i * width + step for step in within] for i in range(count)]


def neighbours(position, size):
    """[(index, weight), (index, weight)]; nothing if too far outside."""
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
    """Mean of bilinear samples in each bin."""
    x1, y1, x2, y2 = (scale * end - (0.5 if aligned else 0) for end in box)
    if not aligned:  # the old form: at least one cell wide and high
        x2, y2 = max(x2, x1 + 1), max(y2, y1 + 1)
    rows = sample_points(y1, y2, bins[0], ratio)
    columns = sample_points(x1, x2, bins[1], ratio)

    def mean(ys, xs):
        samples = [bilinear(feature, y, x) for y in ys for x in xs]
        return sum(samples) / max(len(samples), 1)

    return [[mean(ys, xs) for xs in columns] for ys in rows]
# --8<-- [end:align]
