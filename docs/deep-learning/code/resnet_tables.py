"""用数看 ResNet 和 ResNeXt：步长放在哪里，瓶颈省了多少，64x4d 贵在哪里。"""

import torch
from networks import measure
from resnet import bottleneck, conv, resnet
from torch import nn

# --8<-- [start:strides]
with torch.device("meta"):
    versions = [(depth, resnet(depth, v1=True), resnet(depth)) for depth in (50, 101, 152)]
for depth, v1, v15 in versions:
    (_, same, before), (_, parameters, after) = (measure(network, 3, 224, 224) for network in (v1, v15))
    assert same == parameters
    print(f"| ResNet-{depth} | {parameters:,} | {before / 1e9:.3f} | {after / 1e9:.3f} |")
# --8<-- [end:strides]

# --8<-- [start:stages]
with torch.device("meta"):
    network = resnet(50)
    x = torch.empty(1, 3, 224, 224)
LEVELS = {"第 1 阶段": ("C2", "P2"), "第 2 阶段": ("C3", "P3"), "第 3 阶段": ("C4", "P4"), "第 4 阶段": ("C5", "P5")}
stem, blocks = network[:3], list(network[3:-3])
x = stem(x)
print(f"| 7×7 卷积，3×3 最大池化 | {x.shape[1]} | {x.shape[-1]}×{x.shape[-1]} | {224 // x.shape[-1]} | — | — |")
for (name, (level, pyramid)), count in zip(LEVELS.items(), (3, 4, 6, 3)):
    inner = blocks[0].body[0][0].out_channels
    for block in blocks[:count]:
        x = block(x)
    blocks = blocks[count:]
    shape = f"{x.shape[1]} | {x.shape[-1]}×{x.shape[-1]} | {224 // x.shape[-1]}"
    print(f"| {name}：{count} 个块，每块 1×1 得 {inner}、3×3 得 {inner}、1×1 得 {x.shape[1]} | {shape} | {level} | {pyramid} |")
# --8<-- [end:stages]

# --8<-- [start:bottleneck]
with torch.device("meta"):
    bodies = {
        "3×3–3×3，64 通道": (64, nn.Sequential(conv(64, 64, 3), conv(64, 64, 3))),
        "1×1–3×3–1×1，256–64–64–256": (256, bottleneck(256, 64).body),
        "3×3–3×3，256 通道": (256, nn.Sequential(conv(256, 256, 3), conv(256, 256, 3))),
    }
for name, (channels, body) in bodies.items():
    print(f"| {name} | {measure(body, channels, 56, 56)[2] / 1e6:,.1f} M |")
# --8<-- [end:bottleneck]

# --8<-- [start:cardinality]
with torch.device("meta"):
    blocks = [(groups, width, bottleneck(256, 64, groups=groups, base_width=width)) for groups, width in ((1, 64), (32, 4), (64, 4))]
for groups, width, block in blocks:
    weights = [layer.weight.numel() for layer in block.modules() if isinstance(layer, nn.Conv2d)]
    inner = block.body[0][0].out_channels
    print(f"| {groups}x{width}d | 256–{inner}–{inner}–256 | {' + '.join(f'{w:,}' for w in weights)} | {sum(weights):,} |")
# --8<-- [end:cardinality]

# --8<-- [start:networks]
with torch.device("meta"):
    versions = {
        "ResNet-101": resnet(101),
        "ResNeXt-101 32x4d": resnet(101, groups=32, base_width=4),
        "ResNeXt-101 64x4d": resnet(101, groups=64, base_width=4),
    }
AUTHORS = {"ResNet-101": 22.0, "ResNeXt-101 32x4d": 21.2, "ResNeXt-101 64x4d": 20.4}  # top-1 错误率，facebookresearch/ResNeXt
for name, network in versions.items():
    _, parameters, macs = measure(network, 3, 224, 224)
    print(f"| {name} | {parameters:,} | {macs / 1e9:.2f} | {AUTHORS[name]} |")
# --8<-- [end:networks]

# --8<-- [start:paths]
torch.manual_seed(0)
x = torch.randn(1, 256, 14, 14)
reduce = nn.Conv2d(256, 128, 1)
grouped = nn.Conv2d(128, 128, 3, padding=1, groups=32)
expand = nn.Conv2d(128, 256, 1, bias=False)
together = expand(torch.relu(grouped(torch.relu(reduce(x)))))

paths = torch.zeros_like(together)
for start in range(0, 128, 4):  # 32 路，每路 4 个通道
    own = slice(start, start + 4)
    y = torch.relu(torch.conv2d(x, reduce.weight[own], reduce.bias[own]))
    y = torch.conv2d(y, grouped.weight[own], grouped.bias[own], padding=1)
    paths += torch.conv2d(torch.relu(y), expand.weight[:, own])
print(torch.allclose(together, paths, atol=1e-5))
# --8<-- [end:paths]
