"""骨干权重不经下载服务器：把文件放进加载器先看的地方。演示：缓存是临时文件夹，权重是替身。"""

# --8<-- [start:names]
import json
from importlib.metadata import distribution
from pathlib import Path

table = distribution("mmengine-lite").locate_file("mmengine/hub/openmmlab.json")
addresses = json.loads(Path(table).read_text(encoding="utf-8"))
print(len(addresses), "个 open-mmlab:// 名字，全都在：", *{url.split("/")[2] for url in addresses.values()})
print("resnext101_64x4d →", addresses["resnext101_64x4d"])
# --8<-- [end:names]

# --8<-- [start:place]
import os
import tempfile

import torch
from mmengine.utils.dl_utils import load_url  # MMEngine 读 open-mmlab://、torchvision:// 和 https:// 都用它

keep = tempfile.TemporaryDirectory()
os.environ["TORCH_HOME"] = keep.name  # 只为演示：不动这台机器的缓存；自己用时删掉这一行

address = addresses["resnext101_64x4d"]
cache = Path(torch.hub.get_dir()) / "checkpoints"  # 平时是 ~/.cache/torch/hub/checkpoints
cache.mkdir(parents=True, exist_ok=True)
torch.save({"stand-in": torch.ones(1)}, cache / address.rsplit("/", 1)[1])  # 替身；自己用时换成把下好的文件复制进来
print(load_url(address))  # 没有下载
# --8<-- [end:place]
