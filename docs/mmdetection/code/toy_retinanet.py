# A small RetinaNet for the toy data set, to be trained on a CPU from nothing. Runs without a compiled mmcv.
_base_ = ["mmdet::_base_/models/retinanet_r50_fpn.py", "./toy_data.py"]

model = dict(
    backbone=dict(depth=18, init_cfg=None, frozen_stages=-1, norm_eval=False),  # from nothing: nothing to freeze
    neck=dict(in_channels=[64, 128, 256, 512], out_channels=64),
    bbox_head=dict(num_classes=2, in_channels=64, feat_channels=64, stacked_convs=2),
)
