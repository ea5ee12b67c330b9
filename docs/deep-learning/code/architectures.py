"""The tables of the note: sizes counted from the networks, errors as their sources give them."""

import torch
from lenet_layers import layers
from networks import ONE_TOWER, Inception, alexnet, googlenet, measure, plain_conv, vgg
from resnet import resnet

# Each error (top-1 / top-5, in percent) stands with its protocol and its source; "—" where the source gives none.
REPORTED = {
    "AlexNet": ("40.7/18.2", "单网，10 裁剪，验证集；论文表 2"),
    "VGG-16": ("27.0/8.8", "单网，整图密集评估，训练与测试尺度 256；论文表 3"),
    "VGG-19": ("25.5/8.0", "单网，整图密集评估，训练尺度 256–512，测试 384；论文表 3"),
    "GoogLeNet": ("—/10.07", "单网，单裁剪；论文表 3"),
    "ResNet-18": ("30.24/10.92", "单网，单裁剪；torchvision 权重 V1"),
    "ResNet-34": ("24.52/7.46", "单网，10 裁剪，B 类捷径；论文"),
    "ResNet-50": ("24.7/7.8", "单网，单裁剪；作者仓库"),
    "ResNet-101": ("23.6/7.1", "单网，单裁剪；作者仓库"),
    "ResNet-152": ("23.0/6.7", "单网，单裁剪；作者仓库"),
    "ResNeXt-101 64x4d": ("20.4/—", "单网，单裁剪；作者仓库"),
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

TORCHVISION = (  # top-1 accuracy, one crop of 224, from the metadata of torchvision 0.28
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
for name, weights, accuracy in TORCHVISION:
    print(f"| {name} | {weights} | {100 - accuracy:.2f} |")
# --8<-- [end:recipes]

# --8<-- [start:alexnets]
with torch.device("meta"):
    versions = {
        "2012 年论文，分两组": (alexnet(), 227),
        "同样的宽度，不分组": (alexnet(groups=1), 227),
        "1404.5997 的单塔（torchvision）": (alexnet(ONE_TOWER, groups=1, padding=2), 224),
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
