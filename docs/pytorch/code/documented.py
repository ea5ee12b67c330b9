"""2019 年记下的两份中文资料说的话，在 torch 2.13.0 上跑一遍。"""

import torch
from documented_lines import CHANGED, HANDBOOK, NAMES, table

# --8<-- [start:names]
gone = [name for name in NAMES if not hasattr(torch, name)]
listed = "、".join(f"`{name}`" for name in gone)
print(f"{len(NAMES)} 个名字里，{len(gone)} 个已经不存在：{listed}。")
# --8<-- [end:names]

# --8<-- [start:changed]
table("译本说", CHANGED)
# --8<-- [end:changed]

# --8<-- [start:handbook]
table("手册说", HANDBOOK)
# --8<-- [end:handbook]

# --8<-- [start:rows]
scores = torch.tensor([[1.0, 3.0], [2.0, 6.0]])
print(scores / torch.sum(scores, 1).expand_as(scores))  # 2017 年的写法
print(scores / torch.sum(scores, 1, keepdim=True))  # 本来的意思
# --8<-- [end:rows]

try:
    # --8<-- [start:mask-error]
    1 - (scores > 1)  # 2017 年的掩码是数
    # --8<-- [end:mask-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")

try:
    # --8<-- [start:removed-error]
    torch.eig(torch.eye(2))  # 名字在，功能不在
    # --8<-- [end:removed-error]
except Exception as error:  # 页面上是这句报错；有了 try，整个文件能跑到底
    print(f"{type(error).__name__}: {error}")
