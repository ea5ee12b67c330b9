"""The then → now translator: what it reads, what it writes, what it leaves to a person, held against the mmdet 3.3.0 wheel.

The comparison with every config of the mmdet 2.28.2 wheel is made by scripts/compare_translations.py (it fetches that
wheel); its counts lie in docs/mmdetection/code/translate_counts.json, and the last tests here hold them.
"""

import ast
import io
import json
import re
import subprocess
import sys
import tempfile
import tokenize
from functools import cache
from pathlib import Path

import pytest
from mmengine import Config

from .wheel import classes, config_paths, load, package, registered, root

CODE = Path(__file__).parents[2] / "docs" / "mmdetection" / "code"
PROGRAM = CODE / "translate_config.py"
sys.path.insert(0, str(CODE))

import compare_translations  # noqa: E402
import config_changed  # noqa: E402
import config_compare  # noqa: E402
import config_desk  # noqa: E402
import config_meaning  # noqa: E402
import config_names  # noqa: E402
import config_reader  # noqa: E402
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

# Values that are moved, dropped or restated on the way, each of them once.
EVERYTHING_2X = """
model = dict(type='RetinaNet', backbone=dict(type='mmcls.ConvNeXt'), train_cfg=dict(), test_cfg=dict(rpn=dict(nms_post=5)))
custom_imports = dict(imports=['mmcls.models', 'mine.models'], allow_failed_imports=False)
find_unused_parameters = True
train_pipeline = [
    dict(type='Mosaic', img_scale=(640, 480), pad_val=114.0),
    dict(type='RandomAffine', border=(-320, -240)),
    dict(type='Albu', transforms=[], bbox_params=dict(type='BboxParams', label_fields=['gt_labels'])),
    dict(type='Resize', img_scale=[(1333, 640), (1333, 800)], multiscale_mode='range', override=True, keep_ratio=True),
    dict(type='RandomFlip', flip_ratio=None),
    dict(type='Normalize', mean=[1, 2, 3], std=[4, 5, 6], to_rgb=True),
    dict(type='Pad', size_divisor=32),
    dict(type='SegRescale', scale_factor=0.125),
    dict(type='DefaultFormatBundle'),
    dict(type='Collect', keys=['img'], meta_keys=('img_norm_cfg',))]
test_pipeline = [
    dict(type='LoadImageFromFile', file_client_args=dict(backend='disk')),
    dict(type='MultiScaleFlipAug', img_scale=(1333, 800), flip=True, flip_direction=['horizontal'], transforms=[
        dict(type='Resize', keep_ratio=True),
        dict(type='RandomFlip'),
        dict(type='Normalize', mean=[1, 2, 3], std=[4, 5, 6], to_rgb=True),
        dict(type='Pad', size_divisor=32),
        dict(type='ImageToTensor', keys=['img']),
        dict(type='Collect', keys=['img'])])]
data = dict(
    samples_per_gpu=2,
    workers_per_gpu=1,
    persistent_workers=True,
    train_dataloader=dict(shuffle=False),
    train=dict(type='CocoDataset', ann_file=['a.json', 'b.json'], img_prefix=['a/', 'b/'], filter_empty_gt=False, pipeline=train_pipeline),
    val=dict(type='CocoDataset', ann_file='v.json', img_prefix='v/', filter_empty_gt=True, min_size=8, pipeline=test_pipeline),
    test=dict(type='CocoDataset', ann_file='v.json', samples_per_gpu=4, test_mode=True, pipeline=test_pipeline))
evaluation = dict(interval=3, start=4, metric='bbox', save_best='bbox_mAP', rule='greater', classwise=True)
optimizer = dict(type='SGD', lr=0.01, constructor='Mine', paramwise_cfg=dict(norm_decay_mult=0.))
optimizer_config = dict(type='GradientCumulativeOptimizerHook', cumulative_iters=2, grad_clip=None)
fp16 = dict()
lr_config = dict(policy='step', by_epoch=True, warmup='linear', warmup_by_epoch=False, warmup_iters=500, warmup_ratio=0.001, step=[8, 11], gamma=0.5)
runner = dict(type='EpochBasedRunner', max_epochs=12)
checkpoint_config = dict(interval=1, create_symlink=False)
log_config = dict(interval=50, hooks=[dict(type='TextLoggerHook'), dict(type='TensorboardLoggerHook')])
dist_params = dict(backend='nccl', port=29500)
workflow = [('train', 1), ('val', 1)]
seed = 3
gpu_ids = [0]
auto_resume = True
"""



NAMES = config_names.installed()


def result(source: str, age: str | None = None) -> translate_config.Result:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "old.py"
        path.write_text(source, encoding="utf-8")
        config = config_reader.read_file(path)
    told = config_meaning.Age(age, ["--age"]) if age else config_meaning.age_of(config, NAMES)
    return translate_config.translate(config, told, NAMES)


def new(source: str, age: str | None = None) -> dict[str, object]:
    """Path → value of every leaf of the translation."""
    made = result(source, age).made
    return {path: config_reader.plain(leaf) for name, value in made.items() for path, leaf in config_desk.leaves(value, name)}


def hand(source: str, age: str | None = None) -> list[tuple[int, str]]:
    """Line and path of everything that is left to a person."""
    return [(decision.value.line, decision.path) for decision in result(source, age).hand]


def run(*arguments: object, source: str | None = None, tmp_path: Path | None = None) -> subprocess.CompletedProcess[str]:
    if source is not None:
        (tmp_path / "old.py").write_text(source, encoding="utf-8")
        arguments = (tmp_path / "old.py", *arguments)
    return subprocess.run([sys.executable, str(PROGRAM), *map(str, arguments)], capture_output=True, encoding="utf-8")


# --- whole configs ---


def test_a_2019_config_has_the_values_of_the_config_of_3_3_0_but_for_five():
    differences = config_compare.compare(result(EARLY_2019).made, NAMES.load(NAMES.package / ".mim" / LIBRA).tops)
    other = {difference.path for difference in differences if difference.kind in ("other", "mine")}
    assert other == {  # what 2.x and 3.x retrained with another value (docs/compatibility.md: "Training Hyperparameters")
        "model.roi_head.bbox_roi_extractor.roi_layer.sampling_ratio",
        "model.train_cfg.rpn_proposal.max_per_img",
        "param_scheduler[0].start_factor",
        "optim_wrapper.clip_grad.max_norm",
        "optim_wrapper.clip_grad.norm_type",
    }
    assert sum(difference.kind == "same" for difference in differences) > 100
    assert not hand(EARLY_2019)


def test_a_cascade_of_late_2019():
    values = new(LATE_2019)
    expected = {
        "model.roi_head.type": "CascadeRoIHead",
        "model.roi_head.num_stages": 3,
        "model.backbone.dcn.type": "DCN",
        "model.backbone.dcn.deform_groups": 1,
        "model.roi_head.bbox_head[0].type": "Shared2FCBBoxHead",
        "model.roi_head.bbox_head[1].type": "ConvFCBBoxHead",
        "model.roi_head.bbox_head[1].num_shared_fcs": 1,
        "model.roi_head.bbox_head[1].num_classes": 2,
        "model.roi_head.mask_head.num_classes": 2,
        "model.roi_head.stage_loss_weights": [1, 0.5, 0.25],
        "model.test_cfg.rpn.nms.iou_threshold": 0.7,
        "model.data_preprocessor.mean": [1, 2, 3],
        "model.data_preprocessor.bgr_to_rgb": True,
        "model.data_preprocessor.pad_mask": True,
        "train_dataloader.dataset.type": "ConcatDataset",
        "train_dataloader.dataset.datasets[1].ann_file": "b.txt",
        "train_dataloader.dataset.datasets[0].pipeline[2].type": "RandomResize",
        "train_dataloader.dataset.datasets[0].pipeline[4].type": "PackDetInputs",
        "val_dataloader.dataset.pipeline[1].scale": [1333, 800],
        "val_evaluator.type": "VOCMetric",
        "train_cfg.val_interval": 2,
    }
    assert {path: values.get(path) for path in expected} == expected
    assert "model.backbone.init_cfg" not in values and "model.pretrained" not in values
    assert [path for _, path in hand(LATE_2019)] == ["model.roi_head.bbox_head[0].num_classes", "train_cfg", "lr_config.policy"]


def test_a_config_of_2_x_without_its_bases():
    values = new(STYLE_2X)
    expected = {
        "train_dataloader.batch_size": 4,
        "train_dataloader.num_workers": 0,
        "train_dataloader.persistent_workers": False,
        "train_dataloader.dataset.metainfo.classes": ["box", "ball"],
        "train_dataloader.dataset.filter_cfg.filter_empty_gt": False,
        "train_dataloader.dataset.pipeline[0].type": "RandomChoiceResize",
        "val_evaluator.metric": ["bbox", "segm"],
        "default_hooks.checkpoint.save_best": "auto",
        "default_hooks.checkpoint.by_epoch": False,
        "optim_wrapper.type": "AmpOptimWrapper",
        "optim_wrapper.paramwise_cfg.bias_lr_mult": 2.0,
        "train_cfg.max_iters": 9000,
        "resume": True,
        "load_from": "work_dirs/a/latest.pth",
        "env_cfg.cudnn_benchmark": True,
        "model.roi_head.bbox_head.num_classes": 2,
    }
    assert {path: values.get(path) for path in expected} == expected
    left = [path for _, path in hand(STYLE_2X)]
    for path in ("_base_", "data.val.pipeline[0].img_scale", "data.val.pipeline[0].flip", "lr_config", "log_config.hooks", "my_own_key"):
        assert path in left


# --- the values that were wrong without a word, one by one ---

PIPE = "[dict(type='LoadImageFromFile'), dict(type='LoadAnnotations', with_bbox=True), dict(type='Resize', img_scale=(1000, 600)), dict(type='Collect', keys=['img'])]"
TEST = "[dict(type='LoadImageFromFile'), dict(type='MultiScaleFlipAug', img_scale=(300, 300), flip=False, transforms=[dict(type='Resize', keep_ratio=False)])]"
RUN = "total_epochs = 12\ndata = dict(samples_per_gpu=2, train=dict(type='CocoDataset', pipeline=[]))\n"

# What mask_rcnn_r50_fpn_1x.py of v1.0rc0 says of its model and its data; it has no evaluation.
MASKS_2019 = """
model = dict(
    type='MaskRCNN',
    bbox_roi_extractor=dict(type='SingleRoIExtractor', roi_layer=dict(type='RoIAlign', out_size=7, sample_num=2)),
    mask_head=dict(type='FCNMaskHead', num_classes=81))
dataset_type = 'CocoDataset'
data_root = 'data/coco/'
data = dict(
    imgs_per_gpu=2,
    val=dict(type=dataset_type, ann_file=data_root + 'annotations/instances_val2017.json', img_prefix=data_root + 'val2017/', img_scale=(1333, 800), with_mask=True),
    test=dict(type=dataset_type, ann_file=data_root + 'annotations/instances_val2017.json', img_prefix=data_root + 'val2017/', img_scale=(1333, 800), test_mode=True))
"""

WRITTEN = {
    "VOC of 2019 reads its annotations after resizing, so that the boxes stay": (
        "data = dict(imgs_per_gpu=2, val=dict(type='VOCDataset', img_scale=(1000, 600), img_prefix='VOC2007/'))", "1",
        {"val_dataloader.dataset.pipeline[1].type": "Resize", "val_dataloader.dataset.pipeline[2].type": "LoadAnnotations"},
    ),
    "an iteration runner counts the schedule in iterations": (
        "runner = dict(type='IterBasedRunner', max_iters=90000)\nlr_config = dict(policy='step', step=[60000, 80000])", "2",
        {"param_scheduler[0].by_epoch": False, "param_scheduler[0].end": 90000, "train_cfg.type": "IterBasedTrainLoop"},
    ),
    "and the checkpoints too": (
        "runner = dict(type='IterBasedRunner', max_iters=90000)\ncheckpoint_config = dict(interval=10000)", "2",
        {"default_hooks.checkpoint.by_epoch": False, "default_hooks.checkpoint.interval": 10000, "log_processor.by_epoch": False},
    ),
    "poly by iterations": (
        "runner = dict(type='IterBasedRunner', max_iters=9)\nlr_config = dict(policy='poly', power=0.9, min_lr=1e-4)", "2",
        {"param_scheduler[0].type": "PolyLR", "param_scheduler[0].by_epoch": False, "param_scheduler[0].eta_min": 1e-4},
    ),
    "MultiScaleFlipAug keeps the keep_ratio inside": (
        f"data = dict(samples_per_gpu=2, val=dict(type='CocoDataset', pipeline={TEST}))", "2",
        {"val_dataloader.dataset.pipeline[1].keep_ratio": False, "val_dataloader.dataset.pipeline[1].scale": [300, 300]},
    ),
    "Resize without keep_ratio kept it in 2.x and does not in 3.x": (
        f"data = dict(samples_per_gpu=2, train=dict(type='CocoDataset', pipeline={PIPE}))", "2",
        {"train_dataloader.dataset.pipeline[2].keep_ratio": True},
    ),
    "extra levels from the output": (
        "model = dict(type='RetinaNet', neck=dict(type='FPN', add_extra_convs=True, extra_convs_on_inputs=False))", "2",
        {"model.neck.add_extra_convs": "on_output"},
    ),
    "extra levels from the input": (
        "model = dict(type='RetinaNet', neck=dict(type='FPN', add_extra_convs=True, extra_convs_on_inputs=True))", "2",
        {"model.neck.add_extra_convs": "on_input"},
    ),
    "no extra levels": (
        "model = dict(type='RetinaNet', neck=dict(type='FPN', add_extra_convs=False, extra_convs_on_inputs=False))", "2",
        {"model.neck.add_extra_convs": False},
    ),
    "the panoptic metric": (
        "data = dict(samples_per_gpu=2, val=dict(type='CocoPanopticDataset', pipeline=[]))\nevaluation = dict(metric=['PQ'])", "2",
        {"val_evaluator.type": "CocoPanopticMetric"},
    ),
    "1.x without a metric scored the masks of a model that has a mask head": (
        MASKS_2019, "1", {"val_evaluator.metric": ["bbox", "segm"], "test_evaluator.metric": ["bbox", "segm"]},
    ),
    "an interval names no metric": (MASKS_2019 + "evaluation = dict(interval=1)\n", "1", {"val_evaluator.metric": ["bbox", "segm"]}),
    "what was said is kept": (MASKS_2019 + "evaluation = dict(metric=['bbox'])\n", "1", {"val_evaluator.metric": ["bbox"]}),
    "a model without masks scored boxes": (MASKS_2019.replace("mask_head=dict(", "unused=dict("), "1", {"val_evaluator.metric": "bbox"}),
    "a mask head that is None is none": (MASKS_2019.replace("dict(type='FCNMaskHead', num_classes=81)", "None"), "1", {"val_evaluator.metric": "bbox"}),
    "RPN scored recall": (MASKS_2019.replace("'MaskRCNN'", "'RPN'"), "1", {"val_evaluator.metric": "proposal_fast"}),
    "2.x scored boxes unless told": (
        "model = dict(type='MaskRCNN', roi_head=dict(mask_head=dict(type='FCNMaskHead', num_classes=80)))\n"
        "data = dict(samples_per_gpu=2, val=dict(type='CocoDataset', pipeline=[]))", "2",
        {"val_evaluator.metric": "bbox"},
    ),
    "guided anchors have two generators": (
        "model = dict(type='RPN', rpn_head=dict(type='GARPNHead', octave_base_scale=8, scales_per_octave=3, octave_ratios=[0.5, 1.0, 2.0], "
        "anchor_strides=[4, 8], anchor_base_sizes=None, anchoring_means=[.0, .0, .0, .0], anchoring_stds=[.07, .07, .14, .14]))", "1",
        {
            "model.rpn_head.approx_anchor_generator.octave_base_scale": 8,
            "model.rpn_head.approx_anchor_generator.ratios": [0.5, 1.0, 2.0],
            "model.rpn_head.square_anchor_generator.scales": [8],
            "model.rpn_head.square_anchor_generator.strides": [4, 8],
            "model.rpn_head.anchor_coder.target_stds": [0.07, 0.07, 0.14, 0.14],
        },
    ),
    "a list of data sets is joined": (
        "a = dict(type='CocoDataset', ann_file='a.json')\nb = dict(type='CocoDataset', ann_file='b.json')\ndata = dict(samples_per_gpu=2, train=[a, b])", "2",
        {"train_dataloader.dataset.type": "ConcatDataset", "train_dataloader.dataset.datasets[1].ann_file": "b.json"},
    ),
    "the data root is not said twice": (
        "data_root = 'data/coco/'\ndata = dict(samples_per_gpu=2, train=dict(type='CocoDataset', ann_file=data_root + 'a.json', img_prefix=data_root + 'i/'))", "2",
        {"train_dataloader.dataset.data_root": "data/coco/", "train_dataloader.dataset.ann_file": "a.json", "train_dataloader.dataset.data_prefix.img": "i/"},
    ),
    "the year of VOC in the data root": (
        "data = dict(samples_per_gpu=2, val=dict(type='VOCDataset', data_root='VOC2007/', img_prefix='a/'), test=dict(type='VOCDataset', img_prefix='VOC2012/'))", "2",
        {"val_evaluator.eval_mode": "11points", "test_evaluator.eval_mode": "area"},
    ),
    "the smallest box of VOC": (
        "data = dict(samples_per_gpu=2, train=dict(type='VOCDataset', min_size=32, pipeline=[]))", "2",
        {"train_dataloader.dataset.filter_cfg.bbox_min_size": 32},
    ),
    "the semantic head scales the labels itself": (
        "model = dict(type='HybridTaskCascade', roi_head=dict(type='HybridTaskCascadeRoIHead', semantic_head=dict(type='FusedSemanticHead', num_ins=5, "
        "fusion_level=1, in_channels=256))) \ndata = dict(samples_per_gpu=2, train=dict(type='CocoDataset', pipeline=[dict(type='SegRescale', scale_factor=1 / 8)]))", "2",
        {"model.roi_head.semantic_head.seg_scale_factor": 0.125},
    ),
    "a VOC pipeline of 2.x gets its annotations": (
        f"data = dict(samples_per_gpu=2, val=dict(type='VOCDataset', pipeline={TEST}))", "2",
        {"val_dataloader.dataset.pipeline[2].type": "LoadAnnotations"},
    ),
    "cosine with a ratio": (
        "total_epochs = 12\nlr_config = dict(policy='CosineAnnealing', min_lr_ratio=1e-3)", "2",
        {"param_scheduler[0].type": "CosineAnnealingLR", "param_scheduler[0].eta_min_ratio": 1e-3, "param_scheduler[0].T_max": 12},
    ),
    "an annotated assignment is read": (
        "data: dict = dict(samples_per_gpu=3, train=dict(type='CocoDataset'))", "2",
        {"train_dataloader.batch_size": 3},
    ),
    "no divisor is no padding": (
        "data = dict(imgs_per_gpu=2, train=dict(type='CocoDataset', img_scale=(1, 1), size_divisor=None))", "1",
        {"model.data_preprocessor.pad_size_divisor": None},
    ),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_value_that_was_wrong_is_right(name):
    source, age, expected = WRITTEN[name]
    values = new(source, age)
    assert {path: values.get(path) for path in expected} == expected


LEFT = {
    "a class of one's own whose name ends like ours": (
        "model = dict(type='FasterRCNN', bbox_roi_extractor=dict(), bbox_head=dict(type='TSDSharedFCBBoxHead', num_fcs=2, num_classes=81))", "1",
        ["model.roi_head.bbox_head.type", "model.roi_head.bbox_head.num_classes"],
    ),
    "a count of channels is not a count of classes": (
        "model = dict(type='SOLOv2', mask_feat_head=dict(type='MaskFeatHead', num_classes=256))", "1",
        ["model.mask_feat_head.num_classes"],
    ),
    "a scale factor in the test pipeline": (
        "data = dict(samples_per_gpu=2, val=dict(type='CocoDataset', pipeline=[dict(type='MultiScaleFlipAug', scale_factor=1.0, flip=False, transforms=[dict(type='Resize')])]))", "2",
        ["data.val.pipeline[0].scale_factor"],
    ),
    "a floor under the steps": ("total_epochs = 9\nlr_config = dict(policy='step', step=[3], min_lr=1e-6)", "2", ["lr_config.min_lr"]),
    "hooks that 3.3.0 has not": (
        "custom_hooks = [dict(type='LinearMomentumEMAHook', momentum=0.1), dict(type='SyncRandomSizeHook')]", "2",
        ["custom_hooks[0].type", "custom_hooks[1].type"],
    ),
    "YOLOX resized inside the model, by a size that no step makes": (
        "model = dict(type='YOLOX', input_size=(640, 640), random_size_range=(15, 25), random_size_interval=10)", "2", ["model.input_size"],
    ),
    "the transformer of DETR moved": (
        "model = dict(type='DETR', bbox_head=dict(type='DETRHead', transformer=dict(type='Transformer'), positional_encoding=dict(type='SinePositionalEncoding')))", "2",
        ["model.bbox_head.transformer", "model.bbox_head.positional_encoding"],
    ),
    "a data set class that is gone": ("data = dict(samples_per_gpu=2, train=dict(type='CustomDataset', ann_file='a.pkl'))", "2", ["data.train.type"]),
    "proposals from a file": (
        "data = dict(samples_per_gpu=2, train=dict(type='CocoDataset', proposal_file='p.pkl', num_max_proposals=2000))", "2",
        ["data.train.proposal_file", "data.train.num_max_proposals"],
    ),
    "a warm-up of another kind": ("total_epochs = 9\nlr_config = dict(policy='step', step=[3], warmup='exp', warmup_iters=5)", "2", ["lr_config.warmup"]),
    "two normalizations": (
        "data = dict(samples_per_gpu=2, train=dict(type='CocoDataset', pipeline=[dict(type='Normalize', mean=[1], std=[1])]), "
        "val=dict(type='CocoDataset', pipeline=[dict(type='Normalize', mean=[2], std=[1])]))", "2",
        ["data.val.pipeline[0]"],
    ),
    "no length": ("lr_config = dict(policy='fixed')", "2", ["train_cfg"]),
    "no batch": ("data = dict(train=dict(type='CocoDataset'))", "2", ["train_dataloader.batch_size"]),
    "an evaluation of Cityscapes": (
        "data = dict(samples_per_gpu=2, val=dict(type='CityscapesDataset', pipeline=[]))\nevaluation = dict(metric=['bbox'])", "2", ["val_evaluator"],
    ),
    "1.0 scored masks unless told, 1.1 did not, and a file does not say which it is of": (MASKS_2019, "1", ["evaluation.metric"]),
    "and so with the recall of an RPN": (MASKS_2019.replace("'MaskRCNN'", "'RPN'"), "1", ["evaluation.metric"]),
    "a policy that the translator has not": ("total_epochs = 9\nlr_config = dict(policy='OneCycle', max_lr=0.1)", "2", ["lr_config.policy"]),
    "a VOC data set without a year stopped": (
        "data = dict(samples_per_gpu=2, val=dict(type='VOCDataset', ann_file='2007.txt', img_prefix='mine/', pipeline=[]))", "2", ["val_evaluator.eval_mode"],
    ),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_cannot_be_known_is_left_to_a_person(name):
    source, age, paths = LEFT[name]
    found = [path for _, path in hand(source, age)]
    assert all(path in found for path in paths), found


def test_a_2_x_file_that_still_says_imgs_per_gpu_counts_no_background():
    source = "data = dict(imgs_per_gpu=2)\nmodel = dict(type='FasterRCNN', roi_head=dict(bbox_head=dict(type='Shared2FCBBoxHead', num_classes=80)))"
    assert config_meaning.age_of(config_reader.read(source), NAMES).number == "2"
    assert new(source)["model.roi_head.bbox_head.num_classes"] == 80


# --- nothing is lost ---


def with_surprises(source: str) -> list[tuple[str, str]]:
    """The source once for each ``dict(`` in it, with a key that nobody knows put there; and the name of that key."""
    places = [match.end() for match in re.finditer(r"\bdict\(", source)]
    return [(source[:at] + f"zz{number}=1, " + source[at:], f"zz{number}") for number, at in enumerate(places)]


@pytest.mark.parametrize("source", ["EARLY_2019", "LATE_2019", "STYLE_2X"])
def test_a_key_that_nobody_knows_is_always_left_to_a_person(source):
    """Wherever it stands, it is named; a step that goes as a whole (DefaultFormatBundle) may take it along, with a reason."""
    text = globals()[source]
    age = config_meaning.age_of(config_reader.read(text), NAMES).number
    for changed, key in with_surprises(text):
        done = result(changed, age)
        named = [decision for decision in done.decisions if key in decision.path or key in decision.value.text]
        assert named, f"{key} vanished: {changed.splitlines()[0]}"


def test_every_old_value_has_a_place_or_a_reason():
    """Each line of the old config that holds a value is the origin of a new value or of a decision."""
    for source in (EARLY_2019, LATE_2019):
        config = config_reader.read(source)
        done = result(source)
        told = {decision.value.line for decision in done.decisions}
        for name, value in done.made.items():
            told |= {leaf.line for _, leaf in config_desk.leaves(value, name)}
        moved = {"Normalize", "Pad"}  # the step itself: its settings are in data_preprocessor, from the lines where they stand
        lines = {leaf.line for name, value in config.tops.items() if name not in config.helpers for _, leaf in config_desk.leaves(value, name) if not (isinstance(leaf.data, str) and leaf.data in moved)}
        assert lines <= told, sorted(lines - told)


def test_values_that_only_running_tells_are_left_to_a_person_and_never_written():
    source = "import os\ndata = dict(samples_per_gpu=f(), train=dict(type='CocoDataset'))\ntotal_epochs = os.environ['N']\nlr_config = dict(policy='step', step=[g(), 9])\n"
    values = new(source, "2")
    assert all(value is not config_reader.UNKNOWN for value in values.values())
    assert {line for line, _ in hand(source, "2")} >= {1, 2, 3, 4}


# --- what 3.3.0 knows ---


def test_classes_and_arguments_are_those_of_the_source():
    assert NAMES.has("CascadeRoIHead") and not NAMES.has("TSDSharedFCBBoxHead") and not NAMES.has("CustomDataset")
    assert NAMES.takes("FPN", "add_extra_convs") and not NAMES.takes("FPN", "extra_convs_on_inputs")
    assert NAMES.takes("Shared2FCBBoxHead", "num_classes"), "an argument of a parent, passed through **kwargs"
    assert not NAMES.takes("DETRHead", "transformer")


def test_every_class_that_the_translator_writes_exists_in_3_3_0():
    sources = [path.read_text(encoding="utf-8") for path in CODE.glob("config_*.py")]
    written = set(re.findall(r"""["']type["']: ["'](\w+)["']""", "\n".join(sources)))
    written |= set(re.findall(r'"(\w+(?:RoIHead|Resize|TrainLoop|Metric|VisBackend|Hook|LR))"', "\n".join(sources)))
    known = classes() | classes("mmengine") | set(registered()) | set(registered("mmengine"))
    known |= {name for path in config_paths() for name in re.findall(r"type='(\w+)'", (root() / path).read_text(encoding="utf-8"))}
    old = {"OptimizerHook", "DistOptimizerHook", "Fp16OptimizerHook", "GradientCumulativeOptimizerHook", "GradientCumulativeFp16OptimizerHook", "TextLoggerHook", "TensorboardLoggerHook", "ExpMomentumEMAHook"}
    assert {"CascadeRoIHead", "VOCMetric", "RandomChoiceResize"} <= written
    assert written - old - {"WandbLoggerHook", "MMDetWandbHook"} <= known


def test_the_reader_merges_bases_as_mmengine_does():
    """A sample of the configs of 3.3.0; the script over the 2.28.2 wheel holds the reader against all of those."""
    paths = sorted(path for path in config_paths() if "_base_" not in path)[::40]
    compared = 0
    for path in paths:
        mine = NAMES.load(root() / path)
        values = {key: config_reader.plain(value) for key, value in mine.tops.items() if key in config_compare.READ}
        if mine.unread or mine.missing or "UNKNOWN" in repr(values):
            continue
        theirs = {key: value for key, value in plain(load(path)._cfg_dict.to_dict()).items() if key in config_compare.READ}
        assert values == theirs, path
        compared += 1
    assert compared >= 15


def plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


@cache
def pair(first: str, second: str) -> tuple[object, object]:
    return tuple(config_reader.plain(config_reader.read(f"x = {text}").tops["x"]) for text in (first, second))


@pytest.mark.parametrize(("first", "second", "same"), [("0.1", "1 / 10", True), ("(1, 2)", "[1, 2]", True), ("True", "1", False), ("1", "1.0", True), ("'1'", "1", False), ("[1]", "[1, 2]", False), ("None", "False", False)])
def test_values_are_compared_as_values(first, second, same):
    assert config_compare.equal(*pair(first, second)) is same


# --- the age ---


@pytest.mark.parametrize(("source", "age"), [(EARLY_2019, "1"), (LATE_2019, "1"), (STYLE_2X, "2"), ("optim_wrapper = dict()", "3"), ("total_epochs = 1", ""), ("data = dict(imgs_per_gpu=2)", "1")])
def test_the_age_is_read_from_the_keys(source, age):
    assert config_meaning.age_of(config_reader.read(source), NAMES).number == age


@pytest.mark.parametrize(
    ("source", "age"),
    [
        ("_base_ = 'mmdet::retinanet/retinanet_r50_fpn_1x_coco.py'", "3"),
        ("_base_ = ['../_base_/models/faster-rcnn_r50_fpn.py']", "3"),
        ("_base_ = ['../_base_/models/faster_rcnn_r50_fpn.py']", "2"),
        ("_base_ = '../common/mstrain-poly_3x_coco_instance.py'", "2"),
        ("_base_ = './x.py'\ntest_pipeline = [dict(type='PackDetInputs')]", "3"),
        ("model = dict(data_preprocessor=dict(type='DetDataPreprocessor'), roi_head=dict())", "3"),
    ],
)
def test_bases_and_new_parts_show_3_x(source, age, tmp_path):
    (tmp_path / "old.py").write_text(source, encoding="utf-8")
    assert config_meaning.age_of(config_reader.read_file(tmp_path / "old.py"), NAMES).number == age


def test_no_config_of_3_3_0_is_taken_for_1_x():
    for path in config_paths():
        assert config_meaning.age_of(config_reader.read((root() / path).read_text(encoding="utf-8")), NAMES).number != "1", path


COUNT = "bbox_head=dict(type='RetinaHead', num_classes=21{})"
SIGNS = {  # one sign of each kind, and nothing else that tells the version
    "model.bbox_roi_extractor": ("1", "model = dict(type='FasterRCNN', bbox_roi_extractor=dict(type='SingleRoIExtractor'), " + COUNT.format("") + ")"),
    "model.*head.target_means": ("1", "model = dict(type='RetinaNet', " + COUNT.format(", target_means=[0, 0, 0, 0]") + ")"),
    "model.*.anchor_scales": ("1", "model = dict(type='RetinaNet', " + COUNT.format(", anchor_scales=[8]") + ")"),
    "data.samples_per_gpu": ("2", "data = dict(samples_per_gpu=2)\nmodel = dict(type='RetinaNet', " + COUNT.format("") + ")"),
    "model.roi_head": ("2", "model = dict(type='FasterRCNN', roi_head=dict(type='StandardRoIHead', " + COUNT.format("") + "))"),
    "model.*.bbox_coder": ("2", "model = dict(type='RetinaNet', " + COUNT.format(", bbox_coder=dict(type='DeltaXYWHBBoxCoder')") + ")"),
    "model.*.anchor_generator": ("2", "model = dict(type='RetinaNet', " + COUNT.format(", anchor_generator=dict(type='AnchorGenerator')") + ")"),
    "model.train_cfg": ("2", "model = dict(type='RetinaNet', train_cfg=dict(), " + COUNT.format("") + ")"),
    "runner": ("2", "runner = dict(type='EpochBasedRunner', max_epochs=1)\nmodel = dict(type='RetinaNet', " + COUNT.format("") + ")"),
}
GUESSES = {  # what two versions accept
    "data.imgs_per_gpu": ("1", "data = dict(imgs_per_gpu=2)\nmodel = dict(type='RetinaNet', " + COUNT.format("") + ")"),
    "model.*.out_size": ("1", "model = dict(type='RetinaNet', extra=dict(type='RoIAlign', out_size=7), " + COUNT.format("") + ")"),
    "model.*.sample_num": ("1", "model = dict(type='RetinaNet', extra=dict(type='RoIAlign', sample_num=2), " + COUNT.format("") + ")"),
    "_base_": ("2", "_base_ = './nowhere.py'\nmodel = dict(type='RetinaNet', " + COUNT.format("") + ")"),
}


def test_each_sign_of_the_version_is_tried():
    assert set(SIGNS) == {sign for age in "12" for sign in config_meaning.SURE[age]}
    assert set(GUESSES) == {sign for signs in config_meaning.HINT.values() for sign in signs}


@pytest.mark.parametrize("sign", [*SIGNS, *GUESSES])
def test_a_version_that_one_weak_sign_tells_is_listed_with_every_class_count_that_rests_on_it(sign, tmp_path):
    age, source = (SIGNS | GUESSES)[sign]
    ((counted, value),) = [(path, value) for path, value in new(source).items() if path.endswith("num_classes")]
    guessed = {decision.path for decision in result(source).hand if "猜" in decision.note}
    assert value == (20 if age == "1" else 21)
    assert guessed == ({sign, counted} if sign in GUESSES else set())
    done = run(source=source, tmp_path=tmp_path)
    assert f"按 {age}.x 读（{'猜的，只凭 ' if sign in GUESSES else ''}{sign}）" in done.stdout
    assert not [decision for decision in result(source, age).hand if "猜" in decision.note], "told by --age, nothing is a guess"


def test_a_sign_in_a_class_of_ones_own_is_a_weak_one():
    """Such a class takes what it likes in every version."""
    source = "model = dict(type='RetinaNet', bbox_head=dict(type='RetinaHead', num_classes=21), mine=dict(type='MyHead', {}=[0, 0, 0, 0]))\ntotal_epochs = 1"
    for key, age in (("anchor_scales", "1"), ("anchor_generator", "2")):
        told = config_meaning.age_of(config_reader.read(source.format(key)), NAMES)
        assert told.number == age and told.guess is not None
        assert "model.bbox_head.num_classes" in [path for _, path in hand(source.format(key))]


@pytest.mark.parametrize(
    "source",
    [
        "_base_ = './nowhere.py'\ndata = dict(imgs_per_gpu=2)",
        "model = dict(bbox_roi_extractor=1, roi_head=2)",
        "train_dataloader = dict(batch_size=2)\nlr_config = dict(policy='step', step=[8])",
        "_base_ = 'mmdet::retinanet/retinanet_r50_fpn_1x_coco.py'\ndata = dict(samples_per_gpu=2)",
    ],
)
def test_signs_that_contradict_each_other_are_named_and_nothing_is_guessed(source, tmp_path):
    done = run(source=source + "\ntotal_epochs = 1\n", tmp_path=tmp_path)
    assert done.returncode == 2 and "加上 --age 1 或 --age 2" in done.stderr and not done.stdout


def test_a_hyphen_in_the_name_of_a_base_is_no_sign_of_3_x():
    source = "_base_ = '../_base_/my-own_detection.py'\ndata = dict(samples_per_gpu=2)"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "old.py").write_text(source, encoding="utf-8")
        assert config_meaning.age_of(config_reader.read_file(Path(folder) / "old.py"), NAMES).number == "2"


def test_configs_of_3_3_0_contradict_themselves_nowhere():
    ages = {path: config_meaning.age_of(NAMES.load(root() / path), NAMES).number for path in sorted(config_paths())[::5] if "_base_" not in path}
    assert set(ages.values()) == {"3"}, [path for path, age in ages.items() if age != "3"]


# --- the program ---


def test_the_report_names_line_path_and_both_values(tmp_path):
    old = tmp_path / "libra_faster_rcnn_x101_64x4d_fpn_1x.py"
    old.write_text(EARLY_2019, encoding="utf-8")
    done = run(old)
    line = 1 + EARLY_2019.split("\n").index("        roi_layer=dict(type='RoIAlign', out_size=7, sample_num=2)),")
    assert done.returncode == 0 and not done.stderr
    assert f"{line:6}  model.roi_head.bbox_roi_extractor.roi_layer.sampling_ratio\n        你的 2；3.3.0 0\n" in done.stdout
    assert f"configs/{LIBRA.removeprefix('configs/')}" in done.stdout and "要人来定：0 处" in done.stdout


def test_the_list_shows_every_value_and_what_it_is_worth(tmp_path):
    done = run("--list", source=LATE_2019, tmp_path=tmp_path)
    shown = done.stdout.partition("每一个值\n")[2].partition("\n不用写了")[0].strip().split("\n")
    assert len(shown) == len(new(LATE_2019)) and all("[没有比过]" in line for line in shown)
    assert "（不用预训练权重，就不写 init_cfg）" in done.stdout.partition("不用写了")[2]
    assert done.returncode == 1


def test_what_is_written_is_the_translation_and_is_there_whole(tmp_path):
    done = run("--write", tmp_path / "new.py", source=LATE_2019, tmp_path=tmp_path)
    config = Config.fromfile(str(tmp_path / "new.py"))
    assert config.val_dataloader.dataset.pipeline[1].scale == (1333, 800), "a size stays a tuple: 3.x asks for one"
    assert config.model.roi_head.bbox_head[1].num_classes == 2
    assert done.returncode == 1 and len(re.findall("^# 要人来定", (tmp_path / "new.py").read_text(encoding="utf-8"), re.MULTILINE)) == 3
    assert not list(tmp_path.glob("*.part"))


def test_a_missing_folder_writes_nothing(tmp_path):
    done = run("--write", tmp_path / "nowhere" / "new.py", source=LATE_2019, tmp_path=tmp_path)
    assert done.returncode == 2 and "nowhere" in done.stderr and "Traceback" not in done.stderr


def test_bases_beside_the_file_are_read_and_named(tmp_path):
    (tmp_path / "base.py").write_text("model = dict(type='RetinaNet', neck=dict(type='FPN', out_channels=256, mine=1))\n", encoding="utf-8")
    done = run("--age", 2, "--list", source="_base_ = './base.py'\nmodel = dict(neck=dict(out_channels=128))\ntotal_epochs = 3\n", tmp_path=tmp_path)
    assert "base.py:1  model.neck.mine" in done.stdout and "   2  model.neck.out_channels = 128" in done.stdout


def test_another_config_can_be_compared_with(tmp_path):
    done = run("--like", LIBRA, source=EARLY_2019, tmp_path=tmp_path)
    assert f"比的是 3.3.0 的 {LIBRA}" in done.stdout
    assert "3.3.0 没有 configs/nowhere.py" in run("--like", "nowhere.py", source=EARLY_2019, tmp_path=tmp_path).stderr


def test_a_config_of_3_x_is_left_alone(tmp_path):
    done = run(source="train_dataloader = dict(batch_size=2)\n", tmp_path=tmp_path)
    assert done.returncode == 0 and "已经是 3.x 的写法（train_dataloader）" in done.stdout


def test_nothing_in_the_config_is_executed(tmp_path):
    trace = tmp_path / "trace"
    source = f"import os\nopen({str(trace)!r}, 'w')\ntotal_epochs = os.system('touch {trace}')\nx = 'a' * 10 ** 12\nimgs = [i for i in range(9)]\ny = [0] * 10 ** 9\n"
    done = run("--age", 1, source=source, tmp_path=tmp_path)
    assert done.returncode == 1 and not trace.exists()
    for text in ("import os", "open(", "x  'a' * 10 ** 12", "imgs", "y  [0] * 10 ** 9"):
        assert text in done.stdout


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = (", "不是 Python：第 1 行，'(' was never closed"),
        ("", "没有 MMDetection 配置的键"),
        ("a = 1", "没有 MMDetection 配置的键"),
        ("total_epochs = 12", "看不出"),
        ("total_epochs = " + "-" * 5000 + "1", "嵌套太深"),
        ("model = dict(bbox_roi_extractor=1, roi_head=2)", "加上 --age 1 或 --age 2"),
        ("_base_ = './old.py'\ntotal_epochs = 1", "找不到这份底稿"),
    ],
)
def test_errors_say_what_to_do(source, message, tmp_path):
    done = run(*(["--age", 2] if "底稿" in message else []), source=source, tmp_path=tmp_path)
    assert done.returncode in (1, 2) and message in done.stderr + done.stdout and "Traceback" not in done.stderr


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    assert "No such file or directory" in run(tmp_path / "nowhere.py").stderr
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe\x00")
    done = run(tmp_path / "bytes.py")
    assert done.returncode == 2 and "读不了" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("classes = ('人',)".encode("gbk"), "不是 UTF-8：另存为 UTF-8"),
        ("classes = ('人',)".encode("utf-16"), "不是 UTF-8：另存为 UTF-8"),
        (b"# -*- coding: nonsense -*-\na = 1\n", "在第一行写明编码"),
        (b"a = 1\0\n", "里面有空字符"),
        (b"if 1:\n\ta = 1\n        b = 2\n", "不是 Python：第 3 行"),
    ],
)
def test_a_text_that_is_none_says_what_to_do(data, message, tmp_path):
    (tmp_path / "old.py").write_bytes(data)
    done = run(tmp_path / "old.py")
    assert done.returncode == 2 and message in done.stderr and str(tmp_path / "old.py") in done.stderr


@pytest.mark.parametrize("encode", [lambda text: b"\xef\xbb\xbf" + text.encode(), lambda text: text.replace("\n", "\r\n").encode(), lambda text: ("# -*- coding: gbk -*-\n" + text).encode("gbk")], ids=["BOM", "CRLF", "GBK"])
def test_what_python_reads_is_read(encode, tmp_path):
    (tmp_path / "old.py").write_bytes(encode("# 两类\nclasses = ('人', '车')\ntotal_epochs = 3\n"))
    assert config_reader.plain(config_reader.read_file(tmp_path / "old.py").tops["classes"]) == ["人", "车"]


def test_a_fault_in_a_base_names_the_base(tmp_path):
    (tmp_path / "bad.py").write_text("x = (\n", encoding="utf-8")
    done = run(source="_base_ = './bad.py'\n", tmp_path=tmp_path)
    assert done.returncode == 2 and f"{tmp_path / 'bad.py'} 不是 Python：第 1 行" in done.stderr


def test_a_base_that_only_running_names_is_left_to_a_person():
    assert hand("_base_ = ['a.py', os.path.join('b', 'c.py')]\ntotal_epochs = 1", "2").count((1, "_base_")) == 2


def test_the_old_file_is_never_written_over(tmp_path):
    done = run("--write", tmp_path / "old.py", source=LATE_2019, tmp_path=tmp_path)
    assert done.returncode == 2 and "换一个名字" in done.stderr
    assert (tmp_path / "old.py").read_text(encoding="utf-8") == LATE_2019


def test_keys_that_are_no_text_and_pairs_that_are_no_dict_are_unknown():
    config = config_reader.read("x = {0: 1, 'a': 2}\ny = dict(b=1, **z)\nw = dict([('a', 1)])")
    assert config.tops["x"].data is config_reader.UNKNOWN
    assert [inner.data for name in "yw" for key, inner in config.tops[name].data.items() if key.startswith("**")] == [config_reader.UNKNOWN] * 2


@pytest.mark.parametrize("name", sorted(config_meaning.DICTS))
@pytest.mark.parametrize("value", ["f()", "3", "'a'", "[1]", "None"])
def test_a_part_that_is_no_dict_is_left_to_a_person_and_breaks_nothing(name, value):
    decided = [decision for decision in result(f"total_epochs = 1\n{name} = {value}", "2").decisions if decision.path == name]
    assert [decision.kind for decision in decided] == ["gone" if value == "None" else "hand"]


def test_the_reader_knows_names_sums_stars_and_indices():
    config = config_reader.read("root = 'a/'\nx = dict(file=root + 'b', half=1.0 / 2, minus=-3, **dict(k=[1, *[2, 3]]))\ny = {'z': None}\nw = [dict(a=7)]\nv = w[0]['a']\nu = f'{root}c'\n")
    assert config_reader.plain(config.tops["x"]) == {"file": "a/b", "half": 0.5, "minus": -3, "k": [1, 2, 3]}
    assert config_reader.plain(config.tops["y"]) == {"z": None}
    assert (config.tops["v"].data, config.tops["u"].data) == (7, "a/c") and not config.unread


def test_what_the_reader_does_not_understand_is_unknown_and_never_guessed():
    config = config_reader.read("x = dict(a=f(1), b=1 / 0, c=[0] * 9, d=other, e=f'{1:03}')\nif x:\n    y = 1\n")
    unknown = [key for key, inner in config.tops["x"].data.items() if inner.data is config_reader.UNKNOWN]
    assert unknown == ["a", "b", "d", "e"]
    assert [value.line for value in config.unread] == [2]


# --- what becomes of every value ---


def spread(source: str) -> str:
    """The same config with one value a line, so that a line of the list is one value."""
    lines, depth = source.splitlines(keepends=True), 0
    for token in reversed(list(tokenize.generate_tokens(io.StringIO(source).readline))):
        depth += (token.string in (")", "]", "}")) - (token.string in ("(", "[", "{"))
        if token.string in ("(", "[", "{") or token.string == "," and depth > 0:
            row, column = token.end
            lines[row - 1] = lines[row - 1][:column] + "\n" + lines[row - 1][column:]
    return "".join(lines)


@pytest.mark.parametrize("source", [EARLY_2019, LATE_2019, STYLE_2X, EVERYTHING_2X], ids=["early 2019", "late 2019", "2.x", "all that is moved"])
def test_the_list_names_every_value_of_the_old_file(source, tmp_path):
    """New, not needed any more, or left to a person: no value is used without a trace."""
    (tmp_path / "old.py").write_text(spread(source), encoding="utf-8")
    config = config_reader.read_file(tmp_path / "old.py")
    done = translate_config.translate(config, config_meaning.age_of(config, NAMES), NAMES)
    assert not silent(done, config.tops, config.helpers)


def silent(result: translate_config.Result, tops: dict[str, config_reader.Value], helpers: set[str]) -> list[tuple[int, str]]:
    """Line and path of every value of the old file that the list does not name."""
    named = [leaf for name, value in result.made.items() for _, leaf in config_desk.leaves(value, name)]
    named += [inner for decision in result.decisions for _, leaf in config_desk.leaves(decision.value) for inner in (decision.value, leaf)]
    lines = {value.line for value in named}
    asked = [name for name in tops if name not in helpers or name in config_desk.ENTRIES]  # the others are parts of these
    leaves = [(leaf, path) for name in asked for path, leaf in config_desk.leaves(tops[name], name)]
    return [(leaf.line, path) for leaf, path in leaves if not {leaf.line, *(inner.line for inner in leaf.items)} & lines]


STEP = "data = dict(samples_per_gpu=2, {}=dict(type='CocoDataset', ann_file='a.json', img_prefix='i/', {}))\ntotal_epochs = 9"
ODD = {
    "several data sets are scored one by one in 2.x": (STEP.replace("'a.json'", "['a.json', 'b.json']").format("val", "pipeline=[]"), ["val_evaluator"]),
    "a list of data sets to validate on": ("data = dict(samples_per_gpu=2, val=[dict(type='CocoDataset'), dict(type='CocoDataset')])", ["val_evaluator"]),
    "steps inside a wrapper that is not known are not translated": (STEP.format("train", "pipeline=[dict(type='OneOf', transforms=[dict(type='Resize', img_scale=(1, 2))])]"), ["data.train.pipeline[0].transforms"]),
    "a step that is none": (STEP.format("train", "pipeline=[[dict(type='RandomFlip')], None, f()]"), [f"data.train.pipeline[{at}]" for at in range(3)]),
    "a pipeline that only running gives": (STEP.format("train", "pipeline=f()"), ["data.train.pipeline"]),
    "mmcv warmed its average up": ("custom_hooks = [dict(type='EMAHook', momentum=0.0002)]\ntotal_epochs = 1", ["custom_hooks[0].type"]),
    "anchors that rest on the defaults of 1.x": ("model = dict(type='RetinaNet', bbox_head=dict(type='RetinaHead', anchor_ratios=[1.0], anchor_strides=[8], target_means=[0]))", ["model.bbox_head.anchor_generator"]),
    "0.5 drew a size between two, 1.0 took one of them": (
        "data = dict(imgs_per_gpu=2, train=dict(type='CocoDataset', img_scale=[(1333, 640), (1333, 800)]))\nmodel = dict(bbox_roi_extractor=dict())", ["data.train.img_scale"],
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_what_an_odd_config_says_is_listed(name):
    source, paths = ODD[name]
    found = [path for _, path in hand(source, None if "bbox_roi" in source or "target_means" in source else "2")]
    assert all(path in found for path in paths), found


def test_a_schedule_that_only_running_gives_is_not_filled_with_defaults():
    values = new("total_epochs = 9\nlr_config = dict(policy='step', step=f(), gamma=g(), warmup='linear', warmup_iters=n, warmup_ratio=r())", "2")
    assert not {key for key in values if key.startswith("param_scheduler") and key.rpartition(".")[2] in ("milestones", "gamma", "end", "start_factor")} - {"param_scheduler[1].end"}


@pytest.mark.parametrize(
    ("root_", "own", "file", "expected"),
    [
        ("data/coco", "", "data/coco/a.json", ("data/coco", "a.json", "data/coco/a.json")),
        ("data/coco", "", "data/coco2017/a.json", (None, "data/coco2017/a.json", "data/coco2017/a.json")),
        ("", "data_root='data/x', ", "a.json", ("data/x", "a.json", "data/x/a.json")),
        ("", "data_root='data/', ", "data/a.json", ("data/", "data/a.json", "data/data/a.json")),
    ],
    ids=["no slash at its end", "the start of another name", "its own", "its own and once more"],
)
def test_the_root_is_joined_as_a_folder(root_, own, file, expected):
    values = new(f"data_root = '{root_}'\ndata = dict(samples_per_gpu=2, val=dict(type='CocoDataset', {own}ann_file='{file}', pipeline=[]))", "2")
    dataset = "val_dataloader.dataset."
    assert (values.get(dataset + "data_root"), values[dataset + "ann_file"], values["val_evaluator.ann_file"]) == expected


def test_what_is_said_of_optimizers_hooks_and_weights_is_true():
    source = "total_epochs = 1\noptimizer = dict(type='RMSprop')\ncustom_hooks = [dict(type='NumClassCheckHook', priority='HIGH')]\nload_from = 'a.pth'\nresume_from = 'b.pth'\n"
    assert not hand(source, "2"), "torch has this optimizer, the runner takes the priority of any hook"
    done = result(source, "2")
    assert config_reader.plain(done.made["load_from"]) == "b.pth"
    assert [decision.value.line for decision in done.decisions if decision.path == "load_from"] == [4], "the other is named too"
    both = new("total_epochs = 1\noptimizer_config = dict(type='GradientCumulativeFp16OptimizerHook', cumulative_iters=4)", "2")
    assert (both["optim_wrapper.type"], both["optim_wrapper.accumulative_counts"], both["optim_wrapper.loss_scale"]) == ("AmpOptimWrapper", 4, 512.0)


RESTATED = {
    "an absolute crop is height and width in 2.x": ("dict(type='RandomCrop', crop_size=(384, 600))", "crop_size", [600, 384]),
    "a relative crop too": ("dict(type='RandomCrop', crop_size=(0.5, 0.9), crop_type='relative')", "crop_size", [0.9, 0.5]),
    "the ends of a range are no sides": ("dict(type='RandomCrop', crop_size=(384, 600), crop_type='absolute_range')", "crop_size", [384, 600]),
    "both versions take a relative range as height and width": ("dict(type='RandomCrop', crop_size=(0.5, 0.9), crop_type='relative_range')", "crop_size", [0.5, 0.9]),
    "the crop of CenterNet": ("dict(type='RandomCenterCropPad', crop_size=(512, 768), ratios=(1.0,))", "crop_size", [768, 512]),
    "no crop at test time": ("dict(type='RandomCenterCropPad', crop_size=None, test_mode=True)", "crop_size", None),
    "mosaic": ("dict(type='Mosaic', img_scale=(640, 480))", "img_scale", [480, 640]),
    "mixup": ("dict(type='MixUp', img_scale=(640, 480))", "img_scale", [480, 640]),
    "the border of the affine": ("dict(type='RandomAffine', border=(-320, -240))", "border", [-240, -320]),
    "padding to a size": ("dict(type='Pad', size=(640, 480))", "size", [480, 640]),
    "one number pads picture and masks": ("dict(type='Pad', size=(640, 640), pad_val=114)", "pad_val", {"img": 114, "masks": 114, "seg": 255}),
    "the color changed every other time": ("dict(type='ColorTransform', level=5)", "prob", 0.5),
    "and was turned so": ("dict(type='Rotate', level=5)", "prob", 0.5),
    "what is said stays": ("dict(type='ColorTransform', level=5, prob=0.2)", "prob", 0.2),
    "labels of albumentations": ("dict(type='Albu', transforms=[], bbox_params=dict(type='BboxParams', label_fields=['gt_labels']))", "bbox_params", {"type": "BboxParams", "label_fields": ["gt_bboxes_labels", "gt_ignore_flags"]}),
}


def first_step(source: str, around: str = "{}") -> tuple[dict[str, object], list[str]]:
    done = result(f"data = dict(samples_per_gpu=2, train=dict(type='CocoDataset', pipeline=[{around.format(source)}]))", "2")
    step = config_reader.plain(done.made["train_dataloader"].at("dataset.pipeline").items[0])
    return step, [decision.path for decision in done.hand if decision.path.startswith("data.")]


@pytest.mark.parametrize("name", RESTATED)
def test_a_parameter_that_changed_its_meaning_is_restated(name):
    source, key, expected = RESTATED[name]
    assert first_step(source)[0][key] == expected
    wrapped, _ = first_step(source, "dict(type='AutoAugment', policies=[[{}]])")
    assert wrapped["transforms"][0][0][key] == expected


def test_a_meaning_that_cannot_be_restated_is_left_to_a_person():
    assert first_step("dict(type='MixUp', flip_ratio=0.1)")[1] == ["data.train.pipeline[0].flip_ratio"], "3.3.0 flips when the draw is above it"
    assert first_step("dict(type='MixUp', flip_ratio=0.5)")[1] == []
    assert "data.train.pipeline[0].crop_size" in first_step("dict(type='RandomCrop', crop_size=(size, 600))")[1]


def test_the_table_of_swapped_sizes_is_that_of_the_docstrings():
    """3.3.0 says that the width comes first in these parameters; 2.28.2 had the same ones, said (or took) the height first."""
    found = set()
    for path in (NAMES.package / "datasets" / "transforms").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                parts = re.split(r"\n {4,8}(?=\w+ ?\()", ast.get_docstring(node) or "")
                said = [(part.split()[0], " ".join(part.split())) for part in parts[1:]]
                found |= {(node.name, key) for key, text in said if re.search(r"\(width, height\)|width and height sides", text)}
    new_in_3_x = {("CachedMosaic", "img_scale"), ("CachedMixUp", "img_scale")}
    assert set(config_changed.SWAPPED.items()) == found - new_in_3_x


def test_the_best_checkpoint_is_named_with_its_evaluator():
    source = "data = dict(samples_per_gpu=2, val=dict(type='{}', img_prefix='VOC2007/', pipeline=[]))\nevaluation = dict(save_best='{}')"
    for kind, said, expected in (("CocoDataset", "bbox_mAP", "coco/bbox_mAP"), ("VOCDataset", "mAP", "pascal_voc/mAP"), ("CocoDataset", "auto", "auto")):
        assert new(source.format(kind, said), "2")["default_hooks.checkpoint.save_best"] == expected
    assert "evaluation.save_best" in [path for _, path in hand("evaluation = dict(save_best='bbox_mAP')\ntotal_epochs = 1", "2")]


@pytest.mark.parametrize(("start", "every", "asked"), [(4, 2, False), (4, 3, True), (3, 1, False)])
def test_a_first_evaluation_out_of_step_is_left_to_a_person(start, every, asked):
    """2.x counts the interval from the start on, 3.x from the first epoch on."""
    assert ("evaluation.start" in [path for _, path in hand(f"total_epochs = 9\nevaluation = dict(start={start}, interval={every})", "2")]) is asked


def test_modules_of_mmcls_are_those_of_mmpretrain_and_others_are_asked_for():
    values = new(EVERYTHING_2X)
    assert (values["model.backbone.type"], values["custom_imports.imports"]) == ("mmpretrain.ConvNeXt", ["mmpretrain.models", "mine.models"])
    assert [path for _, path in hand(EVERYTHING_2X)].count("custom_imports.imports") == 1


def test_half_precision_without_a_scale_had_512():
    assert new("fp16 = dict()\ntotal_epochs = 1", "2")["optim_wrapper.loss_scale"] == 512.0
    assert new("fp16 = dict(loss_scale='dynamic')\ntotal_epochs = 1", "2")["optim_wrapper.loss_scale"] == "dynamic"
    assert new("optimizer_config = dict(type='Fp16OptimizerHook')\ntotal_epochs = 1", "2")["optim_wrapper.loss_scale"] == 512.0


def test_what_two_pipelines_share_is_told_once():
    test = "[dict(type='MultiScaleFlipAug', img_scale=(9, 9), flip=False, transforms=[dict(type='ImageToTensor', keys=['img']), dict(type='RandomFlip')])]"
    done = result(f"p = {test}\ndata = dict(samples_per_gpu=2, val=dict(type='CocoDataset', pipeline=p), test=dict(type='CocoDataset', pipeline=p))", "2")
    told = [(decision.value.line, decision.value.text, decision.note) for decision in done.decisions if "ImageToTensor" in decision.value.text or "RandomFlip" in decision.value.text]
    assert len(told) == len(set(told)) == 2


def test_a_scale_that_only_running_gives_is_not_written():
    assert "optim_wrapper.loss_scale" not in new("fp16 = dict(loss_scale=f(1))\ntotal_epochs = 1", "2")


def test_what_has_no_counterpart_is_asked_for():
    left = [path for _, path in hand(EVERYTHING_2X)]
    assert "workflow" in left and "optimizer.constructor" in left
    assert [path for _, path in hand("data = dict(samples_per_gpu=2, train=dict(type='CocoDataset', pipeline=[dict(type='Normalize', mean=[1])]))\ntotal_epochs = 1", "2")] == ["data"], "no model takes the mean"


def test_notes_say_what_the_file_says():
    """No note says the opposite of the value that it stands at."""
    done = result(EVERYTHING_2X)
    notes = {path: leaf.note for name, value in done.made.items() for path, leaf in config_desk.leaves(value, name)}
    assert notes["train_cfg.type"] == ""
    assert "没有框" not in notes["train_dataloader.dataset.datasets[0].filter_cfg.filter_empty_gt"] + notes["train_dataloader.dataset.datasets[0].filter_cfg.min_size"]
    gone = {decision.path: decision.note for decision in done.decisions if decision.kind == "gone"}
    assert not [path for path, note in gone.items() if note in ("不翻转", "测试时不翻转")]


def test_one_of_several_namesakes_is_chosen_only_when_it_is_nearer():
    near = {
        "retinanet/retinanet_r18_fpn_1x_coco.py": "retinanet/retinanet_r18_fpn_1x_coco.py",
        "fcos/fcos_r50_caffe_fpn_gn-head_1x_coco.py": "fcos/fcos_r50-caffe_fpn_gn-head_1x_coco.py",
        "lad/lad_r101_paa_r50_fpn_coco_1x.py": "lad/lad_r101-paa-r50_fpn_2xb8_coco_1x.py",
        "scnet/scnet_x101_64x4d_fpn_20e_coco.py": "scnet/scnet_x101-64x4d_fpn_20e_coco.py",
    }
    for old, expected in near.items():
        assert NAMES.namesake(Path(old)).relative_to(NAMES.configs).as_posix() == expected
    assert NAMES.namesake(Path("lad/r50_lad_paa_r101_fpn_1x.py")) is None


def test_the_compared_keys_are_those_that_mmengine_reads():
    source = (package("mmengine") / "runner" / "runner.py").read_text(encoding="utf-8")
    read = set(re.findall(r"\bcfg(?:\.get\(|\[)'(\w+)'", source)) | {"custom_imports"}
    used = {name for path in config_paths() for name in config_reader.read((root() / path).read_text(encoding="utf-8")).tops}
    only_where_the_model_has_none = {"data_preprocessor"}
    assert read & used <= set(config_compare.READ) | only_where_the_model_has_none
    assert {"find_unused_parameters", "custom_imports"} <= read & used


# --- the counts over the 2.28.2 wheel ---


@pytest.fixture(scope="module")
def counts() -> dict:
    return json.loads((CODE / "translate_counts.json").read_text(encoding="utf-8"))


def test_the_counts_were_made_by_this_translator(counts):
    """Changed the translator? Run scripts/compare_translations.py (make test-clean does) and commit what it writes."""
    assert counts["sources"] == compare_translations.digest(), "translate_counts.json is older than the translator"


def test_at_least_97_of_100_values_are_those_of_3_3_0(counts):
    values = counts["values"]
    assert values["same"] / sum(values.values()) >= 0.97
    assert counts["configs"] >= 510 and counts["crashed"] == 0
    assert counts["reader_other"] == 0 and counts["reader_same"] > 400, "the reader merges as mmengine does"
    assert counts["listed"] == values["other"] + values["mine"] + values["theirs"], "every difference stands in a report"


def test_what_is_built_is_counted_and_no_failure_is_silent(counts):
    build = counts["build"]
    assert build["built"] + len(build["here"]) + len(build["undecided"]) + len(build["silent"]) == build["configs"] >= 50
    assert not build["silent"], "a translation that lists nothing can be built where its namesake can"
    assert build["trained"] + len(build["untrained"]) == build["small"] and build["trained"] >= 2


def test_a_failure_is_the_machines_the_listed_or_the_silent_one():
    ours = {name: {"built": why, "trained": trained} for name, why, trained in (("a", "", ""), ("b", "E", None), ("c", "E", None), ("d", "E", None), ("e", "", "nan"))}
    theirs = {"b": {"built": "E"}, "c": {"built": ""}, "d": {"built": ""}}
    found = compare_translations.summary(ours, theirs, undecided={"b", "c"})
    assert (found["built"], [*found["here"]], [*found["undecided"]], [*found["silent"]]) == (2, ["b"], ["c"], ["d"])
    assert (found["small"], found["trained"], found["untrained"]) == (2, 1, {"e": "nan"})
