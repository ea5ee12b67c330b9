"""模型：老的 model（和顶层的 train_cfg、test_cfg）→ 3.x 的 model。

规矩都写成小函数：拿到一个 dict 的各个键，改掉变了的，其余不动。改完的每个类、每个键再由 Desk.carry 拿 3.3.0 核对。
"""

from dataclasses import replace

from config_desk import Desk
from config_meaning import Age, Old
from config_reader import UNKNOWN, Value, plain
from config_steps import Preprocessor
from config_transformer import costs, detector, layers
from config_yolox import multi_scale

Keys = dict[str, Value]
ROI_PARTS = ("bbox_roi_extractor", "bbox_head", "mask_roi_extractor", "mask_head", "mask_iou_head", "shared_head", "num_stages")
ROI_PARTS += ("semantic_roi_extractor", "semantic_head", "grid_roi_extractor", "grid_head", "interleaved", "mask_info_flow")
ROI_HEADS = {"HybridTaskCascade": "HybridTaskCascadeRoIHead", "MaskScoringRCNN": "MaskScoringRoIHead", "CascadeRCNN": "CascadeRoIHead"}
ROI_HEADS |= {"GridRCNN": "GridRoIHead", "DoubleHeadRCNN": "DoubleHeadRoIHead"}
# 1.x 里 num_classes 含背景的类；别的类里同名的键可能是通道数，不能减
COUNTING = {"SharedFCBBoxHead", "ConvFCBBoxHead", "BBoxHead", "DoubleConvFCBBoxHead", "FCNMaskHead", "HTCMaskHead", "MaskIoUHead"}
COUNTING |= {"RetinaHead", "RetinaSepBNHead", "FCOSHead", "SSDHead", "GARetinaHead", "FreeAnchorRetinaHead", "RepPointsHead", "FoveaHead", "ATSSHead"}
COUNTING |= {"GuidedAnchorHead", "AnchorHead"}
UNCOUNTED = {"FusedSemanticHead"}  # 语义分支的类数本来就不含背景


def model(old: Old, desk: Desk, shared: Preprocessor) -> Value | None:
    """翻译整个模型；没有 model 就是 None。"""
    if old.model is None:
        for value in filter(None, (shared.normalize, shared.divisor)):
            desk.hand(value, "data", "没有 model：3.x 的归一化和补边写在 model.data_preprocessor 里，补上 model 再翻")
        return None
    keys = dict(old.model.keys)
    for name in ("train_cfg", "test_cfg"):
        if name in old.tops:
            keys[name] = old.tops[name]
    keys = multi_scale(_pretrained(keys, desk), old, desk, shared)
    if old.age.number == "1" and "bbox_roi_extractor" in keys:
        keys = _roi_head(keys, desk)
    made = _walk(Value(old.model.line, old.model.text, keys, old.model.file), "model", old, desk)
    carried = desk.carry(made, "model")
    carried.data["data_preprocessor"] = preprocessor(old, desk, shared)
    _semantic_scale(carried, desk, shared)
    return carried


def preprocessor(old: Old, desk: Desk, shared: Preprocessor) -> Value:
    """归一化和补边 → data_preprocessor。"""
    made: dict[str, object] = {"type": "DetDataPreprocessor"}
    normalize = shared.normalize
    if normalize is not None:
        made |= {key: desk.carry(normalize.keys[key], key) for key in ("mean", "std") if key in normalize.keys}
        rgb = normalize.at("to_rgb")
        for key in set(normalize.keys) - {"type", "mean", "std", "to_rgb"}:
            desk.hand(normalize.keys[key], f"Normalize.{key}", "data_preprocessor 没有这一项")
        made["bgr_to_rgb"] = desk.new(rgb.data, rgb) if rgb is not None else desk.added(True, "to_rgb 的默认值")
    if _reads(old, "with_mask"):
        made["pad_mask"] = desk.added(True, "有掩码，补边时一起补")
    if _reads(old, "with_seg"):
        made["pad_seg"] = desk.added(True, "有语义图，补边时一起补")
    if shared.divisor is not None:
        made["pad_size_divisor"] = shared.divisor
    if shared.augments:
        made["batch_augments"] = desk.new(shared.augments)
    return desk.new(made, note="3.x 在模型里归一化和补边")


def _reads(old: Old, what: str) -> bool:
    """训练时读不读掩码（with_mask）或语义图（with_seg）。"""
    train = old.loadings.get("train")
    return train is not None and f"'{what}': True" in repr(plain(train.dataset))


def _pretrained(keys: Keys, desk: Desk) -> Keys:
    """model.pretrained → backbone.init_cfg。"""
    weights, backbone = keys.pop("pretrained", None), keys.get("backbone")
    if weights is None:
        return keys
    if weights.data is None:
        desk.gone(weights, "model.pretrained", "不用预训练权重，就不写 init_cfg")
    elif backbone is not None and isinstance(backbone.data, dict) and isinstance(weights.data, str):
        init = desk.new({"type": "Pretrained", "checkpoint": weights.data}, weights)
        keys["backbone"] = replace(backbone, data={**backbone.keys, "init_cfg": init})
    else:
        desk.hand(weights, "model.pretrained", "写成各个主干的 init_cfg=dict(type='Pretrained', checkpoint=…)")
    return keys


def _roi_head(keys: Keys, desk: Desk) -> Keys:
    """1.x 的两阶段检测器把 RoI 的各部分直接放在 model 里；2.0 起归 roi_head。"""
    kind = keys.get("type")
    name = str(kind.data) if kind is not None else ""
    inside: Keys = {"type": desk.new(ROI_HEADS.get(name, "StandardRoIHead"), kind)}
    inside |= {part: keys.pop(part) for part in ROI_PARTS if part in keys}
    train = keys.get("train_cfg")
    weights = train.at("stage_loss_weights") if train is not None else None
    if weights is not None:
        inside["stage_loss_weights"] = weights
        keys["train_cfg"] = replace(train, data={key: inner for key, inner in train.keys.items() if key != "stage_loss_weights"})
    test = keys.get("test_cfg")
    kept = test.at("keep_all_stages") if test is not None else None
    if kept is not None:
        desk.gone(kept, "test_cfg.keep_all_stages", "3.x 只给最后的结果")
        keys["test_cfg"] = replace(test, data={key: inner for key, inner in test.keys.items() if key != "keep_all_stages"})
    if name == "DoubleHeadRCNN":
        keys["type"] = desk.new("FasterRCNN", kind)
    return {**keys, "roi_head": desk.new(inside, note="2.0 起 RoI 的各部分归它")}


def _walk(value: Value, path: str, old: Old, desk: Desk) -> Value:
    """由外向内，每个 dict 依次过一遍规矩。"""
    if value.items:
        return replace(value, data=type(value.data)(_walk(inner, f"{path}[{index}]", old, desk) for index, inner in enumerate(value.items)))
    if not isinstance(value.data, dict) or not value.data:
        return value
    keys = _class_count(dict(value.keys), path, old.age, desk)
    for rule in (*(FIRST if old.age.number == "1" else ()), *BOTH):
        keys = rule(keys, path, desk)
    return replace(value, data={key: _walk(inner, f"{path}.{key}", old, desk) for key, inner in keys.items()})


def _kind(keys: Keys) -> str:
    return str(keys["type"].data) if "type" in keys else ""


def _rename(keys: Keys, names: dict[str, str]) -> Keys:
    return {names.get(key, key): inner for key, inner in keys.items()}


def _class_count(keys: Keys, path: str, age: Age, desk: Desk) -> Keys:
    """1.x 的 num_classes 含背景，2.x 不含。年代是猜的，减了的、照抄的都要人来定。"""
    count, kind, at = keys.get("num_classes"), _kind(keys), f"{path}.num_classes"
    if count is None or kind in UNCOUNTED or age.number == "2" and age.guess is None:
        return keys
    if age.number == "2":
        desk.hand(count, at, f"只凭 {age.signs[0]} 猜是 2.x，所以照抄；要是 1.x 的，含背景，写少一个")
        return keys
    if kind in COUNTING and type(count.data) is int:
        if age.guess is not None:
            desk.hand(count, at, f"只凭 {age.signs[0]} 猜是 1.x，含背景，所以写成 {count.data - 1}；要是 2.x 的，写回 {count.data}")
        return {**keys, "num_classes": desk.new(count.data - 1, count, note="背景不再算一类")}
    if count.data is UNKNOWN:
        desk.hand(count, at, "要运行这份文件才知道是多少；含背景的话写少一个")
        return {key: inner for key, inner in keys.items() if key != "num_classes"}
    desk.hand(count, at, f"{kind or '这里'} 的 num_classes 是类别数还是通道数？是类别数就写少一个（背景）")
    return keys


def _anchors(keys: Keys, path: str, desk: Desk) -> Keys:
    """anchor_scales、anchor_ratios、anchor_strides… → anchor_generator。"""
    if _kind(keys).startswith("GA") or _kind(keys) in ("SSDHead", "GuidedAnchorHead"):
        return keys
    names = {"anchor_scales": "scales", "anchor_ratios": "ratios", "anchor_strides": "strides", "anchor_base_sizes": "base_sizes"}
    names |= {"octave_base_scale": "octave_base_scale", "scales_per_octave": "scales_per_octave"}
    moved = {new: keys[old] for old, new in names.items() if old in keys}
    if not any(key.startswith("anchor_") for key in keys) or not moved:
        return keys
    lacks = [key for key in ("ratios", "strides") if key not in moved]
    if lacks or "scales" not in moved and "octave_base_scale" not in moved:
        desk.hand(next(iter(moved.values())), f"{path}.anchor_generator", "锚框没有写全，1.x 的头有默认值，AnchorGenerator 没有：尺度、长宽比、步长照那时的头补上")
    rest = {key: inner for key, inner in keys.items() if key not in names}
    return {**rest, "anchor_generator": desk.new({"type": "AnchorGenerator", **{key: desk.keep(inner) for key, inner in moved.items()}}, note="2.0 起锚框由它生成")}


def _guided(keys: Keys, path: str, desk: Desk) -> Keys:
    """GARPNHead、GARetinaHead 有两个锚框生成器，规矩与别的头不同。"""
    if not _kind(keys).startswith("GA"):
        return keys
    old = ("octave_base_scale", "scales_per_octave", "octave_ratios", "anchor_strides", "anchor_base_sizes", "anchoring_means", "anchoring_stds")
    base, strides = keys.get("octave_base_scale"), keys.get("anchor_strides")
    if base is None or strides is None:
        return keys
    fine = {new: desk.keep(keys[key]) for key, new in (("octave_base_scale", "octave_base_scale"), ("scales_per_octave", "scales_per_octave"), ("octave_ratios", "ratios"), ("anchor_strides", "strides")) if key in keys}
    made = {key: inner for key, inner in keys.items() if key not in old}
    made["approx_anchor_generator"] = desk.new({"type": "AnchorGenerator", **fine}, note="2.0 起锚框由它生成")
    made["square_anchor_generator"] = desk.new({"type": "AnchorGenerator", "ratios": [1.0], "scales": [base.data], "strides": strides}, base)
    coder = {new: desk.keep(keys[key]) for key, new in (("anchoring_means", "target_means"), ("anchoring_stds", "target_stds")) if key in keys}
    if coder:
        made["anchor_coder"] = desk.new({"type": "DeltaXYWHBBoxCoder", **coder})
    if "anchor_base_sizes" in keys and keys["anchor_base_sizes"].data is not None:
        desk.hand(keys["anchor_base_sizes"], f"{path}.anchor_base_sizes", "写进两个锚框生成器的 base_sizes")
    else:
        desk.gone(keys.get("anchor_base_sizes"), f"{path}.anchor_base_sizes", "默认值")
    return made


def _coder(keys: Keys, path: str, desk: Desk) -> Keys:
    moved = {key: desk.keep(keys[key]) for key in ("target_means", "target_stds") if key in keys}
    if not moved or "bbox_coder" in keys or "BBoxCoder" in _kind(keys):
        return keys
    rest = {key: inner for key, inner in keys.items() if key not in moved}
    return {**rest, "bbox_coder": desk.new({"type": "DeltaXYWHBBoxCoder", **moved})}


def _shared_fc(keys: Keys, path: str, desk: Desk) -> Keys:
    """只认这个名字本身：自己写的 XxxSharedFCBBoxHead 是别的类。"""
    if _kind(keys) != "SharedFCBBoxHead":
        return keys
    layers, rest = keys.get("num_fcs"), {key: inner for key, inner in keys.items() if key != "num_fcs"}
    if layers is None or layers.data == 2:
        desk.gone(layers, f"{path}.num_fcs", "类名 Shared2FCBBoxHead 里说了")
        return {**rest, "type": desk.new("Shared2FCBBoxHead", keys["type"])}
    return {**rest, "type": desk.new("ConvFCBBoxHead", keys["type"]), "num_shared_fcs": desk.new(layers.data, layers)}


def _classifiers(keys: Keys, path: str, desk: Desk) -> Keys:
    """mmcls 改名 mmpretrain，里面的类名没有变。"""
    if not _kind(keys).startswith("mmcls."):
        return keys
    return {**keys, "type": desk.new("mmpretrain." + _kind(keys).removeprefix("mmcls."), keys["type"], note="mmcls 改名 mmpretrain")}


def _old_words(keys: Keys, path: str, desk: Desk) -> Keys:
    """只换了名字的键。"""
    if "RoI" in _kind(keys) or path.endswith("roi_layer"):
        keys = _rename(keys, {"out_size": "output_size", "sample_num": "sampling_ratio"})
    if "normalize" in keys and "norm_cfg" not in keys and not isinstance(keys["normalize"].data, bool):  # 位置编码的 normalize=True 是别的
        keys = _rename(keys, {"normalize": "norm_cfg"})
    return keys


def _semantic(keys: Keys, path: str, desk: Desk) -> Keys:
    if _kind(keys) != "FusedSemanticHead":
        return keys
    loss = {new: keys[old] for old, new in (("ignore_label", "ignore_index"), ("loss_weight", "loss_weight")) if old in keys}
    rest = {key: inner for key, inner in keys.items() if key not in ("ignore_label", "loss_weight")}
    return {**rest, "loss_seg": desk.new({"type": "CrossEntropyLoss", **{key: desk.keep(inner) for key, inner in loss.items()}})} if loss else keys


def _deformable(keys: Keys, path: str, desk: Desk) -> Keys:
    if not path.endswith(".dcn"):
        return keys
    keys = _rename(keys, {"deformable_groups": "deform_groups"})
    if "modulated" in keys:
        kind = desk.new("DCNv2" if keys["modulated"].data else "DCN", keys["modulated"])
        keys = {"type": kind, **{key: inner for key, inner in keys.items() if key not in ("modulated", "type")}}
    if "groups" in keys:
        desk.gone(keys.pop("groups"), f"{path}.groups", "1 是默认值；ResNeXt 自己把 groups 传进去")
    return keys


def _suppression(keys: Keys, path: str, desk: Desk) -> Keys:
    """nms_thr、max_num、nms_post → nms、max_per_img。"""
    if path.endswith(".nms"):
        return _rename(keys, {"iou_thr": "iou_threshold"})
    if not path.endswith(("rpn_proposal", ".rpn")) or "assigner" in keys:
        return keys
    if "nms_thr" in keys:
        limit = keys.pop("nms_thr")
        keys["nms"] = desk.new({"type": "nms", "iou_threshold": limit.data}, limit)
    if "max_num" in keys:
        keys["max_per_img"] = desk.keep(keys.pop("max_num"))
    guided = "GA" in path
    if "nms_post" in keys and not guided:
        desk.gone(keys.pop("nms_post"), f"{path}.nms_post", "max_per_img 管最后留几个")
    if "nms_across_levels" in keys:
        across = keys.pop("nms_across_levels")
        if across.data:
            desk.hand(across, f"{path}.nms_across_levels", "3.x 各层分开做 NMS，没有这个开关")
        else:
            desk.gone(across, f"{path}.nms_across_levels", "3.x 本来就各层分开")
    return keys


def _extra_convs(keys: Keys, path: str, desk: Desk) -> Keys:
    """FPN 多出来的层从哪里接：两个老开关合成一个值。"""
    source, extra = keys.get("extra_convs_on_inputs"), keys.get("add_extra_convs")
    if source is None:
        return keys
    rest = {key: inner for key, inner in keys.items() if key != "extra_convs_on_inputs"}
    if extra is not None and extra.data is True and isinstance(source.data, bool):
        return {**rest, "add_extra_convs": desk.new("on_input" if source.data else "on_output", extra, source)}
    if extra is None or extra.data is False:
        desk.gone(source, f"{path}.extra_convs_on_inputs", "没有额外的卷积，不起作用")
        return rest
    desk.hand(source, f"{path}.extra_convs_on_inputs", "与 add_extra_convs 合成一个值：'on_input' 或 'on_output'")
    return rest


def _semantic_scale(made: Value, desk: Desk, shared: Preprocessor) -> None:
    """SegRescale 的倍数 → FusedSemanticHead.seg_scale_factor。"""
    head = made.at("roi_head.semantic_head")
    if shared.scale is not None and head is not None:
        head.data["seg_scale_factor"] = shared.scale


FIRST = (_shared_fc, _guided, _anchors, _coder, _semantic)
BOTH = (_old_words, _classifiers, _deformable, _suppression, _extra_convs, costs, detector, layers)
