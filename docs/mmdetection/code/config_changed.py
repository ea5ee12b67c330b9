"""名字没有变、意思变了的：照抄不报错，训练的却是另一回事。

mmdet 2.28.2 与 3.3.0 里同名的类，默认值和说明都对照过；源码只对照了常用的十几个流水线步骤和 DETR 一族的 transformer。
能换算的换算，并在 note 里说；换算不了的要人来定。
"""

from dataclasses import replace

from config_desk import Desk
from config_meaning import Old
from config_reader import Tuple, Value, plain

# 2.x 先高后宽、3.x 先宽后高的参数
SWAPPED = {"RandomCrop": "crop_size", "RandomCenterCropPad": "crop_size", "Mosaic": "img_scale", "MixUp": "img_scale"}
SWAPPED |= {"RandomAffine": "border", "Pad": "size"}
RANGES = ("absolute_range", "relative_range")  # RandomCrop 的两种：两个数是上下限，或两版都先高后宽
DEFAULTS = {"ColorTransform": ("prob", 0.5), "Rotate": ("prob", 0.5)}  # 不写时 2.x 的值，3.x 是 1.0
LABELS = {"gt_labels": "gt_bboxes_labels"}
PREFIXES = {"CocoMetric": "coco", "CocoPanopticMetric": "coco_panoptic", "LVISMetric": "lvis", "VOCMetric": "pascal_voc", "OpenImagesMetric": "openimages"}


def restate(step: Value, path: str, desk: Desk) -> Value:
    """流水线的一步，参数换成 3.x 的意思；没有变的原样。"""
    kind, keys = str(step.get("type")), dict(step.keys)
    size = SWAPPED.get(kind)
    if size in keys and step.get("crop_type") not in RANGES:
        keys[size] = _swapped(keys[size], f"{path}.{size}", desk)
    if kind in DEFAULTS and DEFAULTS[kind][0] not in keys:
        key, value = DEFAULTS[kind]
        keys[key] = desk.added(value, f"2.x 的 {kind} 不写 {key} 就是 {value}，3.x 是 1.0")
    number = step.get("pad_val")
    if kind == "Pad" and step.get("size_divisor") is None and isinstance(number, int | float):
        keys["pad_val"] = desk.new({"img": number, "masks": number, "seg": 255}, keys["pad_val"], note="2.x 写一个数，图和掩码都补它")
    if kind == "RandomShift" and "shift_ratio" in keys:
        keys["prob"] = keys.pop("shift_ratio")
    if kind == "LoadAnnotations" and "denorm_bbox" in keys:
        desk.gone(keys.pop("denorm_bbox"), f"{path}.denorm_bbox", "3.x 的 OpenImagesDataset 读的时候就换成像素")
    if kind == "MixUp" and step.get("flip_ratio", 0.5) != 0.5:
        desk.hand(keys["flip_ratio"], f"{path}.flip_ratio", "3.3.0 的 MixUp 把比较写反了：翻转的机会是 1 - flip_ratio，要不要写成 1 减它")
    if kind == "Albu" and step.at("bbox_params.label_fields") is not None:
        keys["bbox_params"] = _label_fields(keys["bbox_params"], desk)
    return step if keys == step.keys else replace(step, data=keys)


def _swapped(value: Value, path: str, desk: Desk) -> Value:
    """（高，宽）→（宽，高）；两个数一样的，换不换都一样。"""
    pair = plain(value)
    if not isinstance(pair, list) or len(pair) == 2 and pair[0] == pair[1]:
        return value
    if len(pair) != 2 or not all(isinstance(one, int | float) for one in pair):
        desk.hand(value, path, "2.x 先高后宽，3.x 先宽后高：看不懂这里的两个数，自己换")
        return value
    desk.keep(value)
    return replace(value, data=type(value.data)(reversed(value.items)), note="2.x 先高后宽，3.x 先宽后高：换了过来")


def _label_fields(parameters: Value, desk: Desk) -> Value:
    """albumentations 跟着框走的键：类别的键改了名，忽略的框现在也带着一个标志。"""
    fields = parameters.keys["label_fields"]
    names = [LABELS.get(str(field.data), field.data) for field in fields.items]
    if names == [field.data for field in fields.items]:
        return parameters
    new = desk.new([*names, "gt_ignore_flags"], fields, note="类别的键改了名，忽略标志也要跟着框走")
    return replace(parameters, data={**parameters.keys, "label_fields": new})


def best(said: Value, evaluator: Value | None, desk: Desk) -> Value | None:
    """evaluation.save_best：3.x 的分数前面有评测器的名字。"""
    if said.data in (None, "auto"):
        return desk.carry(said, "evaluation.save_best")
    prefix = PREFIXES.get(str(evaluator.get("type"))) if evaluator is not None else None
    if prefix is None or not isinstance(said.data, str):
        desk.hand(said, "evaluation.save_best", "3.x 的分数前面有评测器的名字，例如 coco/bbox_mAP：照你的评测器写")
        return None
    return desk.new(f"{prefix}/{said.data}", said, note="3.x 的分数前面有评测器的名字")


def begin(old: Old, desk: Desk) -> Value | None:
    """evaluation.start：2.x 从这一轮数起隔 interval 评一次，3.x 评 interval 的倍数，和最后一轮。"""
    evaluation = old.tops.get("evaluation")
    said = evaluation.at("start") if evaluation is not None else None
    if said is None:
        return None
    first, every = said.data, old.schedule.every.data if old.schedule.every is not None else 1
    if not (type(first) is int and type(every) is int and every > 0 and first % every == 0):
        desk.hand(said, "evaluation.start", "2.x 在 start、start + interval……评测，3.x 在 val_begin 以后评 val_interval 的倍数和最后一轮：轮次对不上，自己定")
    return desk.carry(said, "evaluation.start")


def imports(value: Value, desk: Desk) -> Value | None:
    """custom_imports：mmcls 改名 mmpretrain；别的模块是照 2.x 写的，要人来看。"""
    modules = value.at("imports")
    if modules is None:
        return desk.carry(value, "custom_imports")
    many = modules.items or [modules]
    for module in many:
        if module.data != "mmcls.models":
            desk.hand(module, "custom_imports.imports", "这个模块照 2.x 写的话，先改成 3.x 的（登记簿在 mmdet.registry）")
    names = ["mmpretrain.models" if module.data == "mmcls.models" else module for module in many]
    note = "mmcls 改名 mmpretrain" if names != many else ""
    desk.keep(modules)
    carried = {key: desk.carry(inner, f"custom_imports.{key}") for key, inner in value.keys.items() if key != "imports"}
    return replace(value, data={"imports": desk.new(names, *many, note=note), **carried})
