"""一张图走过 Faster R-CNN R50-FPN，一路变成什么形状：只凭配置算出来，不要 torch。"""

# --8<-- [start:config]
from importlib.metadata import distribution
from math import ceil, floor, log2

from mmengine import Config

configs = distribution("mmdet").locate_file("mmdet/.mim/configs")
config = Config.fromfile(configs / "faster_rcnn/faster-rcnn_r50_fpn_1x_coco.py")
model = config.model
# --8<-- [end:config]

# --8<-- [start:resize]
longest, shortest = max(config.test_pipeline[1].scale), min(config.test_pipeline[1].scale)
width, height = 640, 480
factor = min(longest / max(width, height), shortest / min(width, height))
width, height = int(width * factor + 0.5), int(height * factor + 0.5)
divisor = model.data_preprocessor.pad_size_divisor
padded = [ceil(side / divisor) * divisor for side in (height, width)]
print(f"放大 {factor:.4f} 倍：{width}×{height}；补到 {divisor} 的倍数：{padded[1]}×{padded[0]}（宽×高）")
# --8<-- [end:resize]

# --8<-- [start:anchors]
generator, test = model.rpn_head.anchor_generator, model.test_cfg
shapes = len(generator.scales) * len(generator.ratios)
print("| 层 | 步长 | 高×宽 | 锚框 | 给 NMS |\n| --- | ---: | ---: | ---: | ---: |")
anchors, kept = 0, 0
for level, stride in enumerate(generator.strides, start=2):
    rows, columns = (ceil(side / stride) for side in padded)
    here = rows * columns * shapes
    anchors, kept = anchors + here, kept + min(here, test.rpn.nms_pre)
    print(f"| P{level} | {stride} | {rows}×{columns} | {here} | {min(here, test.rpn.nms_pre)} |")
print(f"| 合计 | | | {anchors} | {kept} |")
# --8<-- [end:anchors]

# --8<-- [start:heads]
head, extractor = model.roi_head.bbox_head, model.roi_head.bbox_roi_extractor
size = extractor.roi_layer.output_size
print(f"候选框：最多 {test.rpn.max_per_img} 个（IoU {test.rpn.nms.iou_threshold} 的 NMS 之后）")
print(f"每个候选框：{extractor.out_channels}×{size}×{size} = {extractor.out_channels * size * size} 个数 → {head.fc_out_channels}")
print(f"分类 {head.num_classes + 1} 个数（{head.num_classes} 类加背景），回归 {head.num_classes * 4} 个数（每类一个框）")
print(f"结果：得分高于 {test.rcnn.score_thr}，IoU {test.rcnn.nms.iou_threshold} 的 NMS，至多 {test.rcnn.max_per_img} 个框")
# --8<-- [end:heads]


# --8<-- [start:level]
def level(width, height, finest=56, levels=4):
    """一个框从 P2 到 P5 的哪一层取特征：边长 224 到不足 448 像素的在 P4，大一倍就高一层。"""
    return 2 + min(max(floor(log2((width * height) ** 0.5 / finest + 1e-6)), 0), levels - 1)


for box in ((32, 32), (111, 111), (112, 112), (224, 224), (448, 448), (1300, 100)):
    print(f"{box[0]}×{box[1]} → P{level(*box)}")
# --8<-- [end:level]

# --8<-- [start:train]
train = model.train_cfg
print("| 阶段 | 每图抽 | 正至多 | 正 IoU | 负 IoU |\n| --- | ---: | ---: | --- | --- |")
for name, part in (("RPN", train.rpn), ("RoI", train.rcnn)):
    sampler, assigner = part.sampler, part.assigner
    most = int(sampler.num * sampler.pos_fraction)
    print(f"| {name} | {sampler.num} | {most} | ≥ {assigner.pos_iou_thr} | < {assigner.neg_iou_thr} |")
# --8<-- [end:train]
