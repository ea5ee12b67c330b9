"""The random cases whose answers are recorded here, made anew from a seed: only the answers are kept."""

import random


def region(dice: random.Random) -> dict:
    """A feature map, a box that may leave it, bins, scale and how to sample; some boxes are empty, some end on half cells."""
    height, width = dice.randint(1, 9), dice.randint(1, 9)
    stride = dice.choice([1, 2, 4, 8, 16, 32])
    step = dice.choice([stride / 2, 0.25, 0.1, 0])  # 0: anywhere
    ends = []
    for side in (width, height):
        start = dice.uniform(-2 * stride, (side + 1) * stride)
        length = dice.choice([0, dice.uniform(0, (side + 2) * stride), dice.uniform(0, stride)])
        if step:
            start, length = round(start / step) * step, round(length / step) * step
        ends.append((start, start + length))
    return {
        "feature": [[float(dice.randint(-9, 9)) for _ in range(width)] for _ in range(height)],
        "box": [ends[0][0], ends[1][0], ends[0][1], ends[1][1]],
        "scale": 1 / stride,
        "bins": [dice.randint(1, 4), dice.randint(1, 7)],
        "ratio": dice.choice([-1, 0, 0, 1, 2, 3]),
        "aligned": dice.random() < 0.5,
    }


def regions(count: int) -> list[dict]:
    dice = random.Random(20261128)
    return [region(dice) for _ in range(count)]


def crowd(dice: random.Random, grid: int) -> tuple[list, list]:
    """Up to twelve boxes on a grid (so that IoUs and scores are often equal), some of them empty, and their scores."""
    boxes, scores = [], []
    for _ in range(dice.randint(0, 12)):
        x, y = dice.randint(0, grid), dice.randint(0, grid)
        boxes.append([float(v) for v in (x, y, x + dice.randint(0, grid), y + dice.randint(0, grid))])
        scores.append(dice.randint(1, 10) / 10)
    return boxes, scores


def suppressions(count: int) -> list[dict]:
    dice, made = random.Random(1), []
    for _ in range(count):
        boxes, scores = crowd(dice, dice.choice([3, 6, 40]))
        made.append({"boxes": boxes, "scores": scores, "threshold": dice.choice([0.0, 0.25, 1 / 3, 0.5, 0.75, 1.0, dice.random()])})
    return made


def prediction(dice: random.Random, scores: list[float]) -> list[dict]:
    found = []
    for score in scores:
        x, y = dice.random() * 0.5, dice.random() * 0.5
        box = [x, y, x + 0.05 + dice.random() * 0.4, y + 0.05 + dice.random() * 0.4]
        found.append({"box": [round(v, 3) for v in box], "score": score})
    return found


def fusions(count: int) -> list[dict]:
    """Several models' boxes in [0, 1]; no score comes twice, since ensemble-boxes leaves the order of equals open."""
    dice, made = random.Random(2), []
    for _ in range(count):
        sizes = [dice.randint(0, 6) for _ in range(dice.randint(1, 4))]
        scores = [0.05 + value / 1000 for value in dice.sample(range(900), sum(sizes))]
        models = [prediction(dice, [scores.pop() for _ in range(size)]) for size in sizes]
        made.append({"models": models, "threshold": dice.choice([0.4, 0.55, 0.7, dice.random()])})
    return made


def decays(count: int) -> list[dict]:
    dice, made = random.Random(3), []
    for _ in range(count):
        found = prediction(dice, [0.05 + value / 1000 for value in dice.sample(range(900), dice.randint(1, 10))])
        made.append({
            "boxes": [item["box"] for item in found], "scores": [item["score"] for item in found],
            "threshold": dice.choice([0.3, 0.5]), "sigma": dice.choice([0.1, 0.5, 1.0]), "floor": dice.choice([0.0011, 0.1005, 0.3005]),
        })
    return made


def pictures(count: int) -> list[dict]:
    """Sizes of pictures and scales, for mmcv (two limits or a factor) and for torchvision (short and longest side)."""
    dice, made = random.Random(4), []
    for _ in range(count):
        size = [dice.randint(1, 3000), dice.randint(1, 3000)]
        limits = dice.choice([[1333, 800], [800, 1333], [1333, 640], [1000, 600], [512, 512], [dice.randint(1, 3000), dice.randint(1, 3000)]])
        made.append({"size": size, "scale": dice.choice([limits, limits, dice.choice([0.5, 2.0, 1.5, dice.uniform(0.01, 4)])]), "limits": limits})
    return made
