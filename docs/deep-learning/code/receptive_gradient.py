"""不算，去量感受野：对一格输出求导，看输入的哪些地方有梯度。"""

import copy

import torch
from torch import nn


# --8<-- [start:look]
def averaging(pool):
    """同样大小的平均池化：最大池化的梯度只落到窗口里的一个像素。"""
    return nn.AvgPool2d(pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode)


def prepared(net):
    """一份拷贝：权重全是正数（没有抵消，ReLU 全通），最大池化换成平均池化。"""
    net = copy.deepcopy(net).double().eval()
    for layer in list(net.modules()):
        if isinstance(layer, nn.Conv2d):
            nn.init.constant_(layer.weight, 1 / layer.weight[0].numel())
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        for name, child in layer.named_children():
            if isinstance(child, nn.MaxPool2d):
                setattr(layer, name, averaging(child))
    return net


def seen_rows(net, side, channels=3):
    """net 中间那一格看见输入的第几行到第几行；输入是 channels × side × side。

    看见的碰到图边就报 ValueError：也许被裁短了，换大一点的 side。
    """
    x = torch.ones(1, channels, side, side).double().requires_grad_()
    y = prepared(net)(x)
    middle = y.shape[-1] // 2
    (gradient,) = torch.autograd.grad(y[0, 0, middle, middle], x)
    rows = gradient[0, 0].sum(dim=1).nonzero().flatten()
    first, last = rows[0].item(), rows[-1].item()
    if first == 0 or last == side - 1:
        raise ValueError(f"side={side} 太小：看见第 {first} 到 {last} 行，碰到了边")
    return first, last
# --8<-- [end:look]


# --8<-- [start:vgg]
layers = []
for convs in (2, 2, 3, 3, 3):
    for _ in range(convs):
        layers += [nn.Conv2d(1, 1, 3, padding=1), nn.ReLU()]  # 感受野与通道数无关，一个就够
    layers.append(nn.MaxPool2d(2))
vgg = nn.Sequential(*layers)
first, last = seen_rows(vgg, 512, channels=1)
print(f"第 {first} 行到第 {last} 行，共 {last - first + 1} 行")
# --8<-- [end:vgg]

try:
    # --8<-- [start:small-error]
    seen_rows(vgg, 213, channels=1)
    # --8<-- [end:small-error]
except ValueError as error:
    print(f"ValueError: {error}")
