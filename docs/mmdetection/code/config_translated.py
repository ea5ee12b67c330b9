"""The translator on a few lines of a config of July 2019."""

# --8<-- [start:old]
OLD = """
model = dict(
    pretrained='torchvision://resnet50',
    bbox_roi_extractor=dict(roi_layer=dict(type='RoIAlign', out_size=7, sample_num=2)),
    bbox_head=dict(type='SharedFCBBoxHead', num_fcs=2, num_classes=3))
data = dict(imgs_per_gpu=2)
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

old = Path(tempfile.mkdtemp()) / "old.py"
old.write_text(OLD, encoding="utf-8")
said = io.StringIO()
with contextlib.redirect_stdout(said):
    translate_config.main([str(old)])

# --8<-- [start:report]
print(said.getvalue().replace(str(old), "old.py"))
# --8<-- [end:report]
