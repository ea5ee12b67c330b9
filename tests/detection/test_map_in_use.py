"""docs/detection/map-in-use.md: the two files, the classes, the operating points and what other tools compute."""

from fractions import Fraction
from pathlib import Path

import numpy
import pytest

NOTES = Path(__file__).parents[2] / "docs" / "detection"
PAGE = (NOTES / "map-in-use.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def points(code):
    boxes, ap = code("map_boxes"), code("average_precision")
    return ap.curve(ap.match_coco(boxes.TRUTHS, boxes.DETECTIONS), 5)


def test_the_cat_is_computed_by_hand_as_on_the_page(code):
    ap = code("average_precision")
    cat = ap.ap_at(ap.curve([True, False, True], 2), 100)
    dog = ap.ap_at(ap.curve([True], 2), 100)
    assert cat == Fraction(51 + 50 * Fraction(2, 3), 101) == Fraction(253, 303)
    out = (NOTES / "code" / "map_in_use.out").read_text(encoding="utf-8")
    assert f"{float(cat):.4f}" in PAGE
    assert f"AP50 = {float(cat):.4f}" in out and f"AP50 = {float(dog):.4f}" in out
    assert f"AP50 = {float((cat + dog) / 2):.4f}" in out


def test_two_operating_points_share_the_best_f1(points):
    f1 = [2 * p * r / (p + r) for r, p in points]
    best = [number for number, value in enumerate(f1) if value == max(f1)]
    assert best == [3, 6] and max(f1) == Fraction(2, 3)  # the scores 0.70 and 0.40


def trapezoid(points):
    """Lines between the points, 0 to 1 in hundredths, by numpy alone."""
    recall = numpy.array([0, *(r for r, _ in points), 1], dtype=float)
    precision = numpy.array([1, *(p for _, p in points), 0], dtype=float)
    envelope = numpy.maximum.accumulate(precision[::-1])[::-1]
    at = numpy.linspace(0, 1, 101)
    heights = numpy.interp(at, recall, envelope)
    return float(((heights[1:] + heights[:-1]) / 2 * 0.01).sum())


def test_the_trapezoids_of_the_page_are_those_of_numpy(code, points, monkeypatch):
    monkeypatch.chdir(NOTES / "code")  # the program opens its two files beside itself
    example = code("map_in_use")
    assert example.ap_trapezoid(points) == pytest.approx(trapezoid(points))
    assert example.ap_trapezoid(points) > max(float(value) for name, value in example.rows[:3] if "COCO" in name)


@pytest.mark.torch
def test_single_precision_moves_the_points_that_lie_on_a_fraction():
    import torch

    single = torch.linspace(0, 1, 101).tolist()
    assert single[60] > 0.6 and single[80] > 0.8 and single[20] <= 0.2


def test_detections_of_an_unknown_category_count_for_nothing(code):
    module = code("coco_evaluation")
    truths = module.annotations([(1, 1, (0, 0, 50, 50), {})])
    right = (1, 1, (0, 0, 50, 50), 0.5)
    alone = module.evaluate(truths, module.results([right])).stats
    beside = module.evaluate(truths, module.results([right, (1, 7, (100, 0, 150, 50), 0.9)])).stats
    assert alone.tolist() == beside.tolist()


def test_a_point_of_the_eleven_is_lost_at_three_tenths(code):
    quirks = code("map_quirks")
    recall, precision = numpy.arange(1, 7) / 20, numpy.ones(6)
    assert quirks.voc07(recall, precision) == pytest.approx(3 / 11)


def test_ap50_can_be_below_ap_with_a_crowd(code):
    stats = code("map_quirks").stats  # of the last section
    assert stats[1] < stats[0]


def test_the_scenes_are_drawn_as_committed(code):
    assert (NOTES / "map.assets" / "scenes.svg").read_text(encoding="utf-8") == code("draw_scenes").svg()


def test_answers_of_the_self_tests(code):
    ap = code("average_precision")
    assert ap.iou((0, 0, 40, 40), (20, 0, 60, 40)) == Fraction(1, 3)
    assert ap.ap_area(ap.curve([True, True, False, True, False], 4)) == Fraction(11, 16)
