"""kernel/scales.mjs against mmcv and torchvision (recorded) and the note's Python."""

import pytest

from .conftest import NOT_NUMBERS, cases_of, is_error, recorded
from .recorded.cases import pictures

CASES = cases_of("scale-explorer")


@pytest.fixture(scope="module")
def resize(code):
    return code("detection", "resize")


def limits(case):
    return min(case["limits"]), max(case["limits"])


def test_sizes_are_those_of_mmcv(kernel):
    cases = pictures(CASES)
    assert kernel("scales", [["mmcvSize", case["size"], case["scale"]] for case in cases]) == recorded("mmcv")["sizes"]


def test_sizes_are_those_of_torchvision(kernel):
    cases = [case for case in pictures(CASES) if max(case["size"]) < 20 * min(case["size"])]
    ours = kernel("scales", [["torchvisionSize", case["size"], *limits(case)] for case in cases])
    assert ours == recorded("torchvision")["sizes"] and len(cases) > 0.8 * CASES


def detectron2(width, height, short, longest):
    """ResizeShortestEdge.get_output_shape, statement by statement."""
    scale = short * 1.0 / min(height, width)
    new = (short, scale * width) if height < width else (scale * height, short)
    if max(new) > longest:
        scale = longest * 1.0 / max(new)
        new = new[0] * scale, new[1] * scale
    return [int(new[1] + 0.5), int(new[0] + 0.5)]


def test_sizes_are_those_of_detectron2_and_of_the_note(kernel, resize):
    cases = pictures(CASES)
    for case, ours in zip(cases, kernel("scales", [["detectron2Size", case["size"], *limits(case)] for case in cases])):
        assert ours == detectron2(*case["size"], *limits(case)) == list(resize.detectron2_size(case["size"], *limits(case))), case


def test_levels_are_those_of_the_note_and_change_at_112_224_and_448(kernel, resize, dice):
    cases = [(dice.uniform(0.1, 900), dice.uniform(0.1, 900)) for _ in range(CASES)]
    assert kernel("scales", [["fpnLevel", *case] for case in cases]) == [resize.fpn_level(*case) for case in cases]
    sides = [1e-3, 111.999, 112, 223.999, 224, 447.999, 448, 1e6]
    assert kernel("scales", [["fpnLevel", side, side] for side in sides]) == [2, 2, 3, 3, 4, 4, 5, 5]
    assert kernel("scales", [["fpnLevel", 56, 224], ["fpnLevel", 896, 224]]) == [3, 5]


def test_classes_of_size_have_both_ends(kernel, dice):
    areas = [0, 1023, 1024, 1024.5, 9216, 9217, 1e10, 1e10 + 1] + [dice.uniform(0, 20000) for _ in range(CASES)]
    ranges = {"S": (0, 32**2), "M": (32**2, 96**2), "L": (96**2, 1e5**2)}
    expected = [[name for name, (low, high) in ranges.items() if low <= area <= high] for area in areas]
    assert kernel("scales", [["cocoSizes", area] for area in areas]) == expected
    assert expected[2] == ["S", "M"] and expected[7] == []


def test_the_sizes_of_the_note(kernel):
    assert kernel("scales", [["mmcvSize", [640, 480], [1333, 800]], ["mmcvSize", [1920, 1080], [800, 1333]], ["mmcvSize", [1920, 1080], [1000, 600]],
                             ["detectron2Size", [1920, 1080], 600, 1000], ["torchvisionSize", [640, 480], 800, 1333]]) == [
        [1067, 800], [1333, 750], [1000, 563], [1000, 562], [1066, 800]]


def test_impossible_input_is_told(kernel):
    sizes = [None, [], [1], [0, 5], [5, -1], [1.5, 2], ["5", 5], [10**6 + 1, 5], [True, 5], 5, [5, None]]
    bad = [["mmcvSize", size, 2] for size in sizes] + [["detectron2Size", size, 8, 9] for size in sizes] + [["torchvisionSize", size, 8, 9] for size in sizes]
    bad += [["mmcvSize", [5, 5], value] for value in (*NOT_NUMBERS, 0, -1, [0, 5], [5], [5, "5"], [1, 2, 3], [5, None])] + [["mmcvSize", [5, 5]], ["mmcvSize"]]
    bad += [[name, [5, 5], *case] for name in ("detectron2Size", "torchvisionSize") for case in ([None, 5], [5], [5, "5"], [0, 5], [5, 0], [5, 10**6 + 1])]
    bad += [["fpnLevel", *case] for case in ([0, 5], [5, -1], [5], [None, 5], ["5", 5], [{"nan": "NaN"}, 5], [1e7, 5])]
    bad += [["cocoSizes", value] for value in (*NOT_NUMBERS, -1, 1e13)]
    answers = kernel("scales", bad)
    assert [case for case, answer in zip(bad, answers) if not is_error(answer)] == []
