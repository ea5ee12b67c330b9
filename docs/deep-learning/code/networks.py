"""笔记里的网络，照论文的层表搭起来，只用来数，不训练。

在 ``torch.device("meta")`` 下搭：只有形状，最大的也只要一瞬，不占内存。
没有权重、不改形状的层（dropout、局部响应归一化）略去。
"""

import torch
from torch import Tensor, nn


# --8<-- [start:measure]
def measure(network: nn.Module, *shape: int) -> tuple[int, int, int]:
    """最长一条路的层数，参数，一张图的乘加次数。

    network 建在 meta 设备上，有权重的层只能是 Conv2d、BatchNorm2d 和带偏置的 Linear；
    shape 是 C、H、W；乘加只算 Conv2d 和 Linear，不算偏置。
    """
    macs = 0

    def add(layer: nn.Module, _: object, output: Tensor) -> None:
        nonlocal macs
        macs += output.numel() * layer.weight[0].numel()  # 输出的个数 × 一个核的权重数

    kinds = nn.Conv2d, nn.Linear
    layers = [layer for layer in network.modules() if isinstance(layer, kinds)]
    hooks = [layer.register_forward_hook(add) for layer in layers]
    output = network(torch.empty(1, *shape, device="meta"))
    for hook in hooks:
        hook.remove()
    parameters = sum(p.numel() for p in network.parameters())
    return longest_path(output), parameters, macs
# --8<-- [end:measure]


def longest_path(output: Tensor) -> int:
    """从输入到 ``output`` 最长的一条路上有几个卷积和全连接，从它的计算图里读。"""
    lengths: dict[object, int] = {}
    waiting = [output.grad_fn]
    while waiting:
        node = waiting[-1]
        before = [parent for parent, _ in node.next_functions if parent is not None]
        missing = [parent for parent in before if parent not in lengths]
        if missing:
            waiting += missing
            continue
        weighted = node.name().startswith(("ConvolutionBackward", "AddmmBackward"))
        lengths[waiting.pop()] = weighted + max((lengths[parent] for parent in before), default=0)
    return lengths[output.grad_fn]


def alexnet(widths: tuple[int, ...] = (96, 256, 384, 384, 256), groups: int = 2, padding: int = 0) -> nn.Sequential:
    """AlexNet。论文：两组，输入 227 × 227；单塔：``ONE_TOWER`` 或 ``TORCHVISION``，一组，填充 2，输入 224 × 224。"""
    a, b, c, d, e = widths
    return nn.Sequential(
        nn.Conv2d(3, a, 11, stride=4, padding=padding), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(a, b, 5, padding=2, groups=groups), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(b, c, 3, padding=1), nn.ReLU(),
        nn.Conv2d(c, d, 3, padding=1, groups=groups), nn.ReLU(),
        nn.Conv2d(d, e, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Flatten(), *classifier(e * 6 * 6),
    )


ONE_TOWER = (64, 192, 384, 384, 256)  # arXiv 1404.5997 第 5 页的脚注
TORCHVISION = (64, 192, 384, 256, 256)  # 与 cuda-convnet2 相同（pytorch/vision 的合并请求 463 和 704）


def classifier(features: int) -> list[nn.Module]:
    """AlexNet 与 VGG 都有的三个全连接层。"""
    return [nn.Linear(features, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000)]


def vgg(depth: int) -> nn.Sequential:
    """16 层（配置 D）或 19 层（E）的 VGG：五段 3 × 3 卷积，每段之后一个 2 × 2 池化。"""
    layers: list[nn.Module] = []
    channels = 3
    for width, repeats in zip((64, 128, 256, 512, 512), {16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}[depth]):
        for _ in range(repeats):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), *classifier(512 * 7 * 7))


class Inception(nn.Module):
    """四路并行，在通道上拼接：(N, C, H, W) -> (N, C', H, W)。"""

    def __init__(self, channels: int, widths: tuple[int, ...], conv: type, large: int) -> None:
        super().__init__()
        one, reduce_3, three, reduce_5, five, pooled = widths
        self.branches = nn.ModuleList([
            conv(channels, one, 1),
            nn.Sequential(conv(channels, reduce_3, 1), conv(reduce_3, three, 3, padding=1)),
            nn.Sequential(conv(channels, reduce_5, 1), conv(reduce_5, five, large, padding=large // 2)),
            nn.Sequential(nn.MaxPool2d(3, 1, padding=1), conv(channels, pooled, 1)),
        ])

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self.branches], dim=1)


def plain_conv(channels: int, width: int, kernel: int, **options: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(channels, width, kernel, **options), nn.ReLU())


def normed_conv(channels: int, width: int, kernel: int, **options: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(channels, width, kernel, bias=False, **options), nn.BatchNorm2d(width), nn.ReLU())


def googlenet(as_torchvision: bool = False) -> nn.Sequential:
    """不带辅助头的 GoogLeNet；``as_torchvision`` 把论文的 5 × 5 换成 3 × 3，再加批归一化。"""
    conv, large = (normed_conv, 3) if as_torchvision else (plain_conv, 5)

    def pool(kernel: int = 3) -> nn.MaxPool2d:
        return nn.MaxPool2d(kernel, 2, ceil_mode=True)

    def block(channels: int, *widths: int) -> Inception:
        return Inception(channels, widths, conv, large)

    return nn.Sequential(
        conv(3, 64, 7, stride=2, padding=3), pool(),
        conv(64, 64, 1), conv(64, 192, 3, padding=1), pool(),
        block(192, 64, 96, 128, 16, 32, 32), block(256, 128, 128, 192, 32, 96, 64), pool(),
        block(480, 192, 96, 208, 16, 48, 64), block(512, 160, 112, 224, 24, 64, 64),
        block(512, 128, 128, 256, 24, 64, 64), block(512, 112, 144, 288, 32, 64, 64),
        block(528, 256, 160, 320, 32, 128, 128), pool(2 if as_torchvision else 3),
        block(832, 256, 160, 320, 32, 128, 128), block(832, 384, 192, 384, 48, 128, 128),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, 1000),
    )
