"""docs/detection/map.md: every number on the page, against pycocotools, against counting, or against both."""

import ast
import inspect
import random
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import numpy
import pytest

from tests.mmdetection.wheel import package

NOTES = Path(__file__).parents[2] / "docs" / "detection"
PAGE = (NOTES / "map.md").read_text(encoding="utf-8")
BOX, FAR = (0, 0, 50, 50), (200, 200, 250, 250)


@pytest.fixture(scope="module")
def ap(code):
    return code("average_precision")


@pytest.fixture(scope="module")
def coco(code):
    """Evaluate (image, category, box, …) tuples with pycocotools; further fields of a truth are its annotation's."""
    module = code("coco_evaluation")

    def run(truths, detections):
        truths = [(*truth, {})[:4] for truth in truths]
        return module.evaluate(module.annotations(truths), module.results(detections))

    return run


@pytest.fixture(scope="module")
def worked(code, ap):
    """The worked example: truths, detections, marks and points of the curve."""
    boxes = code("map_boxes")
    marks = ap.match_coco(boxes.TRUTHS, boxes.DETECTIONS)
    return boxes.TRUTHS, boxes.DETECTIONS, marks, ap.curve(marks, 5)


def scene(seed, truths=7, detections=14):
    """Random crowded boxes in two images; a prime number of truths, so that no recall but 0 and 1 is a hundredth."""
    dice = random.Random(seed)
    objects = {1: [], 2: []}
    for _ in range(truths):
        x, y = dice.randint(0, 12), dice.randint(0, 12)
        objects[dice.choice((1, 2))].append((x, y, x + dice.randint(12, 20), y + dice.randint(12, 20)))
    places = [(image, box) for image, boxes in objects.items() for box in boxes]
    found = []
    for score in dice.sample(range(1, 1000), detections):
        image, (x1, y1, x2, y2) = dice.choice(places)
        dx, dy = dice.randint(-4, 4), dice.randint(-4, 4)
        found.append((image, (x1 + dx, y1 + dy, x2 + dx, y2 + dy + dice.randint(0, 3)), score / 1000))
    return objects, found


def as_coco(truths, detections):
    return (
        [(image, 1, box) for image, boxes in truths.items() for box in boxes],
        [(image, 1, box, score) for image, box, score in detections],
    )


# IoU


def test_the_plus_one_convention_counts_pixels(ap):
    def pixels(box):
        return {(x, y) for x in range(box[0], box[2] + 1) for y in range(box[1], box[3] + 1)}

    for seed in range(40):
        truths, detections = scene(seed)
        for image, box, _ in detections:
            for truth in truths[image]:
                a, b = pixels(box), pixels(truth)
                assert ap.iou(box, truth, extra=1) == Fraction(len(a & b), len(a | b))


def test_the_continuous_convention_is_that_of_pycocotools(ap):
    from pycocotools import mask

    for seed in range(20):
        truths, detections = scene(seed)
        for image, box, _ in detections:
            for truth in truths[image]:
                x, y, right, low = box
                u, v, far, deep = truth
                (theirs,) = mask.iou([[x, y, right - x, low - y]], [[u, v, far - u, deep - v]], [0]).ravel()
                assert float(ap.iou(box, truth)) == pytest.approx(theirs, abs=1e-15)


def test_half_a_small_box_passes_a_strict_one_half_only_with_plus_one(ap):
    whole, half = (0, 0, 10, 10), (0, 0, 10, 5)
    assert ap.iou(whole, half) == Fraction(1, 2)
    assert ap.iou(whole, half, extra=1) == Fraction(66, 121) == Fraction(6, 11)


# Matching


def test_matching_and_101_points_are_those_of_pycocotools(ap, coco):
    for seed in range(60):
        truths, detections = scene(seed)
        evaluation = coco(*as_coco(truths, detections))
        for step in range(10):
            threshold = Fraction(50 + 5 * step, 100)
            ours = ap.ap_at(ap.curve(ap.match_coco(truths, detections, threshold), 7), 100)
            assert evaluation.eval["precision"][step, :, 0, 0, 2].mean() == pytest.approx(float(ours), abs=1e-12)


def test_random_scenes_tell_the_two_rules_apart(ap):
    different = 0
    for seed in range(60):
        truths, detections = scene(seed)
        different += ap.match_voc(truths, detections, extra=0) != ap.match_coco(truths, detections)
    assert different > 5


def test_voc_marks_the_second_of_two_rivals_wrong_and_coco_right(ap, coco):
    truths = {1: [(0, 0, 100, 100), (20, 0, 120, 100)]}
    pair = [(1, (5, 0, 105, 100), 0.9), (1, (8, 0, 108, 100), 0.8)]
    assert ap.match_voc(truths, pair) == [True, False]
    assert ap.match_coco(truths, pair) == [True, True]
    assert coco(*as_coco(truths, pair)).stats[1] == 1


def test_an_iou_of_exactly_the_threshold_counts_in_coco_and_not_in_voc(ap, coco):
    truths, detections = {1: [(0, 0, 10, 10)]}, [(1, (0, 0, 10, 5), 0.9)]
    assert ap.match_coco(truths, detections) == [True]
    assert ap.match_voc(truths, detections, extra=0) == [False]
    assert coco(*as_coco(truths, detections)).stats[1] == pytest.approx(1)


def test_of_equal_ious_coco_takes_the_later_truth_and_voc_the_first(ap, coco):
    # The first detection overlaps both truths alike; the second overlaps only the first truth.
    truths = {1: [(0, 0, 10, 10), (4, 0, 14, 10)]}
    detections = [(1, (2, 0, 12, 10), 0.9), (1, (0, 0, 10, 10), 0.8)]
    assert ap.iou(truths[1][0], detections[0][1]) == ap.iou(truths[1][1], detections[0][1]) == Fraction(2, 3)
    assert ap.match_coco(truths, detections) == [True, True]
    assert ap.match_voc(truths, detections, extra=0) == [True, False]
    assert coco(*as_coco(truths, detections)).stats[1] == 1


def test_a_crowd_is_measured_by_the_detection_and_may_be_met_often(coco):
    people = [(1, 1, BOX), (1, 1, (100, 0, 300, 200), {"iscrowd": 1})]
    inside = [(1, 1, (110 + 30 * i, 10, 130 + 30 * i, 60), 0.9 - i / 100) for i in range(5)]
    evaluation = coco(people, [*inside, (1, 1, BOX, 0.5)])
    assert evaluation.stats[1] == pytest.approx(1)  # five higher boxes, none a false positive
    outside = coco(people, [(1, 1, FAR, 0.9), (1, 1, BOX, 0.5)])
    assert outside.stats[1] == 0.5


def test_a_category_without_truths_is_minus_one_and_left_out_of_the_mean(coco, code):
    module = code("coco_evaluation")
    truths = module.annotations([(1, 1, BOX, {}), (1, 2, FAR, {"iscrowd": 1})])  # category 2 has nothing to find
    evaluation = module.evaluate(truths, module.results([(1, 1, BOX, 0.9), (1, 2, BOX, 0.9)]))
    assert evaluation.eval["precision"][0, :, 1, 0, 2].tolist() == [-1] * 101
    assert evaluation.stats[1] == pytest.approx(1)


def test_a_stricter_threshold_never_raises_ap(ap):
    for seed in range(60):
        truths, detections = scene(seed)
        values = [ap.ap_at(ap.curve(ap.match_coco(truths, detections, Fraction(t, 20)), 7), 100) for t in range(10, 20)]
        assert values == sorted(values, reverse=True)


# The worked example


def test_the_three_areas_are_the_sums_on_the_page(ap, worked):
    *_, points = worked
    eleven, area, hundred = ap.ap_at(points, 10), ap.ap_area(points), ap.ap_at(points, 100)
    assert eleven == Fraction(3 + 4 * Fraction(3, 4) + 2 * Fraction(4, 7), 11) == Fraction(50, 77)
    assert area == Fraction(1, 5) + Fraction(2, 5) * Fraction(3, 4) + Fraction(1, 5) * Fraction(4, 7) == Fraction(43, 70)
    assert hundred == Fraction(21 + 40 * Fraction(3, 4) + 20 * Fraction(4, 7), 101) == Fraction(437, 707)
    for fraction in (r"\frac{50}{77}", r"\frac{43}{70}", r"\frac{437}{707}"):
        assert fraction in PAGE
    assert round(100 * float(eleven - area), 1) == 3.5
    assert "三个数差了 3.5 个百分点" in PAGE


def test_pycocotools_gives_the_twelve_numbers(ap, coco, worked):
    truths, detections, *_ = worked
    stats = coco(*as_coco(truths, detections)).stats
    by_threshold = [
        ap.ap_at(ap.curve(ap.match_coco(truths, detections, Fraction(50 + 5 * step, 100)), 5), 100) for step in range(10)
    ]
    assert stats[0] == stats[4] == pytest.approx(float(sum(by_threshold) / 10))
    assert stats[1] == stats[2] == pytest.approx(float(Fraction(437, 707)))
    assert list(stats[[3, 5, 9, 11]]) == [-1] * 4
    found = [sum(ap.match_coco(truths, detections, Fraction(50 + 5 * step, 100))) for step in range(10)]
    assert stats[8] == stats[7] == pytest.approx(sum(found) / 50)
    assert f"{stats[0]:.6f}" == "0.415240" and "0.415240" in PAGE


def test_the_area_is_the_mean_over_objects_of_the_best_precision_that_finds_so_many(ap):
    for seed in range(40):
        truths, detections = scene(seed)
        points = ap.curve(ap.match_coco(truths, detections), 7)
        best = [max((p for r, p in points if r * 7 >= k), default=0) for k in range(1, 8)]
        assert ap.ap_area(points) == Fraction(sum(best), 7)


def test_only_the_order_matters_and_cutting_scores_only_lowers(ap):
    for seed in range(40):
        truths, detections = scene(seed)

        def value(boxes):
            return ap.ap_area(ap.curve(ap.match_coco(truths, boxes), 7))

        whole = value(detections)
        assert value([(image, box, score**2) for image, box, score in detections]) == whole
        assert value(detections + [(1, FAR, 0.0001)] * 9) == whole
        assert value([d for d in detections if d[2] >= 0.5]) <= whole


def test_scikit_learn_divides_by_the_positives_among_the_detections(worked):
    from sklearn.metrics import average_precision_score

    _, detections, marks, points = worked
    precisions = [p for (_, p), hit in zip(points, marks) if hit]
    theirs = average_precision_score(marks, [score for *_, score in detections])
    assert theirs == pytest.approx(float(sum(precisions) / 4)) == pytest.approx(0.747024, abs=5e-7)
    assert sum(precisions) / 5 == Fraction(251, 420)


# Self-test


def test_the_sixth_detection_matters_at_099_and_not_at_045(ap, worked):
    truths, detections, _, points = worked

    def value(score):
        changed = [*detections[:5], (*detections[5][:2], score), detections[6]]
        return ap.ap_at(ap.curve(ap.match_coco(truths, changed), 5), 100)

    assert value(0.45) == ap.ap_at(points, 100) > value(0.99)


def test_a_second_copy_of_all_boxes_with_lower_scores_changes_nothing_here(ap, worked):
    truths, detections, _, points = worked
    copies = [(image, box, score - 1) for image, box, score in detections]
    assert ap.ap_at(ap.curve(ap.match_coco(truths, detections + copies), 5), 100) == ap.ap_at(points, 100)


# Programs


@pytest.fixture(scope="module")
def mmdet():
    """The functions of mmdet 3.3.0's VOC evaluation, cut out of their files, since the package asks for mmcv."""
    names = {"np": numpy}
    for file in ("bbox_overlaps.py", "mean_ap.py"):
        tree = ast.parse((package() / "evaluation" / "functional" / file).read_text(encoding="utf-8"))
        functions = [part for part in tree.body if isinstance(part, ast.FunctionDef)]
        exec(compile(ast.Module(functions, []), file, "exec"), names)
    return SimpleNamespace(**names)


@pytest.mark.parametrize("extra", [0, 1])
def test_voc_matching_is_that_of_mmdet(ap, mmdet, extra):
    for seed in range(60):
        truths, detections = scene(seed)
        ours = ap.match(truths, detections, lambda overlap: overlap >= Fraction(1, 2), skip_taken=False, extra=extra)
        best_first = sorted(detections, key=lambda detection: -detection[2])
        for image in truths:
            boxes = numpy.array([[*box, score] for where, box, score in best_first if where == image]).reshape(-1, 5)
            objects = numpy.array(truths[image]).reshape(-1, 4)
            hits, _ = mmdet.tpfp_default(boxes, objects, numpy.zeros((0, 4)), use_legacy_coordinate=bool(extra))
            assert hits[0].tolist() == [hit for hit, (where, *_) in zip(ours, best_first) if where == image]


def test_mmdet_gives_the_same_area(ap, mmdet):
    for seed in range(40):
        truths, detections = scene(seed)
        points = ap.curve(ap.match_coco(truths, detections), 7)
        recall, precision = numpy.array(points, dtype=float).T
        assert mmdet.average_precision(recall, precision) == pytest.approx(float(ap.ap_area(points)), abs=1e-6)


def test_eleven_points_as_programmed_lose_the_point_at_three_fifths(mmdet, worked):
    *_, points = worked
    recall, precision = numpy.array(points, dtype=float).T
    lost = Fraction(50, 77) - Fraction(3, 44) + Fraction(4, 77)  # at 3/5 the step of 4/7 is read instead of 3/4
    assert mmdet.average_precision(recall, precision, mode="11points") == pytest.approx(float(lost), abs=1e-6)
    assert float(lost) == pytest.approx(0.633117, abs=5e-7)


def test_mmdet_adds_one_in_its_metric_and_not_in_its_function(mmdet):
    assert inspect.signature(mmdet.eval_map).parameters["use_legacy_coordinate"].default is False
    metric = (package() / "evaluation" / "metrics" / "voc_metric.py").read_text(encoding="utf-8")
    (call,) = [
        node for node in ast.walk(ast.parse(metric)) if isinstance(node, ast.Call) and ast.unparse(node.func) == "eval_map"
    ]
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    assert given["use_legacy_coordinate"] == "True"


def test_an_id_of_zero_halves_the_precision_because_its_detection_counts_as_wrong(code):
    module = code("coco_evaluation")
    two = [(1, 1, BOX, {}), (2, 1, BOX, {})]
    right = module.results([(1, 1, BOX, 0.9), (2, 1, BOX, 0.8)])
    assert module.evaluate(module.annotations(two, 1), right).stats[1] == 1
    assert module.evaluate(module.annotations(two, 0), right).stats[1] == pytest.approx(51 / 2 / 101)


@pytest.mark.parametrize(("rank", "recall"), [(100, 1), (101, 0)])
def test_the_hundred_detections_are_counted_in_each_category(coco, rank, recall):
    boxes = [(1, c, FAR, 0.9) for c in (1, 2) for _ in range(rank - 1)] + [(1, c, BOX, 0.5) for c in (1, 2)]
    assert coco([(1, 1, BOX), (1, 2, BOX)], boxes).stats[8] == recall


def test_an_area_of_1024_is_small_and_medium_and_the_field_decides(coco):
    square = coco([(1, 1, (0, 0, 32, 32))], [(1, 1, (0, 0, 32, 32), 0.9)]).stats
    assert square[3] == pytest.approx(1) and square[4] == pytest.approx(1) and square[5] == -1
    thin = coco([(1, 1, (0, 0, 60, 60), {"area": 900})], [(1, 1, (0, 0, 60, 60), 0.9)]).stats
    assert thin[3] == pytest.approx(1) and thin[4] == -1


def test_the_ignore_field_of_a_truth_is_overwritten(coco):
    stats = coco([(1, 1, BOX), (1, 1, FAR, {"ignore": 1})], [(1, 1, BOX, 0.9)]).stats
    assert stats[1] == pytest.approx(51 / 101)  # one of two found: the ignored truth still counts


def test_the_curve_is_drawn_as_committed(code):
    assert (NOTES / "map.assets" / "pr-curve.svg").read_text(encoding="utf-8") == code("draw_pr_curve").svg()
