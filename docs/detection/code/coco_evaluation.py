"""用 pycocotools 评内存里的框：不写文件，也不让它打印。"""

import contextlib
import io

# --8<-- [start:evaluate]
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def xywh(box):
    x1, y1, x2, y2 = box
    return [x1, y1, x2 - x1, y2 - y1]


def annotations(truths, first_id=1):
    """(图, 类, (x1, y1, x2, y2), 其他字段) → 标注，编号从 1 起。"""
    made = []
    for number, (image, category, box, other) in enumerate(truths, first_id):
        x, y, width, height = xywh(box)
        made.append({
            "id": number, "image_id": image, "category_id": category,
            "bbox": [x, y, width, height], "area": width * height, "iscrowd": 0,
            **other,
        })
    return made


def results(detections):
    """(图, 类, (x1, y1, x2, y2), 分数) → 结果。"""
    return [
        {"image_id": image, "category_id": category, "bbox": xywh(box), "score": score}
        for image, category, box, score in detections
    ]


def evaluate(truths, detections, max_detections=(1, 10, 100)):
    """标注和结果 → 算完的 COCOeval；stats 是那十二个数。"""
    images = {item["image_id"] for item in [*truths, *detections]}
    categories = {item["category_id"] for item in truths}
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "images": [{"id": image} for image in sorted(images)],
            "categories": [{"id": category} for category in sorted(categories)],
            "annotations": truths,
        }
        truth.createIndex()
        evaluation = COCOeval(truth, truth.loadRes(detections), "bbox")
        evaluation.params.maxDets = list(max_detections)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation
# --8<-- [end:evaluate]
