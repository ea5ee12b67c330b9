"""ResNet-18，参数的名字与 torchvision 的完全一样，所以能直接装它的预训练权重。"""

from pathlib import Path

import torch
from image_data import InputError
from image_model import read_kept
from torch import Tensor, nn


# --8<-- [start:network]
class BasicBlock(nn.Module):
    """两个 3×3 卷积加一条捷径；N×before×H×W → N×after×H/stride×W/stride。"""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        self.downsample = None
        if stride != 1 or before != after:  # 形状变了，捷径也要跟着变
            self.downsample = nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.downsample is None else self.downsample(x)
        out = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(out + shortcut)


class ResNet18(nn.Module):
    """N×3×S×S → N×classes 个原始分数。"""

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        before = 64
        for number, after in enumerate((64, 128, 256, 512), start=1):
            stride = 1 if number == 1 else 2
            stage = nn.Sequential(BasicBlock(before, after, stride), BasicBlock(after, after, 1))
            setattr(self, f"layer{number}", stage)
            before = after
        self.fc = nn.Linear(512, classes)

    def features(self, x: Tensor) -> Tensor:
        """分类头之前的 512 个数：N×3×S×S → N×512。"""
        x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return x.mean(dim=(2, 3))

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.features(x))
# --8<-- [end:network]


# --8<-- [start:load]
def pretrained(path: Path, classes: int) -> ResNet18:
    """装预训练的 1000 类权重，再换成自己的分类头（重新随机初始化）。"""
    model = ResNet18(1000)
    try:
        model.load_state_dict(read_kept(path))
    except RuntimeError:  # 名字或形状对不上
        raise InputError(f"{path} 不是 1000 类 resnet18 的权重") from None
    model.fc = nn.Linear(512, classes)
    return model
# --8<-- [end:load]
