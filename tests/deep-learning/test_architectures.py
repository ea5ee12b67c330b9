"""The note on architectures: what it counts is counted again with torch's own means, what it says is compared with that."""

import re
import xml.etree.ElementTree as ElementTree
from importlib.metadata import distribution
from pathlib import Path

import pytest

from .notes import NOTES, rows

PAGE = (NOTES / "architectures.md").read_text(encoding="utf-8")
RESNET = (NOTES / "resnet.md").read_text(encoding="utf-8")
PUBLISHED = {  # arguments -> parameters as torchvision's metadata or the papers give them, and the number in the name
    ("vgg", 16): (138_357_544, 16),
    ("vgg", 19): (143_667_240, 19),
    ("resnet", 18): (11_689_512, 18),
    ("resnet", 34): (21_797_672, 34),
    ("resnet", 50): (25_557_032, 50),
    ("resnet", 101): (44_549_160, 101),
    ("resnet", 152): (60_192_808, 152),
}
COUNTED_BY_OTHERS = {  # multiply-adds in units of 10^9 that torchvision 0.28 gives for its own models
    "alexnet as torchvision": (0.714, 61_100_840),
    "googlenet as torchvision": (1.498, 6_624_904),
    "resnet 50": (4.089, 25_557_032),
    "resnext 101 64x4d": (15.46, 83_455_272),
    "vgg 16": (15.47, 138_357_544),
}


@pytest.mark.torch
def test_multiply_adds_are_half_of_what_torch_counts(built, measured):
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    for name, (network, side) in built.items():
        with FlopCounterMode(display=False) as counter:
            network(torch.empty(1, 3, side, side, device="meta"))
        assert counter.get_total_flops() == 2 * measured[name][2], name


@pytest.mark.torch
def test_parameters_and_depths_are_the_published_ones(measured):
    for (family, depth), (parameters, layers) in PUBLISHED.items():
        assert measured[f"{family} {depth}"][:2] == (layers, parameters), (family, depth)
    assert measured["alexnet"][:2] == (8, 60_965_224)
    assert measured["googlenet"][:2] == (22, 6_998_552)


@pytest.mark.torch
def test_multiply_adds_agree_with_those_of_torchvision(measured):
    for name, (giga, parameters) in COUNTED_BY_OTHERS.items():
        assert measured[name][1] == parameters, name
        assert measured[name][2] / 1e9 == pytest.approx(giga, abs=0.005), name


@pytest.mark.torch
def test_the_table_shows_what_was_counted(measured):
    named = {
        "AlexNet": "alexnet", "GoogLeNet": "googlenet", "ResNeXt-101 64x4d": "resnext 101 64x4d",
        **{f"VGG-{depth}": f"vgg {depth}" for depth in (16, 19)},
        **{f"ResNet-{depth}": f"resnet {depth}" for depth in (18, 34)},
        **{f"ResNet-{depth}": f"resnet {depth} v1" for depth in (50, 101, 152)},
    }
    table = {row[0]: row for row in rows("architectures", "table")}
    assert set(table) == {"LeNet-5", *named}
    for title, name in named.items():
        depth, parameters, macs = measured[name]
        assert table[title][1:4] == [str(depth), f"{parameters:,}", f"{macs / 1e9:.2f}"], title
        assert re.fullmatch(r"[\d.—]+/[\d.—]+", table[title][4]), "top-1/top-5"
        assert "单网" in table[title][5] and "；" in table[title][5], "each error has its protocol and its source beside it"


@pytest.mark.torch
def test_lenet_of_1998_built_in_torch_has_60000_parameters_and_340908_connections(code):
    import torch
    from torch import nn

    layers = {layer.name: layer for layer in code("lenet_layers").layers()}
    with torch.device("meta"):
        convolutions = {
            "C1": ([nn.Conv2d(1, 6, 5)], 32),
            "C3": ([nn.Conv2d(seen, 1, 5) for seen in [3] * 6 + [4] * 9 + [6]], 14),
            "C5": ([nn.Conv2d(16, 120, 5)], 5),
            "F6": ([nn.Conv2d(120, 84, 1)], 1),
        }
    connections = 84 * 10
    for name, (parts, side) in convolutions.items():
        outputs = [part(torch.empty(1, part.in_channels, side, side, device="meta")) for part in parts]
        assert {output.shape[-1] for output in outputs} == {layers[name].size}
        assert sum(output.shape[1] for output in outputs) == layers[name].maps
        assert sum(p.numel() for part in parts for p in part.parameters()) == layers[name].parameters
        made = sum(output.numel() * (part.weight[0].numel() + 1) for part, output in zip(parts, outputs))  # weights and bias
        assert made == layers[name].connections
        connections += made
    for name, source in (("S2", "C1"), ("S4", "C3")):
        assert layers[name].parameters == 2 * layers[name].maps
        assert layers[name].size == layers[source].size // 2
        connections += layers[name].maps * layers[name].size ** 2 * (4 + 1)
    assert sum(layer.parameters for layer in layers.values()) == 60_000
    assert connections == sum(layer.connections for layer in layers.values()) == 340_908


@pytest.mark.torch
def test_alexnet_takes_227_or_224_with_padding_and_not_224_alone(code):
    import torch

    alexnet = code("networks").alexnet
    with torch.device("meta"):
        assert alexnet()(torch.empty(1, 3, 227, 227)).shape == (1, 1000)
        assert alexnet(padding=2)(torch.empty(1, 3, 224, 224)).shape == (1, 1000)
        with pytest.raises(RuntimeError):
            alexnet()(torch.empty(1, 3, 224, 224))


@pytest.mark.torch
def test_weights_of_v1_and_v15_have_the_same_shapes(built):
    for depth in (50, 101, 152):
        shapes = [[tuple(v.shape) for v in built[f"resnet {depth}{kind}"][0].state_dict().values()] for kind in ("", " v1")]
        assert shapes[0] == shapes[1], "a checkpoint of one loads into the other without a word"


@pytest.mark.torch
def test_a_stack_of_3x3_sees_as_far_as_one_large_kernel_with_fewer_weights():
    import torch
    from torch import nn

    for count, large in ((2, 5), (3, 7)):
        stack = nn.Sequential(*[nn.Conv2d(1, 1, 3, padding=1, bias=False) for _ in range(count)])
        for layer in stack:
            nn.init.ones_(layer.weight)
        x = torch.zeros(1, 1, 15, 15, requires_grad=True)
        stack(x)[0, 0, 7, 7].backward()
        assert int((x.grad != 0).sum()) == large * large
        assert count * 9 < large * large


@pytest.mark.torch
def test_the_three_blocks_of_resnext_have_the_weights_that_the_table_shows(code):
    bottleneck = code("resnet").bottleneck
    import torch

    for name, channels, parts, total in rows("resnet_tables", "cardinality"):
        groups, width = map(int, name.rstrip("d").split("x"))
        with torch.device("meta"):
            block = bottleneck(256, 64, groups=groups, base_width=width)
        weights = [layer.weight for layer in block.modules() if isinstance(layer, torch.nn.Conv2d)]
        assert parts == " + ".join(f"{w.numel():,}" for w in weights)
        assert total == f"{sum(w.numel() for w in weights):,}"
        assert channels == f"256–{weights[0].shape[0]}–{weights[1].shape[0]}–256"
        assert weights[1].shape[1] == weights[1].shape[0] // groups == width


def test_the_configuration_of_the_old_training_command_says_64_groups_of_width_4():
    path = "mmdet/.mim/configs/libra_rcnn/libra-faster-rcnn_x101-64x4d_fpn_1x_coco.py"
    configuration = Path(str(distribution("mmdet").locate_file(path))).read_text(encoding="utf-8")
    assert Path(path).name in RESNET
    for setting in ("type='ResNeXt'", "depth=101", "groups=64", "base_width=4", "style='pytorch'"):
        assert setting in configuration and f"`{setting}`" in RESNET, setting


@pytest.mark.parametrize(
    "record",
    [
        "le-Net5 图片小",
        "AlexNet 图片大了，dropout，relu",
        "vggNet 规则卷积",
        "inception（googlenet） 多个卷积和pooling并行当成一个inception",
        "resNet 层叠的卷积跳跃连接",
    ],
)
def test_each_record_of_2019_stands_in_a_comparison(record):
    comparison = rf'!!! then "2019 年的记录"\n\n    「{re.escape(record)}」\n\n!!! now "今天要知道的"\n'
    assert re.search(comparison, PAGE)


def test_the_figures_of_the_blocks_are_what_their_code_draws(code):
    for target, draw in code("draw_arch_blocks").PICTURES.items():
        assert target.read_text(encoding="utf-8") == draw(), "run: python docs/deep-learning/code/draw_arch_blocks.py"
        root = ElementTree.fromstring(draw())
        names = [element.tag.split("}")[1] for element in root.iter()]
        assert {"title", "desc", "style"} <= set(names) and "prefers-color-scheme: dark" in draw()


def test_every_addition_in_the_figures_is_followed_by_relu_and_has_its_arrow(code):
    """The order of an original residual block: what the text turns on must be in the picture."""
    drawing = code("draw_arch_blocks")
    panels = {**drawing.panels(), **drawing.residual_panels()}
    adding = [parts for parts in panels.values() if any(">相加<" in part for part in parts)]
    assert len(adding) == 4
    for parts in adding:
        boxes = [re.search(r">([^<]+)</text>", part)[1] for part in parts if part.startswith("<text")]
        assert boxes.index("ReLU") == boxes.index("相加") + 1 or "ReLU" in boxes[boxes.index("相加") :]
        assert any("head over" in part for part in parts), "the shortcut ends in an arrow"
    assert all("输入 x" in "".join(parts) for parts in panels.values())


@pytest.mark.torch
def test_the_widths_in_the_figure_are_those_of_the_blocks(code):
    import torch

    drawing, bottleneck = code("draw_arch_blocks"), code("resnet").bottleneck
    for groups, width in ((1, 64), (32, 4), (64, 4), (1, 4)):
        with torch.device("meta"):
            block = bottleneck(256, 64, groups=groups, base_width=width)
        assert block.body[0][0].out_channels == drawing.inner(groups, width)
