"""配置怎样继承，用几份自己写的小文件来看。要 mmengine-lite，不要 torch。"""

# --8<-- [start:setup]
import tempfile
from pathlib import Path

from mmengine import Config

folder = Path(tempfile.mkdtemp())


def write(name, text):
    """写一份配置，返回它的路径。"""
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


write("base.py", """
lr = 0.02
model = dict(type='FasterRCNN', neck=dict(type='FPN', num_outs=5), stages=[1, 2, 3])
optimizer = dict(type='SGD', lr=lr, momentum=0.9)
""")
# --8<-- [end:setup]

# --8<-- [start:merge]
child = Config.fromfile(write("child.py", """
_base_ = './base.py'
model = dict(neck=dict(num_outs=4), stages=[9])
"""))
print(child.model)
# --8<-- [end:merge]

# --8<-- [start:delete]
child = Config.fromfile(write("delete.py", """
_base_ = './base.py'
optimizer = dict(_delete_=True, type='AdamW', lr=0.0001)
"""))
print(child.optimizer)
# --8<-- [end:delete]

# --8<-- [start:stale]
child = Config.fromfile(write("stale.py", """
_base_ = './base.py'
lr = 0.01
"""))
print("lr:", child.lr, "optimizer.lr:", child.optimizer.lr)
# --8<-- [end:stale]

# --8<-- [start:reference]
child = Config.fromfile(write("reference.py", """
_base_ = './base.py'
half = _base_.lr / 2
optimizer = dict(lr=half)
"""))
print(child.optimizer)
# --8<-- [end:reference]

# --8<-- [start:options]
from importlib.metadata import distribution

configs = distribution("mmdet").locate_file("mmdet/.mim/configs")
config = Config.fromfile(configs / "retinanet/retinanet_r50_fpn_1x_coco.py")
config.merge_from_dict({"train_dataloader.dataset.pipeline.2.scale": (640, 480), "optim_wrapper.optimizer.lr": 0.005})
print(config.train_dataloader.dataset.pipeline[2])
print(config.optim_wrapper.optimizer)
# --8<-- [end:options]
