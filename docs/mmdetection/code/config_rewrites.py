"""Keys of old MMDetection configs whose value or shape changed, not only their name: one function a key.

A function takes the Spot where the key stands and answers with an Outcome, several, or None: nothing changed here.
Used by the table in config_renames.py.
"""

from dataclasses import dataclass

from config_reader import UNKNOWN, Value


@dataclass(frozen=True)
class Spot:
    """A place in the old config: the key, what stands there, the dict around it, and the file's top level."""

    key: str
    value: Value
    around: Value
    tops: dict[str, Value]

    def top(self, name: str, key: str) -> Value | None:
        """A value inside a top-level dict: ``top("runner", "max_epochs")``."""
        holder = self.tops.get(name)
        return holder.data.get(key) if holder is not None and isinstance(holder.data, dict) else None


@dataclass(frozen=True)
class Outcome:
    """What became of a key. ``kind``: moved (``new`` says where), gone (nothing to write), hand (a person decides)."""

    kind: str
    new: str = ""  # a path of 3.3.0, or "path = value"; {up} stands for where the dict around it went
    note: str = ""


Answer = Outcome | list[Outcome] | None


def moved(new: str, note: str = "") -> Outcome:
    return Outcome("moved", new, note)


def hand(note: str) -> Outcome:
    return Outcome("hand", note=note)


def text(holder: Value, key: str, default: object = "…") -> object:
    """What the file writes under a key of a dict, or the default."""
    return holder.data[key].text if isinstance(holder.data, dict) and key in holder.data else default


def several(value: Value | None) -> bool:
    """Whether this is a list of more than one list: several scales."""
    items = value.data if value is not None and isinstance(value.data, list) else []
    return len(items) > 1 and isinstance(items[0].data, list)


# --- the model ---


def pretrained(spot: Spot) -> Answer:
    if spot.value.data is None:
        return moved("{up}.backbone.init_cfg = None")
    return moved(f"{{up}}.backbone.init_cfg = dict(type='Pretrained', checkpoint={spot.value.text})")


def class_count(spot: Spot) -> Answer:
    count = spot.value.data
    if not isinstance(count, int):
        return hand("the background counted as a class before 2.0: write one less")
    return moved(f"{{up}}.num_classes = {count - 1}", "the background does not count any more")


def two_stage(spot: Spot) -> bool:
    return spot.top("model", "bbox_roi_extractor") is not None


def into_roi_head(spot: Spot) -> Answer:
    return moved(f"{{up}}.roi_head.{spot.key}") if two_stage(spot) else None


def detector(spot: Spot) -> Answer:
    if not two_stage(spot):
        return None
    name = str(spot.value.data)
    heads = {"HybridTaskCascade": "HybridTaskCascadeRoIHead", "MaskScoringRCNN": "MaskScoringRoIHead"}
    heads |= {"CascadeRCNN": "CascadeRoIHead", "GridRCNN": "GridRoIHead", "DoubleHeadRCNN": "DoubleHeadRoIHead"}
    added = moved(f"{{up}}.roi_head.type = '{heads.get(name, 'StandardRoIHead')}'", "added: roi_head holds the RoI extractors and heads now")
    return [moved("{up}.type = 'FasterRCNN'"), added] if name == "DoubleHeadRCNN" else added


def shared_fc_head(spot: Spot) -> Answer:
    layers = spot.around.get("num_fcs")
    if layers == 2:
        return moved("{up}.type = 'Shared2FCBBoxHead'", "drop num_fcs, the name says it")
    return moved("{up}.type = 'ConvFCBBoxHead'", f"with num_shared_fcs={layers} instead of num_fcs")


def deformable(spot: Spot) -> Answer:
    return moved(f"{{up}}.type = '{'DCNv2' if spot.value.data else 'DCN'}'")


# --- the data ---


def picture_folder(spot: Spot) -> Answer:
    if isinstance(spot.value.data, list):
        return hand("several folders: one dataset each, joined by ConcatDataset")
    voc = str(spot.around.get("type")).startswith(("VOC", "XML"))
    return moved(f"{{up}}.data_prefix.{'sub_data_root' if voc else 'img'}", "without the part that data_root says, if that is set")


def annotation_file(spot: Spot) -> Answer:
    several_files = isinstance(spot.value.data, list)
    return hand("several files: one dataset each, joined by ConcatDataset") if several_files else None


def resize(spot: Spot) -> Answer:
    size, step = spot.value, spot.around
    if several(size) and step.get("multiscale_mode") == "value":
        return [moved("{up}.type = 'RandomChoiceResize'", "drop multiscale_mode"), moved(f"{{up}}.scales = {size.text}")]
    if several(size) or "ratio_range" in step.data:
        return [moved("{up}.type = 'RandomResize'", "drop multiscale_mode"), moved(f"{{up}}.scale = {size.text}")]
    one = size.data[0] if isinstance(size.data, list) and size.data and isinstance(size.data[0].data, list) else size
    return moved(f"{{up}}.scale = {one.text}")


def test_scales(spot: Spot) -> Answer:
    if several(spot.value.data.get("img_scale")) or spot.value.get("flip"):
        return hand("test-time augmentation: now tta_model and tta_pipeline, used by tools/test.py --tta")
    step = f"dict(type='Resize', scale={text(spot.value, 'img_scale')}, keep_ratio=True)"
    steps = spot.value.data["transforms"].data if "transforms" in spot.value.data else []
    kept = [str(inner.get("type")) for inner in steps if not replaced(inner)] if isinstance(steps, list) else []
    note = f"the steps inside go, but carry over: {', '.join(kept)}" if kept else "the steps inside go"
    return moved(f"{{here}} = {step}", f"{note}; PackDetInputs ends the pipeline")


def replaced(step: Value) -> bool:
    """Whether a step under MultiScaleFlipAug is done elsewhere now."""
    names = ("Resize", "RandomFlip", "Normalize", "DefaultFormatBundle", "ImageToTensor", "Collect")
    return step.get("type") in names or (step.get("type") == "Pad" and "size_divisor" in step.data)


def normalize(spot: Spot) -> Answer:
    mean, std, rgb = (text(spot.value, key) for key in ("mean", "std", "to_rgb"))
    new = f"dict(type='DetDataPreprocessor', mean={mean}, std={std}, bgr_to_rgb={rgb})"
    return moved(f"model.data_preprocessor = {new}", "the step goes")


def pad(spot: Spot) -> Answer:
    if "size_divisor" not in spot.value.data:
        return None
    divisor = text(spot.value, "size_divisor")
    return moved(f"model.data_preprocessor.pad_size_divisor = {divisor}", "the step goes; with masks also pad_mask = True")


def pipeline_of_dataset(spot: Spot) -> Answer:
    """Before pipelines came (mid-2019) the dataset itself held the steps' settings, several scales as choices."""
    old, size = spot.around, spot.value
    masks, flip = old.get("with_mask") is True, old.get("flip_ratio")
    name, key = ("Resize", "scale")
    if several(size):
        name, key = ("RandomResize", "scale") if old.get("multiscale_mode") == "range" else ("RandomChoiceResize", "scales")
    steps = [
        "dict(type='LoadImageFromFile')",
        f"dict(type='LoadAnnotations', with_bbox=True{', with_mask=True' if masks else ''})",
        f"dict(type='{name}', {key}={size.text}, keep_ratio={text(old, 'resize_keep_ratio', True)})",
        *([f"dict(type='RandomFlip', prob={text(old, 'flip_ratio')})"] if flip else []),
        "dict(type='PackDetInputs')",
    ]
    return moved(f"{{up}}.pipeline = [{', '.join(steps)}]", "the settings of the dataset are steps now")


def metric(spot: Spot) -> Answer:
    val = spot.top("data", "val")
    kind = str(val.get("type")) if val is not None else ""
    names = {"Coco": "CocoMetric", "VOC": "VOCMetric", "XML": "VOCMetric", "LVIS": "LVISMetric"}
    name = next((name for start, name in names.items() if kind.startswith(start)), None)
    if name is None:
        return hand("goes to val_evaluator and test_evaluator; the metric's class depends on the dataset")
    file = "" if name == "VOCMetric" else ", ann_file=…"
    return moved(f"val_evaluator = dict(type='{name}', metric={spot.value.text}{file})", "test_evaluator the same")


# --- the schedule ---


def schedule(spot: Spot) -> Answer:
    """lr_config → param_scheduler: one scheduler for the warm-up, one for what follows."""
    old = spot.value
    if old.data is None:
        return moved("param_scheduler = []", "the learning rate stays")
    if old.get("policy") is None:
        return hand("a part of a schedule; param_scheduler is a list, and a list is replaced whole: write out all of it")
    parts = [warm_up(old), after_warm_up(old, epochs(spot))]
    if None in parts:
        return hand("no counterpart known to this program: see the schedulers of MMEngine for param_scheduler")
    return moved(f"param_scheduler = [{', '.join(part for part in parts if part)}]")


def epochs(spot: Spot) -> str:
    known = spot.top("runner", "max_epochs") or spot.top("runner", "max_iters") or spot.tops.get("total_epochs")
    return known.text if known is not None else "…"


def warm_up(old: Value) -> str | None:
    """The scheduler of the first iterations; "" for no warm-up, None for one without a counterpart."""
    if old.get("warmup") is None:
        return ""
    names = {"linear": "type='LinearLR', start_factor", "constant": "type='ConstantLR', factor"}
    name = names.get(str(old.get("warmup")))
    if name is None or old.get("warmup_by_epoch"):
        return None
    ratio, end = text(old, "warmup_ratio", 0.1), text(old, "warmup_iters", 0)
    return f"dict({name}={ratio}, by_epoch=False, begin=0, end={end})"


def after_warm_up(old: Value, end: str) -> str | None:
    """The scheduler of the policy; "" for a fixed rate, None for a policy without a counterpart."""
    span, gamma = f"by_epoch={old.get('by_epoch') is not False}, begin=0, end={end}", text(old, "gamma", 0.1)
    match old.get("policy"):
        case "step" if isinstance(old.get("step"), int):
            return f"dict(type='StepLR', {span}, step_size={text(old, 'step')}, gamma={gamma})"
        case "step":
            return f"dict(type='MultiStepLR', {span}, milestones={text(old, 'step')}, gamma={gamma})"
        case "CosineAnnealing" if "min_lr" in old.data:
            return f"dict(type='CosineAnnealingLR', {span}, eta_min={text(old, 'min_lr')})"
        case "poly":
            return f"dict(type='PolyLR', {span}, power={text(old, 'power', 1.0)}, eta_min={text(old, 'min_lr', 0.0)})"
        case "fixed":
            return ""
    return None


# --- the run ---


def runner(spot: Spot) -> Answer:
    loops = {"EpochBasedRunner": "EpochBasedTrainLoop", "IterBasedRunner": "IterBasedTrainLoop"}
    loop = loops.get(str(spot.value.data))
    return moved(f"train_cfg.type = '{loop}'") if loop else hand("no training loop in 3.x has this name")


def resume(spot: Spot) -> Answer:
    if spot.value.data is None:
        return moved("resume = False")
    return moved(f"resume = True, load_from = {spot.value.text}", "or on the command line: --resume FILE")


def log_hooks(spot: Spot) -> Answer:
    backends = {"TensorboardLoggerHook": "TensorboardVisBackend", "WandbLoggerHook": "WandbVisBackend"}
    backends["MMDetWandbHook"] = "WandbVisBackend"
    names = [str(hook.get("type")) for hook in spot.value.data] if isinstance(spot.value.data, list) else []
    return [log_hook(name, backends) for name in names]


def log_hook(name: str, backends: dict[str, str]) -> Outcome:
    if name in backends:
        both = f"[dict(type='LocalVisBackend'), dict(type='{backends[name]}')]"
        return moved(f"visualizer.vis_backends = {both}", f"for {name}")
    if name == "TextLoggerHook":
        return Outcome("gone", note="TextLoggerHook: default_hooks.logger writes the text")
    return hand(f"{name}: becomes a visualization backend or a hook of your own")


def no_clipping(spot: Spot) -> Answer:
    return Outcome("gone", note="no gradient clipping: no clip_grad") if spot.value.data is None else None


def gradient_hook(spot: Spot) -> Answer:
    if spot.value.data == "OptimizerHook":
        return Outcome("gone", note="optim_wrapper does it")
    if spot.value.data == "Fp16OptimizerHook":
        return moved("optim_wrapper.type = 'AmpOptimWrapper'")
    return hand("no hook of this name in 3.x: optim_wrapper does the step")


def not_data(spot: Spot) -> Answer:
    return hand("not plain data: this program does not run the file") if spot.value.data is UNKNOWN else None
