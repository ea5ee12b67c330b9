"""docs/detection/code/scales_pipelines.py is what the wheels carry; YOLO's sizes and the padding of a batch."""

import random
from pathlib import Path

import pytest

from tests.mmdetection.wheel import load


def plain(value):
    """A configuration as lists and dicts, so that tuples and mmengine's own types compare equal."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items() if key != "backend_args"}
    return [plain(part) for part in value] if isinstance(value, (list, tuple)) else value


@pytest.fixture(scope="module")
def pipelines(code):
    return code("scales_pipelines")


def test_the_training_pipeline_is_that_of_the_3x_schedule(pipelines):
    assert plain(pipelines.train_pipeline) == plain(load("configs/common/ms_3x_coco.py").train_pipeline)


def test_testing_is_that_of_retinanet(pipelines):
    config = load("configs/retinanet/retinanet_tta.py")
    assert plain(pipelines.tta_pipeline) == plain(config.tta_pipeline)
    assert plain(pipelines.tta_model) == plain(config.tta_model)


def test_both_generations_say_the_same(pipelines):
    """Sizes, flips and views; the 2.x pipeline itself was compared with configs/common/mstrain_3x_coco.py of mmdet 2.28.2."""
    (old,) = [step for step in pipelines.old_train_pipeline if step["type"] == "Resize"]
    (new,) = [step for step in pipelines.train_pipeline if step["type"] == "RandomResize"]
    assert old["img_scale"] == new["scale"] and old["keep_ratio"] == new["keep_ratio"]
    (views,) = [step for step in pipelines.old_test_pipeline if step["type"] == "MultiScaleFlipAug"]
    assert views["img_scale"] == [step["scale"] for step in pipelines.tta_pipeline[1]["transforms"][0]]


def test_yolo_changes_the_size_of_the_whole_batch_every_ten_iterations(code):
    resize = code("resize")
    (sync,) = [step for step in load("configs/yolox/yolox_s_8xb8-300e_coco.py").model.data_preprocessor.batch_augments]
    low, high = sync["random_size_range"]
    sizes = resize.batch_sizes(low, high, 200, random.Random(1), sync["interval"], sync["size_divisor"])
    assert (low, high, sync["interval"], sync["size_divisor"]) == (480, 800, 10, 32)
    assert all(len(set(sizes[i : i + 10])) == 1 for i in range(0, 200, 10))
    assert set(sizes) <= set(range(480, 801, 32)) and len(set(sizes)) > 5


def test_a_batch_is_padded_to_its_largest_sides(code):
    resize = code("resize")
    assert resize.padded([(1067, 800), (1333, 750)]) == (1344, 800)
    assert resize.padded([(32, 64)]) == (32, 64)


def test_answers_of_the_self_tests(code):
    resize = code("resize")
    assert resize.mmcv_size((500, 375), (1333, 800)) == (1067, 800)
    assert [resize.fpn_level(90 * factor, 90 * factor) for factor in (2.6, 1)] == [4, 2]


def test_the_gains_are_the_differences_of_the_model_zoo(code):
    zoo = code("scales_zoo")
    page = (Path(__file__).parents[2] / "docs" / "detection" / "multi-scale.md").read_text(encoding="utf-8")
    gains = {12: [], 24: []}
    for folder, fixed, varied, _ in zoo.PAIRS:
        (epochs, before), (same, after) = zoo.box_ap(folder)[fixed], zoo.box_ap(folder)[varied]
        assert epochs == same  # only then the difference is that of the sizes
        gains[epochs].append(round(after - before, 1))
    assert f"训 12 轮时 −{-min(gains[12])} 到 +{max(gains[12])}" in page
    assert f"训 24 轮时 +{min(gains[24])} 到 +{max(gains[24])}" in page
    once, long = (zoo.box_ap("retinanet")[f"retinanet_r50_fpn_{name}_coco"] for name in ("1x", "ms-640-800-3x"))
    assert f"{once[0]} 轮固定尺寸的 {once[1]} 到 {long[0]} 轮多尺度的 {long[1]}，高 {long[1] - once[1]:.1f}，里面有多训的 {long[0] - once[0]} 轮" in page
