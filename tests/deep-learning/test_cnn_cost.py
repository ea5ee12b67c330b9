"""docs/deep-learning/cnn.md: parameters and multiply-accumulates, against PyTorch's layers and counter."""

import itertools

import pytest

from .notes import example


def resnet50(stride_in_3x3):
    """A wired ResNet-50 with batch normalization, to count on."""
    from torch import nn

    class Bottleneck(nn.Module):
        def __init__(self, c_in, width, s):
            super().__init__()
            first, second = (1, s) if stride_in_3x3 else (s, 1)
            self.branch = nn.Sequential(
                nn.Conv2d(c_in, width, 1, first, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
                nn.Conv2d(width, width, 3, second, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
                nn.Conv2d(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width),
            )  # fmt: skip
            self.shortcut = nn.Identity()
            if c_in != 4 * width:
                self.shortcut = nn.Sequential(nn.Conv2d(c_in, 4 * width, 1, s, bias=False), nn.BatchNorm2d(4 * width))

        def forward(self, x):
            return (self.branch(x) + self.shortcut(x)).relu()

    layers, c_in = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)], 64
    for stage, (width, count) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
        for block in range(count):
            layers.append(Bottleneck(c_in, width, 2 if stage and not block else 1))
            c_in = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c_in, 1000)).eval()


@pytest.mark.torch
@pytest.mark.parametrize(("stride_in_3x3", "macs"), [(False, 3_857_973_248), (True, 4_089_184_256)])
def test_resnet_50_by_hand_is_half_of_what_the_counter_says(stride_in_3x3, macs):
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    cost = example("cnn_cost")
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        net = resnet50(stride_in_3x3)
        net(torch.zeros(1, 3, 224, 224))
    assert sum(parameter.numel() for parameter in net.parameters()) == 25_557_032
    by_hand = sum(cost.conv_macs(*shape) for shape in cost.resnet50_convolutions(stride_in_3x3)) + cost.fully_connected
    assert by_hand == macs and counter.get_total_flops() == 2 * macs
    if stride_in_3x3:  # torchinfo 1.8.0 reported 4,089,238,376 once: biases and parameters of the normalizations on top
        small = sum(parameter.numel() for parameter in net.parameters() if parameter.ndim == 1)
        assert macs + small == 4_089_238_376


@pytest.mark.torch
def test_parameter_formula_counts_what_layers_hold():
    from torch import nn

    cost = example("cnn_cost")
    for k, c_in, c_out, groups, bias in itertools.product((1, 3, 5), (4, 8), (8, 12), (1, 2, 4), (True, False)):
        layer = nn.Conv2d(c_in, c_out, k, groups=groups, bias=bias)
        assert cost.conv_parameters(k, c_in, c_out, groups, bias) == sum(p.numel() for p in layer.parameters())


@pytest.mark.torch
def test_batch_normalization_cancels_the_bias_of_the_convolution_before_it():
    import torch
    from torch import nn

    torch.manual_seed(0)
    layer, norm, x = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), torch.randn(2, 3, 8, 8)
    with_bias = norm(layer(x))
    nn.init.zeros_(layer.bias)
    assert torch.allclose(with_bias, norm(layer(x)), atol=1e-5)
