"""docs/deep-learning/500-questions.md: what it says is right or wrong in the book, recomputed another way."""

import math

import pytest

from .cnn_note import NOTES, example

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
