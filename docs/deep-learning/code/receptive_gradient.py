"""Measure a receptive field instead of computing it: differentiate one output unit and look where the input matters."""

import torch
from torch import nn


# --8<-- [start:look]
def seen_rows(net, side):
    """First and last row of a one-channel input that net's middle unit sees.

    Max pooling must have become average pooling before: the gradient of
    a maximum reaches one pixel of its window only.
    """
    net = net.double().eval()
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            # all positive: nothing cancels, and ReLU lets everything pass
            nn.init.constant_(layer.weight, 1 / layer.weight[0].numel())
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    x = torch.ones(1, 1, side, side).double().requires_grad_()
    y = net(x)
    middle = y.shape[-1] // 2
    (gradient,) = torch.autograd.grad(y[0, 0, middle, middle], x)
    rows = gradient[0, 0].sum(dim=1).nonzero().flatten()
    return rows[0].item(), rows[-1].item()
# --8<-- [end:look]


# --8<-- [start:vgg]
layers = []
for convs in (2, 2, 3, 3, 3):
    for _ in range(convs):
        layers += [nn.Conv2d(1, 1, 3, padding=1), nn.ReLU()]
    layers.append(nn.AvgPool2d(2))
first, last = seen_rows(nn.Sequential(*layers), 512)
print(first, last, last - first + 1)
# --8<-- [end:vgg]
