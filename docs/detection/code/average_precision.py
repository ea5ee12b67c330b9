"""Average precision of one class, in exact fractions: a reference small enough to read.

A box is (x1, y1, x2, y2). ``truths`` maps an image to its boxes, ``detections`` is a list of (image, box, score).
Left out on purpose: VOC's difficult objects, COCO's crowds, area ranges and the limit of detections an image.
"""

from fractions import Fraction


# --8<-- [start:iou]
def iou(a, b, extra=0):
    """Intersection over union of two boxes.

    extra=0: continuous coordinates; extra=1: both end pixels belong to the box.
    """
    width = min(a[2], b[2]) - max(a[0], b[0]) + extra
    height = min(a[3], b[3]) - max(a[1], b[1]) + extra
    if width <= 0 or height <= 0:
        return Fraction(0)
    overlap = width * height
    areas = [(x2 - x1 + extra) * (y2 - y1 + extra) for x1, y1, x2, y2 in (a, b)]
    return Fraction(overlap) / (sum(areas) - overlap)
# --8<-- [end:iou]


# --8<-- [start:match]
def match(truths, detections, good_enough, skip_taken, extra=0):
    """Mark each detection, best score first: True where it finds something new.

    skip_taken=False: look at the truth of greatest IoU, taken or not (VOC).
    skip_taken=True: look at the best of the truths that are left (COCO).
    """
    taken, marks = set(), []
    for image, box, _ in sorted(detections, key=lambda found: -found[2]):
        best, chosen = Fraction(0), None
        for number, truth in enumerate(truths.get(image, [])):
            if skip_taken and (image, number) in taken:
                continue
            overlap = iou(box, truth, extra)
            # Of equals, COCO takes the last and VOC the first.
            if overlap > best or (skip_taken and overlap == best):
                best, chosen = overlap, (image, number)
        hit = chosen is not None and chosen not in taken and good_enough(best)
        if hit:
            taken.add(chosen)
        marks.append(hit)
    return marks


def match_voc(truths, detections, threshold=Fraction(1, 2), extra=1):
    """As in py-faster-rcnn: strictly greater, end pixels included."""
    return match(truths, detections, lambda o: o > threshold, False, extra)


def match_coco(truths, detections, threshold=Fraction(1, 2)):
    """As in pycocotools: at least the threshold, continuous coordinates."""
    return match(truths, detections, lambda o: o >= threshold, True)
# --8<-- [end:match]


# --8<-- [start:average]
def curve(marks, positives):
    """(recall, precision) after each detection."""
    points, found = [], 0
    for seen, hit in enumerate(marks, 1):
        found += hit
        points.append((Fraction(found, positives), Fraction(found, seen)))
    return points


def envelope(points, recall):
    """Best precision at this recall or beyond; 0 past the end of the curve."""
    return max((p for r, p in points if r >= recall), default=Fraction(0))


def ap_at(points, steps):
    """Mean of the envelope at 0, 1/steps, …, 1; steps: VOC 2007 10, COCO 100."""
    heights = [envelope(points, Fraction(i, steps)) for i in range(steps + 1)]
    return sum(heights) / len(heights)


def ap_area(points):
    """Area under the envelope: VOC since 2010."""
    area, before = Fraction(0), Fraction(0)
    for recall in sorted({r for r, _ in points}):
        area += (recall - before) * envelope(points, recall)
        before = recall
    return area
# --8<-- [end:average]
