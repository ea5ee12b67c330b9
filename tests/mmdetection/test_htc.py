"""The page "Hybrid Task Cascade": pictures, config lines, numbers, and what the code of the wheel does."""

import ast
import re
import xml.etree.ElementTree as ElementTree

import pytest

from .wheel import average_precision, load, models, package, tree

R50 = {
    "mask": "configs/mask_rcnn/mask-rcnn_r50_fpn_1x_coco.py",
    "cascade": "configs/cascade_rcnn/cascade-mask-rcnn_r50_fpn_1x_coco.py",
    "plain": "configs/htc/htc-without-semantic_r50_fpn_1x_coco.py",
    "htc": "configs/htc/htc_r50_fpn_1x_coco.py",
}
ROI_HEADS = package() / "models" / "roi_heads"


@pytest.fixture(scope="module")
def text(notes):
    return (notes / "htc.md").read_text(encoding="utf-8")


def of(name: str) -> dict[str, float]:
    return average_precision(R50[name].rsplit("/", 1)[1].removesuffix(".py"))


def method(path, cls: str, name: str) -> ast.FunctionDef:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef) and node.name == cls:
            return next(part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == name)
    raise AssertionError(f"{cls}.{name}")


@pytest.mark.parametrize("step", ["mask-rcnn", "cascade-mask", "interleaved", "htc"])
def test_a_committed_picture_is_what_its_code_draws(step, code, notes):
    drawn = code("draw_htc").svg(step)
    assert (notes / "htc.assets" / f"{step}.svg").read_text(encoding="utf-8") == drawn
    root = ElementTree.fromstring(drawn)
    assert root.find("{*}title").text and root.find("{*}desc").text


def test_each_step_draws_the_heads_it_has(code):
    draw = code("draw_htc")
    labels = {step: re.findall(r">(框头|掩码头)[ 123]*<", draw.svg(step)) for step in draw.TITLES}
    assert {step: (found.count("框头"), found.count("掩码头")) for step, found in labels.items()} == {
        "mask-rcnn": (1, 1),
        "cascade-mask": (3, 3),
        "interleaved": (3, 3),
        "htc": (3, 3),
    }


def test_the_gains_in_the_prose_are_the_differences_of_the_metafiles(text):
    gain = {
        pair: [round(of(pair[1])[metric] - of(pair[0])[metric], 1) for metric in ("box AP", "mask AP")]
        for pair in (("mask", "cascade"), ("cascade", "htc"))
    }
    assert gain == {("mask", "cascade"): [3.0, 1.2], ("cascade", "htc"): [1.1, 1.5]}
    assert "metafile 里的 1.1 和 1.5 " in text
    assert "级联给框加了 3.0、给掩码加了 1.2；HTC 再给框加 1.1、给掩码加 1.5。" in text
    assert f"掩码 AP 从 {of('mask')['mask AP']} 到 {of('cascade')['mask AP']} 再到 {of('htc')['mask AP']}" in text


def test_the_costs_in_the_prose_are_those_of_the_metafiles(text):
    cost = []
    for name in ("cascade", "htc"):
        data = models()[R50[name].rsplit("/", 1)[1].removesuffix(".py")]["Metadata"]
        cost.append((round(data["inference time (ms/im)"][0]["value"]), data["Training Memory (GB)"]))
    (slow, small), (slower, large) = cost
    assert f"推理从每图 {slow} 毫秒到 {slower} 毫秒，训练显存从 {small} GB 到 {large} GB" in text


def test_the_three_ideas_are_switches_of_the_config():
    plain, full = load(R50["plain"]).model.roi_head, load(R50["htc"]).model.roi_head
    assert plain.interleaved and plain.mask_info_flow and "semantic_head" not in plain
    assert set(full) - set(plain) == {"semantic_head", "semantic_roi_extractor"}
    assert [head.get("with_conv_res", True) for head in full.mask_head] == [False, True, True]
    assert full.semantic_head.num_ins == 5 and full.semantic_head.num_convs == 4 and full.semantic_head.num_classes == 183
    assert load(R50["htc"]).model.neck.num_outs == 5
    assert "semantic_fusion: Tuple[str]=('bbox', 'mask')" in ast.unparse(method(ROI_HEADS / "htc_roi_head.py", "HybridTaskCascadeRoIHead", "__init__"))


def test_what_the_prose_says_of_the_stages_is_in_the_config(text):
    model = load(R50["htc"]).model
    first, second, third = (stage.assigner.pos_iou_thr for stage in model.train_cfg.rcnn)
    assert f"第一级用 {first}，修正后的框质量高了，第二级用 {second}，第三级用 {third}。" in text
    assert f"第一级（阈值 {first}）和第二级（{second}），第三级（{third}）不算。" in text and second <= 0.65 < third
    assert "损失权重 " + "、".join(map(str, model.roi_head.stage_loss_weights)) + " 乘在" in text
    assert f"HTC 把 FPN 的{'零一二三四五'[model.roi_head.semantic_head.num_ins]}层合到一层，过{'零一二三四五'[model.roi_head.semantic_head.num_convs]}个卷积" in text
    assert f"步长 {model.roi_head.semantic_roi_extractor.featmap_strides[0]} 的那一层；{model.roi_head.semantic_head.num_classes} 类是" in text


def test_a_proposal_moved_within_20_pixels_counts_for_the_second_stage(text):
    assert "第一级把它拉近到 25 像素以内，IoU 到 75 ÷ 125 = 0.6" in text and 75 / 125 == 0.6
    assert all((100 - shift) / (100 + shift) >= 0.6 for shift in range(21)) and (100 - 30) / (100 + 30) < 0.6


def test_six_places_hold_the_number_of_classes():
    roi_head = load(R50["htc"]).model.roi_head
    assert [head.num_classes for head in (*roi_head.bbox_head, *roi_head.mask_head)] == [80] * 6


def test_one_mask_head_in_the_config_becomes_three():
    assert load(R50["cascade"]).model.roi_head.mask_head.type == "FCNMaskHead"
    source = ast.unparse(method(ROI_HEADS / "cascade_roi_head.py", "CascadeRoIHead", "init_mask_head"))
    assert "mask_head = [mask_head for _ in range(self.num_stages)]" in source


def test_the_lower_score_threshold_is_the_only_other_difference_when_testing(text):
    cascade, htc = load(R50["cascade"]).model.test_cfg, load(R50["htc"]).model.test_cfg
    assert f"把分数阈值从 {cascade.rcnn.score_thr} 降到 {htc.rcnn.score_thr}" in text
    assert {key for key in cascade.rcnn if cascade.rcnn[key] != htc.rcnn[key]} == {"score_thr"}
    assert {key for key in cascade.rpn if cascade.rpn[key] != htc.rpn[key]} == set()


def test_the_features_of_the_stage_before_are_computed_anew():
    forward = ast.unparse(method(ROI_HEADS / "htc_roi_head.py", "HybridTaskCascadeRoIHead", "_mask_forward"))
    assert "for i in range(stage):" in forward and "last_feat = self.mask_head[i](mask_feats, last_feat, return_logits=False)" in forward


def test_boxes_are_assigned_and_sampled_again_before_the_mask_head():
    loss = ast.unparse(method(ROI_HEADS / "htc_roi_head.py", "HybridTaskCascadeRoIHead", "loss"))
    interleaved = loss[loss.index("if self.interleaved:") : loss.index("mask_results = self.mask_loss")]
    assert "refine_bboxes" in interleaved and "bbox_assigner.assign" in interleaved and "bbox_sampler.sample" in interleaved


def appends(node: ast.AST) -> list[ast.Call]:
    return [n for n in ast.walk(node) if isinstance(n, ast.Call) and ast.unparse(n.func) == "aug_masks.append"]


def test_at_inference_htc_keeps_only_the_last_stage_s_masks_and_the_cascade_keeps_all():
    htc = method(ROI_HEADS / "htc_roi_head.py", "HybridTaskCascadeRoIHead", "_mask_forward")
    assert len(appends(htc)) == 1
    assert not [call for loop in ast.walk(htc) if isinstance(loop, ast.For) for call in appends(loop)]
    cascade = method(ROI_HEADS / "cascade_roi_head.py", "CascadeRoIHead", "predict_mask")
    assert [call for loop in ast.walk(cascade) if isinstance(loop, ast.For) for call in appends(loop)]


def test_the_largest_config_is_quoted_right(text):
    values = average_precision("htc_x101-64x4d-dconv-c3-c5_fpn_ms-400-1400-16xb1-20e_coco")
    assert f"是 {values['box AP']} / {values['mask AP']}（2019 年的 1.x 权重是 50.7 / 43.9）" in text


def test_the_stages_that_take_a_proposal_follow_from_its_iou(notes):
    printed = (notes / "code" / "htc_steps.out").read_text(encoding="utf-8")
    for shift, overlap, stages in re.findall(r"偏 (\d+) 像素：IoU ([\d.]+)，算正样本的级：(\[.*?\])", printed):
        intersection = 100 - int(shift)
        assert float(overlap) == round(intersection / (2 * 100 - intersection), 3)
        assert stages == str([n for n, threshold in enumerate((0.5, 0.6, 0.7), 1) if float(overlap) >= threshold])
    assert printed.count("算正样本的级") == 3
