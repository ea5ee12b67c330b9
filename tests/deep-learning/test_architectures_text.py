"""architectures.md and resnet.md: the numbers in their sentences, computed where they can be, and held where a paper gives them."""

import json
import re
from importlib.metadata import distribution
from pathlib import Path
from statistics import median

import pytest

from .notes import NOTES, example, listed, rows, unsaid

PAGE = (NOTES / "architectures.md").read_text(encoding="utf-8")
RESNET = (NOTES / "resnet.md").read_text(encoding="utf-8")

GIVEN_BY_SOURCES = [  # nothing here can recompute these; a changed digit is noticed
    # AlexNet, NIPS 2012, section 1, table 2 and the footnote below it; arXiv 1404.5997, page 5
    ("ImageNet", "120 万", 1000),
    ("单网", "18.2%", "5 个网", "16.4%"),
    ("15.3%", "7 个网", "2 个", "1,500 万", "2.2 万"),
    ("论文写 224", 55),
    ("64、192、384、384、256",),
    # VGG, table 3; the single crop: README of KaimingHe/deep-residual-networks
    ("29.6 / 10.4", "29.7 / 10.5"),
    ("VGG-16", "256–512", 384, "25.6", "28.5"),
    ("8.1", "256–512", 384, "8.8"),
    # GoogLeNet, section 1; Inception v3, section 1
    ("12 倍", "500 万"),
    # ResNet, tables 2 to 5
    ("VGG-16", "VGG-19", "15.3", "19.6"),
    ("3.57%", "6 个网", "4.49%"),
    ("3.57%", "15.3%", "8.1%"),
    # torchvision's weights V2
    (232, 256),
    # LeCun and others, 1998
    ("LeNet-5", 1998),
    ("32×32", "20×20", "28×28"),
]
GOOGLENET_PARAMS = [2.7, 112, 159, 380, 364, 437, 463, 580, 840, 1072, 1388, 1000]  # arXiv 1409.4842, table 1, thousands
GIVEN_BY_SOURCES_ON_RESNET = [
    ("27.94", "28.54", "27.88", "25.03"),
    ("25.03", "A 类", "24.52", "B 类", "24.19", "C 类"),
    ("1603.05027", 2016),
    ("NVIDIA", "0.5 个点", "5%"),
    ("22.0", "23.6", "22.44"),
]


def test_what_sources_say_stands_as_they_say_it():
    assert not unsaid(PAGE, GIVEN_BY_SOURCES) and not unsaid(RESNET, GIVEN_BY_SOURCES_ON_RESNET)


def test_errors_in_sentences_are_those_of_the_tables():
    top1 = {row[0]: row[4].split("/")[0] for row in rows("architectures", "table")}
    top5 = {row[0]: row[4].split("/")[-1] for row in rows("architectures", "table")}
    authors = {row[0]: row[3] for row in rows("resnet_tables", "networks")}
    single = top1["ResNet-50"]
    facts = [
        ("VGG-16", "154.7 亿", f"{top1['VGG-16']}%", f"{top5['VGG-16']}%"),
        (single, "22.85", f"{float(single) - 22.85:.2f} 个点", top1["ResNet-152"]),
        ("25.6", "28.5", f"{28.5 - 25.6:.1f} 个点", single),
    ]
    assert float(single) - float(top1["ResNet-152"]) < float(single) - 22.85
    assert top1["ResNeXt-101 64x4d"] == authors["ResNeXt-101 64x4d"]
    assert not unsaid(PAGE, facts)
    assert not unsaid(RESNET, [("ResNet-101", authors["ResNet-101"], top1["ResNet-101"]), ("B 类", top1["ResNet-34"])])


def test_rows_that_stand_side_by_side_have_one_protocol():
    """VGG-16 and VGG-19 are compared by every reader: they must be measured alike."""
    protocols = {row[0]: row[5] for row in rows("architectures", "table")}
    assert protocols["VGG-16"] == protocols["VGG-19"]
    assert len({protocols[f"ResNet-{depth}"] for depth in (50, 101, 152)}) == 1


@pytest.mark.torch
def test_numbers_in_the_text_follow_from_the_networks(built, measured):
    assert f"{102_764_544 / measured['vgg 16'][1]:.0%}" == "74%" and rows("architectures", "vgg16")[5][2] == "102,764,544"
    dense = sum(p.numel() for layer in list(built["alexnet"][0])[-5:] for p in layer.parameters())
    alexnet, googlenet = measured["alexnet"][1], measured["googlenet"][1]
    classifiers = 4096 * 1000 + 1000, 1024 * 1000 + 1000
    facts = [
        (alexnet, f"{dense / alexnet:.1%}"),
        (f"{alexnet / 1e6:.1f} M", f"{googlenet / 1e6:.1f} M", f"{alexnet / googlenet:.1f} 倍", "6.8 M", f"{alexnet / sum(GOOGLENET_PARAMS) / 1e3:.1f} 倍", f"{(alexnet - classifiers[0]) / (googlenet - classifiers[1]):.1f} 倍"),
        (f"(224−11)/4+1 = {(224 - 11) / 4 + 1:g}",),
        (f"5×5×256 = {5 * 5 * 256}", f"6×6×256 = {6 * 6 * 256}"),
        (f"25×(6×3+9×4+6)+16 = {25 * (6 * 3 + 9 * 4 + 6) + 16:,}".replace(",", ""),),
        (f"156×784 = {156 * 28 * 28}",),
        (f"55×55×96 = {55 * 55 * 96}", f"{55 * 48 * 96} 恰好是 55×48×96"),
        (27 * 27 * 256, 13 * 13 * 384, 13 * 13 * 256, 4096, 1000),
        (f"1 + 3×(3+4+6+3) + 1 = {1 + 3 * (3 + 4 + 6 + 3) + 1}",),
        ("VGG-16", f"{measured['vgg 16'][1] / 1e8:.2f} 亿"),
        ("74%", "512×7×7×4096"),
    ]
    assert not unsaid(PAGE, facts)
    assert f"{sum(GOOGLENET_PARAMS) / 1e3:.1f} M" == "6.8 M"
    refuted = (NOTES.parent / "refuted.md").read_text(encoding="utf-8")
    assert not unsaid(refuted, [(f"{alexnet / googlenet:.1f} 倍", f"{alexnet / sum(GOOGLENET_PARAMS) / 1e3:.1f} 倍")])
    assert f'data-answer="{156 * 28 * 28}"' in PAGE and f'data-answer="{55 * 55 * 96}"' in PAGE
    assert f"{measured['vgg 16'][2] / 1e8:.1f} 亿" in PAGE


@pytest.mark.torch
def test_vgg_on_twice_the_side(code):
    import torch
    from torch import nn

    networks = code("networks")
    with torch.device("meta"):
        convolutions = networks.vgg(16)[:-6]
    small, large = (networks.measure(convolutions, 3, side, side)[2] for side in (224, 448))
    features = convolutions(torch.empty(1, 3, 448, 448, device="meta")).numel()
    assert large / small == features / (512 * 7 * 7) == 4 and 'data-answer="4 4"' in PAGE
    assert isinstance(convolutions[-1], nn.MaxPool2d)


def test_numbers_in_the_text_follow_from_the_tables():
    recipes = {(row[0], row[1].split("，")[0]): float(row[2]) for row in rows("architectures", "recipes")}
    less, deeper = recipes["ResNet-50", "V1"] - recipes["ResNet-50", "V2"], recipes["ResNet-50", "V1"] - recipes["ResNet-152", "V1"]
    vgg = {row[0]: row for row in rows("architectures", "vgg")}
    assert less > 2 * deeper
    assert not unsaid(PAGE, [(f"{less:.2f} 个点", f"{deeper:.2f}"), (vgg["VGG-16"][3], vgg["VGG-19"][4])])
    errors = [float(row[3]) for row in rows("resnet_tables", "networks")]
    assert not unsaid(RESNET, [(f"少 {errors[0] - errors[1]:.1f} 个点", f"少 {errors[1] - errors[2]:.1f} 个点")])


@pytest.mark.torch
def test_lenet(code):
    layers = {layer.name: layer for layer in code("lenet_layers").layers()}
    seen = code("lenet_layers").LENET5[2][-1]
    tutorial = [sum(p.numel() for p in example("lenet").tutorial(channels).parameters()) for channels in (1, 3)]
    trained, connected = (sum(getattr(layer, name) for layer in layers.values()) for name in ("parameters", "connections"))
    assert (layers["C3"].maps, layers["S2"].maps) == (len(seen), 6) and layers["输入"].size == 32
    facts = [
        (connected, trained),
        ("C3", f"{len(seen)} 个", f"{seen.count(3)} 个各看 3 个", f"{seen.count(4)} 个各看 4 个", f"{seen.count(6)} 个看全部"),
        (f"{layers['S2'].parameters // layers['S2'].maps} 个参数", "系数", "偏置"),
        (f"{layers['输出'].maps} 个固定图案",),
        (f"{layers['输出'].connections} 个连接",),
        (tutorial[1], "CIFAR-10"),
        (tutorial[0], "不是原版"),
        (layers["C1"].parameters, f"{layers['C1'].size}×{layers['C1'].size}"),
        (f"{connected // 10_000} 万",),
    ]
    assert not unsaid(PAGE, facts)
    equal = [layer.name for layer in layers.values() if layer.size == 1 and layer.parameters == layer.connections]
    assert equal == ["C5", "F6"] and not unsaid(PAGE, [("可训练", "C5", "F6")])


@pytest.mark.torch
def test_alexnet_and_vgg(built, measured):
    from torch import nn

    grouped, ungrouped = (f"{round(measured[name][1] / 1e5) * 10} 万" for name in ("alexnet", "alexnet ungrouped"))
    convolutions = [layer for layer in built["alexnet"][0] if isinstance(layer, nn.Conv2d)]
    dense = [layer for layer in built["alexnet"][0] if isinstance(layer, nn.Linear)]
    vgg = [layer for layer in built["vgg 16"][0] if isinstance(layer, nn.Conv2d)]
    assert {(layer.kernel_size, layer.stride, layer.padding) for layer in vgg} == {((3, 3), (1, 1), (1, 1))}
    facts = [
        (grouped, ungrouped),
        (f"第 {listed(i for i, layer in enumerate(convolutions, 1) if layer.groups == 2)} 个卷积",),
        (f"{len(convolutions)} 个卷积加 {len(dense)} 个全连接",),
        (f"从 {vgg[0].out_channels} 翻到 {max(layer.out_channels for layer in vgg)}",),
        (f"{3 * 9}C²", f"{7 * 7}C²"),
    ]
    assert not unsaid(PAGE, facts)


@pytest.mark.torch
def test_inception(built):
    blocks = [layer for layer in built["googlenet"][0] if type(layer).__name__ == "Inception"]
    reduce = blocks[0].branches[2][0][0]
    assert (reduce.in_channels, reduce.out_channels) == (192, 16)
    assert not unsaid(PAGE, [(f"{'零一二三四五六七八九'[len(blocks)]}个", "GoogLeNet"), ("28×28", 192, 16)])


@pytest.mark.torch
@pytest.mark.parametrize(("section", "network"), [("vgg16", "vgg 16"), ("googlenet", "googlenet")])
def test_the_rows_of_a_layer_table_add_up_to_the_network(section, network, measured):
    table = rows("architectures", section)
    _, parameters, macs = measured[network]
    assert sum(int(row[2].replace(",", "")) for row in table) == parameters
    assert sum(float(row[3].replace(",", "")) for row in table) == pytest.approx(macs / 1e6, abs=0.05 * len(table))


# ResNet


def test_mmdetection_ships_the_backbones_that_are_named():
    configurations = distribution("mmdet").locate_file("mmdet/.mim/configs")
    for name in ("mobilenetv2", "efficientnet", "regnet", "swin", "convnext"):
        assert any(Path(str(configurations)).rglob(f"*{name}*.py")), name


def backbone(configuration: Path) -> str | None:
    """The class of the backbone that an old-style configuration names itself or takes from the first base that names one."""
    text = configuration.read_text(encoding="utf-8")
    if named := re.search(r"backbone=dict\([^()]*?type='([\w.]+)'", text):
        return named[1]
    bases = re.search(r"_base_ = (\[.*?\]|'[^']*')", text, re.DOTALL)
    paths = [configuration.parent / path for path in re.findall(r"'([^']+\.py)'", bases[1])] if bases else []
    return next((found for path in paths if path.is_file() and (found := backbone(path))), None)


def test_most_configurations_of_mmdetection_have_a_resnet():
    folder = Path(str(distribution("mmdet").locate_file("mmdet/.mim/configs")))
    named = [backbone(path) for path in folder.rglob("*.py") if "_base_" not in path.parts]
    assert len(named) > 700 and named.count("ResNet") > len(named) / 2


def test_configurations_count_stages_and_models_name_layers():
    package = Path(str(distribution("mmdet").locate_file("mmdet")))
    texts = [path.read_text(encoding="utf-8") for path in (package / ".mim/configs").rglob("*.py")]
    assert not any("layer1" in text for text in texts)
    assert any("out_indices=(0, 1, 2, 3)" in text and "frozen_stages=1" in text for text in texts)
    assert "f'layer{i + 1}'" in (package / "models/backbones/resnet.py").read_text(encoding="utf-8")
    assert not unsaid(RESNET, [("`layer1`", "`out_indices=(0, 1, 2, 3)`", "`frozen_stages=1`")])


@pytest.mark.torch
def test_the_stages_of_resnet_50_are_what_mmdetection_feeds_its_pyramid(built):
    configuration = distribution("mmdet").locate_file("mmdet/.mim/configs/_base_/models/faster-rcnn_r50_fpn.py").read_text(encoding="utf-8")
    table = [row for row in rows("resnet_tables", "stages") if row[4].startswith("C")]
    channels = [int(row[1]) for row in table]
    assert f"in_channels={channels}" in configuration and f"`in_channels={channels}`" in RESNET
    assert "num_outs=5" in configuration and "out_channels=256" in configuration
    for row in table:
        stride, level = int(row[3]), int(row[4][1:])
        assert stride == 2**level and row[2] == f"{224 // stride}×{224 // stride}" and row[5] == f"P{level}"
    import torch

    x = torch.empty(1, 3, 800, 1344, device="meta")
    for layer in list(built["resnet 50"][0])[:-3]:
        x = layer(x)
    p6 = torch.nn.functional.max_pool2d(x, 1, stride=2)
    assert [*x.shape[-2:], *p6.shape[-2:]] == [25, 42, 13, 21] and 'data-answer="50 84 13 21"' in RESNET
    assert not unsaid(RESNET, [("50×84", "25×42", "13×21")])


@pytest.mark.torch
def test_a_stride_in_the_first_1x1_saves_three_quarters_of_it(code):
    import torch

    resnet, networks = code("resnet"), code("networks")
    with torch.device("meta"):
        first = {v1: resnet.bottleneck(256, 128, stride=2, v1=v1).body[0] for v1 in (True, False)}
    v1, v15 = (networks.measure(first[kind], 256, 56, 56)[2] for kind in (True, False))
    assert v15 == 4 * v1 and f'data-answer="{v1 / 1e6:.1f} {v15 / 1e6:.1f}"' in RESNET
    assert not unsaid(RESNET, [(v1, 32_768, 784, f"{v1 / 1e6:.1f}", f"{v15 / 1e6:.1f}")])


@pytest.mark.torch
def test_resnext(code):
    import torch

    bottleneck = code("resnet").bottleneck
    with torch.device("meta"):
        stages = [bottleneck(64, planes, groups=64, base_width=4).body[2][0] for planes in (64, 128, 256, 512)]
    widths = [layer.weight.shape[1] for layer in stages]
    plain, narrow, wide = (int(row[3].replace(",", "")) for row in rows("resnet_tables", "cardinality"))
    assert abs(narrow / plain - 1) < 0.01 and abs(wide / narrow - 2) < 0.01
    answer = f"{stages[1].groups} {widths[1]} {stages[1].out_channels}"
    assert not unsaid(RESNET, [(listed(widths),), (f"{stages[1].groups} 组", f"{widths[1]} 个通道", f"{stages[1].out_channels} 个")])
    assert f'data-answer="{answer}"' in RESNET


def test_mmdetection_calls_v15_pytorch_and_v1_caffe():
    source = distribution("mmdet").locate_file("mmdet/models/backbones/resnet.py").read_text(encoding="utf-8")
    where = r"if self\.style == 'pytorch': self\.conv1_stride = 1 self\.conv2_stride = stride else: self\.conv1_stride = stride self\.conv2_stride = 1"
    assert re.search(where, " ".join(source.split()))
    assert not unsaid(RESNET, [("style='pytorch'", "v1.5", "style='caffe'", "v1")])


# The experiment on depth


RUNS = json.loads((NOTES / "code" / "resnet_depth.json").read_text(encoding="utf-8"))["runs"]


def final(depth: int, residual: bool) -> list[float]:
    return sorted(run["curve"][-1][0] for run in RUNS if (run["depth"], run["residual"]) == (depth, residual))


@pytest.mark.torch
def test_every_run_of_the_experiment_was_recorded_whole(code):
    module = code("resnet_depth")
    wanted = {(depth, residual, seed) for depth in module.DEPTHS for residual in (False, True) for seed in module.SEEDS}
    assert {(run["depth"], run["residual"], run["seed"]) for run in RUNS} == wanted and len(RUNS) == len(wanted)
    assert all(len(run["curve"]) == module.ROUNDS for run in RUNS)
    depths, seeds = "、".join(map(str, module.DEPTHS)), len(list(module.SEEDS))
    assert not unsaid(RESNET, [(f"{depths} 层", f"{seeds} 个随机种子", f"{module.ROUNDS} 轮"), (len(module.images), "8×8")])


@pytest.mark.torch
@pytest.mark.parametrize("residual", [False, True])
def test_the_first_rounds_of_the_experiment_come_out_as_recorded(code, residual):
    """Losses differ between machines in their last digits, which training amplifies: early rounds, and some room."""
    curve = code("resnet_depth").train(6, residual, seed=0, rounds=3)
    (recorded,) = [run["curve"] for run in RUNS if (run["depth"], run["residual"], run["seed"]) == (6, residual, 0)]
    for (loss, _), (kept, _) in zip(curve, recorded):
        assert loss == pytest.approx(kept, rel=0.1)


def test_what_the_page_says_of_the_experiment_holds_for_every_seed():
    plain, residual = ([final(depth, kind) for depth in (6, 20, 42)] for kind in (False, True))
    assert plain[0][-1] < plain[1][0] and plain[1][-1] < plain[2][0], "deeper plain networks train worse, whatever the seed"
    assert residual[2][-1] < plain[1][0] / 5, "the deepest residual network trains far better than a plain one of half its depth"
    each = {(run["depth"], run["seed"]): run["curve"][-1][0] for run in RUNS if run["residual"]}
    seeds = sorted({seed for _, seed in each})
    assert all(each[6, seed] < min(each[20, seed], each[42, seed]) for seed in seeds), "6 layers are best with every seed, as the page admits"
    assert len({each[20, seed] < each[42, seed] for seed in seeds}) == 2, "between 20 and 42 it depends on the seed"
    assert not unsaid(RESNET, [("20 层", f"{median(plain[1]):.2f}", "42 层", f"{median(plain[2]):.1f}")])


@pytest.mark.torch
def test_the_figure_of_the_curves_is_what_its_code_draws(code):
    drawing = code("draw_resnet_depth")
    assert drawing.TARGET.read_text(encoding="utf-8") == drawing.svg(), "run: python docs/deep-learning/code/draw_resnet_depth.py"
    low, middle, high = drawing.curves(42, False)[-1]
    assert (low, middle, high) == (final(42, False)[0], median(final(42, False)), final(42, False)[-1])
    assert drawing.height(low) > drawing.height(high), "a larger loss stands higher"

