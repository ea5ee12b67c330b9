"""MMEngine 存的权重是什么样，torch 2.6 以上怎样拒绝，剥过以后又怎样。"""

import tempfile
from collections import OrderedDict
from pathlib import Path

import torch
from mmengine.logging.history_buffer import HistoryBuffer

import strip_checkpoint

keep = tempfile.TemporaryDirectory()  # 程序结束时自动删除
folder = Path(keep.name)
old, new = folder / "epoch_12.pth", folder / "weights.pth"
checkpoint = {
    "meta": {"epoch": 12, "iter": 96, "dataset_meta": {"classes": ("box", "ball")}},
    "state_dict": OrderedDict(weight=torch.zeros(2, 3)),
    "message_hub": {"log_scalars": OrderedDict({"train/loss": HistoryBuffer([1.48, 0.74], [1, 1])})},
    "optimizer": {"state": {}, "param_groups": [{"lr": 0.01}]},
    "param_schedulers": [{"last_step": 96}],
}
torch.save(checkpoint, old)

# --8<-- [start:refused]
from pickle import UnpicklingError

try:
    torch.load(old)
except UnpicklingError as error:
    message = str(error)
print(message.split(".")[0])
print(message.split("WeightsUnpickler error: ")[1].split(". ")[0])
# --8<-- [end:refused]

# --8<-- [start:stripped]
replaced, dropped = strip_checkpoint.strip(old, new)
print("丢掉：", *dropped)
print("占位：", *replaced)
print("新文件：", torch.load(new))  # 不用开关，也没有警告
# --8<-- [end:stripped]
