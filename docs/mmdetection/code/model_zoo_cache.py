"""Backbone weights without the download server: the file is put where the loader looks first."""

import os
import tempfile

keep = tempfile.TemporaryDirectory()
os.environ["TORCH_HOME"] = keep.name  # so that the cache of this machine stays as it is

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
import torch
from mmengine.utils.dl_utils import load_url  # what MMEngine calls for open-mmlab:// and https://

address = addresses["resnext101_64x4d"]
cache = Path(torch.hub.get_dir()) / "checkpoints"  # usually ~/.cache/torch/hub/checkpoints
cache.mkdir(parents=True)
torch.save({"stand-in": torch.ones(1)}, cache / address.rsplit("/", 1)[1])  # in earnest: copy your own file here
print(load_url(address))  # nothing is downloaded
# --8<-- [end:place]
