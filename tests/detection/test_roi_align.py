"""docs/detection/roi-align.md: the reference implementations against torchvision's operators, torch and the page."""

import json
import math
from pathlib import Path

import pytest

NOTES = Path(__file__).parents[2] / "docs" / "detection"
PAGE = (NOTES / "roi-align.md").read_text(encoding="utf-8")
FEATURE = [[10 * row + column for column in range(8)] for row in range(8)]
BOX, SCALE = (17, 34, 84, 95), 1 / 16


@pytest.fixture(scope="module")
def roi(code):
    return code("roi")


@pytest.fixture(scope="module")
def torchvision(recorded):
    return recorded("torchvision")


def flat(rows):
    return [value for row in rows for value in row]


# Against the compiled operators of torchvision 0.14.1, whose results are recorded


def test_roi_pool_is_that_of_torchvision(roi, torchvision):
    assert len(torchvision["roi_pool"]) == 80
    for case in torchvision["roi_pool"]:
        assert roi.roi_pool(case["feature"], case["box"], case["bins"], case["scale"]) == case["output"], json.dumps(case)


def test_roi_align_is_that_of_torchvision(roi, torchvision):
    assert len(torchvision["roi_align"]) == 100
    for case in torchvision["roi_align"]:
        ours = roi.roi_align(case["feature"], case["box"], case["bins"], case["scale"], case["ratio"], case["aligned"])
        assert flat(ours) == pytest.approx(flat(case["output"]), abs=1e-5), json.dumps(case)


def test_the_record_has_the_hard_cases(torchvision):
    """Boxes outside of the map, of no width, on halves of cells: else the two tests above would prove little."""
    pooled, aligned = torchvision["roi_pool"], torchvision["roi_align"]
    assert any(min(case["box"][:2]) < 0 for case in pooled + aligned)
    assert any(case["box"][2] * case["scale"] > len(case["feature"][0]) for case in pooled + aligned)
    assert any(abs(x * case["scale"]) % 1 == 0.5 and x < 0 for case in pooled for x in case["box"])
    assert any(case["box"][0] == case["box"][2] for case in pooled) and any(case["box"][0] == case["box"][2] for case in aligned)
    assert {case["aligned"] for case in aligned} == {True, False}
    assert {case["ratio"] for case in aligned} >= {-1, 0, 1, 2, 3}


def test_single_precision_shows_the_last_of_seven_bins_one_more_column_at_57_and_114(roi, torchvision):
    for case, size in zip(torchvision["wide"], (57, 114), strict=True):
        assert case["output"][0][-1] == size  # columns 0 … size - 1 belong to the region
        assert case["output"][0][:-1] == roi.roi_pool(case["feature"], case["box"], (1, 7), 1)[0][:-1]
        assert roi.roi_pool(case["feature"], case["box"], (1, 7), 1)[0][-1] == size - 1


# Against torch


@pytest.mark.torch
def test_bins_are_those_of_adaptive_max_pool(roi):
    import torch

    for size in range(1, 40):
        row = [(7 * i) % size for i in range(size)]  # no order in it
        for bins in range(1, 9):
            theirs = torch.nn.functional.adaptive_max_pool1d(torch.tensor([[row]]).float(), bins)[0, 0].tolist()
            assert roi.roi_pool([row], (0, 0, size - 1, 0), (1, bins), 1)[0] == theirs


@pytest.mark.torch
def test_aligned_samples_are_those_of_grid_sample(roi):
    """Inside the map: grid_sample(align_corners=False) has the same pixel centres, at i + 0.5."""
    import torch

    torch.manual_seed(0)
    feature = torch.rand(7, 9, dtype=torch.float64)
    for x1, y1, x2, y2 in (torch.rand(30, 4, dtype=torch.float64) * torch.tensor([4.0, 3.0, 4.0, 3.0])).tolist():
        box = (x1 + 0.5, y1 + 0.5, x1 + x2 + 0.5, y1 + y2 + 0.5)
        ys = torch.tensor(flat(roi.sample_points(box[1], box[3], 2, 3)), dtype=torch.float64)
        xs = torch.tensor(flat(roi.sample_points(box[0], box[2], 3, 3)), dtype=torch.float64)
        grid = torch.stack(torch.meshgrid(2 * xs / 9 - 1, 2 * ys / 7 - 1, indexing="xy"), -1)
        values = torch.nn.functional.grid_sample(feature[None, None], grid[None], align_corners=False, padding_mode="border")
        theirs = torch.nn.functional.avg_pool2d(values, 3)[0, 0]
        assert flat(roi.roi_align(feature.tolist(), box, (2, 3), 1, 3, True)) == pytest.approx(flat(theirs.tolist()))


# The rules as the page states them


def test_bins_may_overlap_and_never_leave_a_column_out(roi):
    for size in range(1, 60):
        for count in range(1, 15):
            bins = roi.pool_bins(0, size - 1, count, size)
            assert {column for first, last in bins for column in range(first, last)} == set(range(size))
            assert all(before[1] >= after[0] for before, after in zip(bins, bins[1:]))
            assert bins == [(i * size // count, math.ceil((i + 1) * size / count)) for i in range(count)]


def test_the_worked_example(roi):
    assert [end * SCALE for end in BOX] == [1.0625, 2.125, 5.25, 5.9375]
    assert roi.roi_pool(FEATURE, BOX, (2, 2), SCALE) == [[43, 45], [63, 65]]
    # What torchvision 0.14.1 printed for the same box, to four places.
    legacy = [32.8906, 34.9844, 51.9531, 54.0469]
    assert flat(roi.roi_align(FEATURE, BOX, (2, 2), SCALE, 2, False)) == pytest.approx(legacy, abs=5e-5)
    better = [27.3906, 29.4844, 46.4531, 48.5469]
    assert flat(roi.roi_align(FEATURE, BOX, (2, 2), SCALE, 2, True)) == pytest.approx(better, abs=5e-5)


def test_the_upper_left_bin_by_hand(roi):
    x, y = 1.0625 + 4.1875 / 4, 2.125 + 3.8125 / 4
    assert (x, y) == (2.109375, 3.078125)
    assert 10 * (y - 0.5) + (x - 0.5) == 27.390625 == roi.roi_align(FEATURE, BOX, (2, 2), SCALE, 2, True)[0][0]
    for number in ("4.1875", "3.8125", "2.109375", "3.078125", "27.390625", "横跨 4.19 格、纵跨 3.81 格"):
        assert number in PAGE


def test_on_a_linear_map_the_number_of_samples_does_not_matter(roi):
    once = roi.roi_align(FEATURE, BOX, (2, 2), SCALE, 1, True)
    for ratio in (-1, 0, 2, 3, 5):
        assert flat(roi.roi_align(FEATURE, BOX, (2, 2), SCALE, ratio, True)) == pytest.approx(flat(once))


def test_the_popular_example_covers_22_columns_and_drops_none(roi):
    for left in (0, 64):
        bins = roi.pool_bins(left / 32, (left + 665) / 32, 7, 25)
        assert bins[-1][1] - bins[0][0] == 22
        assert [last - first for first, last in bins] == [4] * 7
        assert [before[1] - after[0] for before, after in zip(bins, bins[1:])] == [1] * 6
    assert f"{665 / 32:.2f}" == "20.78" and f"{20 / 7:.2f}" == "2.86" and 20 - 7 * 2 == 6


def test_a_ramp_of_cell_centres_tells_aligned_from_not(roi):
    ramp = [[x + 0.5 for x in range(16)] for _ in range(16)]
    centres = [3.3 + (i + 0.5) * 1.6 for i in range(4)]
    assert roi.roi_align(ramp, (3.3, 3.3, 9.7, 9.7), (1, 4), 1, 2, True)[0] == pytest.approx(centres)
    assert roi.roi_align(ramp, (3.3, 3.3, 9.7, 9.7), (1, 4), 1, 2, False)[0] == pytest.approx([c + 0.5 for c in centres])
    tiny = (5, 5, 5.2, 5.2)
    assert roi.roi_align(ramp, tiny, (1, 2), 1, 2, False) == roi.roi_align(ramp, (5, 5, 6, 6), (1, 2), 1, 2, False)
    assert roi.roi_align(ramp, tiny, (1, 2), 1, 2, True)[0] == pytest.approx([5.05, 5.15])


def test_two_pixels_to_the_right_raise_roi_align_by_an_eighth_each_time(roi):
    boxes = [(17 + shift, 34, 84 + shift, 95) for shift in range(0, 18, 2)]
    slid = [roi.roi_align(FEATURE, box, (1, 1), SCALE, 2, True)[0][0] for box in boxes]
    assert [after - before for before, after in zip(slid, slid[1:])] == pytest.approx([0.125] * 8)
    assert [roi.roi_pool(FEATURE, box, (1, 1), SCALE)[0][0] for box in boxes] == [65, 65, 66, 66, 66, 66, 66, 66, 66]


def test_a_tenth_of_a_pixel_moves_the_start_by_a_column(roi):
    assert roi.rounded(24 / 16) == 2 and roi.rounded(23.9 / 16) == 1
    assert roi.pool_bins(0, 4, 2, 9) == [(0, 3), (2, 5)]


def test_the_bins_are_drawn_as_committed(code):
    assert (NOTES / "roi-align.assets" / "bins.svg").read_text(encoding="utf-8") == code("draw_roi").svg()


def test_mmdet_s_configurations_leave_aligned_to_mmcv_and_let_the_box_choose_the_samples():
    from tests.mmdetection.wheel import load

    head = load("configs/_base_/models/faster-rcnn_r50_fpn.py").model.roi_head
    assert dict(head.bbox_roi_extractor.roi_layer) == {"type": "RoIAlign", "output_size": 7, "sampling_ratio": 0}
