"""卷积的参数和乘加次数：手算的，和 PyTorch 自带的计数器数的。"""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


# --8<-- [start:formula]
def conv_parameters(k, c_in, c_out, groups=1, bias=True):
    return k * k * (c_in // groups) * c_out + bias * c_out


def conv_macs(k, c_in, c_out, side, groups=1):
    """side 是输出的边长（高和宽相等）。"""
    return side * side * k * k * (c_in // groups) * c_out
# --8<-- [end:formula]


# --8<-- [start:separable]
standard = conv_parameters(3, 64, 128, bias=False)
depthwise = conv_parameters(3, 64, 64, groups=64, bias=False)
pointwise = conv_parameters(1, 64, 128, bias=False)
print(f"普通 {standard:,}，可分离 {depthwise + pointwise:,}")
# --8<-- [end:separable]

# --8<-- [start:counter]
layer, x = nn.Conv2d(64, 128, 3, padding=1), torch.zeros(1, 64, 56, 56)
with FlopCounterMode(display=False) as counter:
    layer(x)
print(f"乘加 {conv_macs(3, 64, 128, 56):,}，计数器 {counter.get_total_flops():,}")
# --8<-- [end:counter]


def resnet50_convolutions(stride_in_3x3=True):
    """每个卷积的（k，输入通道，输出通道，输出边长），输入 224 × 224，捷径上的投影也算。"""
    convolutions, c_in, side = [(7, 3, 64, 112)], 64, 56
    for stage, (width, blocks) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
        for block in range(blocks):
            out = side // 2 if stage and not block else side
            convolutions += [
                (1, c_in, width, side if stride_in_3x3 else out),
                (3, width, width, out),
                (1, width, 4 * width, out),
            ]
            if not block:
                convolutions.append((1, c_in, 4 * width, out))
            c_in, side = 4 * width, out
    return convolutions


# --8<-- [start:resnet]
fully_connected = 2048 * 1000
for name, stride_in_3x3 in (("v1", False), ("v1.5", True)):
    total = sum(conv_macs(*shape) for shape in resnet50_convolutions(stride_in_3x3)) + fully_connected
    print(f"ResNet-50 {name}: {total:,} MACs = {total / 1e9:.3f} G")
# --8<-- [end:resnet]
