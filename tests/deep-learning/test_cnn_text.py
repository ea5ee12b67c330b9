"""docs/deep-learning/cnn.md and cnn-details.md: the numbers in their sentences, computed here and looked up there."""

import math
import re

import pytest

from .notes import DETAILS, NOTES, PAGE, example, unsaid
from .test_cnn import SMALL

RESNET50_NORMALIZED = 11_113_984  # numbers that pass a batch normalization in ResNet-50 v1.5; counted below


@pytest.fixture
def sizes():
    return example("conv_sizes")


@pytest.fixture
def fields():
    return example("receptive_field")


@pytest.fixture
def hand():
    return example("conv_by_hand")


FORMULAS = {  # as the pages write it -> the same in Python; K is k'
    r"k'=d(k-1)+1": lambda k, d: d * (k - 1) + 1,
    r"\left\lceil \frac{n-k'+1}{s} \right\rceil": lambda n, K, s: math.ceil((n - K + 1) / s),
    r"\left\lceil \frac{n}{s} \right\rceil": lambda n, s: math.ceil(n / s),
    r"\left\lfloor \frac{n+2p-k'}{s} \right\rfloor + 1": lambda n, K, s, p: math.floor((n + 2 * p - K) / s) + 1,
    r"t=(\text{输出}-1)s+k'-n": lambda n, K, s: max((math.ceil(n / s) - 1) * s + K - n, 0) // 2,
    r"(n-1)s-2p+k'+\text{output\_padding}": lambda n, K, s, p, extra: (n - 1) * s - 2 * p + K + extra,
    r"(n+2p-k') \bmod s": lambda n, K, s, p: (n + 2 * p - K) % s,
    r"(\text{输出}-1)\,s \ge n+p": lambda out, n, s, p: out - ((out - 1) * s >= n + p),
    r"r \leftarrow r + (k'-1)\,j": lambda K, j: (K - 1) * j,
    r"\sqrt{m(k^2-1)/12}": lambda m, k: math.sqrt(m * (k**2 - 1) / 12),
}


def test_formulas_are_what_the_functions_compute(sizes, fields):
    kernel, valid, same, pytorch, before, transposed, rest, dropped, growth, deviation = FORMULAS.values()
    for n, k, s, d in SMALL[:: len(SMALL) // 2000]:
        K = kernel(k, d)
        assert K == sizes.effective_kernel(k, d)
        assert same(n, s) == sizes.same_size(n, s) and before(n, K, s) == sizes.same_padding(n, k, s, d)[0]
        assert transposed(n, K, s, 1, 0) == sizes.transposed_size(n, k, s, 1, d)
        if n >= K:
            assert (valid(n, K, s), pytorch(n, K, s, 1)) == (sizes.valid_size(n, k, s, d), sizes.torch_size(n, k, s, 1, d))
            down = sizes.torch_size(n, k, s, 1, d)
            assert sizes.transposed_size(down, k, s, 1, d, rest(n, K, s, 1)) == n
            ceiling = math.ceil((n + 2 - K) / s) + 1
            assert dropped(ceiling, n, s, 1) == sizes.pool_size(n, k, s, 1, d, ceil_mode=True)
        assert fields.receptive_field([(3, 2, 0, 1), (k, s, 0, d)])[0] == 3 + growth(K, 2)
    row = fields.weights(10)
    assert math.sqrt(sum(w * (i - 10) ** 2 for i, w in enumerate(row))) == pytest.approx(deviation(10, 3))
    assert not [formula for formula in FORMULAS if formula not in PAGE + DETAILS]


# What a convolution computes


def test_the_example_by_hand(hand):
    output = hand.convolve(hand.image, hand.kernel)
    first = output[0][0] + hand.convolve(hand.second, hand.second_kernel)[0][0] + hand.bias
    stop = output[2][0]
    total = stop + hand.convolve(hand.second, hand.second_kernel)[2][0] + hand.bias
    assert not unsaid(PAGE, [("第 0 行第 0 列", f"1 + 2 − 1 = {first}"), ("data-answer", f'"{stop} {total}"')])
    twice = hand.convolve(hand.image, hand.kernel, stride=2)
    padded = [[0] * 7, *[[0, *row, 0] for row in hand.image], [0] * 7]
    assert len(hand.convolve(padded, hand.kernel)) == 5
    assert not unsaid(PAGE, [("2×2", str(twice[0]), str(twice[1]), "5×5")])
    row = hand.row
    assert not unsaid(PAGE, [(str(row), str([max(row[:2]), max(row[2:])]), f"[{sum(row[:2]) // 2}, {sum(row[2:]) // 2}]")])


@pytest.mark.torch
def test_the_example_by_hand_is_what_torch_computes(hand):
    import torch

    image, kernel = (torch.tensor(numbers, dtype=torch.float32)[None, None] for numbers in (hand.image, hand.kernel))
    assert torch.conv2d(image, kernel)[0, 0].tolist() == hand.convolve(hand.image, hand.kernel)
    assert torch.conv2d(image, kernel, stride=2)[0, 0].tolist() == hand.convolve(hand.image, hand.kernel, stride=2)
    assert list(torch.nn.Conv2d(3, 16, 5).weight.shape) == [16, 3, 5, 5] and 'data-answer="16 3 5 5"' in PAGE


@pytest.mark.torch
def test_the_kernel_is_not_turned():
    import torch

    x, w = torch.tensor([[[1.0, 2.0, 3.0]]]), torch.tensor([[[1.0, 0.0, 0.0]]])
    taken = [int(torch.conv1d(x, kernel)) for kernel in (w, w.flip(-1))]
    assert not unsaid(PAGE, [tuple(f"第{'零一二三'[place]}个" for place in taken)])


# Sizes and places


def middles(before, after):
    """Which of eight pixels, the first being 1, lie in the middle of windows of 3 with stride 2."""
    return [start + 2 for start in range(-before, 8 + after - 2, 2)]


def test_sizes(sizes):
    assert sizes.same_size(224, 2) == sizes.torch_size(224, 7, 2, 3)
    side = sizes.torch_size(sizes.torch_size(sizes.torch_size(sizes.torch_size(32, 5), 2, 2), 5), 2, 2)
    facts = [
        (f"\\lfloor (5-3)/1 \\rfloor + 1 = {sizes.torch_size(5, 3)}", f"\\lfloor (224+6-7)/2 \\rfloor + 1 = {sizes.torch_size(224, 7, 2, 3)}"),
        (f"16×{side}×{side}",),
    ]
    assert not unsaid(PAGE, facts)
    assert not unsaid(DETAILS, [("SAME", "每侧补 3", sizes.same_size(224, 2))])


def test_shifts(sizes):
    first, last = sizes.same_padding(224, 7, 2)
    shift = 3 - sizes.same_padding(224, 7, 4)[0]
    seven = sizes.same_padding(7, 3, 2)
    pytorch, tensorflow = ("、".join(map(str, middles(*pads))) for pads in ((1, 1), sizes.same_padding(8, 3, 2)))
    before, after = sizes.same_padding(112, 3, 2)
    facts = [
        ("n = 7", f"t = {sum(seven)}", f"各补 {seven[0]}"),
        ("224", "7×7", f"SAME 补 {first}、{last}", "补 3、3"),
        ("224", "步长 4", f"错{'零一两三'[shift]}格"),
        (pytorch, tensorflow),
        (2**5, f"错 {sizes.tensorflow[-1] - sizes.pytorch[-1]} 个"),
        ("8×8", f"{sizes.same_size(8, 2)}×{sizes.torch_size(8, 3, 2, 1)}"),
        ("输出 56", f"t = 55×2 + 3 − 112 = {before + after}", f"前面补 {before}", f"后面补 {after}"),
    ]
    assert not unsaid(DETAILS, facts) and f'data-answer="{before} {after}"' in DETAILS


def test_how_much_was_tried():
    lengths, kernels, strides, dilations = (max(values) for values in zip(*SMALL))
    assert not unsaid(PAGE, [(f"n < {lengths + 1}", f"k < {kernels + 1}", f"s < {strides + 1}", f"d ≤ {dilations}")])
    assert not unsaid(DETAILS, [("2026-11-23", "2.21.0", 25 * 6 * 4 * 3, 25 * 6 * 4, "1–25", "1–6", "1–4", "1–3")])


# Pooling and transposed convolution


def test_pooling(sizes):
    naive = [math.ceil((n + 2 * p - k) / s) + 1 for n, k, s, p in ((3, 2, 2, 1), (3, 1, 3, 0))]
    start = 3 * 2 - 1  # the last of four windows of 3, stride 2, on 6 pixels with 1 of padding
    real = [i + 1 for i in range(start, start + 3) if i < 6]
    padded = [i for i in range(start, start + 3) if i < 6 + 1]
    floor, ceiling = sizes.pool_size(112, 3, 2), sizes.pool_size(112, 3, 2, ceil_mode=True)
    facts = [
        (f"{naive[0]} 个数", f"{naive[1]} 个数"),
        ("Caffe", "没有填充", f"{naive[1]} 个数", f"{sizes.pool_size(3, 1, 3, ceil_mode=True)} 个"),
        (112, floor, ceiling, "p = 1"),
        (f"像素 {real[0]}", f"除以 {len(padded)} 得 {sum(real) // len(padded)}", f"除以 {len(real)} 得 {sum(real)}"),
    ]
    assert sizes.pool_size(112, 3, 2, 1) == 56 and len(real) == 1 and not unsaid(DETAILS, facts)
    assert f'data-answer="{floor} {ceiling}"' in DETAILS


@pytest.mark.torch
def test_padding_of_max_pooling_is_never_the_largest():
    import torch
    from torch.nn import functional as F

    x = torch.arange(-8.0, 0.0).view(1, 1, 8)
    assert F.max_pool1d(x, 3, 2, 1).flatten().tolist() == [-7, -5, -3, -1]


def test_transposed_convolution(sizes):
    small = {sizes.torch_size(n, 3, 2, 1) for n in (7, 8)}
    four, three = ([sum(u * 2 <= i < u * 2 + k for u in range(4)) for i in range(3 * 2 + k)] for k in (4, 3))
    assert set(four[2:-2]) == {2} and three[1:-1] == [1, 2, 1, 2, 1, 2, 1]
    assert not unsaid(DETAILS, [("7 和 8", "核 3", "步长 2", "填充 1", f"变成 {small.pop()}"), ("k = 4", "都是 2", "k = 3", "1、2 相间")])
    assert not small
    rest, without = (16 + 2 - 3) % 2, sizes.transposed_size(8, 3, 2, 1)
    assert not unsaid(DETAILS, [(f"(16 + 2 − 3) mod 2 = {rest}", f"7×2 − 2 + 3 = {without}")]) and f'data-answer="{rest} {without}"' in DETAILS


def test_the_message_of_the_decoder_names_the_sides_of_its_question(sizes):
    shallow = sizes.torch_size(75, 2, 2)
    deep = sizes.torch_size(shallow, 2, 2)
    up = sizes.transposed_size(deep, 2, 2)
    message = (NOTES / "code" / "conv_transposed.out").read_text(encoding="utf-8")
    assert f"Expected size {shallow} but got size {up}" in message
    assert not unsaid(DETAILS, [(75, shallow, deep), (deep, up)])


# Receptive fields


def steps(strides):
    """How far each layer of kernel 3 widens what is seen, first layer first."""
    return [2 * math.prod(strides[:layer]) for layer in range(len(strides))]


def test_receptive_fields(fields):
    seen = {name: fields.receptive_field(layers) for name, layers in fields.networks.items()}
    v1, v15 = seen["ResNet-50 v1"][0], seen["ResNet-50 v1.5（torchvision）"][0]
    plain, strided = steps((1, 1, 1)), steps((2, 1, 1))
    before, after = (8, 16, 32), (4, 8, 16)
    assert v1 - v15 == 2 * (sum(before) - sum(after))
    r, j, left = fields.receptive_field(fields.vgg16)
    first, last = left + 3 * j, left + 3 * j + r - 1
    three, jump, _ = fields.receptive_field([(3, 2, 1, 1), (3, 2, 1, 1), (3, 1, 1, 1)])
    facts = [
        (f"1 + {' + '.join(map(str, plain))} = {1 + sum(plain)}", f"1 + {' + '.join(map(str, strided))} = {1 + sum(strided)}"),
        (f"两层 3×3 看见 {1 + sum(plain[:2])}", f"三层看见 {1 + sum(plain)}", f"{3 * 3 * 3} 比 {7 * 7}"),
        ("3、5、7 格", "3、5、11 格"),
        (v1, "2015"),
        ("8、16、32", "4、8、16", v1 - v15, v15),
        ("VGG-16", r, j, left),
        (f"{left} + 3×{j} = {first}", f"{first} + {r} − 1 = {last}"),
        (f"1 + 2×1 + 2×2 + 2×4 = {three}", f"2×2×1 = {jump}"),
        (f"{r}/{j}/{left}", "195/32"),
    ]
    assert seen["AlexNet（torchvision）"][:2] == (195, 32) and 0 <= first and last < 224
    assert not unsaid(PAGE, facts)
    assert f'data-answer="{first} {last}"' in PAGE and f'data-answer="{three} {jump}"' in PAGE
    assert not unsaid((NOTES / "resnet.md").read_text(encoding="utf-8"), [(v1, v15, "cnn.md#")])


@pytest.mark.torch
def test_pixels_are_passed_over_where_a_stride_is_larger_than_its_kernel():
    import torch

    x = torch.ones(1, 1, 9, requires_grad=True)
    torch.conv1d(torch.conv1d(x, torch.ones(1, 1, 1), stride=2), torch.ones(1, 1, 3))[0, 0, 0].backward()
    assert x.grad[0, 0].nonzero().flatten().tolist() == [0, 2, 4]
    assert not unsaid(PAGE, [("1×1", "步长 2", "第 0、2、4 个")])


def test_the_three_strided_3x3_look_at_every_eighth_sixteenth_and_thirty_second_pixel_in_v1(fields):
    for kind, expected in (("ResNet-50 v1", [8, 16, 32]), ("ResNet-50 v1.5（torchvision）", [4, 8, 16])):
        layers = fields.networks[kind]
        first_blocks = [2 + 3 * blocks + 1 for blocks in (3, 7, 13)]  # the 3 x 3 of the first block of stages 3 to 5
        assert all(layers[index][0] == 3 for index in first_blocks)
        assert [fields.receptive_field(layers[:index])[1] for index in first_blocks] == expected


def test_effective_receptive_field(fields):
    ten, forty = fields.weights(10), fields.weights(40)
    facts = [(len(ten), "中间 11 个", f"{sum(ten[5:16]):.0%}"), ("4 倍", f"从 {len(ten)} 到 {len(forty)}", "从 11 到 21")]
    assert not unsaid(PAGE, facts)  # 11 and 21: test_uniform_kernels_spread_with_the_root_of_the_depth


# Cost


@pytest.mark.torch
def test_numbers_that_pass_a_normalization_in_resnet_50():
    import torch
    from torch import nn

    from .test_cnn_cost import resnet50

    passed = 0

    def add(layer, inputs, output):
        nonlocal passed
        passed += output.numel()

    with torch.device("meta"):
        net = resnet50(stride_in_3x3=True)
        for layer in net.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.register_forward_hook(add)
        net(torch.zeros(1, 3, 224, 224))
    assert passed == RESNET50_NORMALIZED


def test_each_row_of_the_table_of_counters_can_be_counted_again():
    macs, pooled = 4_089_184_256, 2048 * 7 * 7  # the first is held in test_cnn_cost
    evaluated, trained = (macs + each * RESNET50_NORMALIZED + pooled for each in (2, 5))
    thop = macs + 4 * RESNET50_NORMALIZED + pooled + 2048
    assert (evaluated, trained, thop) == (4_111_512_576, 4_144_854_528, 4_133_742_592)  # what fvcore and thop reported
    rows = {
        "手算": macs, "`_ops`": macs, "torchinfo 1.8.0": 4_089_238_376, "`FlopCounterMode`": 2 * macs,
        "`eval()`": evaluated, "训练模式": trained, "thop 0.1.1": thop,
    }  # fmt: skip
    assert not unsaid(PAGE, [(name, f"{count / 1e9:.3f}") for name, count in rows.items()])
    assert not unsaid(PAGE, [(f"{macs / 1e9:.1f}", f"{2 * macs / 1e9:.1f}")])


@pytest.mark.torch
def test_what_the_paper_calls_3_8_is_3_86(measured):
    """Both places that tell of it; the paper's number stands as the paper gives it."""
    counted = f"{measured['resnet 50 v1'][2] / 1e9:.2f}"
    refuted = (NOTES.parent / "refuted.md").read_text(encoding="utf-8")
    assert not unsaid(PAGE, [("3.8", "v1", counted)]) and not unsaid(refuted, [("3.8", "v1", counted)])


def test_the_self_test_on_cost():
    cost = example("cnn_cost")
    parameters, macs = cost.conv_parameters(3, 64, 64, bias=False), cost.conv_macs(3, 64, 64, 56)
    assert f'data-answer="{parameters} {macs}"' in PAGE and not unsaid(PAGE, [(parameters, macs)])


def test_answers_of_the_self_test(sizes):
    valid, same, torch = sizes.valid_size(15, 3, 2), sizes.same_size(15, 2), sizes.torch_size(15, 3, 2, 1)
    reach = sizes.effective_kernel(5, 2)
    assert f'data-answer="{valid} {same} {torch}"' in PAGE and f'data-answer="{reach} {(reach - 1) // 2}"' in PAGE
    facts = [(f"⌈13/2⌉ = {valid}", f"⌈15/2⌉ = {same}", f"⌊14/2⌋ + 1 = {torch}"), (f"2×4 + 1 = {reach}", f"({reach}−1)/2 = {(reach - 1) // 2}")]
    assert not unsaid(PAGE, facts)


def test_the_versions_that_the_pages_name_stand_with_their_day():
    for page in (PAGE, DETAILS):
        for line in page.splitlines():
            if "2.15.0" in line:
                assert re.search(r"2026-\d\d-\d\d", line), line
