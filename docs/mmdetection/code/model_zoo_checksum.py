"""下载来的权重，和文件名里的八位数对得上吗？"""

import tempfile
from pathlib import Path

# --8<-- [start:check]
import hashlib
import re


def matches_its_name(path):
    """SHA-256 的前 8 位对上是 True，对不上是 False；名字里没有这 8 位就是 None。"""
    named = re.search(r"-([0-9a-f]{8})\.pth$", path.name)
    if named is None:
        return None
    return hashlib.sha256(path.read_bytes()).hexdigest().startswith(named[1])
# --8<-- [end:check]


keep = tempfile.TemporaryDirectory()
folder = Path(keep.name)
# --8<-- [start:try]
content = b"weights"
digits = hashlib.sha256(content).hexdigest()[:8]
for name in (f"model_20200130-{digits}.pth", "model_20200130-047c8118.pth", "ddq_detr_swinl_30e.pth"):
    path = folder / name
    path.write_bytes(content)
    print(name, "→", matches_its_name(path))
# --8<-- [end:try]
