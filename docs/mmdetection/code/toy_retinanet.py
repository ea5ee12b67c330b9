# 玩具数据用的小 RetinaNet，在 CPU 上从零训练；不需要编译过的 mmcv。
_base_ = ["mmdet::_base_/models/retinanet_r50_fpn.py", "./toy_data.py"]

model = dict(
    backbone=dict(depth=18, init_cfg=None, frozen_stages=-1, norm_eval=False),  # 从零训练，没有什么可冻结的
    neck=dict(in_channels=[64, 128, 256, 512], out_channels=64),
    bbox_head=dict(num_classes=2, in_channels=64, feat_channels=64, stacked_convs=2),
)
