"""同一个类的四个框，过 NMS、soft-NMS 与 WBF。"""

from merge_boxes import fuse, gaussian, iou, linear, nms, soft_nms

# --8<-- [start:boxes]
boxes = [
    (0.10, 0.10, 0.50, 0.50),  # 1
    (0.12, 0.12, 0.52, 0.52),  # 2：几乎就是 1
    (0.30, 0.10, 0.70, 0.50),  # 3：在 1 旁边
    (0.60, 0.60, 0.90, 0.90),  # 4：单独一个
]
scores = [0.9, 0.8, 0.7, 0.6]
# --8<-- [end:boxes]

# --8<-- [start:overlaps]
for a, b in [(0, 1), (0, 2), (1, 2)]:
    print(f"IoU({a + 1}, {b + 1}) = {iou(boxes[a], boxes[b]):.4f}")
# --8<-- [end:overlaps]

# --8<-- [start:table]
hard = nms(boxes, scores, 0.3)
soft = [dict(soft_nms(boxes, scores, weight)) for weight in (linear, gaussian)]
print("| 框 | 原分 | NMS | 线性 | 高斯 |\n| --- | --- | --- | --- | --- |")
for i, score in enumerate(scores):
    cells = [f"{score:.4f}" if i in hard else "删", *(f"{kept[i]:.4f}" for kept in soft)]
    print(f"| {i + 1} | {score} | {' | '.join(cells)} |")
# --8<-- [end:table]

# --8<-- [start:fused]
for box, score in fuse([[(boxes[0], 0.9), (boxes[3], 0.6)], [(boxes[1], 0.8)]]):
    print([round(corner, 4) for corner in box], round(score, 4))
# --8<-- [end:fused]

# --8<-- [start:same-model]
for box, score in fuse([[(boxes[0], 0.9), (boxes[1], 0.8)], []]):
    print([round(corner, 4) for corner in box], round(score, 4))
# --8<-- [end:same-model]

# --8<-- [start:edge]
half = [(0, 0, 10, 10), (0, 0, 10, 5)]  # IoU 恰好 1/2
for threshold in (0.5, 0.49):
    print(f"阈值 {threshold}：留下", nms(half, [0.9, 0.8], threshold))
# --8<-- [end:edge]
