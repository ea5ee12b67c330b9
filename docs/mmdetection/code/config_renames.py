"""What became of the keys of old MMDetection configs: the table that translate_config.py looks up.

A pattern (``*`` stands for anything) is matched against the path of a key: ``model.rpn_head.anchor_scales``.
In a list of steps the step's type follows a colon: ``data.train.pipeline:Resize.img_scale``. The first rule that
matches wins. Names on the right are those of mmdet 3.3.0; the tests look each of them up in its wheel.
Sources: docs/en/migration/config_migration.md and docs/compatibility.md of MMDetection, and configs of both ages.
"""

from collections.abc import Callable
from dataclasses import dataclass

import config_rewrites as rewrite
from config_rewrites import Answer, Outcome, Spot


@dataclass(frozen=True)
class Rule:
    pattern: str
    answer: Callable[[Spot], Answer]
    age: str = "12"  # the major versions that it holds for
    whole: bool = False  # the answer speaks for everything inside, too


def to(pattern: str, new: str, note: str = "", age: str = "12") -> Rule:
    return Rule(pattern, lambda spot: Outcome("moved", new, note), age)


def gone(pattern: str, note: str, age: str = "12") -> Rule:
    return Rule(pattern, lambda spot: Outcome("gone", note=note), age, whole=True)


def hand(pattern: str, note: str, age: str = "12") -> Rule:
    return Rule(pattern, lambda spot: Outcome("hand", note=note), age, whole=True)


def value(pattern: str, answer: Callable[[Spot], Answer], age: str = "12", whole: bool = True) -> Rule:
    return Rule(pattern, answer, age, whole)


DATASET = "train_dataloader.dataset"

MODEL = [
    value("model.type", rewrite.detector, age="1"),
    value("model.pretrained", rewrite.pretrained),
    *(value(f"model.{part}", rewrite.into_roi_head, age="1", whole=False) for part in (
        "bbox_roi_extractor", "bbox_head", "mask_roi_extractor", "mask_head", "mask_iou_head", "shared_head",
        "semantic_roi_extractor", "grid_roi_extractor", "grid_head", "interleaved", "mask_info_flow", "num_stages",
    )),
    hand("model.semantic_head.num_classes", "classes of the semantic branch: unchanged, 183 for COCO-stuff", age="1"),
    to("model.semantic_head.ignore_label", "{up}.loss_seg.ignore_index", "loss_seg = dict(type='CrossEntropyLoss', …)"),
    to("model.semantic_head.loss_weight", "{up}.loss_seg.loss_weight"),
    value("model.semantic_head", rewrite.into_roi_head, age="1", whole=False),
    to("model.*.anchor_scales", "{up}.anchor_generator.scales", "anchor_generator = dict(type='AnchorGenerator', …)"),
    to("model.*.anchor_ratios", "{up}.anchor_generator.ratios"),
    to("model.*.anchor_strides", "{up}.anchor_generator.strides"),
    to("model.*.anchor_base_sizes", "{up}.anchor_generator.base_sizes"),
    to("model.*_head.octave_base_scale", "{up}.anchor_generator.octave_base_scale"),
    to("model.*_head.scales_per_octave", "{up}.anchor_generator.scales_per_octave"),
    to("model.*_head*.target_means", "{up}.bbox_coder.target_means",
       "bbox_coder = dict(type='DeltaXYWHBBoxCoder', …)", age="1"),
    to("model.*_head*.target_stds", "{up}.bbox_coder.target_stds", age="1"),
    value("model.*_head*.num_classes", rewrite.class_count, age="1"),
    gone("model*SharedFCBBoxHead.num_fcs", "see type"),
    value("model*SharedFCBBoxHead.type", rewrite.shared_fc_head),
    to("model.*.roi_layer.out_size", "{up}.output_size"),
    to("model.*.roi_layer.sample_num", "{up}.sampling_ratio"),
    value("model.*.dcn.modulated", rewrite.deformable),
    gone("model.*.dcn.groups", "the backbone passes its groups itself"),
    to("model.*.dcn.deformable_groups", "{up}.deform_groups"),
    to("model.*.normalize", "{up}.norm_cfg", age="1"),
    to("model.neck*.extra_convs_on_inputs", "{up}.add_extra_convs", "True → 'on_input', False → 'on_output'"),
    *(hand(f"model.backbone.{key}", "now an entry of backbone.plugins") for key in (
        "gcb", "stage_with_gcb", "gen_attention", "stage_with_gen_attention",
    )),
    *(hand(f"model.bbox_head.{key}", "SSD: now part of anchor_generator = dict(type='SSDAnchorGenerator', …)")
      for key in ("input_size", "anchor_sizes", "basesize_ratio_range", "min_sizes", "max_sizes", "aspect_ratios")),
]

LEARNING = [  # the parts of the model that say how it learns and how it answers
    to("train_cfg.stage_loss_weights", "model.roi_head.stage_loss_weights"),
    gone("test_cfg.keep_all_stages", "no counterpart"),
    hand("train_cfg.smoothl1_beta", "now in the head: loss_bbox = dict(type='SmoothL1Loss', beta=…)"),
    to("train_cfg", "model.train_cfg"),
    to("test_cfg", "model.test_cfg"),
    *(rule for part in ("*train_cfg.rpn_proposal", "*test_cfg.rpn") for rule in (
        to(f"{part}.nms_thr", "{up}.nms = dict(type='nms', iou_threshold={text})"),
        to(f"{part}.max_num", "{up}.max_per_img"),
        gone(f"{part}.nms_post", "max_per_img does its work (GARPNHead alone still has it)"),
        gone(f"{part}.nms_across_levels", "no counterpart"),
    )),
    to("*_cfg*.nms.iou_thr", "{up}.iou_threshold"),
    *(hand(f"*train_cfg*.assigner.{cost}", "now an entry of assigner.match_costs") for cost in (
        "cls_cost", "reg_cost", "iou_cost",
    )),
]

PIPELINE = [
    value("*:Resize.img_scale", rewrite.resize),
    gone("*:Resize.multiscale_mode", "see img_scale"),
    to("*:RandomFlip.flip_ratio", "{up}.prob"),
    value("*:Normalize", rewrite.normalize),
    value("*:Pad", rewrite.pad),
    gone("*:DefaultFormatBundle", "PackDetInputs does it"),
    gone("*:ImageToTensor", "PackDetInputs does it"),
    gone("*:Collect.keys", "PackDetInputs finds them itself"),
    to("*:Collect.type", "{up}.type = 'PackDetInputs'"),
    value("*:MultiScaleFlipAug", rewrite.test_scales),
    hand("*:SegResizeFlipPadRescale", "the semantic head scales the labels itself: semantic_head.seg_scale_factor"),
    hand("*:AutoAugment", "if its policies choose among steps: dict(type='RandomChoice', transforms=[…])"),
    hand("*:Albu", "still there; its label fields and keymap have new names, see gt_bboxes_labels"),
    to("*.file_client_args", "{up}.backend_args"),
]

DATA = [
    to("data.imgs_per_gpu", "train_dataloader.batch_size", "in val_dataloader and test_dataloader 1"),
    to("data.samples_per_gpu", "train_dataloader.batch_size", "in val_dataloader and test_dataloader 1"),
    to("data.workers_per_gpu", "train_dataloader.num_workers",
       "the same in val_dataloader and test_dataloader; with 0 also persistent_workers = False"),
    *(to(f"data.{split}", f"{split}_dataloader.dataset") for split in ("train", "val", "test")),
    *(to(f"data.{key}", f"train_dataloader.{key}") for key in ("persistent_workers", "pin_memory", "drop_last")),
    hand("data.*dataloader*", "written per loader: {train,val,test}_dataloader"),
    value("data.*.img_prefix", rewrite.picture_folder),
    to("data.*.seg_prefix", "{up}.data_prefix.seg"),
    value("data.*.ann_file", rewrite.annotation_file),
    to("data.*.classes", "{up}.metainfo.classes", "and in every other dataset of the file"),
    to("data.*.filter_empty_gt", "{up}.filter_cfg.filter_empty_gt"),
    *PIPELINE,
    *(rule for part in ("data.train", "data.val", "data.test", "data.train.dataset") for rule in (
        value(f"{part}.img_scale", rewrite.pipeline_of_dataset),
        value(f"{part}.img_norm_cfg", rewrite.normalize),
        to(f"{part}.size_divisor", "model.data_preprocessor.pad_size_divisor"),
        *(gone(f"{part}.{key}", "see img_scale") for key in (
            "flip_ratio", "with_mask", "with_label", "multiscale_mode", "resize_keep_ratio",
        )),
        gone(f"{part}.with_crowd", "crowd boxes are always read, as ignored ones"),
        hand(f"{part}.extra_aug", "now steps of the pipeline: PhotoMetricDistortion, Expand, MinIoURandomCrop"),
        hand(f"{part}.with_semantic_seg", "now LoadAnnotations(with_seg=True)"),
        hand(f"{part}.seg_scale_factor", "now semantic_head.seg_scale_factor"),
    )),
]

RUN = [
    to("evaluation.interval", "train_cfg.val_interval"),
    to("evaluation.start", "train_cfg.val_begin"),
    to("evaluation.dynamic_intervals", "train_cfg.dynamic_intervals"),
    value("evaluation.metric", rewrite.metric),
    to("evaluation.save_best", "default_hooks.checkpoint.save_best"),
    to("evaluation.classwise", "val_evaluator.classwise"),
    hand("evaluation.*", "goes to val_evaluator and test_evaluator, if their metric knows it"),
    to("optimizer.paramwise_options", "optim_wrapper.paramwise_cfg"),
    to("optimizer.paramwise_cfg", "optim_wrapper.paramwise_cfg"),
    to("optimizer.constructor", "optim_wrapper.constructor"),
    to("optimizer", "optim_wrapper.optimizer"),
    to("optimizer_config.grad_clip", "optim_wrapper.clip_grad"),
    value("optimizer_config", rewrite.no_clipping),
    value("optimizer_config.type", rewrite.gradient_hook),
    to("optimizer_config.loss_scale", "optim_wrapper.loss_scale"),
    to("optimizer_config.cumulative_iters", "optim_wrapper.accumulative_counts"),
    to("fp16.loss_scale", "optim_wrapper.loss_scale",
       "with optim_wrapper.type = 'AmpOptimWrapper', or --amp on the command line"),
    value("lr_config", rewrite.schedule),
    hand("momentum_config", "now an entry of param_scheduler"),
    value("runner.type", rewrite.runner),
    to("runner.max_epochs", "train_cfg.max_epochs"),
    to("runner.max_iters", "train_cfg.max_iters"),
    to("total_epochs", "train_cfg.max_epochs"),
    gone("checkpoint_config.create_symlink", "the file last_checkpoint names the newest"),
    to("checkpoint_config.*", "default_hooks.checkpoint.{key}"),
    to("log_config.interval", "default_hooks.logger.interval"),
    value("log_config.hooks", rewrite.log_hooks),
    value("resume_from", rewrite.resume),
    to("auto_resume", "resume"),
    gone("workflow", "validation is set by train_cfg.val_interval"),
    to("dist_params.backend", "env_cfg.dist_cfg.backend"),
    hand("dist_params.port", "on the command line: PORT=… bash tools/dist_train.sh"),
    to("cudnn_benchmark", "env_cfg.cudnn_benchmark"),
    to("opencv_num_threads", "env_cfg.mp_cfg.opencv_num_threads"),
    to("mp_start_method", "env_cfg.mp_cfg.mp_start_method"),
    to("seed", "randomness.seed"),
    gone("gpu_ids", "the launcher says how many; CUDA_VISIBLE_DEVICES says which"),
    hand("_base_", "not read here: run this program on each base, too; 3.3.0's bases have hyphens in their names"),
]

RULES = [*MODEL, *LEARNING, *DATA, *RUN]
# Top-level keys that kept their name, or whose contents alone moved.
SAME = {"dataset_type", "data_root", "work_dir", "log_level", "load_from", "custom_hooks", "custom_imports", "auto_scale_lr"}
SAME |= {"find_unused_parameters", "default_scope", "model", "data", "fp16", "runner", "evaluation", "checkpoint_config"}
SAME |= {"log_config", "dist_params"}
