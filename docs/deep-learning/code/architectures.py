"""The tables of the note: sizes counted from the networks, errors as their sources give them."""

import torch
from lenet_layers import layers
from networks import ONE_TOWER, TORCHVISION, Inception, alexnet, googlenet, measure, plain_conv, vgg
from resnet import resnet
from torch import nn

# Each error (top-1 / top-5, in percent) stands with its protocol and its source; "—" where the source gives none.
REPORTED = {
    "AlexNet": ("40.7/18.2", "单网，10 裁剪，验证集；论文表 2"),
    "VGG-16": ("27.0/8.8", "单网，整图密集评估，训练与测试尺度 256；论文表 3"),
    "VGG-19": ("27.3/9.0", "单网，整图密集评估，训练与测试尺度 256；论文表 3"),
    "GoogLeNet": ("—/10.07", "单网，单裁剪；论文表 3"),
    "ResNet-18": ("30.24/10.92", "单网，单裁剪；torchvision 权重 V1"),
    "ResNet-34": ("24.52/7.46", "单网，10 裁剪，B 类捷径；论文"),
    "ResNet-50": ("24.7/7.8", "单网，单裁剪；作者仓库"),
    "ResNet-101": ("23.6/7.1", "单网，单裁剪；作者仓库"),
    "ResNet-152": ("23.0/6.7", "单网，单裁剪；作者仓库"),
    "ResNeXt-101 64x4d": ("20.4/5.3", "单网，单裁剪；论文表 4，作者仓库"),
}
with torch.device("meta"):
    NETWORKS = {
        "AlexNet": (alexnet(), 227),
        "VGG-16": (vgg(16), 224),
        "VGG-19": (vgg(19), 224),
        "GoogLeNet": (googlenet(), 224),
        **{f"ResNet-{depth}": (resnet(depth), 224) for depth in (18, 34)},
        **{f"ResNet-{depth}": (resnet(depth, v1=True), 224) for depth in (50, 101, 152)},  # as the errors were measured
        "ResNeXt-101 64x4d": (resnet(101, groups=64, base_width=4), 224),
    }


def giga(macs: int) -> str:
    return f"{macs / 1e9:.2f} G"


# --8<-- [start:table]
trained = sum(layer.parameters for layer in layers())
print(f"| LeNet-5 | {len(layers()) - 1} | {trained:,} | — | 0.95 | MNIST 测试集；论文 |")
for name, (network, side) in NETWORKS.items():
    depth, parameters, macs = measure(network, 3, side, side)
    errors, source = REPORTED[name]
    print(f"| {name} | {depth} | {parameters:,} | {macs / 1e9:.2f} | {errors} | {source} |")
# --8<-- [end:table]

ACCURACIES = (  # top-1 accuracy, one crop of 224, from the metadata of torchvision 0.28
    ("AlexNet", "V1，简单配方", 56.522),
    ("VGG-16", "V1，简单配方", 71.592),
    ("GoogLeNet", "V1，移植而来", 69.778),
    ("ResNet-50", "V1，简单配方", 76.130),
    ("ResNet-152", "V1，简单配方", 78.312),
    ("ResNet-50", "V2，新配方", 80.858),
    ("ResNet-152", "V2，新配方", 82.284),
    ("ResNeXt-101 64x4d", "V1，新配方", 83.246),
)
# --8<-- [start:recipes]
for name, weights, accuracy in ACCURACIES:
    print(f"| {name} | {weights} | {100 - accuracy:.2f} |")
# --8<-- [end:recipes]

# --8<-- [start:alexnets]
with torch.device("meta"):
    versions = {
        "2012 年论文，分两组": (alexnet(), 227),
        "同样的宽度，不分组": (alexnet(groups=1), 227),
        "1404.5997 脚注里的单塔": (alexnet(ONE_TOWER, groups=1, padding=2), 224),
        "torchvision 的单塔": (alexnet(TORCHVISION, groups=1, padding=2), 224),
    }
for name, (network, side) in versions.items():
    _, parameters, macs = measure(network, 3, side, side)
    print(f"| {name} | {parameters:,} | {giga(macs)}（{side}） |")
# --8<-- [end:alexnets]

# --8<-- [start:vgg]
for name in ("VGG-16", "VGG-19"):
    network, side = NETWORKS[name]
    convolutions = network[:-6]  # without flattening and the three fully connected layers
    (_, whole, macs), (_, kernels, early) = measure(network, 3, side, side), measure(convolutions, 3, side, side)
    dense = whole - kernels
    print(f"| {name} | {kernels / 1e6:.2f} | {dense / 1e6:.2f}（{dense / whole:.1%}） | {early / 1e9:.3f} | {macs / 1e9:.3f} |")
# --8<-- [end:vgg]



def walk(network: nn.Sequential, side: int) -> list[tuple[nn.Module, tuple[int, ...], int, int]]:
    """Each part of a network with the shape of its output (C, H, W or C), its parameters and its multiply-adds."""
    x, rows = torch.empty(1, 3, side, side, device="meta"), []
    for part in network:
        macs = measure(part, *x.shape[1:])[2] if list(part.parameters()) else 0
        x = part(x)
        rows.append((part, tuple(x.shape[1:]), sum(p.numel() for p in part.parameters()), macs))
    return rows


def extent(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) if len(shape) > 1 else f"{shape[0]}"


def layer_rows(rows: list, starts: list[tuple[str, int]]) -> list[str]:
    """Rows of a table: name, shape after it, parameters, multiply-adds; a name covers the parts from its index to the next."""
    lines, ends = [], [start for _, start in starts[1:]] + [len(rows)]
    for (name, start), end in zip(starts, ends):
        parts = rows[start:end]
        parameters, macs = sum(row[2] for row in parts), sum(row[3] for row in parts)
        lines.append(f"| {name} | {extent(parts[-1][1])} | {parameters:,} | {macs / 1e6:,.1f} |")
    return lines


# --8<-- [start:vgg16]
# Each stage: its convolutions with their ReLU, then the pooling.
stages = [("64，两层 3×3，池化", 0), ("128，两层，池化", 5), ("256，三层，池化", 10), ("512，三层，池化", 17), ("512，三层，池化", 24)]
dense = [("展平，全连接 4096", 31), ("全连接 4096", 33), ("全连接 1000", 35)]
print(*layer_rows(walk(NETWORKS["VGG-16"][0], 224), stages + dense), sep="\n")
# --8<-- [end:vgg16]

# --8<-- [start:googlenet]
def widths(block: Inception) -> str:
    """The output channels of the four branches, with those of the 1 x 1 before them."""
    one, three, five, pooled = ([layer.out_channels for layer in branch.modules() if isinstance(layer, nn.Conv2d)] for branch in block.branches)
    return " + ".join("→".join(map(str, branch)) for branch in (one, three, five, pooled))


names = iter(("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"))
blocks = [
    (f"{next(names)}：{widths(part)}" if isinstance(part, Inception) else "池化 3×3，步长 2", place)
    for place, part in enumerate(NETWORKS["GoogLeNet"][0])
    if 5 <= place < 16
]
starts = [("7×7，步长 2，池化", 0), ("1×1，3×3，池化", 2), *blocks, ("全局平均池化，全连接", 16)]
print(*layer_rows(walk(NETWORKS["GoogLeNet"][0], 224), starts), sep="\n")
# --8<-- [end:googlenet]

# --8<-- [start:inception]
with torch.device("meta"):
    block = Inception(192, (64, 96, 128, 16, 32, 32), plain_conv, 5)  # the first of the nine, on 28 x 28
    direct = plain_conv(192, 32, 5, padding=2)
    x = torch.empty(1, 192, 28, 28)
print(f"5×5 直接做：{measure(direct, 192, 28, 28)[2] / 1e6:.1f} M 次乘加")
print(f"先 1×1 降到 16 通道：{measure(block.branches[2], 192, 28, 28)[2] / 1e6:.1f} M 次乘加")
print("四路拼接：", " + ".join(str(branch(x).shape[1]) for branch in block.branches), "=", block(x).shape[1], "通道")
# --8<-- [end:inception]

# --8<-- [start:googlenets]
with torch.device("meta"):
    versions = {"论文：5×5": googlenet(), "torchvision：3×3": googlenet(as_torchvision=True)}
for name, network in versions.items():
    _, parameters, macs = measure(network, 3, 224, 224)
    print(f"| {name} | {parameters:,} | {macs / 1e9:.3f} G |")
# --8<-- [end:googlenets]
