"""YOLOX 的三样：模型里的多尺度、指数滑动平均、各个钩子的改名。"""

from dataclasses import replace

from config_desk import Desk
from config_meaning import Old
from config_reader import Value, plain
from config_steps import Preprocessor

Keys = dict[str, Value]
SIZES = {"size_multiplier": 32, "random_size_range": (15, 25), "random_size_interval": 10}  # 2.x 的 YOLOX 不写时的值
KEPT = "3.x 的 SyncNormHook 每次评测前都同步，没有这一项"


def multi_scale(keys: Keys, old: Old, desk: Desk, shared: Preprocessor) -> Keys:
    """2.x 的 YOLOX 在模型里随机换图片的大小；3.x 由 data_preprocessor 的 BatchSyncRandomResize 换。"""
    if "type" not in keys or keys["type"].data != "YOLOX":
        return keys
    said = {key: keys.get(key) or desk.added(value, "2.x 的 YOLOX 不写就是这样") for key, value in SIZES.items()}
    step, ends = said["size_multiplier"].data, plain(said["random_size_range"])
    if type(step) is not int or not (isinstance(ends, list) and len(ends) == 2 and all(type(end) is int for end in ends)):
        return keys  # 照搬，Desk 会说 3.3.0 的 YOLOX 不收它们
    settings = {"type": "BatchSyncRandomResize", "random_size_range": desk.new(tuple(end * step for end in ends), said["random_size_range"])}
    settings |= {"size_divisor": desk.new(step, said["size_multiplier"]), "interval": desk.keep(said["random_size_interval"])}
    shared.augments.append(desk.new(settings, note="2.x 的 YOLOX 在模型里换大小"))
    size = keys.get("input_size")
    if size is not None and _resized(old.loadings["train"].dataset if "train" in old.loadings else None, plain(size)):
        desk.gone(size, "model.input_size", "3.x 看送进来的图片多大；训练流水线把图片做成了这个大小")
    elif size is not None:
        desk.hand(size, "model.input_size", "2.x 照它算缩放的比例，3.x 照送进来的图片：训练流水线里没有一步把图片做成这个大小")
    return {key: inner for key, inner in keys.items() if key not in (*SIZES, "input_size")}


def _resized(value: Value | None, size: object) -> bool:
    """数据集里有没有一步的 img_scale 是这个大小。"""
    if value is None:
        return False
    here = value.at("img_scale")
    inner = [*value.keys.values(), *value.items]
    return here is not None and plain(here) == size or any(_resized(one, size) for one in inner)


def hooks(value: Value, desk: Desk) -> Value | None:
    """custom_hooks：照搬，YOLOX 的换成 3.x 的。"""
    if not value.items:
        return desk.carry(value, "custom_hooks")
    many = [_hook(one, f"custom_hooks[{index}]", desk) for index, one in enumerate(value.items)]
    return desk.carry(replace(value, data=many), "custom_hooks")


def _hook(value: Value, path: str, desk: Desk) -> Value:
    """custom_hooks 里的一个：改了名的换过来，别的原样。"""
    kind, keys = value.get("type"), dict(value.keys)
    if kind == "SyncNormHook":
        for key in ("num_last_epochs", "interval"):
            desk.gone(keys.pop(key, None), f"{path}.{key}", KEPT)
    if kind == "ExpMomentumEMAHook":
        keys = _averages(keys, path, desk)
    return value if keys == value.keys else replace(value, data=keys)


def _averages(keys: Keys, path: str, desk: Desk) -> Keys:
    """ExpMomentumEMAHook → EMAHook 加 ExpMomentumEMA：两版的公式一样。"""
    start, skip = keys.pop("resume_from", None), keys.pop("skip_buffers", None)
    if start is not None and start.data is not None:
        desk.hand(start, f"{path}.resume_from", "3.x 的 EMAHook 没有这一项：接着训练写 load_from 和 resume=True")
    else:
        desk.gone(start, f"{path}.resume_from", "None：不接着别的权重")
    kind = desk.new("EMAHook", keys.pop("type"))
    rest = {"gamma" if key == "total_iter" else key: inner for key, inner in keys.items()}
    update = desk.new(not skip.data, skip) if skip is not None else desk.added(True, "2.x 不写 skip_buffers，缓冲区（BN 的均值、方差）也平均；3.x 不写就不平均")
    return {"type": kind, "ema_type": desk.added("ExpMomentumEMA", "平均的办法"), **rest, "update_buffers": update}
