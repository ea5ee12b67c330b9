"""The page "source-code": shapes, thresholds and methods on the way of a picture through Faster R-CNN."""

import ast
import re
import textwrap
import xml.etree.ElementTree as ElementTree

import pytest

from .wheel import load, package, tree

FASTER = "configs/faster_rcnn/faster-rcnn_r50_fpn_1x_coco.py"


@pytest.fixture(scope="module")
def text(notes):
    return (notes / "source-code.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def output(notes):
    return (notes / "code" / "request_shapes.out").read_text(encoding="utf-8")


def test_the_committed_picture_is_what_its_code_draws(code, notes):
    drawn = code("draw_request").svg()
    assert (notes / "source-code.assets" / "request.svg").read_text(encoding="utf-8") == drawn
    ElementTree.fromstring(drawn)


def test_the_numbers_in_the_picture_are_those_of_the_computation(code, output):
    drawn = code("draw_request").svg()
    height, width = re.search(r"补到 32 的倍数：(\d+)×(\d+)", output).groups()[::-1]
    resized = re.search(r"放大 1.6667 倍：(\d+×\d+)", output)[1]
    proposals = re.search(r"候选框：最多 (\d+) 个", output)[1]
    features = re.search(r"每个候选框：(\d+×7×7)", output)[1]
    scores, classes = re.search(r"分类 (\d+) 个数（(\d+) 类加背景）", output).groups()
    most = re.search(r"至多 (\d+) 个框", output)[1]
    sampled = re.findall(r"\| (?:RPN|RoI) \| (\d+) \|", output)
    for part in (
        f"Resize：{resized}",
        f"3×{height}×{width}",
        f"{proposals} 个候选框",
        f"{proposals}×{features}",
        f"{scores} 个分、{classes}×4 个偏移",
        f"至多 {most} 个框",
        f"抽 {sampled[0]} 个锚框",
        f"抽 {sampled[1]} 个候选框",
    ):
        assert part in drawn, part


def test_the_classes_in_the_picture_are_those_of_the_config(code):
    model = load(FASTER).model
    head = model.roi_head
    used = [model.data_preprocessor, model.backbone, model.neck, model.rpn_head, head.bbox_roi_extractor, head.bbox_head]
    drawn = [name for kind, _, name, _ in code("draw_request").PARTS if kind != "data"]
    assert drawn == [part.type for part in used]


def test_every_method_that_the_page_sends_readers_to_exists(text):
    steps = re.findall(r"^\d+\. `(models/[\w/]+\.py)`：(.*)$", text, re.MULTILINE)
    assert len(steps) == 7
    for path, rest in steps:
        defined = {
            f"{cls.name}.{method.name}"
            for cls in tree(package() / path).body
            if isinstance(cls, ast.ClassDef)
            for method in cls.body
            if isinstance(method, ast.FunctionDef)
        }
        named = re.findall(r"`(\w+\.\w+)`", rest)
        assert named and set(named) <= defined, path


def test_forward_only_dispatches_on_the_mode():
    source = (package() / "models" / "detectors" / "base.py").read_text(encoding="utf-8")
    assert re.findall(r"mode == '(\w+)'", source) == ["loss", "predict", "tensor"]
    model = (package("mmengine") / "model" / "base_model" / "base_model.py").read_text(encoding="utf-8")
    assert "mode='loss'" in model and "mode='predict'" in model and "def train_step" in model and "def val_step" in model


@pytest.mark.torch
def test_the_level_of_a_box_is_what_the_real_method_says(notes, code):
    import torch

    path = package() / "models" / "roi_heads" / "roi_extractors" / "single_level_roi_extractor.py"
    source = path.read_text(encoding="utf-8")
    cls = next(node for node in tree(path).body if isinstance(node, ast.ClassDef))
    method = next(node for node in cls.body if isinstance(node, ast.FunctionDef) and node.name == "map_roi_levels")
    namespace = {"torch": torch, "Tensor": torch.Tensor}
    exec(textwrap.dedent(" " * 4 + ast.get_source_segment(source, method)), namespace)
    assert "finest_scale: int = 56" in source
    extractor = type("Extractor", (), {"finest_scale": 56})()
    output = (notes / "code" / "request_shapes.out").read_text(encoding="utf-8")
    shown = re.findall(r"^(\d+)×(\d+) → P(\d)$", output, re.MULTILINE)
    boxes = torch.tensor([[0.0, 0.0, 0.0, float(width), float(height)] for width, height, _ in shown])
    levels = namespace["map_roi_levels"](extractor, boxes, 4) + 2
    assert levels.tolist() == [int(level) for _, _, level in shown] and len(shown) == 6


def test_the_second_stage_does_not_read_p6():
    model = load(FASTER).model
    assert model.neck.num_outs == 5 == len(model.rpn_head.anchor_generator.strides)
    assert len(model.roi_head.bbox_roi_extractor.featmap_strides) == 4


def test_details_of_training_and_of_the_answer():
    model = load(FASTER).model
    assert model.train_cfg.rcnn.sampler.add_gt_as_proposals and not model.train_cfg.rpn.sampler.add_gt_as_proposals
    assert model.train_cfg.rpn.assigner.match_low_quality and not model.train_cfg.rcnn.assigner.match_low_quality
    assert model.rpn_head.loss_cls.use_sigmoid and not model.roi_head.bbox_head.loss_cls.use_sigmoid
    assert not model.roi_head.bbox_head.reg_class_agnostic
    cascade = load("configs/cascade_rcnn/cascade-rcnn_r50_fpn_1x_coco.py").model.roi_head.bbox_head
    assert all(head.reg_class_agnostic for head in cascade)
    two_stage = (package() / "models" / "detectors" / "two_stage.py").read_text(encoding="utf-8")
    assert "torch.zeros_like(data_sample.gt_instances.labels)" in two_stage
    head = (package() / "models" / "roi_heads" / "bbox_heads" / "bbox_head.py").read_text(encoding="utf-8")
    assert head.index("scale_boxes(bboxes, scale_factor)") < head.index("multiclass_nms(")


def test_the_numbers_in_sentences_are_those_of_the_config(text):
    config = load(FASTER)
    model, head = config.model, config.model.roi_head.bbox_head
    rpn = model.train_cfg.rpn.assigner
    assert f"RPN 中 IoU 在 {rpn.neg_iou_thr} 与 {rpn.pos_iou_thr} 之间" in text and f"IoU 不低于 {rpn.min_pos_iou}，" in text
    rcnn = model.train_cfg.rcnn.assigner
    assert rcnn.neg_iou_thr == rcnn.pos_iou_thr and "RoI 阶段没有这个空档" in text
    assert f"（编号 {head.num_classes}）" in text and f"{head.num_classes}×4 个数" in text
    size = model.roi_head.bbox_roi_extractor.roi_layer.output_size
    assert f"取 {size}×{size}" in text
    assert f"`nms_pre={model.test_cfg.rpn.nms_pre}`" in text and f"`max_per_img={model.test_cfg.rpn.max_per_img}`" in text
    assert f"按 `{tuple(config.test_pipeline[1].scale)}` 放大" in text
    assert f"而且是 {model.data_preprocessor.pad_size_divisor} 的倍数" in text
    assert f"长宽都除以约 {800 / 480:.2f}" in text and f"格子数除以约 {(800 / 480) ** 2:.1f}" in text


def test_what_libra_changes():
    model = load("configs/libra_rcnn/libra-faster-rcnn_r50_fpn_1x_coco.py").model
    assert model.train_cfg.rcnn.sampler.neg_sampler.type == "IoUBalancedNegSampler"
    assert [neck.type for neck in model.neck] == ["FPN", "BFP"]
    assert model.roi_head.bbox_head.loss_bbox.type == "BalancedL1Loss"


def test_the_self_test_on_a_smaller_scale(text, output):
    def anchors(height: int, width: int) -> int:
        return sum(3 * -(-height // stride) * -(-width // stride) for stride in (4, 8, 16, 32, 64))

    total = int(re.search(r"\| 合计 \| \| \| (\d+) \|", output)[1])
    assert total == anchors(800, 1088) and round(anchors(480, 640) / 1e4, 1) == 7.7 and round(total / 1e4, 1) == 21.7
    assert round(total / anchors(480, 640), 1) == 2.8 and "从约 21.7 万降到约 7.7 万" in text


def test_a_strip_and_a_square_of_the_same_area(text):
    assert round((1300 * 100) ** 0.5, -1) == 360 and "1300×100 的长条与 360×360 的方块" in text


def test_there_are_several_hundred_files():
    assert 300 < sum(".mim" not in path.parts for path in package().rglob("*.py")) < 999
