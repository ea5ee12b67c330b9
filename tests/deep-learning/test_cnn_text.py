"""docs/deep-learning/cnn.md: the numbers in its sentences, computed here and looked up there."""

import math

import pytest

from .notes import NOTES, PAGE, example, listed, missing
from .test_cnn import SMALL

RESNET50_NORMALIZED = 11_113_984  # numbers that pass a batch normalization in ResNet-50 v1.5; counted below


@pytest.fixture
def sizes():
    return example("conv_sizes")


@pytest.fixture
def fields():
    return example("receptive_field")


FORMULAS = {  # as the page writes it -> the same in Python; K is k'
    r"$k'=d(k-1)+1$": lambda k, d: d * (k - 1) + 1,
    r"\left\lceil \frac{n-k'+1}{s} \right\rceil": lambda n, K, s: math.ceil((n - K + 1) / s),
    r"\left\lceil \frac{n}{s} \right\rceil": lambda n, s: math.ceil(n / s),
    r"\left\lfloor \frac{n+2p-k'}{s} \right\rfloor + 1": lambda n, K, s, p: math.floor((n + 2 * p - K) / s) + 1,
    r"$t=(\text{输出}-1)s+k'-n$ 格（负数算 0），前面补 $\lfloor t/2 \rfloor$": lambda n, K, s: max((math.ceil(n / s) - 1) * s + K - n, 0) // 2,
    r"输出边长 $(n-1)s-2p+k'+\text{output\_padding}$": lambda n, K, s, p, extra: (n - 1) * s - 2 * p + K + extra,
    r"等于 $(n+2p-k') \bmod s$": lambda n, K, s, p: (n + 2 * p - K) % s,
    r"$(\text{输出}-1)\,s \ge n+p$ 时输出减 1": lambda out, n, s, p: out - ((out - 1) * s >= n + p),
    r"所以 r 增加 $(k'-1)\,j$": lambda K, j: (K - 1) * j,
    r"$\sqrt{n(k^2-1)/12}$": lambda n, k: math.sqrt(n * (k**2 - 1) / 12),
}
ALSO = [  # the same formulas where the page needs them again
    r"输出边长是 $\lfloor (n+2p-k')/s \rfloor + 1$；一格看见的范围是 1 加上每一层的 $(k'-1)$ 乘以",
    r"放得下 $\lfloor (n+2p-k')/s \rfloor + 1$ 个",
    r"对正整数 m 有 $\lceil m/s \rceil = \lfloor (m-1)/s \rfloor + 1$",
    r"取 $m=n-k'+1$，左边是 VALID，右边是 PyTorch 的 p = 0",
    r"$k'$ 是奇数、$p=(k'-1)/2$ 时，$n+2p-k'=n-1$，",
    r"因为那要 $2p=k'-1$",
    r"`padding=(k-1)//2`，奇数核能得到同样的大小",
    "PyTorch 用 p = 0 和 p = (k−1)/2 得到同样的两列",
    "`same` 得 n·s，`valid` 得 n·s + max(k−s, 0)",
]


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
    assert not missing(PAGE, [*FORMULAS, *ALSO])


def middles(before, after):
    """Which of eight pixels, the first being 1, lie in the middle of windows of 3 with stride 2."""
    return [start + 2 for start in range(-before, 8 + after - 2, 2)]


def test_sizes_and_shifts(sizes):
    assert sizes.same_size(224, 2) == sizes.torch_size(224, 7, 2, 3)
    first, last = sizes.same_padding(224, 7, 2)
    shift = 3 - sizes.same_padding(224, 7, 4)[0]
    seven = sizes.same_padding(7, 3, 2)
    pytorch, tensorflow = middles(1, 1), middles(*sizes.same_padding(8, 3, 2))
    said = [
        f"每侧补 3，都得 {sizes.same_size(224, 2)}",
        f"n = 7 时 t = {sum(seven)}，两边各补 {seven[0]}",
        f"224、7×7、步长 2 的卷积也错一格：SAME 补 {first}、{last}，PyTorch 补 3、3",
        f"224、核 7、步长 4 错{'零一两三'[shift]}格",
        f"中心是第 {listed(pytorch)} 个像素；TensorFlow 的 SAME 只在右边补 1，中心是第 {listed(tensorflow)} 个像素",
        f"相距 {2**5} 个像素，错 {sizes.tensorflow[-1] - sizes.pytorch[-1]} 个",
        f"上表的 {sizes.tensorflow[-1]} 和",
        f"输入恰好是 8×8，就是上图的情形：形状都是 {sizes.same_size(8, 2)}×{sizes.torch_size(8, 3, 2, 1)}",
    ]
    side = sizes.torch_size(sizes.torch_size(sizes.torch_size(sizes.torch_size(32, 5), 2, 2), 5), 2, 2)
    assert not missing(PAGE, [*said, f"教程里 16×{side}×{side} 的来历", "224 的输入连过五层 3×3、步长 2，第 0 格的中心"])


def test_how_much_was_tried():
    lengths, kernels, strides, dilations = (max(values) for values in zip(*SMALL))
    said = [
        f"n < {lengths + 1}、k < {kernels + 1}、s < {strides + 1}、d ≤ {dilations} 的全部组合",
        "2026-11-23 用 TensorFlow 2.21.0、Keras 3.15.1（CPU）核过一次",
        f"卷积 {25 * 6 * 4 * 3} 组（边长 1–25、核 1–6、步长 1–4、膨胀 1–3），池化 {25 * 6 * 4} 组",
    ]
    assert not missing(PAGE, said)


def test_pooling(sizes):
    naive = [math.ceil((n + 2 * p - k) / s) + 1 for n, k, s, p in ((3, 2, 2, 1), (3, 1, 3, 0))]
    start = 3 * 2 - 1  # the last of four windows of 3, stride 2, on 6 pixels with 1 of padding
    real = [i + 1 for i in range(start, start + 3) if i < 6]
    padded = [i for i in range(start, start + 3) if i < 6 + 1]
    said = [
        f"会把下面两行答成 {naive[0]} 个数和 {naive[1]} 个数",
        f"112 向下取整得 {sizes.pool_size(112, 3, 2)}，要 `ceil_mode=True` 才得 {sizes.pool_size(112, 3, 2, ceil_mode=True)}",
        f"用 p = 1，向下取整就是 {sizes.pool_size(112, 3, 2, 1)}",
        f"盖着像素 {real[0]}、一格填充、一格界外：默认除以 {len(padded)} 得 {sum(real) // len(padded)}，`False` 除以 {len(real)} 得 {sum(real)}",
    ]
    assert len(real) == 1 and not missing(PAGE, said)


@pytest.mark.torch
def test_padding_of_max_pooling_is_never_the_largest():
    import torch
    from torch.nn import functional as F

    x = torch.arange(-8.0, 0.0).view(1, 1, 8)
    assert F.max_pool1d(x, 3, 2, 1).flatten().tolist() == [-7, -5, -3, -1]
    assert "最大池化补的格子当 −∞，不参与比较" in PAGE


def test_transposed_convolution(sizes):
    small = {sizes.torch_size(n, 3, 2, 1) for n in (7, 8)}
    covered = [sum(u * 2 <= i < u * 2 + k for u in range(4)) for k in (4, 3) for i in range(3 * 2 + k)]
    four, three = covered[:10], covered[10:]
    assert set(four[2:-2]) == {2} and three[1:-1] == [1, 2, 1, 2, 1, 2, 1]
    said = [f"7 和 8 经核 3、步长 2、填充 1 都变成 {small.pop()}，", "k = 4、s = 2 除边上外都是 2；k = 3、s = 2 是 1、2 相间"]
    assert not small and not missing(PAGE, said)


def steps(strides):
    """How far each layer of kernel 3 widens what is seen, first layer first."""
    return [2 * math.prod(strides[:layer]) for layer in range(len(strides))]


@pytest.mark.torch
def test_the_kernel_is_not_turned():
    import torch

    x, w = torch.tensor([[[1.0, 2.0, 3.0]]]), torch.tensor([[[1.0, 0.0, 0.0]]])
    taken = [int(torch.conv1d(x, kernel)) for kernel in (w, w.flip(-1))]
    assert f"核是 1、0、0 时，不翻转取到第{'零一二三'[taken[0]]}个数，翻转以后取到第{'零一二三'[taken[1]]}个" in PAGE


def test_receptive_fields(fields):
    seen = {name: fields.receptive_field(layers) for name, layers in fields.networks.items()}
    v1, v15 = seen["ResNet-50 v1"][0], seen["ResNet-50 v1.5（torchvision）"][0]
    plain, strided = steps((1, 1, 1)), steps((2, 1, 1))
    before, after = (8, 16, 32), (4, 8, 16)
    assert v1 - v15 == 2 * (sum(before) - sum(after))
    said = [
        f"1 + {' + '.join(map(str, plain))} = {1 + sum(plain)} 个像素变成 1 + {' + '.join(map(str, strided))} = {1 + sum(strided)} 个",
        f"两层 3×3 看见 {1 + sum(plain[:2])}，三层看见 {1 + sum(plain)}；通道数不变时，三层的参数与一层 7×7 是 {3 * 3 * 3} 比 {7 * 7}",
        "一个输出看到 3、5、7 格。第一层步长改为 2：看到 3、5、11 格，输入是 11 个像素",
        f"陷阱：{v1} 还是 {v15}",
        f"常抄 {v1}，",
        f"原来隔 {listed(before)} 个像素看，现在隔 {listed(after)} 个，一共少看 2×({'+'.join(map(str, after))}) = {v1 - v15} 个，是 {v15}",
        f"VGG-16 的 pool5 感受野是 {seen['VGG-16，pool5'][0]}，步长 {seen['VGG-16，pool5'][1]}",
        f"VGG 的 {'/'.join(map(str, seen['VGG-16，pool5'])).replace('-', '−')} 和 AlexNet 的 195/32",
    ]
    assert seen["AlexNet（torchvision）"][:2] == (195, 32)
    assert not missing(PAGE, said)
    assert f"[{v1} 对 {v15}](cnn.md#" in (NOTES / "architectures.md").read_text(encoding="utf-8")


def test_the_three_strided_3x3_look_at_every_eighth_sixteenth_and_thirty_second_pixel_in_v1(fields):
    for kind, expected in (("ResNet-50 v1", [8, 16, 32]), ("ResNet-50 v1.5（torchvision）", [4, 8, 16])):
        layers = fields.networks[kind]
        first_blocks = [2 + 3 * blocks + 1 for blocks in (3, 7, 13)]  # the 3 x 3 of the first block of stages 3 to 5
        assert all(layers[index][0] == 3 for index in first_blocks)
        assert [fields.receptive_field(layers[:index])[1] for index in first_blocks] == expected


def test_effective_receptive_field(fields):
    ten, forty = fields.weights(10), fields.weights(40)
    said = [
        f"{len(ten)} 个像素的权重像一口钟：中间 11 个占了 {sum(ten[5:16]):.0%}",
        f"层数变成 4 倍，感受野从 {len(ten)} 到 {len(forty)}，管用的宽度只从 11 到 21",
    ]
    assert not missing(PAGE, said)  # 11 and 21: test_uniform_kernels_spread_with_the_root_of_the_depth


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
    fvcore, thop = macs + 2 * RESNET50_NORMALIZED + pooled, macs + 4 * RESNET50_NORMALIZED + pooled + 2048
    assert (fvcore, thop) == (4_111_512_576, 4_133_742_592)  # what the two reported on 2026-11-23
    said = [
        f"| torchvision 权重信息 `_ops` | {macs / 1e9:.3f} |",
        f"| torchinfo 1.8.0 | {4_089_238_376 / 1e9:.3f} |",
        f"| fvcore 0.1.5 | {fvcore / 1e9:.3f} | 乘加，另数批归一化（每个元素 2 次）",
        f"| thop 0.1.1 | {thop / 1e9:.3f} | 同上，批归一化每个元素数 4 次 |",
        f"ResNet-50 是 {macs / 1e9:.1f} GFLOPs，另一篇说 {2 * macs / 1e9:.1f}，",
        "论文里的 3.8 G 是 v1 结构的乘加",
        "后三个工具在 2026-11-23 各跑过一次，`_ops` 读自 torchvision 0.28.0 的源码",
    ]
    assert not missing(PAGE, said)


def test_answers_of_the_self_test(sizes, fields):
    valid, same, torch = sizes.valid_size(15, 3, 2), sizes.same_size(15, 2), sizes.torch_size(15, 3, 2, 1)
    total, reach = sum(sizes.same_padding(15, 3, 2)), sizes.effective_kernel(5, 2)
    r, j, left = fields.receptive_field(fields.vgg16)
    said = [
        f"VALID 是 ⌈13/2⌉ = {valid}，SAME 是 ⌈15/2⌉ = {same}，PyTorch 是 ⌊14/2⌋ + 1 = {torch}。",
        f"t = {same - 1}×2 + 3 − 15 = {total}，两边各 {total // 2}，",
        f"有效核是 2×4 + 1 = {reach}，p = ({reach}−1)/2 = {(reach - 1) // 2}。",
        f"(16 + 2 − 3) mod 2 = {(16 + 2 - 3) % 2}。",
        f"不给它得到 7×2 − 2 + 3 = {sizes.transposed_size(8, 3, 2, 1)}。",
        "第 3 格（从 0 数）看见哪些像素",
    ]
    assert 0 <= left + 3 * j and left + 3 * j + r - 1 < 224 and "224 的输入里它恰好不碰填充" in PAGE
    assert not missing(PAGE, said)
