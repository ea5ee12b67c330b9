"""恒等是白送的：把一个网络加深，输出可以一点不变。"""

import copy

import torch
from resnet_depth import Deep, block, images
from torch import nn

torch.manual_seed(0)

# --8<-- [start:deepen]
shallow = Deep(6, residual=True).eval()

deep = copy.deepcopy(shallow)
for _ in range(18):                    # 再接 18 个块，36 层
    added = block().eval()
    nn.init.zeros_(added[-1].weight)   # 最后一层的权重全是 0：F(x) = 0
    deep.blocks.append(added)

layers = sum(isinstance(part, nn.Linear) for part in deep.modules())
same = torch.equal(shallow(images), deep(images))
print(layers, "层；输出与 6 层时完全一样：", same)
# --8<-- [end:deepen]
