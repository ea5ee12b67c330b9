"""docs/deep-learning/500-questions.md: what it says is right or wrong in the book, recomputed another way."""

import math
import re

import pytest

from .notes import NOTES, example, unsaid

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
        assert right(book["NUMBERS"], "4.1，LeNet-5 的 C3") == count(*connected)
        widths = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
        vgg = [nn.Conv2d(a, b, 3) for a, b in zip(widths, widths[1:])]
        vgg += [nn.Linear(512 * 7 * 7, 4096), nn.Linear(4096, 4096), nn.Linear(4096, 1000)]
        assert f"{count(*vgg):,}" == "138,357,544" and "138,357,544" in PAGE


def test_separable_formula_of_the_book_holds_for_equal_channels_only():
    assert not unsaid(PAGE, [(r"k^2 C_\text{入} + C_\text{入} C_\text{出}", r"(k^2 + C_\text{入})\,C_\text{出}")])
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
    assert not unsaid(PAGE, [(r"$-\tanh^2 x$", r"$1-\tanh^2 x$")])
    for k in (2, 3, 7):
        assert book["softmax"](list(range(k)), shared_denominator=False) == pytest.approx([1 / k] * k)
    assert printed(book["FORMULAS"], "3.4，tanh") == 0
    assert printed(book["FORMULAS"], "3.2，sigmoid") == pytest.approx(1 - right(book["FORMULAS"], "3.2，sigmoid"))
    assert printed(book["FORMULAS"], "3.6") == pytest.approx(2 * 2.5 / math.sqrt(1.25))
    assert not unsaid(PAGE, [("加号", f"{printed(book['FORMULAS'], '3.6'):.4f}")])


def test_verdicts_follow_from_the_numbers(book):
    verdicts = {place: value == computed for place, value, computed in book["NUMBERS"]}
    assert sum(verdicts.values()) == 3 and len(verdicts) - sum(verdicts.values()) == 7
    table = (NOTES / "code" / "cnn_book_checks.out").read_text(encoding="utf-8")
    for place, correct in verdicts.items():
        (row,) = [line for line in table.splitlines() if line.startswith(f"| {place} |")]
        assert row.endswith("| 对 |" if correct else "| 漏写填充 |" if "不填充" in place else "| 错 |")


def test_sizes_and_parameters_in_sentences(book):
    numbers = book["NUMBERS"]
    whole, parts = 3 * 3 * 64 * 128, 3 * 3 * 64 + 64 * 128
    wrong = [place for place, value, computed in numbers if value != computed]
    unpadded = [place for place in wrong if "不填充" in place]
    facts = [
        (f"错的{'零一二三四五六七八'[len(wrong) - len(unpadded)]}行", f"另有{'零一两三'[len(unpadded)]}行"),
        ("5×5", f"才得 {book['size'](5, 3, 2, 1)}", f"是 {book['size'](7, 3, 2, 1)}。"),
        (f"(224−11)/4 = {(224 - 11) / 4:g}", book["size"](224, 11, 4)),
        (f"(224+4−11)/4 = {(224 + 4 - 11) / 4:g}", book["size"](224, 11, 4, 2)),
        (book["size"](227, 11, 4), 227, "填充 2"),
        ("4.3", f"{book['size'](224, 7, 2, 1)}。"),
        (f"3×3×64×128 = {whole}", f"3×3×64 + 64×128 = {parts}", f"{'零一二三四五六七八'[round(whole / parts)]}分之一"),
        (printed(numbers, "5.4"), "书上的式子"),
        (f"{right(book['FORMULAS'], '3.2，sigmoid'):.4f}", "负号"),
    ]
    assert not unsaid(PAGE, facts)
    answers = [f"{book['size'](224, 11, 4)} 2", f"{whole} {parts}", f"{printed(book['FORMULAS'], '3.6'):.4f} 0"]
    assert re.findall(r'data-answer="([^"]+)"', PAGE) == answers


def test_the_reduced_inception_of_the_book_is_counted_in_neither_way(book):
    """Its figure has a 1 x 1 after the pooling; whatever that puts out, 5,248 does not come out."""
    c1, c2 = 16, 8
    counted = [c1 * c1 + 2 * c1 * c2 + 9 * c2 * c1 + 25 * c2 * c1 + c1 * pooled for pooled in (c1, c2)]
    assert counted == [right(book["NUMBERS"], "5.8"), 4992] and printed(book["NUMBERS"], "5.8") not in counted
    assert not unsaid(PAGE, [(printed(book["NUMBERS"], "5.8"), *counted)])


def test_rounding_of_roi_pooling_loses_no_column():
    start, end = round(0 / 32), round(665 / 32)  # the code rounds both borders, and both belong to the region
    columns = end - start + 1
    bins = [range(math.floor(i * columns / 7), math.ceil((i + 1) * columns / 7)) for i in range(7)]
    assert set().union(*bins) == set(range(columns)) and sum(map(len, bins)) > columns
    assert not unsaid(PAGE, [(f"{665 / 32:.2f}", f"{20 / 7:.2f}", f"真实代码取成 {end}")])


def test_what_was_read_in_the_book_stands_as_it_was_read():
    facts = [  # the commits stand under the page's sources
        ("第一次提交", "2018-06-27"),
        ("最后一次提交", "2021-10-14"),
        ("没有更新", "2021 年 10 月"),
        ("最后一次提交", "2021-10-14", "GPL-3.0"),
        ("d2l", "2023-08-17"),
        ("8.5.2", "8.5.8"),
        ("8.3.4", "8.2.5", "8.5.9"),
        ("8.5.4", "空的"),
        ("Ubuntu 16.04", "CUDA 8.0", "9.0"),
        ("tf.Session", "tf.placeholder", "2.21.0", "tf.compat.v1"),
        ("CBNet", 2019),
        ("3.4.9", "1/K", "3.4.2", "3.4.10"),
        ("3.4.12",),
        ("15.3%", "7 个网", "2 个", "18.2%"),
        ("4.6", "步长 2", "步长 1", "4.6.3"),
        ("5.15", "180°"),
        ("第三、四、五、八、十二、十五章",),
    ]
    assert not unsaid(PAGE, facts)
