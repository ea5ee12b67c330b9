"""一张图缩放成多大：三家库的规则、几种随机抽法、批里的补边，以及框落在 FPN 的哪一层。

尺寸是 (宽, 高)，单位像素；scale 是长边上限与短边上限，不分先后。
"""

import math


# --8<-- [start:sizes]
def mmcv_size(size, scale):
    """mmcv：两个上限之内放到最大，四舍五入。"""
    factor = min(max(scale) / max(size), min(scale) / min(size))
    return tuple(int(side * factor + 0.5) for side in size)


def detectron2_size(size, short, longest):
    """detectron2：先放短边，长边超了再缩，四舍五入。"""
    factor = short / min(size)
    sides = [short if side == min(size) else side * factor for side in size]
    if max(sides) > longest:
        sides = [side * (longest / max(sides)) for side in sides]
    return tuple(int(side + 0.5) for side in sides)


def torchvision_size(size, short, longest):
    """torchvision 的检测器：两个上限之内放到最大，向下取整。"""
    factor = min(short / min(size), longest / max(size))
    return tuple(math.floor(side * factor) for side in size)
# --8<-- [end:sizes]


# --8<-- [start:draw]
def random_choice_resize(scales, random):
    """RandomChoiceResize：从列表里抽一个。"""
    return random.choice(scales)


def random_resize(low, high, random):
    """RandomResize 给两个 scale：两个上限各抽各的，两端都可能抽到。"""
    return tuple(random.randint(min(pair), max(pair)) for pair in zip(low, high))


def random_resize_ratio(scale, ratio_range, random):
    """RandomResize 给 ratio_range：两个上限乘同一个数，去掉小数。"""
    ratio = random.uniform(*ratio_range)
    return tuple(int(limit * ratio) for limit in scale)
# --8<-- [end:draw]


# --8<-- [start:batch]
def batch_sizes(smallest, largest, iterations, random, interval=10, divisor=32):
    """YOLO 的抽法：整批一个边长，是 divisor 的倍数，每 interval 次迭代换一次；一次迭代一个数。"""
    steps = range(smallest // divisor, largest // divisor + 1)
    sizes = []
    for iteration in range(iterations):
        if iteration % interval == 0:
            size = divisor * random.choice(steps)
        sizes.append(size)
    return sizes


def padded(sizes, divisor=32):
    """一批图补边之后的尺寸：各边取最大，再凑成 divisor 的倍数；不是图的地方填 0。"""
    return tuple(-(-max(sides) // divisor) * divisor for sides in zip(*sizes))  # 两个负号：向上取整
# --8<-- [end:batch]


# --8<-- [start:level]
def fpn_level(width, height):
    """框落在 FPN 的哪一层：论文的式 1，截断到 P2 至 P5。"""
    level = math.floor(4 + math.log2(math.sqrt(width * height) / 224))
    return min(max(level, 2), 5)
# --8<-- [end:level]
