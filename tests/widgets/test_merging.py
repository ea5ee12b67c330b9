"""kernel/merging.mjs against torchvision's operator, ensemble-boxes (both recorded) and the note's Python."""

from functools import partial

import pytest

from .conftest import NOT_NUMBERS, cases_of, is_error, recorded
from .recorded.cases import decays, fusions, suppressions

CASES = cases_of("nms-explorer")


@pytest.fixture(scope="module")
def ensemble():
    return recorded("ensemble_boxes")


def roughly(row):
    return [round(value, 4) for value in row]


def options(case, method):
    return {"method": method, **{key: case[key] for key in ("threshold", "sigma", "floor")}}


def test_nms_is_that_of_torchvision(kernel):
    cases = suppressions(CASES)
    ours = kernel("merging", [["nms", case["boxes"], case["scores"], case["threshold"]] for case in cases])
    assert ours == recorded("torchvision")["nms"]
    assert any(case["boxes"] == [] for case in cases)


def test_the_steps_name_each_box_once_and_for_a_reason(kernel):
    cases = suppressions(CASES)
    calls = [["nmsSteps", case["boxes"], case["scores"], case["threshold"]] for case in cases]
    for case, steps in zip(cases, kernel("merging", calls)):
        told = [step["kept"] for step in steps] + [one["index"] for step in steps for one in step["gone"]]
        assert sorted(told) == list(range(len(case["boxes"])))
        assert all(one["iou"] > case["threshold"] for step in steps for one in step["gone"])


@pytest.mark.parametrize("method", ["linear", "gaussian"])
def test_soft_nms_is_that_of_ensemble_boxes(kernel, ensemble, method):
    cases = decays(CASES)
    ours = kernel("merging", [["softNms", case["boxes"], case["scores"], options(case, method)] for case in cases])
    assert len(ensemble[method]) == CASES
    dropped = 0
    for case, kept, theirs in zip(cases, ours, ensemble[method]):
        assert [index for index, _ in kept] == [index for index, _ in theirs], case
        assert [score for _, score in kept] == pytest.approx([score for _, score in theirs], abs=1e-9)
        dropped += len(kept) < len(case["boxes"])
    assert dropped > 50


def test_soft_nms_is_that_of_the_note(kernel, code):
    merge = code("detection", "merge_boxes")
    cases = [{**case, "floor": 0.001} for case in decays(CASES)]
    for name in ("linear", "gaussian"):
        weight = getattr(merge, name)
        for case, ours in zip(cases, kernel("merging", [["softNms", c["boxes"], c["scores"], options(c, name)] for c in cases])):
            limit = case["threshold"] if name == "linear" else case["sigma"]
            theirs = merge.soft_nms(case["boxes"], case["scores"], partial(weight, **{"threshold" if name == "linear" else "sigma": limit}))
            assert [index for index, _ in ours] == [index for index, _ in theirs]
            assert [score for _, score in ours] == pytest.approx([score for _, score in theirs], abs=1e-12)


def test_fusion_is_that_of_ensemble_boxes(kernel, ensemble):
    cases = fusions(CASES)
    assert len(ensemble["fused"]) == CASES
    for case, ours, theirs in zip(cases, kernel("merging", [["fuse", c["models"], c["threshold"]] for c in cases]), ensemble["fused"]):
        assert [item["score"] for item in ours] == sorted((item["score"] for item in ours), reverse=True)
        mine = sorted(([*item["box"], item["score"]] for item in ours), key=roughly)
        assert len(mine) == len(theirs), case
        for one, other in zip(mine, sorted(theirs, key=roughly)):
            assert one == pytest.approx(other, abs=1e-6), case  # theirs is in single precision


def test_fusion_is_that_of_the_note(kernel, code):
    fuse = code("detection", "merge_boxes").fuse
    cases = fusions(CASES)
    for case, ours in zip(cases, kernel("merging", [["fuse", c["models"], c["threshold"]] for c in cases])):
        theirs = fuse([[(item["box"], item["score"]) for item in model] for model in case["models"]], case["threshold"])
        assert [item["score"] for item in ours] == pytest.approx([score for _, score in theirs], abs=1e-12)
        for item, (box, _) in zip(ours, theirs):
            assert item["box"] == pytest.approx(box, abs=1e-12)


def test_fusion_does_not_clip_skips_empty_boxes_and_keeps_the_order_of_equals(kernel):
    big, other = [10, 10, 50, 50], [200, 200, 300, 300]
    far, empty, none = kernel("merging", [
        ["fuse", [[{"box": big, "score": 0.5}, {"box": other, "score": 0.5}]], 0.55], ["fuse", [[{"box": [1, 1, 1, 9], "score": 0.5}], []], 0.55],
        ["fuse", [], 0.5],
    ])
    assert far == [{"box": big, "score": 0.5}, {"box": other, "score": 0.5}] and empty == none == []


def test_the_steps_of_fusion_and_soft_nms_end_where_the_functions_do(kernel):
    cases, models = decays(CASES), fusions(CASES)
    soft = kernel("merging", [[name, c["boxes"], c["scores"], options(c, "gaussian")] for c in cases for name in ("softNms", "softNmsSteps")])
    for kept, steps in zip(soft[::2], soft[1::2]):
        assert kept == [[step["index"], step["score"]] for step in steps]
    fused = kernel("merging", [[name, c["models"], c["threshold"]] for c in models for name in ("fuse", "fuseSteps")])
    for found, steps in zip(fused[::2], fused[1::2]):
        last = {step["cluster"]: step["merged"]["box"] for step in steps}
        assert sorted(last.values()) == sorted(item["box"] for item in found)


def test_the_four_boxes_of_the_note(kernel):
    boxes = [[0.10, 0.10, 0.50, 0.50], [0.12, 0.12, 0.52, 0.52], [0.30, 0.10, 0.70, 0.50], [0.60, 0.60, 0.90, 0.90]]
    scores = [0.9, 0.8, 0.7, 0.6]
    hard, linear, gaussian, floor, none = kernel("merging", [
        ["nms", boxes, scores, 0.3], ["softNms", boxes, scores, {"method": "linear", "threshold": 0.3, "floor": 0.001}],
        ["softNms", boxes, scores, {"method": "gaussian", "sigma": 0.5, "floor": 0.001}],
        ["softNms", boxes, scores, {"method": "gaussian", "sigma": 0.5, "floor": 0.6}], ["softNms", [], [], {"method": "gaussian", "sigma": 0.5, "floor": 0}],
    ])
    assert hard == [0, 3] and none == []
    assert [index for index, _ in linear] == [0, 3, 2, 1]
    assert [round(score, 4) for _, score in linear] == [0.9, 0.6, 0.4667, 0.0919]
    assert [round(score, 4) for _, score in gaussian] == [0.9, 0.6, 0.5605, 0.1611]
    assert floor == [[0, 0.9], [3, 0.6]]  # a score of exactly the floor stays


def test_impossible_input_is_told(kernel):
    boxes, scores = [[0, 0, 1, 1]], [0.5]
    bad = [["nms", *case] for case in (
        [None, [], 0.5], [boxes, [], 0.5], [boxes, ["1"], 0.5], [[[0, 0, 1]], scores, 0.5], [[[1, 0, 0, 1]], scores, 0.5], [boxes, [None], 0.5],
        [boxes, scores], [], [{}, scores, 0.5], [boxes, scores, -0.1], [boxes, scores, 1.1], *([boxes, scores, value] for value in NOT_NUMBERS),
    )]
    soft = {"method": "linear", "threshold": 0.3, "sigma": 0.5, "floor": 0.001}
    changes = [{"method": "hard"}, {"threshold": "0.3"}, {"threshold": 2}, {"floor": None}, {"method": None}, {"method": "gaussian", "sigma": 0}, {"sigma": None}]
    bad += [["softNms", boxes, scores, {**soft, **change}] for change in changes] + [["softNms", boxes, scores], ["softNms", boxes, scores, None]]
    item = {"box": [0, 0, 1, 1], "score": 0.5}
    bad += [["fuse", *case] for case in (
        [None, 0.5], [[None], 0.5], [[[None]], 0.5], [[[{"box": [0, 0, 1, 1]}]], 0.5], [[[{**item, "score": -1}]], 0.5], [[[{**item, "score": 0}]], 0.5],
        [[[item]], None], [[[item]]], [[item], 0.5],
    )]
    answers = kernel("merging", bad)
    assert [case for case, answer in zip(bad, answers) if not is_error(answer)] == []
