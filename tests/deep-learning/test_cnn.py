"""docs/deep-learning/cnn.md: sizes and places, against PyTorch, against sliding windows, or against both."""

import itertools
import math
import random
import subprocess
import sys

import pytest

from .notes import DETAILS, example, unsaid

SMALL = list(itertools.product(range(1, 60), range(1, 8), range(1, 8), (1, 2, 3)))  # n, k, s, d


@pytest.fixture
def sizes():
    return example("conv_sizes")


def windows(n, k, s, before, after, d=1):
    """Positions (0 … n − 1) that each window covers, by sliding it over the padded input."""
    starts = range(-before, n + after - d * (k - 1), s)
    return [[start + i * d for i in range(k) if 0 <= start + i * d < n] for start in starts]


# Output size


def test_valid_is_pytorch_without_padding(sizes):
    for n, k, s, d in SMALL:
        if n >= sizes.effective_kernel(k, d):
            assert sizes.valid_size(n, k, s, d) == sizes.torch_size(n, k, s, 0, d) == len(windows(n, k, s, 0, 0, d))


def test_same_is_pytorch_with_half_padding_for_odd_effective_kernels(sizes):
    for n, k, s, d in SMALL:
        reach = sizes.effective_kernel(k, d)
        if reach % 2:
            assert sizes.same_size(n, s) == sizes.torch_size(n, k, s, reach // 2, d)


def test_no_symmetric_padding_gives_same_for_every_length_when_the_effective_kernel_is_even(sizes):
    for k, s, d, p in itertools.product((2, 4, 6), range(1, 8), (1, 3), range(12)):
        assert sizes.effective_kernel(k, d) % 2 == 0
        lengths = range(sizes.effective_kernel(k, d), 60)
        assert any(sizes.torch_size(n, k, s, p, d) != sizes.same_size(n, s) for n in lengths), (k, s, d, p)


def test_ceiling_is_a_floor_of_one_less_plus_one():
    assert all(math.ceil(m / s) == (m - 1) // s + 1 for m in range(1, 500) for s in range(1, 20))


def test_same_padding_is_the_least_that_gives_the_size_and_puts_the_odd_unit_last(sizes):
    for n, k, s, d in SMALL:
        before, after = sizes.same_padding(n, k, s, d)
        total = before + after
        assert after - before in (0, 1)
        assert len(windows(n, k, s, before, after, d)) == sizes.same_size(n, s)
        assert total == 0 or (n + total - 1 - sizes.effective_kernel(k, d)) // s + 1 < sizes.same_size(n, s)


def test_same_padding_is_what_tensorflow_writes_with_two_cases(sizes):
    for n, k, s, d in SMALL:
        reach = sizes.effective_kernel(k, d)
        assert sum(sizes.same_padding(n, k, s, d)) == (max(reach - s, 0) if n % s == 0 else max(reach - n % s, 0))


def test_stride_two_shifts_odd_kernels_by_one_on_even_lengths_only(sizes):
    for n, k in itertools.product(range(1, 200), (3, 5, 7, 9)):
        assert (k - 1) // 2 - sizes.same_padding(n, k, 2)[0] == (1 if n % 2 == 0 else 0)
        assert sizes.same_padding(n, 1, 2) == (0, 0)
    assert sizes.same_padding(224, 7, 2) == (2, 3)
    assert (7 - 1) // 2 - sizes.same_padding(224, 7, 4)[0] == 2


def test_five_strided_layers_end_thirty_one_pixels_apart(sizes):
    """The windows themselves, layer on layer: which pixels does the middle tap of unit 0 come from?"""
    for after, expected in (((1, 1), [0, 0, 0, 0, 0]), (None, [1, 3, 7, 15, 31])):
        pixels, found = list(range(224)), []
        for _ in range(5):
            before, behind = after or sizes.same_padding(len(pixels), 3, 2)
            padded = [None] * before + pixels + [None] * behind
            pixels = [padded[start + 1] for start in range(0, len(padded) - 2, 2)]
            found.append(pixels[0])
        assert found == expected
    assert (sizes.pytorch, sizes.tensorflow) == ([0, 0, 0, 0, 0], [1, 3, 7, 15, 31])


@pytest.mark.parametrize(("side", "pixels"), [(224, 31), (256, 31), (640, 31), (240, 15), (226, 1), (225, 0)])
def test_five_strided_layers_are_thirty_one_apart_only_where_the_side_divides_by_thirty_two(sizes, side, pixels):
    length, apart = side, 0
    for layer in range(5):
        before, _ = sizes.same_padding(length, 3, 2)
        apart += (1 - before) * 2**layer
        length = sizes.same_size(length, 2)
    assert apart == pixels
    if 0 < pixels < 31:
        assert not unsaid(DETAILS, [("32 整除", 31, side, f"{pixels} 个")])


@pytest.mark.torch
def test_size_functions_agree_with_the_layers(sizes):
    import torch.nn.functional as F
    from torch import ones, zeros

    cases = random.Random(0).sample(list(itertools.product(range(1, 30), range(1, 6), range(1, 5), range(4), (1, 2, 3))), 600)
    for n, k, s, p, d in cases:
        if n + 2 * p >= sizes.effective_kernel(k, d):
            y = F.conv1d(zeros(1, 1, n), ones(1, 1, k), stride=s, padding=p, dilation=d)
            assert y.shape[-1] == sizes.torch_size(n, k, s, p, d)
        extra = (n + k) % max(s, d)
        if (full := sizes.transposed_size(n, k, s, p, d, extra)) > 0:
            z = F.conv_transpose1d(zeros(1, 1, n), ones(1, 1, k), stride=s, padding=p, dilation=d, output_padding=extra)
            assert z.shape[-1] == full


# The same size, another place; padding="same"


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
def test_pytorch_same_pads_as_tensorflow_does_at_stride_one(sizes):
    import torch
    import torch.nn.functional as F

    torch.manual_seed(0)
    for n, k, d in itertools.product((1, 4, 7, 12), range(1, 7), (1, 2, 3)):
        x, w = torch.randn(1, 1, n), torch.randn(1, 1, k)
        expected = F.conv1d(F.pad(x, sizes.same_padding(n, k, 1, d)), w, dilation=d)
        assert torch.allclose(F.conv1d(x, w, padding="same", dilation=d), expected, atol=1e-5)


@pytest.mark.torch
def test_an_even_kernel_is_warned_of_once_a_process():
    program = "import torch; f = lambda: torch.conv1d(torch.zeros(1, 1, 4), torch.ones(1, 1, 2), padding='same'); f(); f()"
    done = subprocess.run([sys.executable, "-W", "always", "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.count(warning := "Using padding='same' with even kernel lengths ") == 1
    assert f"第一次另给一条 `{warning}…` 的警告" in DETAILS


@pytest.mark.torch
def test_same_is_refused_where_the_page_says_so():
    import torch
    from torch import nn

    with pytest.raises(RuntimeError, match="padding='same' is not supported for strided convolutions"):
        nn.functional.conv2d(torch.zeros(1, 1, 8, 8), torch.zeros(1, 1, 3, 3), stride=2, padding="same")
    for build in (nn.MaxPool2d, nn.AvgPool2d):
        layer = build(3, padding="same")
        with pytest.raises(TypeError):
            layer(torch.zeros(1, 1, 8, 8))


@pytest.mark.torch
def test_convolution_moves_with_its_input_at_stride_one_and_not_at_stride_two():
    import torch
    import torch.nn.functional as F

    x, w = torch.arange(13.0).view(1, 1, 13) ** 2, torch.tensor([[[1.0, -2.0, 4.0]]])
    here, moved = x[..., 1:], x[..., :-1]  # moved: each value stands one place further right
    assert torch.equal(F.conv1d(moved, w)[..., 1:], F.conv1d(here, w)[..., :-1])
    strided = F.conv1d(here, w, stride=2).flatten().tolist()
    assert not set(F.conv1d(moved, w, stride=2).flatten().tolist()) & set(strided)


# Pooling


@pytest.mark.torch
def test_ceil_mode_drops_the_window_that_starts_in_the_right_padding(sizes):
    import torch.nn.functional as F
    from torch import zeros

    for n, k, s, d in SMALL:
        for p in range(k // 2 + 1):
            if n + 2 * p >= sizes.effective_kernel(k, d) and n <= 25:
                y = F.max_pool1d(zeros(1, 1, n), k, s, p, d, ceil_mode=True)
                assert y.shape[-1] == sizes.pool_size(n, k, s, p, d, ceil_mode=True), (n, k, s, p, d)


def test_googlenet_and_resnet_both_get_56_from_112(sizes):
    assert (sizes.pool_size(112, 3, 2), sizes.pool_size(112, 3, 2, ceil_mode=True), sizes.pool_size(112, 3, 2, 1)) == (55, 56, 56)


@pytest.mark.torch
def test_padding_of_max_pooling_is_held_to_half_the_kernel_and_not_to_half_the_effective_kernel():
    import torch
    from torch.nn import functional as F

    x = torch.zeros(1, 1, 12, 12)
    for kernel, dilation in itertools.product((2, 3, 4, 5), (1, 2, 3)):
        F.max_pool2d(x, kernel, 1, kernel // 2, dilation)
        with pytest.raises(RuntimeError) as refused:
            F.max_pool2d(x, kernel, 1, kernel // 2 + 1, dilation)
        reach = dilation * (kernel - 1) + 1
        assert ("effective" in str(refused.value)) == (kernel // 2 + 1 > reach // 2), "the effective kernel is looked at first"
        with pytest.raises(RuntimeError, match="max_pool1d.*half of kernel size"):
            F.max_pool1d(x[0], kernel, 1, kernel // 2 + 1, dilation)


@pytest.mark.torch
def test_the_divisor_counts_padding_but_nothing_beyond_it(sizes):
    import torch
    import torch.nn.functional as F

    for n, k, s in itertools.product(range(3, 12), (2, 3, 4), (1, 2, 3)):
        x = torch.arange(1.0, n + 1).view(1, 1, n)
        for p, ceil_mode in itertools.product(range(k // 2 + 1), (True, False)):
            if n + 2 * p < k:
                continue
            count = sizes.pool_size(n, k, s, p, ceil_mode=ceil_mode)
            for include in (True, False):
                low, high = (-p, n + p) if include else (0, n)
                expected = []
                for start in range(-p, -p + count * s, s):
                    real = [i + 1 for i in range(start, start + k) if 0 <= i < n]
                    expected.append(sum(real) / sum(low <= i < high for i in range(start, start + k)))
                y = F.avg_pool1d(x, k, s, p, ceil_mode, include)
                assert y.flatten().tolist() == pytest.approx(expected), (n, k, s, p, ceil_mode, include)


# Transposed convolution


@pytest.mark.torch
def test_transposed_convolution_is_the_gradient_and_output_padding_the_remainder(sizes):
    import torch
    import torch.nn.functional as F

    torch.manual_seed(0)
    for n, k, s, p, d in itertools.product((5, 8, 11), (1, 2, 3, 4), (1, 2, 3), (0, 1), (1, 2)):
        span = n + 2 * p - sizes.effective_kernel(k, d)
        x, w = torch.randn(1, 1, n, requires_grad=True), torch.randn(1, 1, k)
        if span < 0:
            continue
        y = F.conv1d(x, w, stride=s, padding=p, dilation=d)
        v = torch.randn_like(y)
        (expected,) = torch.autograd.grad(y, x, v)
        back = F.conv_transpose1d(v, w, stride=s, padding=p, dilation=d, output_padding=span % s)
        assert back.shape[-1] == n and torch.allclose(back, expected, atol=1e-5)


@pytest.mark.torch
def test_checkerboard_counts_are_window_counts():
    import torch
    import torch.nn.functional as F

    for k, s in ((2, 2), (3, 2), (4, 2), (5, 3)):
        places = [sum(u * s <= i < u * s + k for u in range(4)) for i in range(3 * s + k)]
        assert F.conv_transpose1d(torch.ones(1, 1, 4), torch.ones(1, 1, k), stride=s).int().flatten().tolist() == places


# Self-test


def test_self_test_answers(sizes):
    assert (sizes.valid_size(15, 3, 2), sizes.same_size(15, 2), sizes.torch_size(15, 3, 2, 1)) == (7, 8, 8)
    assert sizes.same_padding(15, 3, 2) == (1, 1)
    assert sizes.effective_kernel(5, 2) == 9 and sizes.torch_size(40, 5, 1, 4, 2) == 40
    assert sizes.torch_size(16, 3, 2, 1) == 8 and (16 + 2 - 3) % 2 == 1
    assert (sizes.transposed_size(8, 3, 2, 1), sizes.transposed_size(8, 3, 2, 1, output_padding=1)) == (15, 16)
