"""docs/deep-learning/architectures.md: the numbers in its sentences, computed where they can be, and held where a paper gives them."""

import re
from importlib.metadata import distribution

import pytest

from .notes import NOTES, example, listed, missing, rows

PAGE = (NOTES / "architectures.md").read_text(encoding="utf-8")

GIVEN_BY_SOURCES = [  # nothing here can recompute these; a changed digit is noticed
    # AlexNet, NIPS 2012, section 1, table 2 and the footnote below it
    "ImageNet 的 120 万张图、1000 类",
    "单网在验证集上的 top-5 错误率是 18.2%，5 个网平均 16.4%。",
    "15.3% 是 7 个网的平均（集成，ensemble），其中 2 个先在更大的 ImageNet 2011 秋季版（1,500 万张、2.2 万类）上训练过。",
    "有人说错误率 15.3%，有人说 18.2%",
    "论文写 224，图里第一层输出 55",
    # VGG, table 3; the single crop: README of KaimingHe/deep-residual-networks
    "11 层的 A 是 29.6 / 10.4，加上它是 29.7 / 10.5，没有用",
    "VGG-16 密集评估 27.0，单裁剪 28.5",
    "8.1 还是训练尺度 256–512、测试 384 的那一版，固定 256 训练的是 8.8。",
    # GoogLeNet, section 1; Inception v3, section 1
    "论文引言说参数「比 AlexNet 少 12 倍」，同一组人在 Inception v3 论文里写「500 万」",
    # ResNet, tables 2 to 5
    "ResNet 论文引 VGG-16、VGG-19 为 15.3、19.6 G",
    "普通网络从 18 层加到 34 层，top-1 错误率从 27.94 升到 28.54；加上捷径，从 27.88 降到 25.03（论文，10 裁剪）",
    "25.03 用的是 A 类捷径（通道不够就补零）；B 类只在变大小处投影，24.52；C 类处处投影，24.19",
    "（2016 年的预激活版，[1603.05027]",
    "3.57% 是 6 个网的集成在测试集上的 top-5 错误率，只有两个是 152 层；单个 152 层最好是 4.49%",
    "「ResNet-152 的 top-5 错误率 3.57%，AlexNet 15.3%，VGG-16 8.1%」",
    "6 个网的集成、测试集；7 个网的集成、其中 2 个用了外部数据；单网、多尺度训练、密集评估",
    # NVIDIA's ResNet50 page on PyTorch Hub; metadata of torchvision 0.28.0
    "NVIDIA 说 v1.5 的 top-1 约高 0.5 个点，吞吐约低 5%。",
    "权重测试时先把短边缩到 232，其余缩到 256",
    "都是 torchvision 0.28 给自己的权重报的，单裁剪 224（GoogLeNet 是 3×3 的那一版，ResNet 是 v1.5",
    # LeCun and others, 1998
    "名字写作 LeNet-5，1998 年。",
    "输入是 32×32 的灰度图，28×28 的数字放在中间",
]


def test_what_sources_say_stands_as_they_say_it():
    assert not missing(PAGE, GIVEN_BY_SOURCES)


def test_errors_in_sentences_are_those_of_the_tables():
    top1 = {row[0]: row[4].split("/")[0] for row in rows("architectures", "table")}
    authors = {row[0]: row[3] for row in rows("resnet_tables", "networks")}
    single = top1["ResNet-50"]
    said = [
        f"单裁剪 {single}，10 裁剪 22.85，差 {float(single) - 22.85:.2f} 个点，",
        f"ResNet-50 换成 ResNet-152（{single} 到 {top1['ResNet-152']}）还多",
        f"VGG-16 密集评估 {top1['VGG-16']}，",
        f"才能与 ResNet 的 {single} 比",
        f"所以是 {authors['ResNet-101']}，不是总表里的 {top1['ResNet-101']}。",
        f"B 类只在变大小处投影，{top1['ResNet-34']}；",
    ]
    assert float(single) - float(top1["ResNet-152"]) < float(single) - 22.85
    assert top1["ResNeXt-101 64x4d"] == authors["ResNeXt-101 64x4d"]
    assert not missing(PAGE, said)


@pytest.mark.torch
def test_numbers_in_the_text_follow_from_the_networks(built, measured):
    dense = sum(p.numel() for layer in list(built["alexnet"][0])[-5:] for p in layer.parameters())
    alexnet, googlenet = measured["alexnet"][1], measured["googlenet"][1]
    classifier = 1024 * 1000 + 1000
    said = [
        f"{alexnet:,} 个参数里 {dense / alexnet:.1%} 在全连接",
        f"{alexnet / 1e6:.1f} M 对 {googlenet / 1e6:.1f} M，{alexnet / googlenet:.1f} 倍",
        f"只有 {alexnet / (googlenet - classifier):.1f} 倍",
        f"(224−11)/4+1 = {(224 - 11) / 4 + 1:g}",
        f"5×5×256 = {5 * 5 * 256}",
        f"6×6×256 = {6 * 6 * 256}",
        f"25×(6×3+9×4+6)+16 = {25 * (6 * 3 + 9 * 4 + 6) + 16:,}",
        f"156×784 = {156 * 28 * 28:,}",
        f"55×55×96 = {55 * 55 * 96:,}；{55 * 48 * 96:,} 恰好是 55×48×96",
        "、".join(f"{n:,}" if n > 9999 else str(n) for n in (27 * 27 * 256, 13 * 13 * 384, 13 * 13 * 384, 13 * 13 * 256, 4096, 4096, 1000)),
        f"1 + 3×(3+4+6+3) + 1 = {1 + 3 * (3 + 4 + 6 + 3) + 1}",
        f"差 {24.7 - 22.85:.2f} 个点",
        f"VGG-16 约 {measured['vgg 16'][1] / 1e8:.2f} 亿",
    ]
    assert not missing(PAGE, said)


def test_numbers_in_the_text_follow_from_the_tables():
    recipes = {(row[0], row[1].split("，")[0]): float(row[2]) for row in rows("architectures", "recipes")}
    said = [
        f"ResNet-50 就少了 {recipes['ResNet-50', 'V1'] - recipes['ResNet-50', 'V2']:.2f} 个点",
        f"加深到 152 层（{recipes['ResNet-50', 'V1'] - recipes['ResNet-152', 'V1']:.2f}）的两倍多",
    ]
    errors = [float(row[3]) for row in rows("resnet_tables", "networks")]
    said.append(f"分组少 {errors[0] - errors[1]:.1f} 个点；计算再翻倍，又少 {errors[1] - errors[2]:.1f} 个点")
    vgg = {row[0]: row for row in rows("architectures", "vgg")}
    said.append(f"只数了卷积（{vgg['VGG-16'][3]}），后一个连全连接一起数了（{vgg['VGG-19'][4]}）")
    assert not missing(PAGE, said)


@pytest.mark.torch
def test_lenet(code):
    layers = {layer.name: layer for layer in code("lenet_layers").layers()}
    seen = code("lenet_layers").LENET5[2][-1]
    tutorial = [sum(p.numel() for p in example("lenet").tutorial(channels).parameters()) for channels in (1, 3)]
    trained, connected = (sum(getattr(layer, name) for layer in layers.values()) for name in ("parameters", "connections"))
    assert (layers["C3"].maps, layers["S2"].maps) == (len(seen), 6) and layers["输入"].size == 32
    said = [
        f"「{connected:,} 个连接、{trained:,} 个可训练参数」",
        f"{len(seen)} 张[特征图](../glossary.md#特征图)不是每张都看 S2 的 6 张："
        f"{seen.count(3)} 张各看 3 张，{seen.count(4)} 张各看 4 张，{seen.count(6)} 张看全部",
        f"所以每张图 {layers['S2'].parameters // layers['S2'].maps} 个参数",
        f"与 {layers['输出'].maps} 个固定图案",
        f"它的 {layers['输出'].connections} 个连接算进了前一个数",
        f"三通道的 {tutorial[1]:,} 就是",
        f"说「就是 {tutorial[0]:,}」就不是原版了",
        f"C1 的 {layers['C1'].parameters} 个参数在 {layers['C1'].size}×{layers['C1'].size} 个位置上各用一次",
        f"为什么连接有 {connected // 10_000} 万",
    ]
    assert not missing(PAGE, said)
    assert [layer.name for layer in layers.values() if layer.size == 1 and layer.parameters == layer.connections] == ["C5", "F6"]


@pytest.mark.torch
def test_alexnet_and_vgg(built, measured):
    from torch import nn

    grouped, ungrouped = (f"{round(measured[name][1] / 1e5) * 10:,} 万" for name in ("alexnet", "alexnet ungrouped"))
    convolutions = [layer for layer in built["alexnet"][0] if isinstance(layer, nn.Conv2d)]
    dense = [layer for layer in built["alexnet"][0] if isinstance(layer, nn.Linear)]
    vgg = [layer for layer in built["vgg 16"][0] if isinstance(layer, nn.Conv2d)]
    assert {(layer.kernel_size, layer.stride, layer.padding) for layer in vgg} == {((3, 3), (1, 1), (1, 1))}
    said = [
        f"为什么有人说 {grouped}参数，有人说 {ungrouped}",
        f"第 {listed(i for i, layer in enumerate(convolutions, 1) if layer.groups == 2)} 个卷积分成两组",
        f"{len(convolutions)} 个卷积加 {len(dense)} 个全连接",
        "每个卷积都是 3×3、步长 1、填充 1",
        f"通道从 {vgg[0].out_channels} 翻到 {max(layer.out_channels for layer in vgg)}",
        f"三层 3×3 的权重是 {3 * 9}C²，一层 7×7 是 {7 * 7}C²",
    ]
    assert not missing(PAGE, said)


@pytest.mark.torch
def test_inception(built):
    blocks = [layer for layer in built["googlenet"][0] if type(layer).__name__ == "Inception"]
    said = [
        f"用{'零一二三四五六七八九'[len(blocks)]}个这种模块搭",
        "第一个模块（28×28，192 通道）里 5×5 那一路，直接做和先降到 16 通道再做",
    ]
    reduce = blocks[0].branches[2][0][0]
    assert (reduce.in_channels, reduce.out_channels) == (192, 16) and not missing(PAGE, said)


def test_the_small_experiment():
    from sklearn.datasets import load_digits

    source = (NOTES / "code" / "resnet_depth.py").read_text(encoding="utf-8")
    images = load_digits().images
    (width,) = set(re.findall(r"nn\.Linear\((\d+), \1", source))
    (rounds,) = re.findall(r"for _ in range\((\d+)\):", source)
    plain = {row[0]: row for row in rows("resnet_depth", "trend") if row[1] == "无"}
    said = [
        f"{len(images):,} 张 {images.shape[1]}×{images.shape[2]} 数字，每层 {width} 个单元、批归一化加 ReLU，训练 {rounds} 轮，一个随机种子；",
        f"没有捷径的 {max(map(int, plain))} 层训不好",
    ]
    assert not missing(PAGE, said)
    assert plain["41"][2:] == ["不到 50%", "约 1,000 倍"] and "而是大了上千倍" in PAGE


@pytest.mark.torch
def test_resnext(code):
    import torch

    bottleneck = code("resnet").bottleneck
    with torch.device("meta"):
        stages = [bottleneck(64, planes, groups=64, base_width=4).body[2][0] for planes in (64, 128, 256, 512)]
    widths = [layer.weight.shape[1] for layer in stages]
    plain, narrow, wide = (int(row[3].replace(",", "")) for row in rows("resnet_tables", "cardinality"))
    assert abs(narrow / plain - 1) < 0.01 and abs(wide / narrow - 2) < 0.01
    said = [
        f"之后每个阶段翻倍：{listed(widths)}。",
        f"组数不变，{stages[1].groups} 组；每组宽度翻倍，{widths[1]} 个通道；一共 {stages[1].out_channels} 个。",
        "32x4d 的权重数与原来的瓶颈块几乎一样，中间却宽了一倍，因为分组让 3×3 便宜了；64x4d 再宽一倍，合计也翻倍。",
        "读作：ResNeXt，101 层，64 组（基数，cardinality），每组基本宽度 4",
    ]
    assert not missing(PAGE, said)


def test_mmdetection_calls_v15_pytorch_and_v1_caffe():
    source = distribution("mmdet").locate_file("mmdet/models/backbones/resnet.py").read_text(encoding="utf-8")
    where = r"if self\.style == 'pytorch': self\.conv1_stride = 1 self\.conv2_stride = stride else: self\.conv1_stride = stride self\.conv2_stride = 1"
    assert re.search(where, " ".join(source.split()))
    assert "`style='pytorch'`（v1.5）与 `style='caffe'`（v1）" in PAGE
