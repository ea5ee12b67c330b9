"""kernel/average-precision.mjs against pycocotools, py-faster-rcnn's rule as it is written, and the note's exact fractions."""

import contextlib
import io
import random
from fractions import Fraction

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from .conftest import NOT_NUMBERS, cases_of, is_error, ratio

CASES = cases_of("map-playground")
TENTHS = [i / 20 for i in range(10, 20)]


def random_box(dice: random.Random, side: int, step: float) -> list[float]:
    x, y = dice.randint(0, side), dice.randint(0, side)
    return [value * step for value in (x, y, x + dice.randint(0, side), y + dice.randint(0, side))]


def near(dice: random.Random, box: list[float], step: float) -> list[float]:
    moved = [end + dice.choice([-1, 0, 0, 1]) * step for end in box]
    return [moved[0], moved[1], max(moved[2], moved[0]), max(moved[3], moved[1])]


def scene(dice: random.Random, size: int = 6) -> dict:
    """Truths and detections on a coarse grid, so that equal scores, equal IoUs and IoUs at a threshold are common."""
    images, classes = list(range(1, dice.randint(1, 4) + 1)), list(range(1, dice.randint(1, 3) + 1))
    step, side = dice.choice([(1, 4), (1, 10), (8, 12), (0.5, 30), (40, 8)])
    truths, detections = [], []
    for _ in range(dice.randint(0, size)):
        truth = {"image": dice.choice(images), "cls": dice.choice(classes), "box": random_box(dice, side, step)}
        if dice.random() < 0.3:
            truth["difficult"] = dice.random() < 0.7
        if dice.random() < 0.3:
            truth["area"] = dice.choice([0, 1024, 9216, dice.uniform(0, 20000)])
        truths.append(truth)
    for _ in range(dice.randint(0, 2 * size)):
        like = dice.choice(truths) if truths and dice.random() < 0.8 else None
        detections.append({
            "image": like["image"] if like else dice.choice(images), "cls": like["cls"] if like and dice.random() < 0.9 else dice.choice(classes),
            "box": near(dice, like["box"], step) if like else random_box(dice, side, step), "score": dice.randint(0, 10) / 10,
        })
    return {"truths": truths, "detections": detections, "images": images, "classes": classes}


def xywh(box: list[float]) -> list[float]:
    return [box[0], box[1], box[2] - box[0], box[3] - box[1]]


def evaluation(made: dict) -> COCOeval:
    truth, found = COCO(), COCO()
    for dataset in (truth, found):
        dataset.dataset = {"images": [{"id": i} for i in made["images"]], "categories": [{"id": i} for i in made["classes"]]}
    truth.dataset["annotations"] = [
        {"id": number, "image_id": one["image"], "category_id": one["cls"], "bbox": (box := xywh(one["box"])),
         "area": one.get("area", box[2] * box[3]), "iscrowd": int(one.get("difficult", False))}
        for number, one in enumerate(made["truths"], 1)
    ]
    found.dataset["annotations"] = [  # as loadRes makes them; it cannot be asked for an empty list
        {"id": number, "image_id": one["image"], "category_id": one["cls"], "bbox": (box := xywh(one["box"])),
         "area": box[2] * box[3], "iscrowd": 0, "score": one["score"]}
        for number, one in enumerate(made["detections"], 1)
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        found.createIndex()
        made_evaluation = COCOeval(truth, found, "bbox")
        made_evaluation.evaluate()
        made_evaluation.accumulate()
        made_evaluation.summarize()
    return made_evaluation


# Matching


def coco_flags(made: dict, cls: int) -> list[list]:
    """A list of flags for each of the ten thresholds, best score first; of equals the one given first."""
    done = evaluation(made)
    place = {number: one["score"] for number, one in enumerate(made["detections"], 1)}
    flags = [{} for _ in range(10)]
    for seen in done.evalImgs:
        if seen and seen["category_id"] == cls and seen["aRng"] == done.params.areaRng[0]:
            for t in range(10):
                for d, number in enumerate(seen["dtIds"]):
                    flags[t][number] = None if seen["dtIgnore"][t, d] else int(seen["dtMatches"][t, d] > 0)
    order = sorted(flags[0], key=lambda number: (-place[number], number))
    return [[one[number] for number in order] for one in flags]


def test_coco_s_marks_are_those_of_pycocotools(kernel, dice):
    made = [scene(dice) for _ in range(CASES // 4)]
    for one in made:  # nothing is out of every range of area: only crowds are ignored
        for truth in one["truths"]:
            truth.pop("area", None)
    thresholds = [*evaluation(made[0]).params.iouThrs]
    calls = [["match", {**one, "cls": 1, "threshold": float(t), "rule": "coco"}] for one in made for t in thresholds]
    answers = iter(kernel("average-precision", calls))
    crowds = 0
    for one in made:
        theirs = coco_flags(one, 1)
        for expected in theirs:
            answer = next(answers)
            assert answer["flags"] == expected, one
            crowds += None in expected
        assert answer["positives"] == sum(truth["cls"] == 1 and not truth.get("difficult", False) for truth in one["truths"])
    assert crowds > 100


def voc_flags(made: dict, cls: int, threshold: float, plus: int, strict: bool) -> list:
    """voc_eval of py-faster-rcnn, its end pixels and its > left open."""
    truths = {image: [one for one in made["truths"] if (one["image"], one["cls"]) == (image, cls)] for image in made["images"]}
    taken = {image: [False] * len(found) for image, found in truths.items()}
    found = [one for one in made["detections"] if one["cls"] == cls]
    flags = []
    for d in np.argsort([-one["score"] for one in found], kind="stable"):
        bb, image = found[d]["box"], found[d]["image"]
        best, chosen = -np.inf, None
        if truths[image]:
            gt = np.array([one["box"] for one in truths[image]], dtype=float)
            w = np.maximum(np.minimum(gt[:, 2], bb[2]) - np.maximum(gt[:, 0], bb[0]) + plus, 0)
            h = np.maximum(np.minimum(gt[:, 3], bb[3]) - np.maximum(gt[:, 1], bb[1]) + plus, 0)
            union = (bb[2] - bb[0] + plus) * (bb[3] - bb[1] + plus) + (gt[:, 2] - gt[:, 0] + plus) * (gt[:, 3] - gt[:, 1] + plus) - w * h
            with np.errstate(invalid="ignore"):
                overlaps = np.nan_to_num(w * h / union)  # two empty boxes: no overlap
            best, chosen = overlaps.max(), int(overlaps.argmax())
        if not (best > threshold if strict else best >= threshold):
            flags.append(0)
        elif truths[image][chosen].get("difficult", False):
            flags.append(None)
        else:
            flags.append(int(not taken[image][chosen]))
            taken[image][chosen] = True
    return flags


def test_voc_s_marks_are_those_of_py_faster_rcnn(kernel, dice):
    made = [(scene(dice), dice.choice([*TENTHS, 0.3, dice.random()]), dice.random() < 0.5, dice.random() < 0.5) for _ in range(CASES)]
    calls = [["match", {**one, "cls": 1, "threshold": t, "rule": "voc", "plusOne": plus, "strict": strict}] for one, t, plus, strict in made]
    dropped = 0
    for (one, t, plus, strict), answer in zip(made, kernel("average-precision", calls)):
        expected = voc_flags(one, 1, t, int(plus), strict)
        assert answer["flags"] == expected, one
        dropped += None in expected
    assert dropped > 50


def test_both_are_those_of_the_note_in_exact_fractions(kernel, code, dice):
    reference = code("detection", "average_precision")
    made = [{**scene(dice), "cls": 1} for _ in range(CASES)]
    for one in made:
        for truth in one["truths"]:
            truth["difficult"] = False
            truth["box"] = [round(end) for end in truth["box"]]
        for found in one["detections"]:
            found["box"] = [round(end) for end in found["box"]]
    calls = [["match", {**one, "threshold": 0.5, **rule}] for one in made
             for rule in ({"rule": "voc", "plusOne": True, "strict": True}, {"rule": "coco"})]
    answers = iter(kernel("average-precision", calls))
    for one in made:
        truths = {image: [tuple(t["box"]) for t in one["truths"] if t["cls"] == 1 and t["image"] == image] for image in one["images"]}
        found = [(d["image"], d["box"], d["score"]) for d in one["detections"] if d["cls"] == 1]
        assert next(answers)["flags"] == list(map(int, reference.match_voc(truths, found))), one
        assert next(answers)["flags"] == list(map(int, reference.match_coco(truths, found))), one


def test_the_steps_say_why(kernel, dice):
    made = [{**scene(dice), "cls": 1, "threshold": 0.5, "rule": "coco"} for _ in range(200)]
    answers = kernel("average-precision", [[name, one] for one in made for name in ("match", "matchSteps")])
    for one, whole, steps in zip(made, answers[::2], answers[1::2]):
        assert whole["flags"] == [step["flag"] for step in steps]
        for step in steps:
            image = one["detections"][step["index"]]["image"]
            assert [o["truth"] for o in step["overlaps"]] == [
                i for i, truth in enumerate(one["truths"]) if truth["cls"] == 1 and truth["image"] == image]
            if step["flag"] == 1:
                assert {o["truth"]: o["iou"] for o in step["overlaps"]}[step["truth"]] >= 0.5


# Fractions


def thinning(hits: int) -> list[int]:
    """The k-th hit is the k²-th detection: the area under the envelope is a sum of 1 / k, whose denominators grow fast."""
    return [int(round(i**0.5) ** 2 == i) for i in range(1, hits**2 + 1)]


def test_average_precision_is_the_note_s_fraction(kernel, code, dice):
    reference = code("detection", "average_precision")
    made = []
    for _ in range(CASES):
        length = dice.choice([0, 1, 2, 5, 10, 30, 60])
        flags = [dice.choice([1, 0, 0, None]) if dice.random() < 0.8 else 1 for _ in range(length)]
        made.append((flags, max(flags.count(1), 1) + dice.choice([0, 0, 1, 3, 10])))
    made += [(thinning(hits), hits + 1) for hits in (5, 20, 30, 40)]
    calls = [["averagePrecision", flags, positives, mode] for flags, positives in made for mode in (11, 101, "all")]
    answers = iter(kernel("average-precision", calls))
    big = 0
    for flags, positives in made:
        points = reference.curve([flag for flag in flags if flag is not None], positives)
        for theirs in (reference.ap_at(points, 10), reference.ap_at(points, 100), reference.ap_area(points)):
            answer = next(answers)
            assert (answer["numerator"], answer["denominator"]) == (theirs.numerator, theirs.denominator), (flags, positives)
            assert answer["value"] == pytest.approx(float(theirs), abs=1e-15)
            big += answer["denominator"] > 2**53
    assert big  # some are no safe integers


def test_long_lists_are_reckoned_too(kernel, code):
    flags = [int(i % 3 != 1) for i in range(900)]
    (answer,) = kernel("average-precision", [["averagePrecision", flags, 1000, "all"]])
    reference = code("detection", "average_precision")
    expected = reference.ap_area(reference.curve(flags, 1000))
    assert ratio(answer) == expected and answer["value"] == pytest.approx(float(expected), abs=1e-15)


def test_both_parts_are_big_or_neither_is(kernel):
    """Read as text: JSON itself does not tell a BigInt from a Number."""
    import json
    from pathlib import Path

    from .conftest import run_node

    given = json.dumps([["average-precision", "averagePrecision", thinning(n), n, "all"] for n in (1, 5, 30, 40, 60)])
    sizes = []
    for answer in json.loads(run_node(Path(__file__).with_name("call.mjs"), given=given)):
        parts = answer["numerator"], answer["denominator"]
        assert len({isinstance(part, dict) for part in parts}) == 1
        if isinstance(parts[0], dict):
            assert int(parts[1]["bigint"]) > 2**53 - 1
        sizes.append(isinstance(parts[0], dict))
    assert sizes == [False, False, False, True, True]


def test_the_envelope_is_the_one_that_is_averaged(kernel):
    (steps,) = kernel("average-precision", [["envelope", [1, 0, 1, 1, 0, 0, 1], 5]])
    assert steps == [{"from": 0, "to": 1, "precision": [1, 1]}, {"from": 1, "to": 3, "precision": [3, 4]}, {"from": 3, "to": 4, "precision": [4, 7]}]


# The twelve numbers


def test_the_twelve_numbers_are_those_of_pycocotools(kernel, dice):
    made = [scene(dice, dice.choice([3, 6, 12])) for _ in range(CASES)]
    for one, answer in zip(made, kernel("average-precision", [["cocoSummary", one] for one in made])):
        assert answer == pytest.approx(evaluation(one).stats.tolist(), abs=1e-9), one


def test_only_a_hundred_detections_a_picture_and_class_count(kernel, dice):
    made = []
    for extra in (99, 100, 101):
        truths = [{"image": 7, "cls": 3, "box": [0, 0, 50, 50]}, {"image": 7, "cls": 4, "box": [0, 0, 50, 50], "difficult": True}]
        noise = [{"image": 7, "cls": 3, "box": [100, 100, 150, 150 + i], "score": 0.9} for i in range(extra)]
        made.append({"truths": truths, "detections": [*noise, {"image": 7, "cls": 3, "box": [0, 0, 50, 50], "score": 0.1}], "images": [7, 2], "classes": [4, 3]})
    for one, answer in zip(made, kernel("average-precision", [["cocoSummary", one] for one in made])):
        assert answer == pytest.approx(evaluation(one).stats.tolist(), abs=1e-12)
        assert answer[8] == (1 if len(one["detections"]) <= 100 else 0)


def test_the_worked_example(kernel, code):
    boxes = code("detection", "map_boxes")
    truths = [{"image": image, "cls": 1, "box": list(box)} for image, found in boxes.TRUTHS.items() for box in found]
    detections = [{"image": image, "cls": 1, "box": list(box), "score": score} for image, box, score in boxes.DETECTIONS]
    setting = {"truths": truths, "detections": detections}
    summary, coco, voc = kernel("average-precision", [
        ["cocoSummary", {**setting, "images": [1, 2, 3], "classes": [1]}], ["match", {**setting, "cls": 1, "threshold": 0.5, "rule": "coco"}],
        ["match", {**setting, "cls": 1, "threshold": 0.5, "rule": "voc", "plusOne": True, "strict": True}],
    ])
    assert coco == voc == {"flags": [1, 0, 1, 1, 0, 0, 1], "positives": 5}
    assert summary[:3] == pytest.approx([0.415240, 0.618105, 0.618105], abs=1e-6) and summary[3] == summary[5] == -1
    fractions = kernel("average-precision", [["averagePrecision", coco["flags"], 5, mode] for mode in (11, 101, "all")])
    assert list(map(ratio, fractions)) == [Fraction(50, 77), Fraction(437, 707), Fraction(43, 70)]


def test_nothing_at_all_is_minus_one(kernel):
    empty = {"truths": [], "detections": [], "images": [], "classes": []}
    none, some, missed = kernel("average-precision", [
        ["cocoSummary", empty], ["cocoSummary", {**empty, "images": [1], "classes": [1]}],
        ["cocoSummary", {**empty, "images": [1], "classes": [1], "truths": [{"image": 1, "cls": 1, "box": [0, 0, 50, 50]}]}],
    ])
    assert none == some == [-1] * 12 and missed == [0, 0, 0, -1, 0, -1, 0, 0, 0, -1, 0, -1]


# Impossible input


def test_impossible_input_is_told(kernel):
    truth, found = {"image": 1, "cls": 1, "box": [0, 0, 5, 5]}, {"image": 1, "cls": 1, "box": [0, 0, 5, 5], "score": 0.5}
    good = {"truths": [truth], "detections": [found], "cls": 1, "threshold": 0.5, "rule": "coco"}
    boxes = [None, [], [0, 0, 5], [0, 0, 5, "5"], [5, 0, 0, 5], [0, 0, 5, None], [0, 0, 5, {"nan": "NaN"}], [0, 0, 5, 1e7], "box"]
    bad = [{**good, "truths": [{**truth, "box": box}]} for box in boxes] + [{**good, "detections": [{**found, "box": box}]} for box in boxes]
    bad += [{**good, "truths": value} for value in (None, {}, [None], [1], [{}])] + [{**good, "detections": value} for value in (None, {}, [None], [truth])]
    bad += [{**good, "truths": [{**truth, "difficult": value}]} for value in (0, 1, None, "true")] + [{**good, "truths": [{**truth, "area": value}]} for value in (-1, "5", None)]
    bad += [{**good, "detections": [{**found, "score": value}]} for value in NOT_NUMBERS]
    bad += [{**good, "threshold": value} for value in (*NOT_NUMBERS, -0.1, 1.1)] + [{**good, "rule": value} for value in ("VOC", None, 1)]
    bad += [{**good, "plusOne": value} for value in (0, 1, None, "yes")] + [{**good, "strict": 1}, {**good, "cls": None}, {**good, "cls": True}]
    bad += [{key: value for key, value in good.items() if key != gone} for gone in good] + [None, [], 3]
    summary = {"truths": [truth], "detections": [found], "images": [1], "classes": [1]}
    sums = [{**summary, "images": [2]}, {**summary, "images": None}, {**summary, "images": [None]}, {**summary, "classes": 1}, {**summary, "classes": [True]}, None]
    sums += [{key: value for key, value in summary.items() if key != gone} for gone in summary]
    flags = [[None, 1, 11], [[2], 1, 11], [[True], 1, 11], [["1"], 1, 11], [[1], 0, 11], [[], 0, "all"], [[1, 1], 1, 101], [[1], 1, 12], [[1], 1, "ALL"], [[1], 1],
             [[1]], [], [[1], -1, 11], [[1], 1.5, 11], [[1], "1", 11], [[1], None, 11], [[{"undefined": 1}], 1, 11], [[1], 10**6 + 1, 11]]
    answers = kernel("average-precision", [["match", one] for one in bad] + [["cocoSummary", one] for one in sums] + [["averagePrecision", *one] for one in flags])
    assert [case for case, answer in zip([*bad, *sums, *flags], answers) if not is_error(answer)] == []
