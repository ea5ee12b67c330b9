"""多尺度训练值多少分：从 mmdet 3.3.0 安装包自带的模型库表里读。

    pip install mmdet==3.3.0 pyyaml
"""

from importlib.metadata import distribution
from pathlib import Path

import yaml

CONFIGS = Path(str(distribution("mmdet").locate_file("mmdet/.mim/configs")))


def box_ap(folder):
    """模型名 → (轮数, COCO val2017 的框 AP)。"""
    models = yaml.safe_load((CONFIGS / folder / "metafile.yml").read_text(encoding="utf-8"))["Models"]
    return {
        model["Name"]: (model["Metadata"]["Epochs"], result["Metrics"]["box AP"])
        for model in models
        for result in model["Results"]
        if result["Task"] == "Object Detection"
    }


# --8<-- [start:gain]
faster, retina = box_ap("faster_rcnn"), box_ap("retinanet")
print("| 模型 | 训练尺寸 | 轮数 | 框 AP |\n| --- | --- | --- | --- |")
for table, name, label, sizes in [
    (faster, "faster-rcnn_r50-caffe-dc5_1x_coco", "Faster R-CNN R50-DC5", "固定"),
    (faster, "faster-rcnn_r50-caffe-dc5_mstrain_1x_coco", "同上", "多尺度"),
    (faster, "faster-rcnn_r50-caffe-c4_1x_coco", "Faster R-CNN R50-C4", "固定"),
    (faster, "faster-rcnn_r50-caffe-c4_mstrain_1x_coco", "同上", "多尺度"),
    (retina, "retinanet_r50_fpn_1x_coco", "RetinaNet R50-FPN", "固定"),
    (retina, "retinanet_r50_fpn_2x_coco", "同上", "固定"),
    (retina, "retinanet_r50_fpn_ms-640-800-3x_coco", "同上", "多尺度"),
]:
    epochs, score = table[name]
    print(f"| {label} | {sizes} | {epochs} | {score} |")
# --8<-- [end:gain]
