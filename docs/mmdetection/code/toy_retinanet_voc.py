# 同一个检测器、同样的图，按 VOC 的格式读。
_base_ = "./toy_retinanet.py"

# --8<-- [start:voc]
train_dataloader = dict(
    dataset=dict(
        type="VOCDataset",
        ann_file="voc/ImageSets/Main/train.txt",
        data_prefix=dict(_delete_=True, sub_data_root="voc/"),
    )
)
val_dataloader = dict(
    dataset=dict(
        type="VOCDataset",
        ann_file="voc/ImageSets/Main/val.txt",
        data_prefix=dict(_delete_=True, sub_data_root="voc/"),
    )
)
test_dataloader = val_dataloader
val_evaluator = dict(_delete_=True, type="VOCMetric", metric="mAP", eval_mode="area")
test_evaluator = val_evaluator
default_hooks = dict(checkpoint=dict(save_best="pascal_voc/mAP"))
# --8<-- [end:voc]
