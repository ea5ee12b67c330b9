"""翻译程序用在几行 2019 年 8 月的配置上。"""

# --8<-- [start:old]
OLD = """
model = dict(
    type='FasterRCNN',
    pretrained='torchvision://resnet50',
    backbone=dict(type='ResNet', depth=50),
    bbox_roi_extractor=dict(roi_layer=dict(type='RoIAlign', out_size=7, sample_num=2)),
    bbox_head=dict(type='SharedFCBBoxHead', num_fcs=2, num_classes=3))
data = dict(imgs_per_gpu=2, train=dict(type='CocoDataset', img_scale=(1333, 800), flip_ratio=0.5))
lr_config = dict(policy='step', warmup='linear', warmup_iters=500, warmup_ratio=1.0 / 3, step=[8, 11])
total_epochs = 12
workflow = [('train', 1)]
my_trick = True
"""
# --8<-- [end:old]

import contextlib
import io
import tempfile
from pathlib import Path

import translate_config


def say(*options):
    """翻译程序印了什么。"""
    old = Path(tempfile.mkdtemp()) / "old.py"
    old.write_text(OLD, encoding="utf-8")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        translate_config.main([str(old), *options])
    return said.getvalue().replace(str(old), "old.py")


# --8<-- [start:report]
print(say())
# --8<-- [end:report]

# --8<-- [start:list]
lines = say("--list").split("每一个值\n")[1].splitlines()
print(*[line for line in lines if "bbox_head" in line or "sampling_ratio" in line or "param_scheduler[1]" in line or "pipeline[2]" in line or "filter_cfg" in line or "workflow" in line], sep="\n")
# --8<-- [end:list]
