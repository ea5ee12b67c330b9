# 陷阱的演示：TTA 的尺度换成 RetinaNet 的 COCO 配置继承来的那三个（mmdet 的 retinanet_tta.py）。
# 图放大三到十倍，测得很慢，所以只测 data/few 里的四张。
_base_ = "./toy_retinanet.py"

test_dataloader = dict(dataset=dict(data_root="data/few/"))
test_evaluator = dict(ann_file="data/few/val.json")

img_scales = [(1333, 800), (666, 400), (2000, 1200)]
tta_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(
        type="TestTimeAug",
        transforms=[
            [dict(type="Resize", scale=size, keep_ratio=True) for size in img_scales],
            [dict(type="RandomFlip", prob=1.0), dict(type="RandomFlip", prob=0.0)],
            [dict(type="LoadAnnotations", with_bbox=True)],
            [
                dict(
                    type="PackDetInputs",
                    meta_keys=("img_id", "img_path", "ori_shape", "img_shape", "scale_factor", "flip", "flip_direction"),
                )
            ],
        ],
    ),
]
