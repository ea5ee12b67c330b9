"""The then → now translator: old-style configs of both ages, held against the configs of the mmdet 3.3.0 wheel."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from .wheel import classes, config_paths, load, package, registered, root

CODE = Path(__file__).parents[2] / "docs" / "mmdetection" / "code"
PROGRAM = CODE / "translate_config.py"
sys.path.insert(0, str(CODE))

import config_reader  # noqa: E402
import config_renames  # noqa: E402
import config_rewrites  # noqa: E402
import translate_config  # noqa: E402

LIBRA = "configs/libra_rcnn/libra-faster-rcnn_x101-64x4d_fpn_1x_coco.py"

# The key parts of Libra R-CNN as a config of early July 2019 said them: no pipelines, no inheritance.
EARLY_2019 = """
model = dict(
    type='FasterRCNN',
    pretrained='open-mmlab://resnext101_64x4d',
    backbone=dict(type='ResNeXt', depth=101, groups=64, base_width=4, style='pytorch'),
    neck=[dict(type='FPN', out_channels=256, num_outs=5), dict(type='BFP', refine_level=2)],
    rpn_head=dict(
        type='RPNHead',
        anchor_scales=[8],
        anchor_ratios=[0.5, 1.0, 2.0],
        anchor_strides=[4, 8, 16, 32, 64],
        target_means=[.0, .0, .0, .0],
        target_stds=[1.0, 1.0, 1.0, 1.0]),
    bbox_roi_extractor=dict(
        type='SingleRoIExtractor',
        roi_layer=dict(type='RoIAlign', out_size=7, sample_num=2)),
    bbox_head=dict(
        type='SharedFCBBoxHead',
        num_fcs=2,
        num_classes=81,
        target_means=[0., 0., 0., 0.],
        target_stds=[0.1, 0.1, 0.2, 0.2],
        loss_bbox=dict(type='BalancedL1Loss', alpha=0.5, gamma=1.5, beta=1.0)))
train_cfg = dict(
    rpn_proposal=dict(nms_across_levels=False, nms_pre=2000, nms_post=2000, max_num=2000, nms_thr=0.7),
    rcnn=dict(sampler=dict(type='CombinedSampler', neg_sampler=dict(type='IoUBalancedNegSampler', num_bins=3))))
test_cfg = dict(rcnn=dict(nms=dict(type='nms', iou_thr=0.5), max_per_img=100))
data_root = 'data/coco/'
img_norm_cfg = dict(mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375], to_rgb=True)
data = dict(
    imgs_per_gpu=2,
    workers_per_gpu=2,
    train=dict(
        type='CocoDataset',
        ann_file=data_root + 'annotations/instances_train2017.json',
        img_prefix=data_root + 'train2017/',
        img_scale=(1333, 800),
        img_norm_cfg=img_norm_cfg,
        size_divisor=32,
        flip_ratio=0.5,
        with_mask=False,
        with_crowd=True,
        with_label=True))
optimizer = dict(type='SGD', lr=0.02, momentum=0.9, weight_decay=0.0001)
optimizer_config = dict(grad_clip=dict(max_norm=35, norm_type=2))
lr_config = dict(policy='step', warmup='linear', warmup_iters=500, warmup_ratio=1.0 / 3, step=[8, 11])
checkpoint_config = dict(interval=1)
log_config = dict(interval=50, hooks=[dict(type='TextLoggerHook')])
total_epochs = 12
dist_params = dict(backend='nccl')
log_level = 'INFO'
load_from = None
resume_from = None
workflow = [('train', 1)]
"""
# What 2.x and 3.x retrained with another value than 2019's (docs/compatibility.md: "Training Hyperparameters").
RETRAINED = {
    "model.roi_head.bbox_roi_extractor.roi_layer.sampling_ratio",
    "model.train_cfg.rpn_proposal.max_per_img",
    "param_scheduler",
}

# A cascade of late 2019, with pipelines, deformable convolutions, masks and several scales.
LATE_2019 = """
model = dict(
    type='CascadeRCNN',
    num_stages=3,
    pretrained=None,
    backbone=dict(type='ResNet', dcn=dict(modulated=False, groups=1, deformable_groups=1)),
    bbox_roi_extractor=dict(type='SingleRoIExtractor', roi_layer=dict(type='RoIAlign', out_size=7)),
    bbox_head=[
        dict(type='SharedFCBBoxHead', num_fcs=2, num_classes=len(names) + 1, target_stds=[0.1, 0.1, 0.2, 0.2]),
        dict(type='SharedFCBBoxHead', num_fcs=1, num_classes=3, target_stds=[0.05, 0.05, 0.1, 0.1]),
    ],
    mask_head=dict(type='FCNMaskHead', num_classes=3))
train_cfg = dict(rcnn=[dict(pos_weight=-1)], stage_loss_weights=[1, 0.5, 0.25])
test_cfg = dict(rpn=dict(nms_thr=0.7, max_num=1000), keep_all_stages=False)
img_norm_cfg = dict(mean=[1, 2, 3], std=[4, 5, 6], to_rgb=True)
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadAnnotations', with_bbox=True, with_mask=True),
    dict(type='Resize', img_scale=[(1600, 400), (1600, 1400)], multiscale_mode='range', keep_ratio=True),
    dict(type='RandomFlip', flip_ratio=0.5),
    dict(type='Normalize', **img_norm_cfg),
    dict(type='Pad', size_divisor=32),
    dict(type='DefaultFormatBundle'),
    dict(type='Collect', keys=['img', 'gt_bboxes', 'gt_labels', 'gt_masks']),
]
test_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='MultiScaleFlipAug', img_scale=(1333, 800), flip=False, transforms=[
        dict(type='Resize', keep_ratio=True), dict(type='Collect', keys=['img'])]),
]
data = dict(
    imgs_per_gpu=1,
    train=dict(type='VOCDataset', ann_file=['a.txt', 'b.txt'], img_prefix='VOC2007/', pipeline=train_pipeline),
    val=dict(type='VOCDataset', img_prefix='VOC2007/', pipeline=test_pipeline))
evaluation = dict(interval=2, metric='mAP')
lr_config = dict(policy='cosine_of_my_own')
"""

# 2.x: inheritance, class counts without the background, RoI head, runner.
STYLE_2X = """
_base_ = ['../_base_/models/faster_rcnn_r50_fpn.py', '../_base_/default_runtime.py']
model = dict(
    backbone=dict(init_cfg=dict(type='Pretrained', checkpoint='torchvision://resnet50')),
    roi_head=dict(bbox_head=dict(num_classes=2, bbox_coder=dict(target_means=[0., 0., 0., 0.]))))
classes = ('box', 'ball')
train_pipeline = [
    dict(type='Resize', img_scale=[(1333, 640), (1333, 800)], multiscale_mode='value', keep_ratio=True),
    dict(type='Collect', keys=['img'])]
test_pipeline = [dict(type='MultiScaleFlipAug', img_scale=[(1333, 800), (2000, 1200)], flip=True, transforms=[])]
data = dict(
    samples_per_gpu=4,
    workers_per_gpu=0,
    train=dict(type='CocoDataset', classes=classes, img_prefix='train/', filter_empty_gt=False, pipeline=train_pipeline),
    val=dict(type='CocoDataset', classes=classes, img_prefix='val/', pipeline=test_pipeline))
evaluation = dict(interval=1, metric=['bbox', 'segm'], save_best='auto')
optimizer = dict(type='SGD', lr=0.01, paramwise_cfg=dict(bias_lr_mult=2.))
optimizer_config = dict(_delete_=True, grad_clip=None)
lr_config = dict(step=[16, 22])
runner = dict(type='IterBasedRunner', max_iters=9000)
fp16 = dict(loss_scale=512.)
log_config = dict(hooks=[dict(type='TextLoggerHook'), dict(type='TensorboardLoggerHook'), dict(type='MyHook')])
resume_from = 'work_dirs/a/latest.pth'
cudnn_benchmark = True
my_own_key = 3
"""


def translate(source: str, age: str | None = None):
    config = config_reader.read(source)
    return translate_config.translate(config, age or translate_config.age_of(config)[0])[0]


def said(source: str, age: str | None = None) -> dict[str, tuple[str, str]]:
    """Old path → (kind, new) of a config; a path with several outcomes keeps them joined by a semicolon."""
    answers: dict[str, tuple[str, str]] = {}
    for finding in translate(source, age):
        kind, new = finding.outcome.kind, finding.outcome.new
        answers[finding.old] = (kind, "; ".join(filter(None, [answers.get(finding.old, ("", ""))[1], new])))
    return answers


def run(*arguments: object, source: str | None = None, tmp_path: Path | None = None) -> subprocess.CompletedProcess[str]:
    if source is not None:
        (tmp_path / "old.py").write_text(source, encoding="utf-8")
        arguments = (tmp_path / "old.py", *arguments)
    return subprocess.run([sys.executable, str(PROGRAM), *map(str, arguments)], capture_output=True, encoding="utf-8")


def plain(value: object) -> object:
    """A value without the classes of mmengine and without the difference of tuple and list."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def at(config: object, path: str) -> object:
    """The value at ``a.b.c`` of a config. Raises KeyError."""
    for key in path.split("."):
        config = config[key]
    return config


def literal(text: str) -> object:
    return config_value(config_reader.read(f"x = {text}").tops["x"])


def config_value(value: config_reader.Value) -> object:
    if isinstance(value.data, dict):
        return {key: config_value(inner) for key, inner in value.data.items()}
    return [config_value(inner) for inner in value.data] if isinstance(value.data, list) else value.data


def contains(whole: object, part: object) -> bool:
    """Whether every key of ``part`` is in ``whole`` with its value; what ``whole`` has besides does not matter."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and contains(whole[key], inner) for key, inner in part.items())
    return whole == part


def test_every_key_of_a_2019_config_lands_where_the_config_of_3_3_0_has_it():
    now, checked, other = load(LIBRA), 0, set()
    for finding in translate(EARLY_2019):
        if finding.outcome.kind != "moved" or "pipeline" in finding.outcome.new:
            continue
        path, equals, value = finding.outcome.new.partition(" = ")
        if path == "optim_wrapper.clip_grad":
            continue  # asserted below: 3.3.0 does not clip here
        there = plain(at(now, path))
        if not equals and isinstance(finding.value.data, dict):
            continue  # a dict that moved: its contents are checked key by key
        checked += 1
        if path.endswith("data_prefix.img"):
            assert finding.value.data == at(now, "data_root") + there
            continue
        if not contains(there, literal(value if equals else finding.value.text)):
            other.add(path)
    assert other == RETRAINED
    assert checked >= 25


def test_the_2019_values_that_3_3_0_changed_are_really_others():
    now = load(LIBRA)
    assert at(now, "model.roi_head.bbox_roi_extractor.roi_layer").sampling_ratio == 0
    assert at(now, "model.train_cfg.rpn_proposal").max_per_img == 1000
    assert at(now, "optim_wrapper").get("clip_grad") is None
    warm_up, steps = at(now, "param_scheduler")
    assert (warm_up.type, warm_up.start_factor, warm_up.end) == ("LinearLR", 0.001, 500)
    assert (steps.type, steps.milestones, steps.end, steps.gamma) == ("MultiStepLR", [8, 11], 12, 0.1)


def test_the_warm_up_of_2019_becomes_two_schedulers():
    assert said(EARLY_2019)["lr_config"] == (
        "moved",
        "param_scheduler = [dict(type='LinearLR', start_factor=1.0 / 3, by_epoch=False, begin=0, end=500), "
        "dict(type='MultiStepLR', by_epoch=True, begin=0, end=12, milestones=[8, 11], gamma=0.1)]",
    )


def test_the_settings_of_a_dataset_become_the_steps_that_3_3_0_has():
    kind, new = said(EARLY_2019)["data.train.img_scale"]
    path, _, value = new.partition(" = ")
    steps = plain(at(load(LIBRA), path))
    assert kind == "moved" and [contains(whole, part) for whole, part in zip(steps, literal(value), strict=True)] == [True] * 5


def test_a_key_that_nothing_replaces_is_said_to_be_gone():
    answers = said(EARLY_2019)
    gone = {old for old, (kind, _) in answers.items() if kind == "gone"}
    assert gone == {
        "model.bbox_head.num_fcs",
        "train_cfg.rpn_proposal.nms_across_levels",
        "train_cfg.rpn_proposal.nms_post",
        "data.train.flip_ratio",
        "data.train.with_mask",
        "data.train.with_crowd",
        "data.train.with_label",
        "log_config.hooks",
        "workflow",
    }


def test_line_numbers_are_those_of_the_old_file():
    lines = EARLY_2019.split("\n")
    for finding in translate(EARLY_2019):
        for line in finding.lines:
            assert finding.old.rpartition(".")[2].split("[")[0] in lines[line - 1] or lines[line - 1].strip(), finding


def test_a_cascade_of_late_2019():
    answers = said(LATE_2019)
    expected = {
        "model.type": ("moved", "model.roi_head.type = 'CascadeRoIHead'"),
        "model.num_stages": ("moved", "model.roi_head.num_stages"),
        "model.pretrained": ("moved", "model.backbone.init_cfg = None"),
        "model.backbone.dcn.modulated": ("moved", "model.backbone.dcn.type = 'DCN'"),
        "model.backbone.dcn.groups": ("gone", ""),
        "model.backbone.dcn.deformable_groups": ("moved", "model.backbone.dcn.deform_groups"),
        "model.bbox_head[0].num_classes": ("hand", ""),
        "model.bbox_head[1].num_classes": ("moved", "model.roi_head.bbox_head[1].num_classes = 2"),
        "model.bbox_head[0].type": ("moved", "model.roi_head.bbox_head[0].type = 'Shared2FCBBoxHead'"),
        "model.bbox_head[1].type": ("moved", "model.roi_head.bbox_head[1].type = 'ConvFCBBoxHead'"),
        "model.mask_head.num_classes": ("moved", "model.roi_head.mask_head.num_classes = 2"),
        "train_cfg.stage_loss_weights": ("moved", "model.roi_head.stage_loss_weights"),
        "test_cfg.keep_all_stages": ("gone", ""),
        "train_pipeline[2].img_scale": (
            "moved",
            "train_pipeline[2].type = 'RandomResize'; train_pipeline[2].scale = [(1600, 400), (1600, 1400)]",
        ),
        "train_pipeline[3].flip_ratio": ("moved", "train_pipeline[3].prob"),
        "train_pipeline[7].type": ("moved", "train_pipeline[7].type = 'PackDetInputs'"),
        "test_pipeline[1]": ("moved", "test_pipeline[1] = dict(type='Resize', scale=(1333, 800), keep_ratio=True)"),
        "data.train.ann_file": ("hand", ""),
        "data.val.img_prefix": ("moved", "val_dataloader.dataset.data_prefix.sub_data_root"),
        "evaluation.interval": ("moved", "train_cfg.val_interval"),
        "evaluation.metric": ("moved", "val_evaluator = dict(type='VOCMetric', metric='mAP')"),
        "lr_config": ("hand", ""),
    }
    assert {old: answers[old] for old in expected} == expected
    assert "model.data_preprocessor = dict(type='DetDataPreprocessor', mean=[1, 2, 3], std=[4, 5, 6], bgr_to_rgb=True)" in [
        new for _, new in answers.values()
    ]


def test_a_config_of_2_x():
    answers = said(STYLE_2X)
    expected = {
        "_base_": ("hand", ""),
        "train_pipeline[0].img_scale": (
            "moved",
            "train_pipeline[0].type = 'RandomChoiceResize'; train_pipeline[0].scales = [(1333, 640), (1333, 800)]",
        ),
        "test_pipeline[0]": ("hand", ""),
        "data.samples_per_gpu": ("moved", "train_dataloader.batch_size"),
        "data.train": ("moved", "train_dataloader.dataset"),
        "data.train.classes": ("moved", "train_dataloader.dataset.metainfo.classes"),
        "data.train.img_prefix": ("moved", "train_dataloader.dataset.data_prefix.img"),
        "data.train.filter_empty_gt": ("moved", "train_dataloader.dataset.filter_cfg.filter_empty_gt"),
        "evaluation.metric": ("moved", "val_evaluator = dict(type='CocoMetric', metric=['bbox', 'segm'], ann_file=…)"),
        "evaluation.save_best": ("moved", "default_hooks.checkpoint.save_best"),
        "optimizer": ("moved", "optim_wrapper.optimizer"),
        "optimizer.paramwise_cfg": ("moved", "optim_wrapper.paramwise_cfg"),
        "optimizer_config.grad_clip": ("moved", "optim_wrapper.clip_grad"),
        "lr_config": ("hand", ""),
        "runner.type": ("moved", "train_cfg.type = 'IterBasedTrainLoop'"),
        "runner.max_iters": ("moved", "train_cfg.max_iters"),
        "fp16.loss_scale": ("moved", "optim_wrapper.loss_scale"),
        "resume_from": ("moved", "resume = True, load_from = 'work_dirs/a/latest.pth'"),
        "cudnn_benchmark": ("moved", "env_cfg.cudnn_benchmark"),
        "my_own_key": ("hand", ""),
    }
    assert {old: answers[old] for old in expected} == expected
    assert not [old for old in answers if old.startswith("model.")], "the model did not change from 2.x"
    hooks = [f.outcome for f in translate(STYLE_2X) if f.old == "log_config.hooks"]
    assert sorted(outcome.kind for outcome in hooks) == ["gone", "hand", "moved"]


def test_class_counts_lose_the_background_only_from_1_x():
    both = "model = dict(bbox_head=dict(type='RetinaHead', num_classes=81))\ntotal_epochs = 12\n"
    assert said(both, "1")["model.bbox_head.num_classes"] == ("moved", "model.bbox_head.num_classes = 80")
    assert "model.bbox_head.num_classes" not in said(both, "2")


def test_the_classes_of_the_semantic_branch_are_not_counted_down():
    source = "model = dict(bbox_roi_extractor=dict(type='A'), semantic_head=dict(num_classes=183, ignore_label=255))"
    assert said(source)["model.semantic_head.num_classes"][0] == "hand"
    assert said(source)["model.semantic_head.ignore_label"] == ("moved", "model.roi_head.semantic_head.loss_seg.ignore_index")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("None", "param_scheduler = []"),
        ("dict(policy='fixed')", "param_scheduler = []"),
        ("dict(policy='step', step=3, gamma=0.5)", "param_scheduler = [dict(type='StepLR', by_epoch=True, begin=0, end=7, step_size=3, gamma=0.5)]"),
        ("dict(policy='poly', power=0.9, min_lr=1e-4, by_epoch=False)", "param_scheduler = [dict(type='PolyLR', by_epoch=False, begin=0, end=7, power=0.9, eta_min=0.0001)]"),
        ("dict(policy='CosineAnnealing', min_lr=0, warmup='constant', warmup_iters=9, warmup_ratio=0.2)",
         "param_scheduler = [dict(type='ConstantLR', factor=0.2, by_epoch=False, begin=0, end=9), dict(type='CosineAnnealingLR', by_epoch=True, begin=0, end=7, eta_min=0)]"),
        ("dict(policy='step', step=[8], warmup='exp')", ""),
        ("dict(policy='CosineAnnealing', min_lr_ratio=1e-5)", ""),
        ("dict(policy='exp', gamma=0.9)", ""),
    ],
)  # fmt: skip
def test_learning_rate_policies(old, new):
    kind, said_new = said(f"lr_config = {old}\ntotal_epochs = 7\n", "2")["lr_config"]
    assert (kind, said_new) == ("moved" if new else "hand", new)
    for name in re.findall(r"type='(\w+)'", new):
        assert name in classes("mmengine") or name in registered("mmengine")


@cache
def names_of_3x() -> frozenset[str]:
    """Every key of every config of the wheel and every argument of every function of mmdet and mmengine."""
    names = {"deform_groups", "output_size", "sampling_ratio"}  # arguments of mmcv's DCN and RoIAlign
    sources = [root() / path for path in config_paths()]
    for name in ("mmdet", "mmengine"):
        sources += [path for path in package(name).rglob("*.py") if ".mim" not in path.parts]
    for path in sources:
        names.update(re.findall(r"\b([a-z]\w*)(?: ?=[^=]|: )", path.read_text(encoding="utf-8")))
    return frozenset(names)


def outcomes_of_plain_rules():
    value = config_reader.Value(1, "1", 1)
    for rule in config_renames.RULES:
        if rule.answer.__name__ == "<lambda>":
            yield rule, rule.answer(config_rewrites.Spot("interval", value, value, {}))


def test_every_name_on_the_right_of_the_table_exists_in_3_3_0():
    checked = 0
    for rule, outcome in outcomes_of_plain_rules():
        path = outcome.new.format(up="model", here="model", text="1", key="interval").partition(" = ")[0]
        for part in path.split("."):
            if part:
                checked += 1
                assert part in names_of_3x(), f"{rule.pattern} → {part}"
    assert checked > 100


def test_every_class_that_the_translator_writes_exists_in_3_3_0():
    sources = [(CODE / name).read_text(encoding="utf-8") for name in ("config_renames.py", "config_rewrites.py")]
    written = set(re.findall(r"type ?= ?'(\w+)'", "\n".join(sources)))
    written |= set(re.findall(r'"(\w+(?:RoIHead|Resize|TrainLoop|Metric|VisBackend))"', "\n".join(sources)))
    known = classes() | classes("mmengine") | set(registered()) | set(registered("mmengine"))
    known |= {name for path in config_paths() for name in re.findall(r"type='(\w+)'", (root() / path).read_text(encoding="utf-8"))}
    assert {"CascadeRoIHead", "VOCMetric", "AmpOptimWrapper", "RandomChoiceResize"} <= written
    assert written <= known, written - known


@pytest.mark.parametrize("name", ["SharedFCBBoxHead", "DefaultFormatBundle", "Collect", "MultiScaleFlipAug", "Normalize", "TextLoggerHook", "EpochBasedRunner"])
def test_a_class_that_the_translator_calls_gone_is_gone(name):
    assert name not in classes() | classes("mmengine") | set(registered()) | set(registered("mmengine"))


def test_the_age_is_read_from_the_keys():
    for source, age in ((EARLY_2019, "1"), (LATE_2019, "1"), (STYLE_2X, "2"), ("optim_wrapper = dict()", "3"), ("total_epochs = 1", "")):
        assert translate_config.age_of(config_reader.read(source))[0] == age


def test_every_key_is_accounted_for():
    """Nothing is passed over: a key more is a line more in the report, or one more in the count of unchanged values."""
    findings, same = translate_config.translate(config_reader.read(EARLY_2019), "1")
    grown = EARLY_2019.replace("log_level = 'INFO'", "log_level = 'INFO'\nwork_dir = 'w'\nsurprise = 1")
    more, also = translate_config.translate(config_reader.read(grown), "1")
    assert (len(more), also) == (len(findings) + 1, same + 1)
    shorter, less = translate_config.translate(config_reader.read(EARLY_2019.replace("depth=101, ", "")), "1")
    assert (len(shorter), less) == (len(findings), same - 1)


def test_the_report_names_line_old_and_new(tmp_path):
    done = run(source=EARLY_2019, tmp_path=tmp_path)
    line = 1 + EARLY_2019.split("\n").index("        num_classes=81,")
    assert done.returncode == 0 and not done.stderr
    assert f"{line:5}  model.bbox_head.num_classes = 81\n         → model.roi_head.bbox_head.num_classes = 80" in done.stdout
    assert "Gone: nothing to write" in done.stdout and "No renaming can carry over" in done.stdout
    assert re.search(r"\n\d+ other values: no change is known to this program\.\n", done.stdout)


def test_what_cannot_be_translated_is_said_plainly(tmp_path):
    done = run(source=STYLE_2X, tmp_path=tmp_path)
    heading, _, rest = done.stdout.partition("Not translated: decide yourself\n")
    for old in ("_base_", "test_pipeline[0]", "lr_config", "MyHook", "my_own_key"):
        assert old in rest and f"  {old}" not in heading.split("Renamed")[0]


def test_the_config_of_the_same_name_in_3_3_0_is_named(tmp_path):
    old = tmp_path / "libra_faster_rcnn_x101_64x4d_fpn_1x.py"
    old.write_text(EARLY_2019, encoding="utf-8")
    assert f"in 3.3.0 a config of this name is {LIBRA}\n" in run(old).stdout
    assert LIBRA in config_paths()
    assert translate_config.namesakes(Path("htc_dconv_c3-c5_mstrain_400_1400_x101_64x4d_fpn_20e.py")) == [
        "configs/htc/htc_x101-64x4d-dconv-c3-c5_fpn_ms-400-1400-16xb1-20e_coco.py"
    ]
    assert translate_config.namesakes(Path("mine.py")) == []


def test_a_config_of_3_x_is_left_alone(tmp_path):
    done = run(source="train_dataloader = dict(batch_size=2)\n", tmp_path=tmp_path)
    assert done.returncode == 0 and "written for 3.x already (train_dataloader)" in done.stdout


def test_no_config_of_3_x_is_given_a_translation():
    """Each config of the wheel is known as 3.x, or has no sign of an age, or is told that it may be of 3.x."""
    doubtful = 0
    for path in config_paths():
        config = config_reader.read((root() / path).read_text(encoding="utf-8"))
        age, _ = translate_config.age_of(config)
        assert age != "1", path
        if age == "2":
            doubtful += 1
            assert translate_config.EITHER in "\n".join(translate_config.report(*translate_config.translate(config, age), age)), path
    assert 0 < doubtful < 200 < len(config_paths())


@pytest.mark.parametrize(
    ("source", "age"),
    [
        ("_base_ = 'mmdet::retinanet/retinanet_r50_fpn_1x_coco.py'", "3"),
        ("_base_ = ['../_base_/models/faster-rcnn_r50_fpn.py']", "3"),
        ("_base_ = ['../_base_/models/faster_rcnn_r50_fpn.py']", "2"),
        ("_base_ = '../common/mstrain-poly_3x_coco_instance.py'", "2"),
        ("_base_ = './retinanet_r50_fpn_1x_coco.py'", "2"),
        ("_base_ = './x.py'\ntest_pipeline = [dict(type='PackDetInputs')]", "3"),
        ("model = dict(data_preprocessor=dict(type='DetDataPreprocessor'), roi_head=dict())", "3"),
    ],
)
def test_bases_and_new_parts_show_3_x(source, age):
    assert translate_config.age_of(config_reader.read(source))[0] == age


def test_nothing_in_the_config_is_executed(tmp_path):
    trace = tmp_path / "trace"
    source = f"import os\nopen({str(trace)!r}, 'w')\ntotal_epochs = os.system('touch {trace}')\nx = 'a' * 10 ** 12\nimgs = [i for i in range(9)]\n"
    done = run("--age", 1, source=source, tmp_path=tmp_path)
    assert done.returncode == 0 and not trace.exists()
    rest = done.stdout.partition("Not translated")[2]
    assert "import os" in rest and "open(" in rest and "x = 'a' * 10 ** 12" in rest and "imgs = " in rest
    assert "train_cfg.max_epochs = os.system(" in done.stdout, "a computed value keeps its text"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = (", "is not Python: line 1: '(' was never closed"),
        ("", "has no key of an MMDetection config"),
        ("a = 1", "has no key of an MMDetection config"),
        ("total_epochs = 12", "cannot tell whether"),
        ("total_epochs = " + "-" * 5000 + "1", "nested too deeply"),
        ("data = dict(imgs_per_gpu=2, samples_per_gpu=2)", "(data.imgs_per_gpu, data.samples_per_gpu): say --age 1 or --age 2"),
    ],
)
def test_errors_say_what_to_do(source, message, tmp_path):
    done = run(source=source, tmp_path=tmp_path)
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    assert "No such file or directory" in run(tmp_path / "nowhere.py").stderr
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe\x00")
    done = run(tmp_path / "bytes.py")
    assert done.returncode == 2 and "cannot read" in done.stderr and "Traceback" not in done.stderr


def test_the_age_can_be_said(tmp_path):
    done = run("--age", "1", source="total_epochs = 12\n", tmp_path=tmp_path)
    assert done.returncode == 0 and "read as 1.x (you said so)" in done.stdout
    assert "train_cfg.max_epochs = 12" in done.stdout


def test_the_reader_knows_names_sums_and_stars():
    config = config_reader.read("root = 'a/'\nx = dict(file=root + 'b', half=1.0 / 2, minus=-3, **dict(k=[1, *[2, 3]]))\ny = {'z': None}\n")
    assert config_value(config.tops["x"]) == {"file": "a/b", "half": 0.5, "minus": -3, "k": [1, 2, 3]}
    assert config_value(config.tops["y"]) == {"z": None}
    assert config.helpers == {"root"} and not config.unread


def test_what_the_reader_does_not_understand_is_unknown_and_never_guessed():
    config = config_reader.read("x = dict(a=f(1), b=1 / 0, c=[0] * 9, **other)\nif x:\n    y = 1\n")
    assert [inner.data for inner in config.tops["x"].data.values()] == [config_reader.UNKNOWN] * 4
    assert config.unread == [(2, "if x:")]
