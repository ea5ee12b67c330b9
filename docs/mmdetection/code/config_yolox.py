"""YOLOX 的多尺度：2.x 在模型里，3.x 在 data_preprocessor 里。"""

from config_desk import Desk
from config_meaning import Old
from config_reader import Value, plain
from config_steps import Preprocessor

Keys = dict[str, Value]
SIZES = {"size_multiplier": 32, "random_size_range": (15, 25), "random_size_interval": 10}  # 2.x 的 YOLOX 不写时的值


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
