"""kernel/roi.mjs against torchvision's compiled operators (recorded, double precision) and the note's Python."""

import itertools

import pytest

from .conftest import NOT_NUMBERS, cases_of, is_error, recorded
from .recorded.cases import regions

CASES = cases_of("roi-explorer")


@pytest.fixture(scope="module")
def cases():
    return regions(CASES)


@pytest.fixture(scope="module")
def answers():
    return recorded("torchvision")


def flat(rows):
    return [value for row in rows for value in row]


def pooled(case):
    return ["roiPool", case["feature"], case["box"], case["bins"], case["scale"]]


def aligned(case, name="roiAlign"):
    return [name, case["feature"], case["box"], case["bins"], case["scale"], case["ratio"], case["aligned"]]


def test_roi_pool_is_that_of_torchvision(kernel, cases, answers):
    assert len(answers["roi_pool"]) == CASES
    for case, ours, theirs in zip(cases, kernel("roi", [pooled(case) for case in cases]), answers["roi_pool"], strict=True):
        assert ours == theirs, case


def test_roi_align_is_that_of_torchvision(kernel, cases, answers):
    assert len(answers["roi_align"]) == CASES
    for case, ours, theirs in zip(cases, kernel("roi", [aligned(case) for case in cases]), answers["roi_align"], strict=True):
        assert flat(ours) == pytest.approx(flat(theirs), abs=1e-9), case


def test_many_boxes_in_one_bin_give_what_each_gives_alone(kernel, cases):
    cases = [case for case in cases[::10] if case["ratio"] >= 0]
    shifts = [0, 0.25, 3, 40]
    moved = [[[case["box"][0] + by, case["box"][1], case["box"][2] + by, case["box"][3]] for by in shifts] for case in cases]
    together = kernel("roi", [["inOneBin", case["feature"], boxes, case["scale"], case["ratio"]] for case, boxes in zip(cases, moved)])
    calls = [
        [name, case["feature"], box, [1, 1], case["scale"], *more]
        for case, boxes in zip(cases, moved) for box in boxes for name, *more in (["roiPool"], ["roiAlign", case["ratio"], True])
    ]
    alone = iter(kernel("roi", calls))
    for case, boxes, answer in zip(cases, moved, together, strict=True):
        assert flat(answer) == [value[0][0] for value in itertools.islice(alone, 2 * len(boxes))], case
    assert all(map(is_error, kernel("roi", [["inOneBin", [[1]], boxes, 1, 2] for boxes in (None, 3, [[0, 0, 1]], [[0, 0, 1, "1"]], [[2, 0, 1, 1]])])))


def test_the_cases_hold_the_hard_ones(cases):
    assert any(min(case["box"]) * case["scale"] < -1 for case in cases) and any(case["box"][0] == case["box"][2] for case in cases)
    assert any(case["box"][2] * case["scale"] > len(case["feature"][0]) for case in cases)
    assert sum(case["box"][0] * case["scale"] % 1 == 0.5 and case["box"][0] < 0 for case in cases) > 5
    assert {(case["ratio"], case["aligned"]) for case in cases} == {(ratio, form) for ratio in (-1, 0, 1, 2, 3) for form in (True, False)}


def test_both_are_those_of_the_note(kernel, cases, code):
    roi = code("detection", "roi")
    ours = kernel("roi", [pooled(case) for case in cases] + [aligned(case) for case in cases])
    for case, pool, align in zip(cases, ours[:CASES], ours[CASES:], strict=True):
        common = case["feature"], case["box"], case["bins"], case["scale"]
        assert pool == roi.roi_pool(*common), case
        assert flat(align) == pytest.approx(flat(roi.roi_align(*common, case["ratio"], case["aligned"])), abs=1e-9), case


def test_samples_make_up_the_output_and_weigh_one(kernel, cases):
    ours = kernel("roi", [aligned(case) for case in cases] + [aligned(case, "samples") for case in cases])
    for case, output, points in zip(cases, ours[:CASES], ours[CASES:], strict=True):
        for value, bin_points in zip(flat(output), flat(points), strict=True):
            read = [sum(n["weight"] * case["feature"][n["row"]][n["column"]] for n in point["neighbours"]) for point in bin_points]
            assert value == pytest.approx(sum(read) / max(len(read), 1), abs=1e-9)
            for point, sum_read in zip(bin_points, read):
                assert point["value"] == pytest.approx(sum_read, abs=1e-9)
                outside = not (-1 <= point["x"] <= len(case["feature"][0]) and -1 <= point["y"] <= len(case["feature"]))
                assert len(point["neighbours"]) == (0 if outside else 4)
                assert outside or sum(n["weight"] for n in point["neighbours"]) == pytest.approx(1)


def test_the_gradient_is_what_one_more_in_a_cell_changes(kernel, cases):
    some = [case for case in cases if len(case["feature"]) * len(case["feature"][0]) < 30][:60]
    calls, cells = [], []
    for case in some:
        spots = [(y, x) for y in range(len(case["feature"])) for x in range(len(case["feature"][0]))]
        more = [[[value + (place == (i, j)) for j, value in enumerate(row)] for i, row in enumerate(case["feature"])] for place in spots]
        calls.append(["gradient", "align", case["feature"], case["box"], case["bins"], case["scale"], [0, case["bins"][1] - 1], case["ratio"], case["aligned"]])
        calls += [aligned(case), *(aligned({**case, "feature": feature}) for feature in more)]
        cells.append(spots)
    answers = iter(kernel("roi", calls))
    for case, spots in zip(some, cells, strict=True):
        gradient, base = next(answers), next(answers)
        for (y, x), output in zip(spots, itertools.islice(answers, len(spots)), strict=True):
            assert gradient[y][x] == pytest.approx(output[0][-1] - base[0][-1], abs=1e-9), case


def test_the_worked_example(kernel):
    feature = [[10 * row + column for column in range(8)] for row in range(8)]
    box = [17, 34, 84, 95]
    pool, false, true, popular = kernel("roi", [
        ["roiPool", feature, box, [2, 2], 1 / 16], ["roiAlign", feature, box, [2, 2], 1 / 16, 2, False],
        ["roiAlign", feature, box, [2, 2], 1 / 16, -1, True], ["poolRegions", [[0] * 25] * 25, [0, 0, 665, 665], [7, 7], 1 / 32],
    ])
    assert pool == [[43, 45], [63, 65]]
    assert flat(false) == pytest.approx([32.890625, 34.984375, 51.953125, 54.046875])
    assert flat(true) == pytest.approx([27.390625, 29.484375, 46.453125, 48.546875])
    assert popular["columns"] == [[0, 4], [3, 7], [6, 10], [9, 13], [12, 16], [15, 19], [18, 22]]


def test_large_boxes_do_not_hang(kernel):
    (whole, split, points) = kernel("roi", [
        ["roiAlign", [[1, 1], [1, 1]], [-1e6, -1e6, 1e6, 1e6], [1, 1], 0.5, 0, True],
        ["roiAlign", [[1, 1], [1, 1]], [0, 0, 1e6, 1e6], [1000, 1000], 1, 1, True],
        ["samples", [[1]], [0, 0, 1e6, 1e6], [1, 1], 1, 0, True],
    ])
    assert 0 < whole[0][0] < 1e-9 and len(split) == 1000 and is_error(points)


def test_impossible_input_is_told(kernel):
    feature, box, bins = [[1, 2], [3, 4]], [0, 0, 1, 1], [1, 1]
    bad = [[value, box, bins, 1] for value in (None, [], [[]], [[1], [1, 2]], [["1"]], [[None]], [[True]], {}, [[{"nan": "NaN"}]])]
    bad += [[feature, value, bins, 1] for value in (None, [0, 0, 1], [0, 0, 1, "1"], [1, 0, 0, 1], [0, 0, 1, 1e7], [0, 0, 1, {"nan": "NaN"}], [0, 0, 1, None])]
    bad += [[feature, box, value, 1] for value in (None, 2, [1], [0, 1], [1.5, 1], ["1", 1], [1, -1], [10**4, 10**4], [10**6 + 1, 1])]
    bad += [[feature, box, bins, value] for value in (*NOT_NUMBERS, 0, -1)] + [[feature, box, bins], []]
    answers = kernel("roi", [["roiPool", *case] for case in bad] + [["roiAlign", *case, 2, True] for case in bad if len(case) == 4]
                     + [["samples", *case, 2, True] for case in bad if len(case) == 4])
    assert all(map(is_error, answers))
    odd = [[feature, box, bins, 1, value, True] for value in (*NOT_NUMBERS, 0.5)] + [[feature, box, bins, 1, 1, value] for value in (0, "true", None)]
    assert all(map(is_error, kernel("roi", [["roiAlign", *case] for case in odd])))
