"""docs/deep-learning/500-questions.md: what it says is right or wrong in the book, recomputed another way."""

import math

import pytest

from .notes import NOTES, example, missing

PAGE = (NOTES / "500-questions.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def book():
    """The rows of the two tables: (place, what the book prints, what is right)."""
    return vars(example("cnn_book_checks"))


def right(rows, start):
    """The recomputed value of the one row whose place starts so."""
    (value,) = [computed for place, _, computed in rows if place.startswith(start)]
    return value


def printed(rows, start):
    (value,) = [value for place, value, _ in rows if place.startswith(start)]
    return value


@pytest.mark.torch
def test_recomputed_sizes_are_what_layers_give(book):
    import torch
    from torch import nn

    def side(layer, n, channels=1):
        return layer(torch.zeros(1, channels, n, n, device="meta")).shape[-1]

    with torch.device("meta"):
        assert right(book["NUMBERS"], "3.2") == side(nn.Conv2d(1, 1, 3, 2, 1), 7) == 4
        assert side(nn.Conv2d(1, 1, 3, 2), 7) == printed(book["NUMBERS"], "3.2") == 3  # 7 with its padding inside
        assert right(book["NUMBERS"], "4.2，AlexNet，224") == side(nn.Conv2d(1, 1, 11, 4), 224) == 54
        assert side(nn.Conv2d(1, 1, 11, 4), 227) == side(nn.Conv2d(1, 1, 11, 4, 2), 224) == 55
        assert right(book["NUMBERS"], "4.3") == side(nn.Conv2d(1, 1, 7, 2), 224) == 109
        assert side(nn.Conv2d(1, 1, 7, 2, 1), 224) == printed(book["NUMBERS"], "4.3") == 110
        assert right(book["NUMBERS"], "5.15") == side(nn.ConvTranspose2d(1, 1, 4, 3), 2) == 7


@pytest.mark.torch
def test_recomputed_parameters_are_what_layers_hold(book):
    import torch
    from torch import nn

    def count(*layers):
        return sum(parameter.numel() for layer in layers for parameter in layer.parameters())

    with torch.device("meta"):
        separable = nn.Conv2d(64, 64, 3, groups=64, bias=False), nn.Conv2d(64, 128, 1, bias=False)
        assert right(book["NUMBERS"], "5.4") == count(*separable) == 8768
        assert count(nn.Conv2d(64, 128, 3, bias=False)) == 73_728
        assert right(book["NUMBERS"], "4.2，AlexNet 的 F8") == count(nn.Linear(4096, 1000))
        connected = [nn.Conv2d(3, 1, 5)] * 6 + [nn.Conv2d(4, 1, 5)] * 9 + [nn.Conv2d(6, 1, 5)]  # inputs of each map of C3
        assert right(book["NUMBERS"], "4.1") == count(*connected)
        widths = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
        vgg = [nn.Conv2d(a, b, 3) for a, b in zip(widths, widths[1:])]
        vgg += [nn.Linear(512 * 7 * 7, 4096), nn.Linear(4096, 4096), nn.Linear(4096, 1000)]
        assert f"{count(*vgg):,}" == "138,357,544" and "138,357,544" in PAGE


def test_separable_formula_of_the_book_holds_for_equal_channels_only():
    assert r"应是 $k^2 C_\text{入} + C_\text{入} C_\text{出}$，书上写成了 $(k^2 + C_\text{入})\,C_\text{出}$" in PAGE
    for k in (1, 3, 5):
        for c_in in range(1, 9):
            for c_out in range(1, 9):
                equal = (k * k + c_in) * c_out == k * k * c_in + c_in * c_out
                assert equal == (c_in == c_out)


def test_ssd_counts_its_default_boxes_one_by_one(book):
    places = [(side, row, column, box) for side, boxes in book["SSD"] for row in range(side) for column in range(side) for box in range(boxes)]
    assert len(set(places)) == right(book["NUMBERS"], "8.3") == 8732


@pytest.mark.torch
def test_right_formulas_are_what_pytorch_computes(book):
    import torch
    from torch.nn import functional as F

    x = torch.zeros((), requires_grad=True)
    x.tanh().backward()
    assert right(book["FORMULAS"], "3.4，tanh") == pytest.approx(x.grad.item())
    assert right(book["FORMULAS"], "3.2，sigmoid") == pytest.approx(torch.sigmoid(torch.tensor(1.105905967)).item())
    assert right(book["FORMULAS"], "3.4，softmax") == pytest.approx(F.softmax(torch.tensor([1.0, 2.0, 3.0]), 0)[2].item())
    normalized = F.batch_norm(torch.tensor([[1.0], [2.0], [3.0], [4.0]]), None, None, training=True)
    assert right(book["FORMULAS"], "3.6") == pytest.approx(normalized.mean().item(), abs=1e-6)
    assert book["normalize"]([1, 2, 3, 4]) == pytest.approx(normalized.flatten().tolist(), abs=1e-4)


def test_printed_formulas_give_what_the_page_says(book):
    assert r"导数表里写 $-\tanh^2 x$，应为 $1-\tanh^2 x$" in PAGE
    for k in (2, 3, 7):
        assert book["softmax"](list(range(k)), shared_denominator=False) == pytest.approx([1 / k] * k)
    assert printed(book["FORMULAS"], "3.4，tanh") == 0
    assert printed(book["FORMULAS"], "3.2，sigmoid") == pytest.approx(1 - right(book["FORMULAS"], "3.2，sigmoid"))
    assert printed(book["FORMULAS"], "3.6") == pytest.approx(2 * 2.5 / math.sqrt(1.25))
    assert f"平均是 {printed(book['FORMULAS'], '3.6'):.4f}" in PAGE


def test_verdicts_follow_from_the_numbers(book):
    verdicts = {place: value == computed for place, value, computed in book["NUMBERS"]}
    assert sum(verdicts.values()) == 3 and len(verdicts) - sum(verdicts.values()) == 5
    table = (NOTES / "code" / "cnn_book_checks.out").read_text(encoding="utf-8")
    for place, correct in verdicts.items():
        (row,) = [line for line in table.splitlines() if line.startswith(f"| {place} |")]
        assert row.endswith("| 对 |" if correct else "| 错 |")


def test_sizes_and_parameters_in_sentences(book):
    numbers = book["NUMBERS"]
    whole, parts = 3 * 3 * 64 * 128, 3 * 3 * 64 + 64 * 128
    verdicts = [value == computed for _, value, computed in numbers]
    said = [
        f"错的{'零一二三四五六七八'[verdicts.count(False)]}行",
        f"（原图 5×5）才得 {book['size'](5, 3, 2, 1)}；照它自己的公式代进去是 {book['size'](7, 3, 2, 1)}。",
        f"(224−11)/4 = {(224 - 11) / 4:g}，取整加一是 {book['size'](224, 11, 4)}。",
        f"(224+4−11)/4 = {(224 + 4 - 11) / 4:g}，取整加一是 {book['size'](224, 11, 4, 2)}。",
        f"要得 {book['size'](227, 11, 4)}，输入得是 227，或者填充 2",
        f"**4.3**：要补 1 格才是 {book['size'](224, 7, 2, 1)}。",
        f"3×3×64×128 = {whole:,} 变成 3×3×64 + 64×128 = {parts:,}，大约{'零一二三四五六七八'[round(whole / parts)]}分之一。",
        f"照书上的式子会得 {printed(numbers, '5.4'):,}。",
        f"后面的数 {right(book['FORMULAS'], '3.2，sigmoid'):.4f} 倒是对的",
    ]
    assert not missing(PAGE, said)


def test_rounding_of_roi_pooling_loses_no_column():
    start, end = round(0 / 32), round(665 / 32)  # the code rounds both borders, and both belong to the region
    columns = end - start + 1
    bins = [range(math.floor(i * columns / 7), math.ceil((i + 1) * columns / 7)) for i in range(7)]
    assert set().union(*bins) == set(range(columns)) and sum(map(len, bins)) > columns
    assert f"RoI Pooling 把 {665 / 32:.2f} 取成 20，每格 {20 / 7:.2f} 取成 2 | 真实代码取成 {end}，格子可以重叠" in PAGE


def test_what_was_read_in_the_book_stands_as_it_was_read():
    said = [  # the commits stand under the page's sources
        "书的第一次提交在 2018-06-27",
        "最后一次提交在 2021-10-14",
        "从 2021 年 10 月起没有更新",
        ":   **状态**：最后一次提交 2021-10-14；许可 GPL-3.0",
        "最后一次提交在 2023-08-17",
        "8.5.2 到 8.5.8，包括 OHEM、各种 NMS、「Multi Scale Training/Testing」（多尺度训练只在 8.5.9 提了一句）",
        "第十五章装的是 Ubuntu 16.04 加 CUDA 8.0 或 9.0，推荐的显卡是 GTX 10 系和 RTX 20 系",
        "- **3.2**：文中同时写着输入 7×7 和填充 1。\n  只有当 7 是补过以后的边长",
        "- **4.2 的 224**：照抄了论文里对不上的数；要么输入 227，要么填充 2",
        "- **4.2 的 F8**：表里核的尺寸写的是 4096×1000，参数却又乘了 2。",
        "TensorFlow 1.x 的 `Session` 和 `placeholder`，2.21.0 里这两个名字已经没有了",
        "第八章止于 2019 年的 CBNet，MMDetection 的参考资料到 1.0",
        "3.4.9 的分母里每一项用的都是 $\\theta_i$，于是 K 类各得 1/K；同一章 3.4.2 和 3.4.10 写对了",
        "同一章 3.4.12 写对了",
        "| 4.2 | AlexNet 的 top-5 错误率 15.3% | 那是 7 个网的集成，其中 2 个用了额外数据；单网在验证集上是 18.2% |",
        "| 4.6 | Inception 各支步长 2 | 步长 1；同书 4.6.3 写的就是 1 |",
        "| 5.15 | 卷积时核要旋转 180° |",
    ]
    assert not missing(PAGE, said)
