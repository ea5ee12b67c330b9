"""How large a picture becomes: the rules of three libraries, how two transforms draw a scale, and FPN's levels.

A size is (width, height) in pixels; a scale is a pair of limits for the longer and the shorter side.
"""

import math


# --8<-- [start:sizes]
def mmcv_size(size, scale):
    """mmcv: as large as fits both limits; nearest pixel."""
    factor = min(max(scale) / max(size), min(scale) / min(size))
    return tuple(int(side * factor + 0.5) for side in size)


def detectron2_size(size, short, longest):
    """detectron2: the shorter side first, then shrink; nearest pixel."""
    factor = short / min(size)
    sides = [short if side == min(size) else side * factor for side in size]
    if max(sides) > longest:
        sides = [side * (longest / max(sides)) for side in sides]
    return tuple(int(side + 0.5) for side in sides)


def torchvision_size(size, short, longest):
    """torchvision's detectors: as large as fits both limits; rounded down."""
    factor = min(short / min(size), longest / max(size))
    return tuple(math.floor(side * factor) for side in size)
# --8<-- [end:sizes]


# --8<-- [start:draw]
def random_choice_resize(scales, random):
    """RandomChoiceResize: one of the list."""
    return random.choice(scales)


def random_resize(low, high, random):
    """RandomResize with two scales: each limit on its own, ends included."""
    return tuple(random.randint(min(pair), max(pair)) for pair in zip(low, high))


def random_resize_ratio(scale, ratio_range, random):
    """RandomResize with ratio_range: both limits times one number, cut."""
    ratio = random.uniform(*ratio_range)
    return tuple(int(limit * ratio) for limit in scale)
# --8<-- [end:draw]


# --8<-- [start:level]
def fpn_level(width, height):
    """FPN level of a box, equation 1 of the paper, kept within P2 to P5."""
    level = math.floor(4 + math.log2(math.sqrt(width * height) / 224))
    return min(max(level, 2), 5)
# --8<-- [end:level]
