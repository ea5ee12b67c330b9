"""docs/detection/multi-scale.md: sizes, levels and merging, against mmcv, torchvision, ensemble-boxes and mmdet's files."""

import ast
import math
import random
from pathlib import Path

import pytest

from tests.mmdetection.wheel import config_paths, load, package, root

NOTES = Path(__file__).parents[2] / "docs" / "detection"
PAGE = (NOTES / "multi-scale.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def resize(code):
    return code("resize")


@pytest.fixture(scope="module")
def merge(code):
    return code("merge_boxes")


# Sizes


def test_sizes_are_those_of_mmcv(resize, recorded):
    cases = recorded("mmcv")["cases"]
    assert len(cases) == 200
    for case in cases:
        assert resize.mmcv_size(case["size"], case["scale"]) == tuple(case["new"]), case


def test_sizes_are_those_of_torchvision(resize, recorded):
    cases = recorded("torchvision_sizes")["cases"]
    assert len(cases) == 150
    for case in cases:
        assert resize.torchvision_size(case["size"], case["short"], case["longest"]) == tuple(case["new"]), case
    assert any(resize.torchvision_size(case["size"], case["short"], case["longest"])
               != resize.mmcv_size(case["size"], (case["longest"], case["short"])) for case in cases)


def test_the_rules_differ_by_at_most_one_pixel(resize):
    dice = random.Random(0)
    different = 0
    for _ in range(500):
        size = dice.randint(100, 2400), dice.randint(100, 2400)
        sizes = resize.mmcv_size(size, (1333, 800)), resize.detectron2_size(size, 800, 1333), resize.torchvision_size(size, 800, 1333)
        assert all(max(sides) - min(sides) <= 1 for sides in zip(*sizes)), size
        different += len(set(sizes)) > 1
    assert different > 100


def test_the_order_of_the_two_limits_does_not_matter(resize):
    for size in [(640, 480), (375, 500), (1920, 1080)]:
        assert resize.mmcv_size(size, (800, 1333)) == resize.mmcv_size(size, (1333, 800))
    assert resize.mmcv_size((1920, 1080), (1333, 800)) == (1333, 750)
    assert resize.mmcv_size((640, 480), (1333, 800)) == (1067, 800)


# Draws


def test_draws_stay_in_their_ranges_and_reach_both_ends(resize):
    dice = random.Random(1)
    drawn = [resize.random_resize((1000, 600), (1333, 800), dice) for _ in range(5000)]
    longs, shorts = zip(*drawn)
    assert (min(longs), max(longs), min(shorts), max(shorts)) == (1000, 1333, 600, 800)
    assert len({1000 - longest + short for longest, short in drawn}) > 200  # the two do not move together
    for longest, short in [resize.random_resize_ratio((1000, 500), (0.5, 2.0), dice) for _ in range(500)]:
        assert 500 <= longest <= 2000 and abs(longest - 2 * short) <= 1
    assert {resize.random_choice_resize([1, 2, 3], dice) for _ in range(100)} == {1, 2, 3}


def test_the_examples_of_configurations_are_mmdet_s():
    def step(path, kind):
        config = load(path)
        pipelines = [config.train_pipeline] if "train_pipeline" in config else []
        (found,) = [dict(part) for pipeline in pipelines for part in pipeline if part["type"] == kind]
        return found

    assert step("configs/common/ms_3x_coco.py", "RandomResize")["scale"] == [(1333, 640), (1333, 800)]
    assert step("configs/common/ms-90k_coco.py", "RandomChoiceResize")["scales"][0] == (1333, 640)
    jitter = step("configs/common/lsj-100e_coco-detection.py", "RandomResize")
    assert jitter["ratio_range"] == (0.1, 2.0) and jitter["scale"] == (1024, 1024)
    assert load("configs/_base_/datasets/coco_detection.py").train_pipeline[2] == {
        "type": "Resize", "scale": (1333, 800), "keep_ratio": True,
    }


# Levels


def test_levels_change_at_112_224_and_448(resize):
    sides = [1, 111.9, 112, 223.9, 224, 447.9, 448, 4000]
    assert [resize.fpn_level(side, side) for side in sides] == [2, 2, 3, 3, 4, 4, 5, 5]


def test_mmdet_s_formula_gives_the_same_levels(resize):
    for side in [x / 4 for x in range(4, 4000)]:
        theirs = 2 + min(max(math.floor(math.log2(side / 56 + 1e-6)), 0), 3)
        assert resize.fpn_level(side, side) == theirs
    source = package().joinpath("models/roi_heads/roi_extractors/single_level_roi_extractor.py").read_text(encoding="utf-8")
    assert "torch.floor(torch.log2(scale / self.finest_scale + 1e-6))" in source and "finest_scale: int = 56" in source


# Test-time augmentation


def test_retinanet_s_views_are_three_sizes_times_two_flips():
    config = load("configs/retinanet/retinanet_r50_fpn_1x_coco.py")
    (augment,) = [step for step in config.tta_pipeline if step["type"] == "TestTimeAug"]
    resizes, flips = augment["transforms"][:2]
    assert [tuple(step["scale"]) for step in resizes] == [(1333, 800), (666, 400), (2000, 1200)]
    assert [step["prob"] for step in flips] == [1.0, 0.0]
    assert dict(config.tta_model.tta_cfg) == {"nms": {"type": "nms", "iou_threshold": 0.5}, "max_per_img": 100}
    assert "configs/retinanet/retinanet_r50_fpn_1x_coco.py" in PAGE and "configs/retinanet/retinanet_tta.py" in config_paths()


def test_the_default_pipeline_of_tta_only_flips():
    tree = ast.parse((root() / "tools" / "test.py").read_text(encoding="utf-8"))
    (made,) = [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "flip_tta"]
    kinds = [ast.literal_eval(k.value) for node in ast.walk(made) if isinstance(node, ast.Call) for k in node.keywords if k.arg == "type"]
    assert sorted(kinds) == ["PackDetInputs", "RandomFlip", "RandomFlip", "TestTimeAug"]


def test_masks_are_refused():
    source = package().joinpath("models/test_time_augs/det_tta.py").read_text(encoding="utf-8")
    asserts = [ast.unparse(node.test) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assert)]
    assert asserts == ["data_samples[0].pred_instances.get('masks', None) is None"]


def test_the_pixels_of_the_views():
    assert 2 * (1 + (400 / 800) ** 2 + (1200 / 800) ** 2) == 7.0
    assert 2 * sum((short / 800) ** 2 for short in range(400, 1201, 100)) == pytest.approx(19.9, abs=0.05)


# Merging


def test_nms_is_that_of_torchvision(merge, recorded):
    cases = recorded("torchvision")["nms"]
    assert len(cases) == 80
    for case in cases:
        assert merge.nms(case["boxes"], case["scores"], case["threshold"]) == case["keep"], case


def test_an_iou_of_exactly_the_threshold_was_in_the_record_and_kept(merge, recorded):
    def exact(case):
        kept = [case["boxes"][i] for i in case["keep"]]
        return any(merge.iou(a, b) == case["threshold"] for a in kept for b in kept if a != b)

    assert any(exact(case) for case in recorded("torchvision")["nms"])


def test_all_three_ways_are_those_of_ensemble_boxes(merge, recorded):
    record = recorded("ensemble_boxes")
    assert len(record["suppressed"]) == len(record["fused"]) == 30
    for case in record["suppressed"]:
        boxes, scores = case["boxes"], case["scores"]
        assert [boxes[i] for i in merge.nms(boxes, scores, 0.4)] == case["hard"]
        for name, weight in (("linear", merge.linear), ("gaussian", merge.gaussian)):
            ours = merge.soft_nms(boxes, scores, weight)
            assert [index for index, _ in ours] == [index for index, _ in case[name]]
            assert [score for _, score in ours] == pytest.approx([score for _, score in case[name]])
    for case in record["fused"]:
        ours = merge.fuse([list(zip(*model)) for model in zip(case["boxes"], case["scores"])])
        theirs = sorted(zip(case["fused"], case["fused_scores"]))
        assert len(ours) == len(theirs)
        for (box, score), (corners, total) in zip(sorted(ours), theirs):
            assert [*box, score] == pytest.approx([*corners, total], abs=1e-6)  # theirs is in single precision


def test_the_four_boxes_by_hand(merge):
    boxes = [(0.10, 0.10, 0.50, 0.50), (0.12, 0.12, 0.52, 0.52), (0.30, 0.10, 0.70, 0.50), (0.60, 0.60, 0.90, 0.90)]
    scores = [0.9, 0.8, 0.7, 0.6]
    near, aside, between = 0.1444 / 0.1756, 1 / 3, 0.0836 / 0.2364
    assert merge.iou(boxes[0], boxes[1]) == pytest.approx(near)
    assert merge.iou(boxes[0], boxes[2]) == pytest.approx(aside)
    assert merge.iou(boxes[1], boxes[2]) == pytest.approx(between)
    assert merge.nms(boxes, scores, 0.3) == [0, 3]
    line = dict(merge.soft_nms(boxes, scores, merge.linear))
    assert line[2] == pytest.approx(0.7 * 2 / 3) and line[1] == pytest.approx(0.8 * (1 - near) * (1 - between))
    assert list(line) == [0, 3, 2, 1]  # box 3 falls behind box 4, box 2 behind both
    bell = dict(merge.soft_nms(boxes, scores, merge.gaussian))
    assert bell[2] == pytest.approx(0.7 * math.exp(-2 * aside**2))
    fused = merge.fuse([[(boxes[0], 0.9), (boxes[3], 0.6)], [(boxes[1], 0.8)]])
    assert fused[0][0] == pytest.approx([(0.9 * a + 0.8 * b) / 1.7 for a, b in zip(boxes[0], boxes[1])])
    assert [score for _, score in fused] == pytest.approx([0.85, 0.3])


def test_the_three_kinds_are_drawn_as_committed(code):
    drawn = code("draw_multi_scale").svg()
    assert (NOTES / "multi-scale.assets" / "three-kinds.svg").read_text(encoding="utf-8") == drawn
