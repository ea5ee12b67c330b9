"""Average precision of one class, in exact fractions: a reference small enough to read.

A box is (x1, y1, x2, y2). ``truths`` maps an image to its boxes, ``detections`` is a list of (image, box, score).
Left out on purpose: VOC's difficult objects, COCO's crowds, area ranges and the limit of detections an image.
"""

from fractions import Fraction


# --8<-- [start:iou]
def iou(a, b, extra=0):
    """Intersection over union; extra=0 for continuous coordinates, 1 where both end pixels belong to the box."""
    width = min(a[2], b[2]) - max(a[0], b[0]) + extra
    height = min(a[3], b[3]) - max(a[1], b[1]) + extra
    if width <= 0 or height <= 0:
        return Fraction(0)
    areas = [(x2 - x1 + extra) * (y2 - y1 + extra) for x1, y1, x2, y2 in (a, b)]
    return Fraction(width * height) / (sum(areas) - width * height)
# --8<-- [end:iou]


# --8<-- [start:match]
def match(truths, detections, good_enough, skip_taken, extra=0):
    """Mark each detection, best score first: True where it finds an object that nobody has found.

    skip_taken=False: the truth of greatest IoU, taken or not (VOC); True: the best of those left (COCO).
    """
    taken, marks = set(), []
    for image, box, _ in sorted(detections, key=lambda detection: -detection[2]):
        best, chosen = Fraction(0), None
        for number, truth in enumerate(truths.get(image, [])):
            overlap = iou(box, truth, extra)
            beats = overlap >= best if skip_taken else overlap > best  # of equals COCO takes the last, VOC the first
            if beats and not (skip_taken and (image, number) in taken):
                best, chosen = overlap, (image, number)
        hit = chosen is not None and chosen not in taken and good_enough(best)
        if hit:
            taken.add(chosen)
        marks.append(hit)
    return marks


def match_voc(truths, detections, threshold=Fraction(1, 2), extra=1):
    """As in py-faster-rcnn: strictly greater, end pixels included."""
    return match(truths, detections, lambda overlap: overlap > threshold, skip_taken=False, extra=extra)


def match_coco(truths, detections, threshold=Fraction(1, 2)):
    """As in pycocotools: at least the threshold, continuous coordinates."""
    return match(truths, detections, lambda overlap: overlap >= threshold, skip_taken=True)
# --8<-- [end:match]


# --8<-- [start:average]
def curve(marks, positives):
    """(recall, precision) after each detection."""
    found = [sum(marks[:n]) for n in range(1, len(marks) + 1)]
    return [(Fraction(tp, positives), Fraction(tp, n)) for n, tp in enumerate(found, 1)]


def envelope(points, recall):
    """Best precision at this recall or beyond; 0 where the curve does not reach."""
    return max((p for r, p in points if r >= recall), default=Fraction(0))


def ap_at(points, steps):
    """Mean of the envelope at 0, 1/steps, …, 1: steps=10 is VOC 2007, steps=100 is COCO."""
    return sum(envelope(points, Fraction(i, steps)) for i in range(steps + 1)) / (steps + 1)


def ap_area(points):
    """Area under the envelope: VOC since 2010."""
    recalls = [Fraction(0), *sorted({r for r, _ in points})]
    return sum((r - before) * envelope(points, r) for before, r in zip(recalls, recalls[1:]))
# --8<-- [end:average]
