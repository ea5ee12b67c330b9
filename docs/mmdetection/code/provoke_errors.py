"""把训练时的报错一条一条弄出来：在 CPU 上弄得出的，都在这里，页面上的原文就是它印的。

    python provoke_errors.py            （装好玩具环境，做好 data/toy 和 data/mine 之后；约一分钟）

data/toy 由 make_toy_data.py 画，data/mine 由 make_own_data.py 和 labels_to_coco.py 做（「自己的数据」一页开头的三条命令）。

每一段印出真实的报错；弄不出来的（要 GPU 的）不在这里，页面上说明出处。
"""

import contextlib
import io
import logging
import os
import re
import subprocess
import sys
import tempfile
import warnings

os.environ["TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"] = "1"
warnings.simplefilter("ignore")

import torch
from mmengine import Config
from mmengine.registry import init_default_scope
from mmengine.runner import Runner

init_default_scope("mmdet")
WORK = tempfile.mkdtemp()


def config(base="toy_retinanet.py", **changes):
    made = Config.fromfile(base)
    made.merge_from_dict({"work_dir": WORK, "train_cfg.max_epochs": 1, "default_hooks.checkpoint": None, "log_level": "ERROR", **changes})
    return made


def last_line(error):
    return f"{type(error).__name__}: {str(error).strip()}"


def said(run):
    """跑一段，只要它的报错和日志里的错误。"""
    logging.disable(logging.NOTSET)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            run()
        except Exception as error:
            return last_line(error)
    return "没有报错"


def train(**changes):
    return lambda: Runner.from_cfg(config(**changes)).train()


print("--- classes")
print(said(train(**{"model.bbox_head.num_classes": 80})))

print("--- comma")
print(said(train(metainfo=None, **{f"{name}_dataloader.dataset.metainfo": {"classes": ("box")} for name in ("train", "val", "test")})))

print("--- concatenate")
print(said(train(custom_hooks=[], **{"train_dataloader.dataset.metainfo": {"classes": ("car", "dog")}})))

print("--- mask")
print(said(train(**{"train_dataloader.dataset.pipeline.1.with_mask": True})))

print("--- workers")
print(said(train(**{"train_dataloader.persistent_workers": True})))

print("--- label")
print(said(train(base="toy_mine_scratch.py", custom_hooks=[], **{"model.bbox_head.num_classes": 1})))

print("--- nan")
def diverge(**changes):
    """学习率大得离谱，又不裁剪梯度。"""
    changes |= {"optim_wrapper.optimizer.lr": 1e8, "optim_wrapper.clip_grad": None, "param_scheduler": [], "log_level": "INFO"}
    runner = Runner.from_cfg(config(**changes))
    runner.logger.addHandler(logging.StreamHandler(heard))
    runner.train()


heard = io.StringIO()
stopped = said(lambda: diverge(custom_hooks=[{"type": "CheckInvalidLossHook", "interval": 4}]))
print([line for line in heard.getvalue().splitlines() if "NaN" in line][-1])
print(stopped.splitlines()[-1])


print("--- mismatch")
def load_coco_head():
    """80 类的 Faster R-CNN 权重装进 2 类的：大小不合的层。"""
    from mmdet.registry import MODELS

    coco = Config.fromfile("toy_faster_rcnn.py", lazy_import=False)
    mine = Config.fromfile("toy_faster_rcnn.py", lazy_import=False)
    coco.model.roi_head.bbox_head.num_classes = 80
    MODELS.build(mine.model).load_state_dict(MODELS.build(coco.model).state_dict())


print(said(load_coco_head))


print("--- empty")
def test_untrained():
    runner = Runner.from_cfg(config(**{"test_dataloader.dataset.indices": 2, "model.test_cfg.score_thr": 0.9}))
    runner.logger.addHandler(logging.StreamHandler(heard))
    runner.load_or_resume = lambda: None
    runner.test()


heard = io.StringIO()
said(test_untrained)
print([line for line in heard.getvalue().splitlines() if "empty" in line][0].split(" - ")[-1])


print("--- results")
def score_against_the_other_split():
    runner = Runner.from_cfg(config(**{"test_dataloader.dataset.indices": 2, "model.test_cfg.score_thr": 0.0, "test_evaluator.ann_file": "data/mine/other.json"}))
    runner.load_or_resume = lambda: None
    runner.test()


import json
from pathlib import Path

content = json.loads(Path("data/toy/train.json").read_text())
for image in content["images"]:
    image["id"] += 1000
for annotation in content["annotations"]:
    annotation["image_id"] += 1000
Path("data/mine/other.json").write_text(json.dumps(content))
print(said(score_against_the_other_split))


print("--- registry")
def build_unknown():
    from mmdet.registry import MODELS

    MODELS.build({"type": "MyDetector"})


print(said(build_unknown))


print("--- scope")
def build_without_scope():
    from mmengine.registry import MODELS, DefaultScope

    DefaultScope._instance_dict.clear()
    MODELS.build({"type": "RetinaNet"})


print(said(build_without_scope))
init_default_scope("mmdet")


print("--- reduction")
def unused_parameter():
    """两层里只用一层，数据并行的第二步就停下。"""
    torch.distributed.init_process_group("gloo", init_method=f"file://{WORK}/meet", rank=0, world_size=1)
    network = torch.nn.ModuleDict({"used": torch.nn.Linear(2, 1), "unused": torch.nn.Linear(2, 1)})
    network.forward = lambda x: network["used"](x)
    parallel = torch.nn.parallel.DistributedDataParallel(network)
    for _ in range(2):
        parallel(torch.ones(1, 2)).sum().backward()


print(said(unused_parameter).splitlines()[0])


print("--- child")
program = Path(WORK, "bad.py")
program.write_text("raise ValueError('真正的原因')\n")
done = subprocess.run([sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "1", str(program)], capture_output=True, text=True)
telling = ("ValueError", "ChildFailedError", "FAILED", "Root Cause", "exitcode  :", "To enable traceback")
lines = [re.sub(r" \(pid: \d+\)", "", line.replace(WORK + "/", "")) for line in done.stderr.splitlines() if any(word in line for word in telling)]
print(*dict.fromkeys(lines), sep="\n")
