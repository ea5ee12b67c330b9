# 微调：从训练好的两类检测器接着学，换成自己的三类。
_base_ = "./toy_retinanet.py"

# --8<-- [start:finetune]
load_from = "work_dirs/toy_retinanet/weights.pth"  # 真做的时候：COCO 权重的文件

model = dict(
    backbone=dict(frozen_stages=1, norm_eval=True),  # 第一段不再学；批归一化用原来的统计量
    bbox_head=dict(num_classes=3),  # 头的形状变了，这一层重新学
)
optim_wrapper = dict(optimizer=dict(lr=0.004))  # 从头训练是 0.01
train_cfg = dict(max_epochs=8, val_interval=4)
param_scheduler = [
    dict(type="LinearLR", start_factor=0.1, by_epoch=False, begin=0, end=12),
    dict(type="MultiStepLR", by_epoch=True, begin=0, end=8, milestones=[6], gamma=0.1),
]
# --8<-- [end:finetune]

# --8<-- [start:data]
data_root = "data/mine/"
metainfo = dict(classes=("wide", "tall", "ball"))  # 与 labels_to_coco.py 的 --classes 同样的名字、同样的次序

train_dataloader = dict(dataset=dict(data_root=data_root, ann_file="train.json", data_prefix=dict(img="train/"), metainfo=metainfo))
val_dataloader = dict(dataset=dict(data_root=data_root, ann_file="val.json", data_prefix=dict(img="val/"), metainfo=metainfo))
test_dataloader = val_dataloader
val_evaluator = dict(ann_file=data_root + "val.json")
test_evaluator = val_evaluator
# --8<-- [end:data]
