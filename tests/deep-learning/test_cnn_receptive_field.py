"""docs/deep-learning/cnn.md: receptive fields, against the gradient of networks built with all their branches."""

import importlib
import random

import numpy
import pytest

from .notes import NOTES, PAGE, example, unsaid


@pytest.fixture
def fields():
    return example("receptive_field")


def probe(net, n):
    """Receptive field, stride and left edge of unit 0 by differentiating two neighbours in the middle."""
    import torch

    x = torch.ones(1, 1, n, dtype=torch.double, requires_grad=True)
    y = net(x)
    u = y.shape[-1] // 2
    ends = []
    for unit in (u, u + 1):
        (gradient,) = torch.autograd.grad(y[0, 0, unit], x, retain_graph=True)
        seen = gradient[0, 0].nonzero().flatten()
        ends.append((seen[0].item(), seen[-1].item()))
    stride = ends[1][0] - ends[0][0]
    return ends[0][1] - ends[0][0] + 1, stride, ends[0][0] - u * stride


def conv(x, k, s=1, p=0, d=1):
    import torch

    weight = torch.full((1, 1, k), 1 / k, dtype=torch.double)
    return torch.nn.functional.conv1d(x, weight, stride=s, padding=p, dilation=d)


def pool(x, k, s, p=0):
    import torch

    return torch.nn.functional.avg_pool1d(x, k, s, p, ceil_mode=True)


def alexnet(x):
    x = pool(conv(pool(conv(x, 11, 4, 2), 3, 2), 5, 1, 2), 3, 2)
    return pool(conv(conv(conv(x, 3, 1, 1), 3, 1, 1), 3, 1, 1), 3, 2)


def vgg16(x, last=True):
    for stage, count in enumerate((2, 2, 3, 3, 3), start=1):
        for _ in range(count):
            x = conv(x, 3, 1, 1)
        if stage < 5 or last:
            x = pool(x, 2, 2)
    return x


def resnet(x, blocks, kind):
    x = conv(conv(x, 7, 2, 3), 3, 2, 1)
    for stage, count in enumerate(blocks):
        for block in range(count):
            s = 2 if stage and not block else 1
            if kind == "basic":
                y = conv(conv(x, 3, s, 1), 3, 1, 1)
            elif kind == "v1":
                y = conv(conv(conv(x, 1, s), 3, 1, 1), 1)
            else:
                y = conv(conv(conv(x, 1), 3, s, 1), 1)
            x = y + (x if block else conv(x, 1, s))
    return x


def googlenet(x, wide, fourth_pool):
    def inception(x):
        return conv(x, 1) + conv(conv(x, 1), 3, 1, 1) + conv(conv(x, 1), wide, 1, wide // 2) + conv(conv(x, 3, 1, 1), 1)

    x = pool(conv(conv(pool(conv(x, 7, 2, 3), 3, 2), 1), 3, 1, 1), 3, 2)
    x = pool(inception(inception(x)), 3, 2)
    for _ in range(5):
        x = inception(x)
    return inception(inception(pool(x, fourth_pool, 2)))


BUILT = {  # networks with all their branches, one channel, one direction
    "AlexNet（torchvision）": alexnet,
    "VGG-16，conv5_3": lambda x: vgg16(x, last=False),
    "VGG-16，pool5": vgg16,
    "GoogLeNet（论文）": lambda x: googlenet(x, 5, 3),
    "GoogLeNet（torchvision）": lambda x: googlenet(x, 3, 2),
    "ResNet-18": lambda x: resnet(x, (2, 2, 2, 2), "basic"),
    "ResNet-34": lambda x: resnet(x, (3, 4, 6, 3), "basic"),
    "ResNet-50 v1": lambda x: resnet(x, (3, 4, 6, 3), "v1"),
    "ResNet-50 v1.5（torchvision）": lambda x: resnet(x, (3, 4, 6, 3), "v1.5"),
    "ResNet-101 v1.5": lambda x: resnet(x, (3, 4, 23, 3), "v1.5"),
}


@pytest.mark.torch
def test_the_recursion_agrees_with_the_gradient_of_each_network(fields):
    assert list(BUILT) == list(fields.networks)
    for name, net in BUILT.items():
        assert fields.receptive_field(fields.networks[name]) == probe(net, 2500), name


@pytest.mark.torch
def test_the_stages_of_resnet_50_see_what_the_gradient_says(fields):
    for depth, expected in ((1, (35, 4)), (2, (91, 8)), (3, (267, 16)), (4, (427, 32))):
        assert probe(lambda x: resnet(x, (3, 4, 6, 3)[:depth], "v1.5"), 1600)[:2] == expected
    r, _, left = fields.receptive_field(fields.networks["ResNet-50 v1.5（torchvision）"])
    assert not unsaid(PAGE, [(r, 224, "C5", left, left + r - 1)])
    table = (NOTES / "code" / "receptive_field.out").read_text(encoding="utf-8")
    for row in ("| C2 | 35 | 4 |", "| C3 | 91 | 8 |", "| C4 | 267 | 16 |", "| C5 | 427 | 32 |"):
        assert row in table


@pytest.mark.torch
def test_the_recursion_agrees_with_the_gradient_of_random_chains(fields):
    rng = random.Random(0)
    for _ in range(30):
        layers = [(rng.randint(1, 5), rng.randint(1, 2), rng.randint(0, 2), rng.randint(1, 3)) for _ in range(rng.randint(1, 6))]

        def net(x):
            for k, s, p, d in layers:
                x = conv(x, k, s, p, d)
            return x

        r, j, left = fields.receptive_field(layers)
        assert probe(net, 3000) == fields.receptive_field(layers), layers


@pytest.mark.torch
def test_stacked_small_kernels_see_as_much_for_less(fields):
    assert [fields.receptive_field([(3, 1, 1, 1)] * depth)[0] for depth in (1, 2, 3)] == [3, 5, 7]
    parameters = example("cnn_cost").conv_parameters
    assert 49 * 3 * parameters(3, 64, 64, bias=False) == 27 * parameters(7, 64, 64, bias=False)


def test_uniform_kernels_spread_with_the_root_of_the_depth(fields):
    for depth in (1, 2, 10, 40):
        row = fields.weights(depth)
        half = len(row) // 2
        assert len(row) == fields.receptive_field([(3, 1, 1, 1)] * depth)[0]
        assert sum(row) == pytest.approx(1) and row == pytest.approx(row[::-1])
        assert sum(w * (i - half) ** 2 for i, w in enumerate(row)) == pytest.approx(depth * (3**2 - 1) / 12)
    for depth, width in ((10, 11), (40, 21)):
        row = numpy.ones(1)
        for _ in range(depth):
            row = numpy.convolve(row, numpy.ones(3) / 3)
        assert fields.weights(depth) == pytest.approx(row)
        half = len(row) // 2
        assert row[half - width // 2 : half + width // 2 + 1].sum() >= 0.95 > row[half - width // 2 + 1 : half + width // 2].sum()


def thin(network) -> None:
    """One channel everywhere but in the picture: what is seen does not depend on it, and to measure it costs a thousandth."""
    from torch import nn

    for inside in list(network.modules()):
        for name, layer in inside.named_children():
            if isinstance(layer, nn.Conv2d):
                channels = 3 if layer.in_channels == 3 else 1
                setattr(inside, name, nn.Conv2d(channels, 1, layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=layer.bias is not None))
            elif isinstance(layer, nn.BatchNorm2d):
                setattr(inside, name, nn.BatchNorm2d(1))


@pytest.mark.torch
def test_the_measuring_function_sees_what_the_recursion_says(fields, code):
    """On networks built for other notes, with three channels, normalisation and max pooling, which it must replace itself."""
    from torch import nn

    seen_rows = example("receptive_gradient").seen_rows
    for depth, name, side in ((18, "ResNet-18", 960), (50, "ResNet-50 v1.5（torchvision）", 960)):
        network = code("resnet").resnet(depth)[:-3]  # without the pooling over everything and the classifier
        thin(network)
        before = [layer for layer in network.modules() if isinstance(layer, nn.MaxPool2d)]
        first, last = seen_rows(network, side)
        assert last - first + 1 == fields.receptive_field(fields.networks[name])[0]
        assert [layer for layer in network.modules() if isinstance(layer, nn.MaxPool2d)] == before, "it works on a copy"


@pytest.mark.torch
def test_the_measuring_function_refuses_an_input_that_may_have_cut_what_is_seen():
    measuring = example("receptive_gradient")
    refused = []
    for side in (212, 213, 217, 220, 224, 244, 276):
        try:
            first, last = measuring.seen_rows(measuring.vgg, side, channels=1)
        except ValueError:
            refused.append(side)
        else:
            assert last - first + 1 == 212, side
    assert refused == [212, 213, 217]


def test_figures_show_what_the_functions_compute(fields, monkeypatch):
    monkeypatch.syspath_prepend(NOTES / "code")
    growth = importlib.import_module("draw_receptive_growth")
    for strides, expected in (((1, 1, 1), [7, 5, 3, 1]), ((2, 1, 1), [11, 5, 3, 1])):
        assert growth.seen(strides) == expected
        assert fields.receptive_field([(3, s, 1, 1) for s in strides])[0] == expected[0]
    assert importlib.import_module("draw_receptive_effective").weights() == pytest.approx(fields.weights(10))
