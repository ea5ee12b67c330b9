"""Evaluate boxes that are in memory with pycocotools, without files and without its printing."""

import contextlib
import io

# --8<-- [start:evaluate]
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def annotations(truths, first_id=1):
    """(image, category, (x1, y1, x2, y2), other fields) → COCO annotations: ids from 1, boxes as [x, y, w, h]."""
    return [
        {"id": number, "image_id": image, "category_id": category, "bbox": [x1, y1, x2 - x1, y2 - y1],
         "area": (x2 - x1) * (y2 - y1), "iscrowd": 0, **other}
        for number, (image, category, (x1, y1, x2, y2), other) in enumerate(truths, first_id)
    ]


def results(detections):
    """(image, category, (x1, y1, x2, y2), score) → COCO results."""
    return [
        {"image_id": image, "category_id": category, "bbox": [x1, y1, x2 - x1, y2 - y1], "score": score}
        for image, category, (x1, y1, x2, y2), score in detections
    ]


def evaluate(truths, detections, max_detections=(1, 10, 100)):
    """Annotations and results → a finished COCOeval; its stats are the twelve numbers."""
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "images": [{"id": image} for image in sorted({item["image_id"] for item in [*truths, *detections]})],
            "categories": [{"id": category} for category in sorted({item["category_id"] for item in truths})],
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
