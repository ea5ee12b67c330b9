"""照层表搭的 ResNet（arXiv 1512.03385）和 ResNeXt（arXiv 1611.05431），只用来数，不训练。"""

import torch
from torch import Tensor, nn

STAGES = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}


# --8<-- [start:conv]
def conv(
    channels: int, width: int, kernel: int, stride: int = 1, groups: int = 1,
) -> nn.Sequential:
    """卷积加批归一化；边长变成 ceil(边长 / stride)，偏置由批归一化代替。"""
    options = {"padding": kernel // 2, "groups": groups, "bias": False}
    layer = nn.Conv2d(channels, width, kernel, stride, **options)
    return nn.Sequential(layer, nn.BatchNorm2d(width))
# --8<-- [end:conv]


# --8<-- [start:residual]
class Residual(nn.Module):
    """relu(F(x) + 捷径(x))：(N, C, H, W) -> (N, C', H', W')。"""

    def __init__(self, body: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.body(x) + self.shortcut(x))


def bottleneck(
    channels: int, planes: int, stride: int = 1,
    groups: int = 1, base_width: int = 64, v1: bool = False,
) -> Residual:
    """ResNet-50 和 ResNeXt 的块，输出 4 × planes 个通道。"""
    inner = planes * base_width // 64 * groups
    first, second = (stride, 1) if v1 else (1, stride)  # v1.5 放在 3×3 上
    body = nn.Sequential(
        conv(channels, inner, 1, first), nn.ReLU(),
        conv(inner, inner, 3, second, groups), nn.ReLU(),
        conv(inner, 4 * planes, 1),
    )
    shortcut = nn.Identity()
    if stride != 1 or channels != 4 * planes:
        shortcut = conv(channels, 4 * planes, 1, stride)
    return Residual(body, shortcut)
# --8<-- [end:residual]


def basic(channels: int, planes: int, stride: int = 1) -> Residual:
    """ResNet-18 和 34 的块：两个 3 × 3 卷积，形状变了的地方加投影（论文的 B）。"""
    body = nn.Sequential(conv(channels, planes, 3, stride), nn.ReLU(), conv(planes, planes, 3))
    same = stride == 1 and channels == planes
    return Residual(body, nn.Identity() if same else conv(channels, planes, 1, stride))


def resnet(depth: int, **bottleneck_options: int) -> nn.Sequential:
    """18、34、50、101 或 152 层、1000 类的 ResNet；``groups=64, base_width=4`` 就成了 ResNeXt 64x4d。"""
    block, growth = (basic, 1) if depth < 50 else (bottleneck, 4)
    layers: list[nn.Module] = [conv(3, 64, 7, stride=2), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1)]
    channels = 64
    for stage, (planes, repeats) in enumerate(zip((64, 128, 256, 512), STAGES[depth])):
        for index in range(repeats):
            stride = 2 if stage > 0 and index == 0 else 1
            layers.append(block(channels, planes, stride, **bottleneck_options))
            channels = growth * planes
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000))
