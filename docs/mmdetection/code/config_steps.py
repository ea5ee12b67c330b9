"""数据流水线：老的一串步骤 → 3.x 的一串步骤，外加放进 data_preprocessor 的部分。

3.x 的三处不同：归一化和补边搬进模型的 data_preprocessor；打包成一步 PackDetInputs；测试时标注在缩放之后才读，所以框不跟着缩放。
"""

from dataclasses import dataclass, field
from enum import Enum

from config_changed import restate
from config_desk import Desk
from config_reader import Value, plain

META = ("img_id", "img_path", "ori_shape", "img_shape", "scale_factor")
META_NAMES = "名字变了：filename 现在是 img_path；pad_shape 由 data_preprocessor 补上；flip、flip_direction 由 RandomFlip 写，要留着就列在 PackDetInputs 的 meta_keys 里（默认就有）"
AFTER = "2.x 在归一化之后补，补的就是这个数；3.x 在归一化之前补，补 0 就是补黑边。写成均值（顺序照图片的通道），或者用 data_preprocessor 的 pad_size_divisor"
SCALED = "3.x 由语义分支自己缩放：FusedSemanticHead 的 seg_scale_factor，PanopticFPNHead 的 seg_rescale_factor（1 / 2**(start_level + 2)）"
MOVED = "搬进 data_preprocessor"
GONE = {"DefaultFormatBundle": "PackDetInputs 替它做", "ImageToTensor": "PackDetInputs 替它做"}


class Use(Enum):
    """一条流水线用在哪里。"""

    TRAIN = "训练"
    TEST = "测试"


@dataclass
class Preprocessor:
    """各条流水线里归一化和补边的设置，合起来是 data_preprocessor 的一半。"""

    normalize: Value | None = None
    divisor: Value | None = None
    scale: Value | None = None  # SegRescale.scale_factor
    augments: list[Value] = field(default_factory=list)  # data_preprocessor.batch_augments


@dataclass
class Steps:
    """一条流水线翻译到一半的样子。"""

    desk: Desk
    shared: Preprocessor
    path: str
    use: Use
    meta: tuple[str, ...] = META  # 测试时 PackDetInputs 留下的
    made: list[Value] = field(default_factory=list)
    normalized: bool = False  # 已经过了 Normalize

    def add(self, data: dict[str, object], *origins: Value | None, note: str = "") -> None:
        self.made.append(self.desk.new(data, *origins, note=note))


def pipeline(value: Value, steps: Steps, annotations: Value | None = None) -> Value:
    """一条老流水线 → 一条新的。``annotations`` 是训练时读标注的那一步，测试流水线照它读。"""
    if not isinstance(value.data, list):
        steps.desk.hand(value, steps.path, "看不出是哪些步骤：要是一列 dict")
    steps.desk.used.add(value)
    for index, step in enumerate(value.items):
        _step(step, f"{steps.path}[{index}]", steps)
    if steps.use is Use.TEST:
        _end_of_test(steps, annotations)
    return Value(value.line, value.text, steps.made, value.file)


def _step(step: Value, path: str, steps: Steps) -> None:
    if not isinstance(step.data, dict):
        steps.desk.hand(step, path, "这一步不是 dict：照原样写成一步")
        return
    kind, old, step = step.get("type"), step, restate(step, path, steps.desk)
    match kind:
        case "LoadImageFromFile" | "LoadPanopticAnnotations" | "LoadImageFromWebcam":
            steps.add({**_carried(step, path, steps), "backend_args": None}, note="3.3.0 的写法")
        case "Resize":
            _resize(step, path, steps)
        case "RandomFlip":
            _flip(step, path, steps)
        case "Normalize":
            _share("normalize", step, path, steps)
            steps.normalized = True
        case "Pad" if step.at("size_divisor") is not None:
            _pad(step, path, steps)
        case "Pad" if steps.normalized:
            _pad_late(old, step, path, steps)
        case "SegRescale":
            _rescale(step, path, steps)
        case "Collect":
            _collect(step, path, steps)
        case "MultiScaleFlipAug":
            _test_time(step, path, steps)
        case "AutoAugment" if step.at("policies") is not None and all(choice.items for choice in step.at("policies").items):
            _choices(step, path, steps)
        case _ if kind in GONE:
            steps.desk.gone(step, path, GONE[str(kind)])
        case _:
            inside = step.at("transforms")
            if kind != "Albu" and inside is not None:
                steps.desk.hand(inside, f"{path}.transforms", "里面的步骤照搬，没有翻：改成 3.x 的写法")
            carried = steps.desk.carry(step, path)
            steps.made += [carried] if carried is not None else []


def _carried(step: Value, path: str, steps: Steps, leave: tuple[str, ...] = ()) -> dict[str, object]:
    """这一步里除 leave 以外的键，逐个核对着搬。"""
    steps.desk.used.add(step)
    kind, made = str(step.get("type")), {}
    for key, inner in step.keys.items():
        if key in leave:
            continue
        name = "backend_args" if key == "file_client_args" else key
        carried = steps.desk.argument(kind, name, inner, f"{path}.{key}")
        made |= {name: carried} if carried is not None else {}
    return made


def sizes_of(size: Value | None) -> list[Value]:
    """一个或几个尺寸。"""
    if size is None:
        return []
    return list(size.items) if size.items and all(isinstance(one.data, list) for one in size.items) else [size]


def _resize(step: Value, path: str, steps: Steps) -> None:
    """缩放：一个尺寸、几选一、一段里随机。老的 keep_ratio 不写就是 True，几个尺寸不写 multiscale_mode 就是 range。"""
    desk, size = steps.desk, step.at("img_scale")
    sizes, mode = sizes_of(size), step.get("multiscale_mode", "range")
    ratio, used = step.at("ratio_range"), ("type", "img_scale", "multiscale_mode", "ratio_range", "keep_ratio", "override")
    desk.gone(step.at("multiscale_mode"), f"{path}.multiscale_mode", "由类名说明")
    desk.gone(step.at("override"), f"{path}.override", "3.x 的每次缩放都覆盖上一次")
    keep = step.at("keep_ratio") or desk.added(True, "老的 Resize 不写 keep_ratio 就是 True")
    rest = _carried(step, path, steps, leave=used)
    desk.used.add(step.at("type"))
    if not sizes and ratio is None:
        desk.hand(step, path, "没有尺寸")
        return
    if len(sizes) > 1 and mode == "value":
        kind, where = "RandomChoiceResize", {"scales": desk.carry(size, path)}
    elif len(sizes) == 2 or ratio is not None:
        kind, where = "RandomResize", {"scale": desk.carry(size, path)}
        where |= {"ratio_range": desk.carry(ratio, path)} if ratio is not None else {}
    elif len(sizes) == 1:
        kind, where = "Resize", {"scale": desk.carry(sizes[0], path)}
        desk.used.add(size)
    else:
        desk.hand(size, f"{path}.img_scale", "range 只认两个尺寸：是从几个里挑（value），还是在两个之间随机？")
        return
    steps.add({"type": desk.new(kind, step.at("type")), **where, "keep_ratio": desk.carry(keep, path), **rest})


def _flip(step: Value, path: str, steps: Steps) -> None:
    ratio = step.at("flip_ratio")
    if ratio is None or ratio.data is None:
        steps.desk.gone(step, path, "flip_ratio 没有写，或者是 None：不翻转")
        return
    rest = _carried(step, path, steps, leave=("type", "flip_ratio"))
    steps.add({"type": steps.desk.new("RandomFlip", step.at("type")), "prob": steps.desk.carry(ratio, path), **rest})


def _share(name: str, value: Value, path: str, steps: Steps) -> None:
    """放进 data_preprocessor 的设置；两条流水线说得不一样，就要人来定。"""
    known = getattr(steps.shared, name)
    if known is not None and plain(known) != plain(value):
        steps.desk.hand(value, path, f"与第 {known.place} 行不同，data_preprocessor 只能写一份")
    elif known is not None and known.place != value.place:
        steps.desk.gone(value, path, f"与第 {known.place} 行相同，data_preprocessor 里写一份")
    setattr(steps.shared, name, known or value)
    steps.desk.gone(value.at("type"), f"{path}.type", MOVED)
    steps.desk.new(None, value)  # 有下落了：在 data_preprocessor 里


def _pad(step: Value, path: str, steps: Steps) -> None:
    """按倍数补边搬进 data_preprocessor；None 就是不补。"""
    divisor = step.at("size_divisor")
    if divisor.data is None:
        left = {key: inner for key, inner in step.keys.items() if key not in ("type", "size_divisor")}
        steps.desk.gone(divisor, f"{path}.size_divisor", "None：不按倍数补边")
        if left:
            steps.made.append(steps.desk.new({"type": "Pad", **{key: steps.desk.carry(inner, path) for key, inner in left.items()}}, step.at("type")))
        else:
            steps.desk.gone(step, path, "不补边")
        return
    _share("divisor", divisor, f"{path}.size_divisor", steps)
    steps.desk.gone(step.at("type"), f"{path}.type", MOVED)
    for key, inner in step.keys.items():
        if key == "pad_val":
            steps.desk.hand(inner, f"{path}.pad_val", "写成 data_preprocessor 的 pad_value、mask_pad_value、seg_pad_value；它在归一化之后补")
        elif key not in ("type", "size_divisor"):
            steps.desk.hand(inner, f"{path}.{key}", "data_preprocessor 没有这一项")


def _pad_late(old: Value, step: Value, path: str, steps: Steps) -> None:
    """归一化之后补到定好的大小：训练时 data_preprocessor 也能归一化之后再补；测试时不能，要人来定。"""
    size = old.at("size")
    if steps.use is Use.TEST or size is None or set(old.keys) != {"type", "size"}:
        steps.desk.hand(step, path, AFTER)
        steps.made.append(steps.desk.carry(step, path))
        return
    made = {"type": steps.desk.new("BatchFixedSizePad", old.at("type")), "size": steps.desk.carry(size, f"{path}.size")}
    reads = repr([plain(one) for one in steps.made])
    made |= {f"pad_{what}": steps.desk.added(True, "一起补") for what in ("mask", "seg") if f"'with_{what}': True" in reads}
    steps.shared.augments.append(steps.desk.new(made, note="归一化之后补到这个大小（先高后宽）"))


def _rescale(step: Value, path: str, steps: Steps) -> None:
    factor = step.at("scale_factor")
    if factor is not None:
        _share("scale", factor, f"{path}.scale_factor", steps)
    steps.desk.gone(step, path, SCALED)


def _collect(step: Value, path: str, steps: Steps) -> None:
    steps.desk.gone(step.at("keys"), f"{path}.keys", "PackDetInputs 自己找")
    made: dict[str, object] = {"type": steps.desk.new("PackDetInputs", step.at("type"))}
    if step.at("meta_keys") is not None:
        steps.desk.hand(step.keys["meta_keys"], f"{path}.meta_keys", META_NAMES)
    if steps.use is Use.TRAIN:
        steps.add(made)
    else:
        steps.desk.gone(step.at("type"), f"{path}.type", "最后一步写成 PackDetInputs")


def _choices(step: Value, path: str, steps: Steps) -> None:
    """AutoAugment 的 policies → RandomChoice 的 transforms。"""
    choices = []
    for index, policy in enumerate(step.at("policies").items):
        inner = Steps(steps.desk, steps.shared, f"{path}.policies[{index}]", steps.use)
        for at, one in enumerate(policy.items):
            _step(one, f"{inner.path}[{at}]", inner)
        choices.append(inner.made)
    steps.desk.used.add(step.at("type"))
    steps.add({"type": steps.desk.new("RandomChoice", step.at("type")), "transforms": choices})


def _test_time(step: Value, path: str, steps: Steps) -> None:
    """MultiScaleFlipAug 的外壳去掉，里面的步骤留下；多个尺度、翻转是测试时增强，要人来定。"""
    desk, size = steps.desk, step.at("img_scale")
    sizes, inside = sizes_of(size), step.at("transforms")
    for key in ("scale_factor", "flip_direction"):
        if step.at(key) is not None:
            desk.hand(step.keys[key], f"{path}.{key}", "3.x 没有 MultiScaleFlipAug：写成 Resize(scale_factor=…) 或 tta_pipeline")
    if len(sizes) > 1:
        desk.hand(size, f"{path}.img_scale", "测试时增强：3.x 写 tta_model 和 tta_pipeline，测试命令加 --tta；这里只取第一个尺寸")
    if step.get("flip"):
        desk.hand(step.keys["flip"], f"{path}.flip", "测试时翻转：3.x 写 tta_pipeline，测试命令加 --tta")
    else:
        desk.gone(step.at("flip"), f"{path}.flip", "不翻转")
    desk.gone(step.at("type"), f"{path}.type", "3.x 的测试流水线是平的")
    desk.used.update(filter(None, (step, size)))
    if inside is not None and not inside.items:
        desk.gone(inside, f"{path}.transforms", "里面没有步骤")
    if sizes and not any(inner.get("type") == "Resize" for inner in (inside.items if inside is not None else [])):
        desk.hand(size, f"{path}.img_scale", "里面没有 Resize：这个尺寸要不要写成 Resize(scale=…)？")
    for index, inner in enumerate(inside.items if inside is not None else []):
        at = f"{path}.transforms[{index}]"
        if inner.get("type") == "Resize" and inner.at("img_scale") is None and sizes:
            _resize(Value(inner.line, inner.text, {**inner.keys, "img_scale": sizes[0]}, inner.file), at, steps)
        elif inner.get("type") == "RandomFlip":
            desk.gone(inner, at, "翻不翻由外壳的 flip 定")
        else:
            _step(inner, at, steps)


def _end_of_test(steps: Steps, annotations: Value | None) -> None:
    """测试流水线的末尾：缩放之后读标注（框不跟着缩放），再打包。"""
    old = [step for step in steps.made if step.get("type") in ("LoadAnnotations", "LoadPanopticAnnotations")]
    steps.made = [step for step in steps.made if step not in old and step.get("type") != "PackDetInputs"]
    read = old[0] if old else annotations
    if not old and read is not None and read.get("type") == "LoadPanopticAnnotations":
        steps.add({"type": "LoadPanopticAnnotations", "backend_args": None}, note="评测要标注；放在缩放之后")
    elif read is not None:
        steps.made.append(Value(read.line, read.text, read.data, read.file, "评测要标注；放在缩放之后，框留在原图的尺度上"))
    else:
        steps.add({"type": "LoadAnnotations", "with_bbox": True}, note="评测要标注；放在缩放之后")
    steps.add({"type": "PackDetInputs", "meta_keys": steps.meta}, note="3.3.0 的写法")
