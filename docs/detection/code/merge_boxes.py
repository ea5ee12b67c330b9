"""Merging the boxes of several views or models: NMS, soft-NMS and weighted boxes fusion, for one class.

A box is (x1, y1, x2, y2) in continuous coordinates.
"""

import math


# --8<-- [start:iou]
def iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    overlap = max(width, 0) * max(height, 0)
    return overlap / (sum((x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in (a, b)) - overlap)
# --8<-- [end:iou]


# --8<-- [start:nms]
def nms(boxes, scores, threshold):
    """Indices kept, best first: a box goes when it overlaps a kept one by more than the threshold."""
    kept = []
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i]):  # stable: of equals the first stays first
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
    """(index, decayed score), best first: each round takes the best of the rest and weakens what overlaps it."""
    rest, kept = dict(enumerate(scores)), []
    while rest:
        best = max(rest, key=rest.get)
        kept.append((best, rest.pop(best)))
        rest = {i: score * weight(iou(boxes[best], boxes[i])) for i, score in rest.items()}
        rest = {i: score for i, score in rest.items() if score >= least}
    return kept
# --8<-- [end:soft]


# --8<-- [start:wbf]
def average(cluster):
    """Corners averaged by score, and the mean score."""
    total = sum(score for _, score in cluster)
    return [sum(box[k] * score for box, score in cluster) / total for k in range(4)], total / len(cluster)


def fuse(models, threshold=0.55):
    """Weighted boxes fusion: models is a list of lists of (box, score); returns (box, score), best first."""
    clusters = []
    for box, score in sorted((item for model in models for item in model), key=lambda item: -item[1]):
        best = max(clusters, key=lambda cluster: iou(average(cluster)[0], box), default=None)
        if best is not None and iou(average(best)[0], box) > threshold:
            best.append((box, score))
        else:
            clusters.append([(box, score)])
    fused = [(*average(cluster), min(len(models), len(cluster)) / len(models)) for cluster in clusters]
    return sorted(((box, score * share) for box, score, share in fused), key=lambda item: -item[1])
# --8<-- [end:wbf]
