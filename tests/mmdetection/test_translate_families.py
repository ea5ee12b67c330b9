"""What the translator does with families of models and data sets of their own: YOLOX, DETR and its kin, panoptic sets, OpenImages.

Learning rates are held by stepping the schedulers of 3.x, built from what the translator wrote, against the formulas of mmcv 1.x
and mmdet 2.28.2.
"""

import importlib.util
import math
import re
import sys
from pathlib import Path
from types import ModuleType

import mmengine.optim  # noqa: F401  registers the schedulers
import pytest
import torch
from mmengine.registry import PARAM_SCHEDULERS

from .test_translate_config import CODE, NAMES, compare_translations, config_compare, config_reader, hand, new, result
from .wheel import package

pytestmark = pytest.mark.torch

RATE = 0.1  # of the optimizer
LENGTH = 20  # iterations an epoch


# --- namesakes ---


@pytest.mark.parametrize(
    ("old", "expected"),
    [
        ("yolox/yolox_s_8x8_300e_coco.py", "yolox/yolox_s_8xb8-300e_coco.py"),
        ("detr/detr_r50_8x2_150e_coco.py", "detr/detr_r50_8xb2-150e_coco.py"),
        ("deformable_detr/deformable_detr_refine_r50_16x2_50e_coco.py", "deformable_detr/deformable-detr-refine_r50_16xb2-50e_coco.py"),
        ("mask2former/mask2former_r50_lsj_8x2_50e_coco-panoptic.py", "mask2former/mask2former_r50_8xb2-lsj-50e_coco-panoptic.py"),
        ("hrnet/fcos_hrnetv2p_w18_gn-head_4x4_1x_coco.py", "hrnet/fcos_hrnetv2p-w18-gn-head_4xb4-1x_coco.py"),
        ("htc/htc_x101_64x4d_fpn_16x1_20e_coco.py", "htc/htc_x101-64x4d_fpn_16xb1-20e_coco.py"),
        ("openimages/ssd300_32x8_36e_openimages.py", "openimages/ssd300_32xb8-36e_openimages.py"),
    ],
)
def test_cards_and_pictures_are_no_part_of_the_name_in_either_spelling(old, expected):
    assert NAMES.namesake(Path(old)).relative_to(NAMES.configs).as_posix() == expected


def test_a_dropped_number_is_no_other_number():
    """``64x4d`` is a width of ResNeXt, ``1x`` and ``20e`` are lengths: they stay."""
    assert NAMES.namesake(Path("retinanet/retinanet_x101_64x4d_fpn_1x_coco.py")).stem == "retinanet_x101-64x4d_fpn_1x_coco"
    assert NAMES.namesake(Path("retinanet/retinanet_x101_64x5d_fpn_1x_coco.py")) is None


# --- learning rates ---


def quadratic() -> type:
    """QuadraticWarmupLR of mmdet 3.3.0, from its file: importing the package would ask for mmcv."""
    stand_in = ModuleType("mmdet")
    stand_in.__path__ = [str(package())]
    spec = importlib.util.spec_from_file_location("quadratic_warmup", package() / "engine" / "schedulers" / "quadratic_warmup.py")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "mmdet", stand_in)
        spec.loader.exec_module(module)
        for name in [name for name in sys.modules if name.startswith("mmdet.")]:
            patch.delitem(sys.modules, name)
    return module.QuadraticWarmupLR


@pytest.fixture(scope="module")
def quadratic_warm_up() -> type:
    return quadratic()


def rates(source: str, epochs: int, kinds: dict[str, type]) -> list[float]:
    """The rate of every iteration under the schedulers that the translator wrote for the old config ``source``."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE)
    built = []
    for settings in config_reader.plain(result(source, "2").made["param_scheduler"]):
        kind = kinds.get(settings.pop("type") if settings["type"] in kinds else "")
        if kind is None:
            built.append(PARAM_SCHEDULERS.build(settings, default_args={"optimizer": optimizer, "epoch_length": LENGTH}))
        elif settings.pop("convert_to_iter_based"):
            built.append(kind.build_iter_from_epoch(optimizer, epoch_length=LENGTH, **settings))
    found = []
    for _ in range(epochs):
        for _ in range(LENGTH):
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            [one.step() for one in built if not one.by_epoch]
        [one.step() for one in built if one.by_epoch]
    return found


def test_a_warm_up_by_epochs_rises_at_each_iteration_as_it_did():
    """mmcv 1.x: ``lr * (1 - (1 - t / W) * (1 - ratio))``. LinearLR arrives one iteration earlier, so the two differ by less than its step."""
    source = "total_epochs = 6\nlr_config = dict(policy='step', step=[4, 5], warmup='linear', warmup_by_epoch=True, warmup_iters=2, warmup_ratio=0.25)"
    assert not hand(source, "2")
    steps, warm = [RATE] * 4 * LENGTH + [RATE / 10] * LENGTH + [RATE / 100] * LENGTH, 2 * LENGTH
    old = [rate * (1 - (1 - min(t / warm, 1)) * 0.75) for t, rate in enumerate(steps)]
    found = rates(source, 6, {})
    assert max(abs(first - second) for first, second in zip(old, found, strict=True)) <= RATE * 0.75 / (warm - 1)
    assert found[0] == pytest.approx(RATE / 4) and found[warm:] == pytest.approx(old[warm:])
    assert len(set(found[:warm])) == warm, "it rises at each iteration, not at each epoch"


def test_a_constant_warm_up_by_epochs_lasts_as_long_as_it_did():
    """ConstantLR ends one step early; counted in iterations that is one iteration, counted in epochs it would be one epoch."""
    source = "total_epochs = 3\nlr_config = dict(policy='step', step=[9], warmup='constant', warmup_by_epoch=True, warmup_iters=1, warmup_ratio=0.25)"
    found = rates(source, 3, {})
    assert found[: LENGTH - 1] == pytest.approx([RATE / 4] * (LENGTH - 1)) and found[LENGTH:] == pytest.approx([RATE] * 2 * LENGTH)


@pytest.mark.parametrize("kind", ["linear", "constant"])
def test_a_warm_up_from_the_whole_rate_is_none(kind):
    source = f"total_epochs = 6\nlr_config = dict(policy='step', step=[4], warmup='{kind}', warmup_iters=10, warmup_ratio=1.0)"
    assert new(source, "2")["param_scheduler[0].type"] == "MultiStepLR" and not hand(source, "2")


YOLOX = """
runner = dict(type='EpochBasedRunner', max_epochs={epochs})
lr_config = dict(
    policy='YOLOX', warmup='exp', by_epoch=False, warmup_by_epoch=True, warmup_ratio={ratio}, warmup_iters={warm},
    num_last_epochs={last}, min_lr_ratio=0.05)
"""


def old_yolox(t: int, epochs: int, warm: int, last: int) -> float:
    """YOLOXLrUpdaterHook of 2.28.2 at iteration t."""
    if t < warm * LENGTH:
        return RATE * ((t + 1) / (warm * LENGTH)) ** 2
    floor, done, falls = RATE * 0.05, t + 1 - warm * LENGTH, (epochs - warm - last) * LENGTH
    return floor if done >= falls else floor + (RATE - floor) / 2 * (math.cos(math.pi * done / falls) + 1)


@pytest.mark.parametrize(("epochs", "warm", "last"), [(30, 5, 3), (12, 1, 0), (20, 3, 10)])
def test_the_rate_of_yolox_is_what_it_was(epochs, warm, last, quadratic_warm_up):
    """Quadratic warm-up: equal to 12 digits. The cosine of 3.x is one iteration behind: by less than its steepest step."""
    source = YOLOX.format(epochs=epochs, warm=warm, last=last, ratio=1)
    assert not hand(source, "2")
    found = rates(source, epochs, {"mmdet.QuadraticWarmupLR": quadratic_warm_up})
    old = [old_yolox(t, epochs, warm, last) for t in range(epochs * LENGTH)]
    assert found[: warm * LENGTH] == pytest.approx(old[: warm * LENGTH], abs=1e-12)
    assert max(abs(first - second) for first, second in zip(old, found, strict=True)) <= RATE * math.pi / 2 / ((epochs - warm - last) * LENGTH)


@pytest.mark.parametrize(
    "source",
    [
        YOLOX.format(epochs=30, warm=5, last=3, ratio=0.5),
        YOLOX.format(epochs=8, warm=5, last=3, ratio=1),
        YOLOX.format(epochs=30, warm=5, last=3, ratio=1).replace("by_epoch=False", "by_epoch=True"),
    ],
)
def test_another_rate_of_yolox_is_left_to_a_person(source):
    assert "lr_config" in [path for _, path in hand(source, "2")] and new(source, "2")["param_scheduler"] == []


def test_the_geometric_warm_up_of_mmcv_has_no_counterpart():
    source = "total_epochs = 9\nlr_config = dict(policy='step', step=[3], warmup='exp', warmup_iters=5)"
    assert [line for line, path in hand(source, "2") if path == "lr_config.warmup"] == [2, 2]
    assert "param_scheduler[1].type" not in new(source, "2")


# --- YOLOX ---

MOSAIC = """
data = dict(samples_per_gpu=2, persistent_workers=True, train=dict(
    type='MultiImageMixDataset', dataset=dict(type='CocoDataset', pipeline=[]), pipeline=[dict(type='Mosaic', img_scale=(640, 640))]))
"""


def test_yolox_changes_the_size_in_the_preprocessor():
    source = MOSAIC + "model = dict(type='YOLOX', input_size=(640, 640), random_size_range=(10, 20))\ntotal_epochs = 1"
    values, at = new(source, "2"), "model.data_preprocessor.batch_augments[0]."
    assert [values[at + key] for key in ("type", "random_size_range", "size_divisor", "interval")] == ["BatchSyncRandomResize", [320, 640], 32, 10]
    assert not [path for _, path in hand(source, "2") if path.startswith("model")]
    assert new("model = dict(type='YOLOX')\ntotal_epochs = 1", "2")[at + "random_size_range"] == [480, 800], "it did so without a word, too"


def test_persistent_workers_of_the_data_were_those_of_the_training():
    values = new(MOSAIC.replace("True", "False") + "total_epochs = 1", "2")
    assert values["train_dataloader.persistent_workers"] is False


def test_the_average_of_yolox_has_a_new_name():
    hooks = "[dict(type='ExpMomentumEMAHook', momentum=0.0001, total_iter=1000, resume_from=None, priority=49), dict(type='SyncNormHook', num_last_epochs=15, interval=10, priority=48)]"
    made = config_reader.plain(result(f"total_epochs = 1\ncustom_hooks = {hooks}", "2").made["custom_hooks"])
    assert made == [
        {"type": "EMAHook", "ema_type": "ExpMomentumEMA", "momentum": 0.0001, "gamma": 1000, "update_buffers": True, "priority": 49},
        {"type": "SyncNormHook", "priority": 48},
    ]
    assert "custom_hooks[0].resume_from" in [path for _, path in hand(f"total_epochs = 1\ncustom_hooks = {hooks.replace('None', repr('a.pth'))}", "2")]
    skipping = hooks.replace("total_iter=1000", "skip_buffers=True")
    assert config_reader.plain(result(f"total_epochs = 1\ncustom_hooks = {skipping}", "2").made["custom_hooks"])[0]["update_buffers"] is False


# --- DETR and its kin ---

LAYER = "dict(type='BaseTransformerLayer', attn_cfgs=dict(type='MultiheadAttention', embed_dims=64, num_heads=4, dropout=0.1), feedforward_channels=128, ffn_dropout=0.1, operation_order={order})"
DETR = (
    "total_epochs = 1\nmodel = dict(type='DETR', bbox_head=dict(type='DETRHead', in_channels=2048, num_classes=3, transformer=dict(type='Transformer', "
    f"encoder=dict(type='DetrTransformerEncoder', num_layers=2, transformerlayers={LAYER.format(order=('self_attn', 'norm', 'ffn', 'norm'))}), "
    f"decoder=dict(type='DetrTransformerDecoder', num_layers=2, transformerlayers={LAYER.format(order=('self_attn', 'norm', 'cross_attn', 'norm', 'ffn', 'norm'))}))), "
    "train_cfg=dict(assigner=dict(type='HungarianAssigner', reg_cost=dict(type='BBoxL1Cost', weight=5.0))))"
)


def test_the_transformer_of_detr_stands_in_the_model():
    values = new(DETR, "2")
    attention = {"embed_dims": 64, "num_heads": 4, "dropout": 0.1, "batch_first": True}
    for part in ("encoder.layer_cfg.self_attn_cfg", "decoder.layer_cfg.self_attn_cfg", "decoder.layer_cfg.cross_attn_cfg"):
        assert {key: values[f"model.{part}.{key}"] for key in attention} == attention
    assert values["model.decoder.layer_cfg.ffn_cfg.feedforward_channels"] == 128 and values["model.encoder.layer_cfg.ffn_cfg.ffn_drop"] == 0.1
    assert (values["model.num_queries"], values["model.bbox_head.embed_dims"], values["model.neck.in_channels"], values["model.neck.out_channels"]) == (100, 64, [2048], 64)
    costs = [values[f"model.train_cfg.assigner.match_costs[{index}].type"] for index in range(3)]
    assert costs == ["ClassificationCost", "BBoxL1Cost", "IoUCost"] and values["model.train_cfg.assigner.match_costs[2].weight"] == 1.0
    assert not [path for _, path in hand(DETR, "2") if path.startswith("model")]


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("('self_attn', 'norm', 'ffn', 'norm')", "('norm', 'self_attn', 'norm', 'ffn')"),
        ("type='MultiheadAttention'", "type='MyAttention'"),
    ],
)
def test_layers_that_3_x_has_not_are_left_to_a_person(said, instead):
    left = [path for _, path in hand(DETR.replace(said, instead), "2")]
    assert any(path.startswith("model.encoder") for path in left), left
    assert "model.encoder.layer_cfg.self_attn_cfg.embed_dims" not in new(DETR.replace(said, instead), "2")


def test_a_dropout_that_the_layer_overrode_is_told():
    """DetrTransformerDecoderLayer of 2.28.2 has ``ffn_dropout=0.0`` and writes it over ``ffn_cfgs``."""
    source = """
total_epochs = 1
layer = dict(
    type='DetrTransformerDecoderLayer',
    attn_cfgs=dict(type='MultiheadAttention', embed_dims=8, num_heads=2, attn_drop=0.1, proj_drop={}, dropout_layer=None),
    ffn_cfgs=dict(embed_dims=8, ffn_drop=0.1), feedforward_channels=16,
    operation_order=('self_attn', 'norm', 'cross_attn', 'norm', 'ffn', 'norm'))
model = dict(type='MaskFormer', panoptic_head=dict(
    type='MaskFormerHead', transformer_decoder=dict(type='DetrTransformerDecoder', num_layers=1, transformerlayers=layer)))
"""
    at = "model.panoptic_head.transformer_decoder.layer_cfg."
    assert at + "ffn_cfg.ffn_drop" in [path for _, path in hand(source.format(0.1), "2")]
    assert new(source.format(0.1), "2")[at + "cross_attn_cfg.dropout"] == 0.1
    apart = new(source.format(0.2), "2")
    assert (apart[at + "self_attn_cfg.attn_drop"], apart[at + "self_attn_cfg.proj_drop"]) == (0.1, 0.2), "two that differ stay two"


# --- padding after normalizing ---

NORMALIZE = "dict(type='LoadAnnotations', with_bbox=True, with_mask=True), dict(type='Normalize', mean=[1], std=[1]), "


def test_padding_to_a_size_after_normalizing_stays_after_it():
    source = f"total_epochs = 1\nmodel = dict(type='RetinaNet')\ndata = dict(samples_per_gpu=2, train=dict(type='CocoDataset', pipeline=[{NORMALIZE}dict(type='Pad', size=(640, 480))]))"
    values, at = new(source, "2"), "model.data_preprocessor.batch_augments[0]."
    assert (values[at + "type"], values[at + "size"], values[at + "pad_mask"]) == ("BatchFixedSizePad", [640, 480], True), "height first in both"
    assert "Pad" not in [value for path, value in values.items() if path.startswith("train_dataloader")]
    before = source.replace("dict(type='Normalize', mean=[1], std=[1]), dict(type='Pad', size=(640, 480))", "dict(type='Pad', size=(640, 480)), dict(type='Normalize', mean=[1], std=[1])")
    assert at + "type" not in new(before, "2") and "Pad" in new(before, "2").values()


def test_padding_to_a_size_after_normalizing_is_asked_for_in_a_test():
    steps = "[dict(type='MultiScaleFlipAug', img_scale=(9, 9), flip=False, transforms=[dict(type='Resize'), dict(type='Normalize', mean=[1], std=[1]), dict(type='Pad', size=(9, 9))])]"
    source = f"total_epochs = 1\nmodel = dict(type='RetinaNet')\ndata = dict(samples_per_gpu=2, val=dict(type='CocoDataset', pipeline={steps}))"
    assert "data.val.pipeline[0].transforms[2]" in [path for _, path in hand(source, "2")]


# --- what is written ---


def test_a_tuple_inside_the_model_stays_one():
    """``order`` of a convolution and the ratios of anchors of SSD must be tuples: 3.3.0 asserts it."""
    made = result("total_epochs = 1\nmodel = dict(type='RetinaNet', neck=dict(type='FPN_CARAFE', order=('conv', 'norm', 'act')))", "2").made
    assert config_reader.literal(made["model"])["neck"]["order"] == ("conv", "norm", "act")


# --- data sets ---


def test_boxes_and_masks_of_a_panoptic_set_have_a_metric_of_their_own():
    source = """
total_epochs = 1
data = dict(samples_per_gpu=2, val=dict(type='CocoPanopticDataset', ins_ann_file='i.json', ann_file='p.json', pipeline=[]))
evaluation = dict(metric=['PQ', 'bbox', 'segm'])
"""
    values = new(source, "2")
    assert [values[f"val_evaluator[{index}].type"] for index in range(2)] == ["CocoPanopticMetric", "CocoMetric"]
    assert (values["val_evaluator[1].metric"], values["val_evaluator[1].ann_file"]) == (["bbox", "segm"], "i.json")
    assert "val_evaluator.metric" in [path for _, path in hand(source.replace("ins_ann_file='i.json', ", ""), "2")]


OPEN = """
data_root = 'data/o/'
total_epochs = 1
data = dict(
    samples_per_gpu=2, train_dataloader=dict(class_aware_sampler=dict(num_sample_class=1)),
    train=dict(
        type='OpenImagesDataset', ann_file=data_root + 'a.csv', label_file=data_root + 'l.csv', img_prefix=data_root + 't/',
        pipeline=[dict(type='LoadAnnotations', with_bbox=True, denorm_bbox=True)]),
    val=dict(
        type='OpenImagesDataset', ann_file=data_root + 'v.csv', label_file=data_root + 'l.csv', meta_file=data_root + 'm.pkl',
        img_prefix=data_root + 'v/', get_supercategory=False, pipeline=[]))
evaluation = dict(metric='mAP', iou_thr=0.4)
"""


def test_open_images():
    values = new(OPEN, "2")
    assert [values[f"val_dataloader.dataset.{key}"] for key in ("data_root", "label_file", "meta_file")] == ["data/o/", "l.csv", "m.pkl"], "3.x joins them with the root"
    assert [values[f"val_evaluator.{key}"] for key in ("type", "iou_thrs", "ioa_thrs", "get_supercategory")] == ["OpenImagesMetric", 0.4, 0.5, False]
    assert "instances" in values["val_dataloader.dataset.pipeline[1].meta_keys"], "the metric reads them"
    assert values["train_dataloader.sampler.type"] == "ClassAwareSampler" and "train_dataloader.batch_sampler.type" not in values
    assert not [path for path in values if "filter_cfg" in path or "denorm_bbox" in path], "2.x dropped no picture of it"
    assert [path for _, path in hand(OPEN, "2")] == ["data.train.meta_file"], "3.3.0 cannot do without"


# --- what is compared, and what is said ---


def test_one_thing_and_a_list_of_it_are_the_same():
    first, second = ({"param_scheduler": config_reader.read(f"x = {text}").tops["x"]} for text in ("[dict(type='A', begin=0)]", "dict(type='A', begin=0)"))
    assert [(difference.kind, difference.path) for difference in config_compare.compare(first, second)] == [("same", "param_scheduler[0].type"), ("same", "param_scheduler[0].begin")]


def notes(source: str) -> str:
    return "\n".join(decision.note for decision in result(source, "2").decisions)


def test_what_is_said_of_the_sources_holds_there():
    """Each message names what the source of 3.3.0 has."""
    files = {"head": "seg_heads/panoptic_fpn_head.py", "semantic": "roi_heads/mask_heads/fused_semantic_head.py", "preprocessor": "data_preprocessors/data_preprocessor.py"}
    text = {name: (package() / "models" / path).read_text(encoding="utf-8") for name, path in files.items()}
    loops = (package("mmengine") / "runner" / "loops.py").read_text(encoding="utf-8")
    step = "dict(type='{}', {})"
    pipe = "total_epochs = 9\nevaluation = dict(start=4, interval=3)\ndata = dict(samples_per_gpu=2, train=dict(type='CocoDataset', pipeline=[{}]))"
    said = notes(pipe.format(step.format("SegRescale", "scale_factor=0.1")))
    assert "seg_rescale_factor" in said and "seg_rescale_factor = 1 / 2**(start_level + 2)" in text["head"]
    assert "seg_scale_factor" in said and "seg_scale_factor" in text["semantic"] and "rescale" not in text["preprocessor"]
    assert "data_preprocessor" not in said.split("seg_rescale_factor")[0].splitlines()[-1], "none of them rescales"
    assert "最后一轮" in said and "self._epoch == self._max_epochs" in loops
    said = notes(pipe.format(step.format("Collect", "keys=['img'], meta_keys=('flip',)")))
    assert "flip、flip_direction 由 RandomFlip 写" in said
    assert set(re.findall(r"'(\w+)':", re.search(r"set_metainfo\(\{(.*?)\}\)", text["preprocessor"], re.DOTALL).group(1))) == {"batch_input_shape", "pad_shape"}


def test_the_counts_are_of_every_part_of_the_translator():
    """A module that the digest leaves out could change without a recount."""
    found, left = set(), ["translate_config"]
    while left:
        imported = re.findall(r"^from (config_\w+) import", (CODE / f"{left.pop()}.py").read_text(encoding="utf-8"), re.MULTILINE)
        left += set(imported) - found
        found |= set(imported)
    assert {f"{name}.py" for name in found} == set(compare_translations.TRANSLATOR)
