"""合并几个视图或几个模型的框：NMS、soft-NMS 与 WBF，只管一个类。

框是 (x1, y1, x2, y2)，连续坐标。
"""

import math


# --8<-- [start:iou]
def iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    overlap = max(width, 0) * max(height, 0)
    areas = [(x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in (a, b)]
    return overlap / (sum(areas) - overlap)
# --8<-- [end:iou]


# --8<-- [start:nms]
def nms(boxes, scores, threshold):
    """留下的下标，高分在前；同分的，靠前的先。"""
    kept = []
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        if all(iou(boxes[i], boxes[k]) <= threshold for k in kept):
            kept.append(i)
    return kept
# --8<-- [end:nms]


# --8<-- [start:soft]
def linear(overlap, threshold=0.3):
    return 1 - overlap if overlap > threshold else 1


def gaussian(overlap, sigma=0.5):
    return math.exp(-(overlap**2) / sigma)


def soft_nms(boxes, scores, weight, least=0.001):
    """(下标, 衰减后的分)，按选中的次序；weight 是 linear 或 gaussian。"""
    rest, kept = dict(enumerate(scores)), []
    while rest:
        best = max(rest, key=rest.get)
        kept.append((best, rest.pop(best)))
        for i in list(rest):
            rest[i] *= weight(iou(boxes[best], boxes[i]))
            if rest[i] < least:
                del rest[i]
    return kept
# --8<-- [end:soft]


# --8<-- [start:wbf]
def average(cluster):
    """按分加权平均的角，以及平均分。"""
    total = sum(score for _, score in cluster)
    corners = [sum(box[k] * score for box, score in cluster) / total for k in range(4)]
    return corners, total / len(cluster)


def fuse(models, threshold=0.55):
    """WBF：一个模型一个 [(框, 分)…] 列表；高分在前。"""
    clusters = []
    for box, score in sorted((item for model in models for item in model), key=lambda item: -item[1]):
        overlaps = [iou(average(cluster)[0], box) for cluster in clusters]
        if overlaps and max(overlaps) > threshold:
            clusters[overlaps.index(max(overlaps))].append((box, score))
        else:
            clusters.append([(box, score)])
    fused = []
    for cluster in clusters:
        box, score = average(cluster)
        fused.append((box, score * min(len(models), len(cluster)) / len(models)))
    return sorted(fused, key=lambda item: -item[1])
# --8<-- [end:wbf]
