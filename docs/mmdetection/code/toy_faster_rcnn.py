# 玩具数据用的小 Faster R-CNN；RoIAlign 和 NMS 要编译过的 mmcv。
_base_ = ["mmdet::_base_/models/faster-rcnn_r50_fpn.py", "./toy_data.py"]

model = dict(
    backbone=dict(depth=18, init_cfg=None, frozen_stages=-1, norm_eval=False),
    neck=dict(in_channels=[64, 128, 256, 512]),
    roi_head=dict(bbox_head=dict(num_classes=2)),
)
