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
PAIRS = [  # 文件夹、固定尺寸的模型、多尺度的模型、印出来的名字
    ("tridentnet", "tridentnet_r50-caffe_1x_coco", "tridentnet_r50-caffe_ms-1x_coco", "TridentNet R50"),
    ("faster_rcnn", "faster-rcnn_r50-caffe-dc5_1x_coco", "faster-rcnn_r50-caffe-dc5_mstrain_1x_coco", "Faster R-CNN R50-DC5"),
    ("faster_rcnn", "faster-rcnn_r50-caffe-c4_1x_coco", "faster-rcnn_r50-caffe-c4_mstrain_1x_coco", "Faster R-CNN R50-C4"),
    ("mask_rcnn", "mask-rcnn_x101-32x8d_fpn_1x_coco", "mask-rcnn_x101-32x8d_fpn_ms-poly-1x_coco", "Mask R-CNN X101-32x8d"),
    (
        "foveabox", "fovea_r101_fpn_gn-head-align_4xb4-2x_coco",
        "fovea_r101_fpn_gn-head-align_ms-640-800-4xb4-2x_coco", "FoveaBox R101 align",
    ),
    (
        "foveabox", "fovea_r50_fpn_gn-head-align_4xb4-2x_coco",
        "fovea_r50_fpn_gn-head-align_ms-640-800-4xb4-2x_coco", "FoveaBox R50 align",
    ),
    (
        "hrnet", "fcos_hrnetv2p-w18-gn-head_4xb4-2x_coco",
        "fcos_hrnetv2p-w18-gn-head_ms-640-800-4xb4-2x_coco", "FCOS HRNetV2p-W18",
    ),
    (
        "hrnet", "fcos_hrnetv2p-w32-gn-head_4xb4-2x_coco",
        "fcos_hrnetv2p-w32-gn-head_ms-640-800-4xb4-2x_coco", "FCOS HRNetV2p-W32",
    ),
]
print("| 模型 | 轮数 | 固定尺寸 | 多尺度 | 差 |\n| --- | --- | --- | --- | --- |")
for folder, fixed, varied, name in PAIRS:
    (epochs, before), (_, after) = box_ap(folder)[fixed], box_ap(folder)[varied]
    print(f"| {name} | {epochs} | {before} | {after} | {after - before:+.1f} |")
# --8<-- [end:gain]
