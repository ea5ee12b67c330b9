"""级联检测器改类别数：不抄三个头。"""

import tempfile
from pathlib import Path

from mmengine import Config

# --8<-- [start:child]
CHILD = """
_base_ = 'mmdet::cascade_rcnn/cascade-mask-rcnn_r50_fpn_1x_coco.py'
model = dict(roi_head=dict(bbox_head=_base_.model.roi_head.bbox_head, mask_head=dict(num_classes=2)))
for i in range(3):
    model['roi_head']['bbox_head'][i]['num_classes'] = 2
"""
# --8<-- [end:child]

import importlib.util

# mmengine 0.10.7 要 pkg_resources（setuptools 小于 82）才认 mmdet::；没有它也要能跑，所以换成同一份文件的路径
home = Path(importlib.util.find_spec("mmdet").submodule_search_locations[0]) / ".mim" / "configs"
path = Path(tempfile.mkdtemp()) / "child.py"
path.write_text(CHILD.replace("mmdet::", f"{home}/"), encoding="utf-8")

# --8<-- [start:show]
for head in Config.fromfile(str(path)).model.roi_head.bbox_head:
    print(head.num_classes, head.bbox_coder.target_stds)
# --8<-- [end:show]
