"""一个写错的残差块：建得出来，也跑得通。"""

import torch
from torch import nn

torch.manual_seed(0)


# --8<-- [start:block]
class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = torch.relu(self.bn2(self.conv2(y)))
        return torch.relu(y + x)


x = torch.rand(1, 8, 16, 16)
print("输出比输入小的格子：", int((Block(8)(x) < x).sum()))
# --8<-- [end:block]
