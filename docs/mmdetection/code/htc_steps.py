"""从 Mask R-CNN 到 HTC，每一步落在配置的哪几行：读自 mmdet 安装包，不要 torch 和 mmcv。"""

# --8<-- [start:load]
from importlib.metadata import distribution

from mmengine import Config

CONFIGS = distribution("mmdet").locate_file("mmdet/.mim/configs")
STEPS = {
    "Mask R-CNN": "mask_rcnn/mask-rcnn_r50_fpn_1x_coco.py",
    "Cascade Mask": "cascade_rcnn/cascade-mask-rcnn_r50_fpn_1x_coco.py",
    "HTC 无语义": "htc/htc-without-semantic_r50_fpn_1x_coco.py",
    "HTC": "htc/htc_r50_fpn_1x_coco.py",
}
models = {step: Config.fromfile(CONFIGS / path).model for step, path in STEPS.items()}
full, plain = models["HTC"], models["HTC 无语义"]
# --8<-- [end:load]

# --8<-- [start:lines]
def stages(part):
    """配置里的这一部分，Mask R-CNN 是一个字典，级联的是一列、每级一个；这里都当成一列。"""
    return part if isinstance(part, list) else [part]


def row(name, read):
    print(f"| {name} |", " | ".join(f"`{read(model)}`" for model in models.values()), "|")


print("| 配置里的键 |", " | ".join(STEPS), "|\n| --- |" + " --- |" * len(STEPS))
row("`roi_head.type`", lambda m: m.roi_head.type)
row("框头的份数", lambda m: len(stages(m.roi_head.bbox_head)))
row("正样本 IoU 阈值", lambda m: " ".join(str(s.assigner.pos_iou_thr) for s in stages(m.train_cfg.rcnn)))
row("框目标的标准差（x）", lambda m: " ".join(str(h.bbox_coder.target_stds[0]) for h in stages(m.roi_head.bbox_head)))
row("`stage_loss_weights`", lambda m: " ".join(map(str, m.roi_head.get("stage_loss_weights", [1]))))
row("掩码头", lambda m: stages(m.roi_head.mask_head)[0].type)
row("`interleaved`", lambda m: m.roi_head.get("interleaved", "–"))
row("`mask_info_flow`", lambda m: m.roi_head.get("mask_info_flow", "–"))
row("`semantic_head`", lambda m: m.roi_head.get("semantic_head", {"type": "–"})["type"])
# --8<-- [end:lines]

# --8<-- [start:semantic]
for key in full.roi_head.keys() - plain.roi_head.keys():
    assert key.startswith("semantic_")  # RoI 头里别无不同
head = full.roi_head.semantic_head
print(head.type, "· 融合到第", head.fusion_level, "层 ·", head.num_convs, "个卷积 ·", head.num_classes, "类 · 损失权重", head.loss_seg.loss_weight)
print("语义特征取自步长", *full.roi_head.semantic_roi_extractor.featmap_strides)
print(Config.fromfile(CONFIGS / STEPS["HTC"]).train_dataloader.dataset.data_prefix)
# --8<-- [end:semantic]

# --8<-- [start:also]
cascade = models["Cascade Mask"]
print("test_cfg.rcnn.score_thr：", cascade.test_cfg.rcnn.score_thr, "→", full.test_cfg.rcnn.score_thr)
# --8<-- [end:also]

# --8<-- [start:delta]
offset, width = 5, 100  # 候选框宽 100 像素，中心偏了 5 像素
for number, stage in enumerate(full.roi_head.bbox_head, start=1):
    std = stage.bbox_coder.target_stds[0]
    print(f"第 {number} 级：标准差 {std}，回归目标 {offset / width / std:.2f}")
# --8<-- [end:delta]

# --8<-- [start:iou]
for shift in (30, 20, 10):  # 两个框都宽 100 像素、一样高，一个往旁边挪
    iou = (100 - shift) / (100 + shift)
    positive = [n for n, s in enumerate(full.train_cfg.rcnn, start=1) if iou >= s.assigner.pos_iou_thr]
    print(f"偏 {shift} 像素：IoU {iou:.3f}，算正样本的级：{positive}")
# --8<-- [end:iou]

# --8<-- [start:values]
import yaml

metafiles = {}
for folder in ("mask_rcnn", "cascade_rcnn", "htc"):
    for entry in yaml.safe_load((CONFIGS / folder / "metafile.yml").read_text(encoding="utf-8"))["Models"]:
        metafiles[entry["Name"]] = entry
print("| R50，1x，val2017 | 框 AP | 掩码 AP | 训练显存 | V100 每图 | 配置名 |\n| --- | ---: | ---: | ---: | ---: | --- |")
for label, name in (("Mask R-CNN", "mask-rcnn"), ("Cascade Mask R-CNN", "cascade-mask-rcnn"), ("HTC", "htc")):
    entry = metafiles[f"{name}_r50_fpn_1x_coco"]
    ap = {k: v for result in entry["Results"] for k, v in result["Metrics"].items()}
    memory, speed = entry["Metadata"]["Training Memory (GB)"], entry["Metadata"]["inference time (ms/im)"][0]["value"]
    print(f"| {label} | {ap['box AP']} | {ap['mask AP']} | {memory} GB | {speed:.0f} ms | {entry['Name']} |")
# --8<-- [end:values]
