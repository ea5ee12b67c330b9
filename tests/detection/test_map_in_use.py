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


def trapezoid(points, slanting):
    """Lines between the points, 0 to 1 in hundredths, by numpy alone."""
    last = [] if slanting else [points[-1][0]]
    recall = numpy.array([0, *(r for r, _ in points), *last, 1], dtype=float)
    precision = numpy.array([1, *(p for _, p in points), *(0 for _ in last), 0], dtype=float)
    envelope = numpy.maximum.accumulate(precision[::-1])[::-1]
    at = numpy.linspace(0, 1, 101)
    heights = numpy.interp(at, recall, envelope)
    return float(((heights[1:] + heights[:-1]) / 2 * 0.01).sum())


@pytest.mark.parametrize("slanting", [True, False])
def test_the_trapezoids_of_the_page_are_those_of_numpy(code, points, monkeypatch, slanting):
    monkeypatch.chdir(NOTES / "code")  # the program opens its two files beside itself
    assert code("map_in_use").ap_trapezoid(points, slanting) == pytest.approx(trapezoid(points, slanting))


@pytest.mark.parametrize("truths", [10, 100, 1000])
def test_what_is_missed_earns_area_in_the_old_form_however_many_truths_there_are(code, truths):
    """Six tenths found, nothing wrong: 0.8 in the old form, 0.6 in the new one."""
    ap = code("average_precision")
    found = ap.curve([True] * (truths * 6 // 10), truths)
    assert trapezoid(found, True) == pytest.approx(0.8, abs=0.01)
    assert trapezoid(found, False) == pytest.approx(0.6, abs=0.01)


def test_equal_scores_keep_the_order_of_the_file_only_within_an_image(code):
    module = code("coco_evaluation")
    right, wrong = (2, 1, (0, 0, 50, 50), 0.5), (1, 1, (200, 200, 250, 250), 0.5)
    truths = module.annotations([(2, 1, (0, 0, 50, 50), {})])
    values = {module.evaluate(truths, module.results(order)).stats[1] for order in ([right, wrong], [wrong, right])}
    assert values == {0.5}


def test_ap_with_the_crowd_threshold_by_threshold(code):
    quirks, module = code("map_quirks"), code("coco_evaluation")
    evaluation = module.evaluate(quirks.people, quirks.boxes)
    each = [round(float(evaluation.eval["precision"][step, :, 0, 0, 2].mean()), 3) for step in range(10)]
    assert each == [0.835] * 2 + [1.0] * 5 + [0.667] * 3


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


def test_the_first_index_alone_makes_ap50_of_the_cat(code, monkeypatch):
    """The self-test: index 0 takes the threshold 0.50 and no other."""
    monkeypatch.chdir(NOTES / "code")
    precision = code("map_in_use").evaluation.eval["precision"]
    half, whole = precision[0, :, 0, 0, -1].mean(), precision[:, :, 0, 0, -1].mean()
    assert f"印出来的是 AP50：猫得 {half:.4f}，它的 AP 是 {whole:.4f}" in PAGE


@pytest.mark.parametrize("truths", [10, 100, 1000])
def test_a_curve_that_ends_on_a_point_loses_it_however_many_truths_there_are(code, truths):
    quirks, module = code("map_quirks"), code("coco_evaluation")
    hits = truths * 7 // 10
    assert round(module.evaluate(*quirks.found(hits, truths)).stats[1] * 101) == 70


def test_a_curve_that_goes_on_hardly_loses(code):
    """Seven tenths right, one wrong, two tenths more right: what the point at 7/10 reads one step to the right is nearly as high."""
    ap = code("average_precision")
    lost = {}
    for truths in (10, 1000):
        points = ap.curve([True] * (truths * 7 // 10) + [False] + [True] * (truths * 2 // 10), truths)
        recall, precision = numpy.array(points, dtype=float).T
        read = [max(precision[recall >= point], default=0.0) for point in numpy.linspace(0, 1, 101)]
        lost[truths] = float(ap.ap_at(points, 100)) - sum(read) / 101
    assert lost[10] > 50 * abs(lost[1000])
