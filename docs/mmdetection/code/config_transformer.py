"""DETR 一族：老的 transformer、transformerlayers、各个 cost → 3.x 的写法。

3.x 的层写死了先后，批总在前，注意力和前馈网络各有各的键。老的与它一样，才换过去；不一样的照搬，由 Desk 列进要人来定。
对照的是 mmdet 2.28.2 的 models/utils/transformer.py、mmcv 的 cnn/bricks/transformer.py、mmdet 3.3.0 的 models/layers/transformer。
"""

from dataclasses import replace

from config_desk import Desk
from config_reader import Value, plain

Keys = dict[str, Value]
PLAIN, DEFORMABLE = "MultiheadAttention", "MultiScaleDeformableAttention"
ENCODER = ["self_attn", "norm", "ffn", "norm"]
DECODER = ["self_attn", "norm", "cross_attn", "norm", "ffn", "norm"]
CROSS_FIRST = ["cross_attn", "norm", "self_attn", "norm", "ffn", "norm"]
# 3.3.0 在哪里放一串层：（外面的类，键）→ 写死的先后，和照这个先后的各个注意力
PLACES = {
    ("DETR", "encoder"): (ENCODER, [PLAIN]),
    ("DETR", "decoder"): (DECODER, [PLAIN, PLAIN]),
    ("DeformableDETR", "encoder"): (ENCODER, [DEFORMABLE]),
    ("DeformableDETR", "decoder"): (DECODER, [PLAIN, DEFORMABLE]),
    ("TransformerEncoderPixelDecoder", "encoder"): (ENCODER, [PLAIN]),
    ("MSDeformAttnPixelDecoder", "encoder"): (ENCODER, [DEFORMABLE]),
    ("MaskFormerHead", "transformer_decoder"): (DECODER, [PLAIN, PLAIN]),
    ("Mask2FormerHead", "transformer_decoder"): (CROSS_FIRST, [PLAIN, PLAIN]),
}
SAME = {"init_cfg": None, "norm_cfg": None, "dropout_layer": None, "im2col_step": 64, "add_identity": True}  # 写成这样就是默认值
LATER = {"feedforward_channels": "feedforward_channels", "ffn_dropout": "ffn_drop", "ffn_num_fcs": "num_fcs"}  # 写在层上的，盖过 ffn_cfgs 里的
# HungarianAssigner 的三个 cost：键 → 2.28.2 不写时的值
BOXES: dict[str, dict] = {"cls_cost": {"type": "ClassificationCost", "weight": 1.0}, "reg_cost": {"type": "BBoxL1Cost", "weight": 1.0}}
BOXES |= {"iou_cost": {"type": "IoUCost", "iou_mode": "giou", "weight": 1.0}}
MASKS: dict[str, dict] = {"cls_cost": BOXES["cls_cost"], "mask_cost": {"type": "FocalLossCost", "weight": 1.0, "binary_input": True}}
MASKS |= {"dice_cost": {"type": "DiceCost", "weight": 1.0}}
COSTS = {"HungarianAssigner": BOXES, "MaskHungarianAssigner": MASKS}


def costs(keys: Keys, path: str, desk: Desk) -> Keys:
    """各写各的 cost → 一列 match_costs。"""
    known = COSTS.get(_kind(keys))
    if known is None or "match_costs" in keys:
        return keys
    many = [keys.get(name) or desk.added(default, "2.x 的默认值") for name, default in known.items()]
    rest = {key: inner for key, inner in keys.items() if key not in known}
    return {**rest, "type": desk.new("HungarianAssigner", keys["type"]), "match_costs": desk.new(many, note="几个 cost 写成一列")}


def detector(keys: Keys, path: str, desk: Desk) -> Keys:
    """DETR、DeformableDETR：头里的 transformer 搬到模型里。"""
    head, kind = keys.get("bbox_head"), _kind(keys)
    inside = head.at("transformer") if head is not None else None
    if kind not in ("DETR", "DeformableDETR") or inside is None or set(inside.keys) - {"type", "encoder", "decoder", "num_feature_levels"}:
        return keys
    size = _width(inside.at("encoder"))
    if size is None:
        return keys
    made = {key: inner for key, inner in inside.keys.items() if key != "type"}
    desk.gone(inside.at("type"), f"{path}.bbox_head.transformer.type", "编码器和解码器现在直接写在模型里")
    moved = {"num_query": "num_queries", "positional_encoding": "positional_encoding", "with_box_refine": "with_box_refine", "as_two_stage": "as_two_stage"}
    made |= {new: head.keys[old] for old, new in moved.items() if old in head.keys}
    made.setdefault("num_queries", desk.added(100, "2.x 的头不写 num_query 就是 100"))
    made.setdefault("positional_encoding", desk.added({"num_feats": 128, "normalize": True}, "2.x 的头的默认值"))
    rest = {key: inner for key, inner in head.keys.items() if key not in {*moved, "transformer", "in_channels"}}
    if kind == "DETR":
        made |= _projection(keys, head, size, desk)
        rest["embed_dims"] = desk.new(size.data, size)
    else:
        made |= _deformable(made, desk)
        desk.gone(head.at("in_channels"), f"{path}.bbox_head.in_channels", "neck 出来的通道数就是 embed_dims")
    if made.get("as_two_stage") is not None and made["as_two_stage"].data and made["num_queries"].data != 300:
        desk.hand(made["num_queries"], f"{path}.num_queries", "2.x 两阶段时用的是 two_stage_num_proposals（不写是 300），不是它")
    return {**keys, **made, "bbox_head": replace(head, data=rest)}


def _projection(keys: Keys, head: Value, size: Value, desk: Desk) -> Keys:
    """2.x 的 DETRHead 自己有一层 1×1 卷积换通道，3.x 由 neck 做。"""
    channels = head.at("in_channels")
    if "neck" in keys or channels is None:
        return {}
    settings = {"type": "ChannelMapper", "in_channels": [channels.data], "kernel_size": 1, "out_channels": size.data, "act_cfg": None, "norm_cfg": None, "num_outs": 1}
    return {"neck": desk.new(settings, channels, note="2.x 的头里那层 1×1 卷积")}


def _deformable(made: Keys, desk: Desk) -> Keys:
    decoder = made["decoder"]
    last = desk.added(None, "2.x 的 Deformable DETR 解码器末尾没有归一化，3.x 不写就有")
    added = {"decoder": replace(decoder, data={**decoder.keys, "post_norm_cfg": last}) if isinstance(decoder.data, dict) else decoder}
    for key, value in (("num_feature_levels", 4), ("with_box_refine", False), ("as_two_stage", False)):
        if key not in made:
            added[key] = desk.added(value, "2.x 的默认值")
    return added


def _width(encoder: Value | None) -> Value | None:
    """编码器的 embed_dims。"""
    attention = encoder.at("transformerlayers.attn_cfgs") if encoder is not None else None
    first = attention.items[0] if attention is not None and attention.items else attention
    found = first.at("embed_dims") if first is not None else None
    return found if found is not None and type(found.data) is int else None


def layers(keys: Keys, path: str, desk: Desk) -> Keys:
    """一串层：transformerlayers → layer_cfg；位置编码不写类名。"""
    kind, made = _kind(keys), dict(keys)
    for (holder, name), (order, kinds) in PLACES.items():
        if kind == holder and name in made:
            made[name] = _sequence(made[name], order, kinds, f"{path}.{name}", desk)
    encoding = made.get("positional_encoding")
    if kind in {holder for holder, _ in PLACES} and encoding is not None and encoding.get("type") == "SinePositionalEncoding":
        desk.gone(encoding.keys["type"], f"{path}.positional_encoding.type", "3.x 用的总是它")
        made["positional_encoding"] = _without(encoding, "type")
    return made


def _sequence(value: Value, order: list[str], kinds: list[str], path: str, desk: Desk) -> Value:
    layer = value.at("transformerlayers")
    attentions = _attentions(layer, order, kinds) if layer is not None else None
    feed = layer.at("ffn_cfgs") if layer is not None else None
    if attentions is None or feed is not None and not isinstance(feed.data, dict):
        return value
    made: Keys = {f"{name}_cfg": _attention(one, f"{path}.{name}", desk) for name, one in sorted(attentions.items(), reverse=True)}
    made["ffn_cfg"] = _feed_forward(layer, attentions["self_attn"].at("embed_dims"), path, desk)
    for key, inner in layer.keys.items():
        if key in ("type", "operation_order", "batch_first"):
            desk.gone(inner, f"{path}.transformerlayers.{key}", "3.x 的层就是这样写死的" if key != "batch_first" else "3.x 的批总在前")
        elif key == "norm_cfg" and plain(inner) == {"type": "LN"} or key == "init_cfg" and inner.data is None:
            desk.gone(inner, f"{path}.transformerlayers.{key}", "就是默认值")
        elif key not in ("attn_cfgs", "ffn_cfgs", *LATER):
            made[key] = inner
    outer = _without(value, "type", "transformerlayers")
    desk.gone(value.at("type"), f"{path}.type", "3.x 由外面的类定")
    if outer.at("init_cfg") is not None and outer.keys["init_cfg"].data is None:
        desk.gone(outer.data.pop("init_cfg"), f"{path}.init_cfg", "就是默认值")
    return replace(outer, data={**outer.data, "layer_cfg": Value(layer.line, layer.text, made, layer.file)})


def _attentions(layer: Value, order: list[str], kinds: list[str]) -> dict[str, Value] | None:
    """self_attn、cross_attn → 它的设置；先后、类与 3.x 写死的不一样就是 None。"""
    said, names = layer.at("operation_order"), [name for name in order if name.endswith("attn")]
    settings = layer.at("attn_cfgs")
    many = (settings.items or [settings] * len(names)) if settings is not None else []
    if said is None or plain(said) != order or [one.get("type") for one in many] != kinds:
        return None
    return dict(zip(names, many, strict=True))


def _attention(value: Value, path: str, desk: Desk) -> Value:
    kept = _kept(value, path, desk)
    first, second = kept.get("attn_drop"), kept.get("proj_drop")
    if first is not None and second is not None and first.data == second.data and "dropout_layer" not in kept:
        kept = {key: inner for key, inner in kept.items() if key not in ("attn_drop", "proj_drop")}
        kept["dropout"] = desk.new(first.data, first, second, note="attn_drop 与 proj_drop 一样大")
    kept["batch_first"] = desk.new(True, value.at("batch_first"), note="3.x 的批总在前")
    return Value(value.line, value.text, kept, value.file)


def _feed_forward(layer: Value, width: Value | None, path: str, desk: Desk) -> Value:
    inner = layer.at("ffn_cfgs")
    kept = _kept(inner, f"{path}.ffn", desk) if inner is not None else {}
    if layer.get("type") == "DetrTransformerDecoderLayer" and "ffn_dropout" not in layer.keys and kept.get("ffn_drop") is not None and kept["ffn_drop"].data:
        desk.hand(kept["ffn_drop"], f"{path}.layer_cfg.ffn_cfg.ffn_drop", "写的是它，2.28.2 实际用的是 0.0：DetrTransformerDecoderLayer 的 ffn_dropout 没有写，默认的 0.0 盖过了它")
    for key, new in LATER.items():
        if key in layer.keys:
            desk.gone(kept.get(new), f"{path}.ffn_cfgs.{new}", f"层上的 {key} 盖过它")
            kept[new] = layer.keys[key]
    if width is not None:
        kept.setdefault("embed_dims", desk.new(width.data, width))
    return Value(layer.line, layer.text, kept, layer.file)


def _kept(value: Value, path: str, desk: Desk) -> Keys:
    """去掉类名和写明的默认值。"""
    kept = {}
    for key, inner in value.keys.items():
        if key in SAME and inner.data == SAME[key]:
            desk.gone(inner, f"{path}.{key}", "就是默认值")
        elif key == "type":
            desk.gone(inner, f"{path}.type", "3.x 由外面的类定")
        else:
            kept[key] = inner
    return kept


def _without(value: Value, *names: str) -> Value:
    return replace(value, data={key: inner for key, inner in value.keys.items() if key not in names})


def _kind(keys: Keys) -> str:
    return str(keys["type"].data) if "type" in keys else ""
