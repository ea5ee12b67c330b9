"""三张图、五个真值、七个检测：mAP 一页的例子里的每一个数。"""

from fractions import Fraction

from average_precision import ap_area, ap_at, curve, iou, match_coco, match_voc
from coco_evaluation import annotations, evaluate, results
from map_boxes import DETECTIONS, TRUTHS

marks = match_coco(TRUTHS, DETECTIONS)
positives = sum(map(len, TRUTHS.values()))
points = curve(marks, positives)

# --8<-- [start:table]
print("| 检测 | 分 | 最大 IoU | 标记 | $r$ | $p$ |\n| --- | --- | --- | --- | --- | --- |")
for i, ((image, box, score), mark, (r, p)) in enumerate(zip(DETECTIONS, marks, points), 1):
    overlap = float(max(iou(box, truth) for truth in TRUTHS[image]))
    print(f"| {i} | {score:.2f} | {overlap:.4f} | {'TP' if mark else 'FP'} | {r} | {p} |")
# --8<-- [end:table]

# --8<-- [start:three]
three = {"11 点": ap_at(points, 10), "全点": ap_area(points), "101 点": ap_at(points, 100)}
for name, ap in three.items():
    print(f"{name}：{ap} = {float(ap):.6f}")
# --8<-- [end:three]

gt = annotations([(image, 1, box, {}) for image, boxes in TRUTHS.items() for box in boxes])
dt = results([(image, 1, box, score) for image, box, score in DETECTIONS])

# --8<-- [start:twelve]
names = ["AP", "AP50", "AP75", "AP_S", "AP_M", "AP_L", "AR@1", "AR@10", "AR@100", "AR_S", "AR_M", "AR_L"]
coco = evaluate(gt, dt)
for name, value in zip(names, coco.stats):
    print(f"{name:7}{value:9.6f}")
# --8<-- [end:twelve]

# --8<-- [start:by-iou]
print("| IoU 阈值 | 找对几个 | AP（分数） | AP（小数） |\n| --- | --- | --- | --- |")
for step in range(10):
    threshold = Fraction(50 + 5 * step, 100)
    found = match_coco(TRUTHS, DETECTIONS, threshold)
    exact = ap_at(curve(found, positives), 100)
    print(f"| {float(threshold):.2f} | {sum(found)} | {exact} | {float(exact):.6f} |")
# --8<-- [end:by-iou]

# --8<-- [start:rivals]
rivals = {1: [(0, 0, 100, 100), (20, 0, 120, 100)]}
pair = [(1, (5, 0, 105, 100), 0.9), (1, (8, 0, 108, 100), 0.8)]
for name, rule in [("VOC ", match_voc), ("COCO", match_coco)]:
    found = rule(rivals, pair)
    print(name, ["TP" if hit else "FP" for hit in found], "全点 AP =", ap_area(curve(found, 2)))
# --8<-- [end:rivals]

# --8<-- [start:conventions]
print("| 同样的八个数 | 连续 | 加一 |\n| --- | --- | --- |")
for a, b in [
    ((0, 0, 10, 10), (3, 0, 13, 10)),
    ((0, 0, 8, 8), (2, 0, 10, 8)),
    ((0, 0, 10, 10), (0, 0, 10, 5)),
    ((0, 0, 100, 100), (0, 0, 100, 50)),
]:
    kinds = [iou(a, b, extra) for extra in (0, 1)]
    print(f"| {a} {b} | {' | '.join(f'{kind} = {float(kind):.4f}' for kind in kinds)} |")
# --8<-- [end:conventions]

# --8<-- [start:cut]
noise = [(image, (200, 200, 210, 210), 0.01) for image in TRUTHS for _ in range(20)]
for name, boxes in [
    ("原样", DETECTIONS),
    ("再加 60 个 0.01 分的 FP", DETECTIONS + noise),
    ("先丢掉 0.50 分以下的", [d for d in DETECTIONS if d[2] >= 0.5]),
    ("先丢掉 0.75 分以下的", [d for d in DETECTIONS if d[2] >= 0.75]),
    ("分数换成平方", [(image, box, score**2) for image, box, score in DETECTIONS]),
]:
    ap = ap_at(curve(match_coco(TRUTHS, boxes), positives), 100)
    print(f"{float(ap):.6f}  {name}")
# --8<-- [end:cut]

# --8<-- [start:sklearn]
from sklearn.metrics import average_precision_score

steps = [Fraction(0), *(recall for recall, _ in points)]
stairs = sum((r - before) * p for before, (r, p) in zip(steps, points))
print(f"不取包络的阶梯和：{stairs} = {float(stairs):.6f}")
print(f"scikit-learn：{average_precision_score(marks, [score for *_, score in DETECTIONS]):.6f}")
# --8<-- [end:sklearn]
