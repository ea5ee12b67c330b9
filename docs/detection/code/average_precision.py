"""一个类的平均精度，用精确分数算：短到可以读完的参考实现。

框是 (x1, y1, x2, y2)；truths 是 {图: [框…]}，detections 是 [(图, 框, 分数)…]。
有意不管：VOC 的 difficult、COCO 的人群框、面积分段和每图的个数上限。
"""

from fractions import Fraction


# --8<-- [start:iou]
def iou(a, b, extra=0):
    """两个框的交并比。

    extra=0：连续坐标；extra=1：两端的像素都算在框里。
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
    """从高分到低分给每个检测打标记：找到新的目标就是 True。

    skip_taken=False：看 IoU 最大的真值，不管认领没有（VOC）。
    skip_taken=True：只看还没被认领的真值（COCO）。
    """
    taken, marks = set(), []
    for image, box, _ in sorted(detections, key=lambda found: -found[2]):
        best, chosen = Fraction(0), None
        for number, truth in enumerate(truths.get(image, [])):
            if skip_taken and (image, number) in taken:
                continue
            overlap = iou(box, truth, extra)
            # IoU 相等时，COCO 取后一个，VOC 取前一个。
            if overlap > best or (skip_taken and overlap == best):
                best, chosen = overlap, (image, number)
        hit = chosen is not None and chosen not in taken and good_enough(best)
        if hit:
            taken.add(chosen)
        marks.append(hit)
    return marks


def match_voc(truths, detections, threshold=Fraction(1, 2), extra=1):
    """照 py-faster-rcnn：严格大于，两端像素都算。"""
    return match(truths, detections, lambda o: o > threshold, False, extra)


def match_coco(truths, detections, threshold=Fraction(1, 2)):
    """照 pycocotools：大于等于，连续坐标。"""
    return match(truths, detections, lambda o: o >= threshold, True)
# --8<-- [end:match]


# --8<-- [start:average]
def curve(marks, positives):
    """每看一个检测之后的 (召回率, 精确率)。"""
    points, found = [], 0
    for seen, hit in enumerate(marks, 1):
        found += hit
        points.append((Fraction(found, positives), Fraction(found, seen)))
    return points


def envelope(points, recall):
    """召回率不低于它的点里最高的精确率；曲线到不了的地方是 0。"""
    return max((p for r, p in points if r >= recall), default=Fraction(0))


def ap_at(points, steps):
    """包络在 0、1/steps、…、1 处的平均；VOC 2007 是 10，COCO 是 100。"""
    heights = [envelope(points, Fraction(i, steps)) for i in range(steps + 1)]
    return sum(heights) / len(heights)


def ap_area(points):
    """包络下的面积：VOC 2010 年起。"""
    area, before = Fraction(0), Fraction(0)
    for recall in sorted({r for r, _ in points}):
        area += (recall - before) * envelope(points, recall)
        before = recall
    return area
# --8<-- [end:average]
