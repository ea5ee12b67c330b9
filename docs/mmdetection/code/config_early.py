"""2019-08-23（提交 0d5233a）以前没有流水线：数据集自己写着 img_scale、flip_ratio……这里先把它们写成老的流水线，再照老流水线翻译。"""

from config_desk import Desk
from config_reader import Value
from config_steps import sizes_of

EARLY = {"img_scale", "img_norm_cfg", "size_divisor", "flip_ratio", "with_mask", "with_crowd", "with_label", "multiscale_mode"}
EARLY |= {"resize_keep_ratio", "extra_aug", "with_semantic_seg", "seg_scale_factor", "test_mode"}


def early_pipeline(dataset: Value, path: str, train: bool, desk: Desk) -> Value:
    """没有 pipeline 的数据集 → 一条老写法的流水线。"""
    keys = dataset.keys
    for name, note in (("extra_aug", "写成流水线里的步骤：PhotoMetricDistortion、Expand、MinIoURandomCrop"), ("with_semantic_seg", "写成 LoadAnnotations(with_seg=True)"), ("seg_scale_factor", "写成 semantic_head.seg_scale_factor")):
        if name in keys and keys[name].data:
            desk.hand(keys[name], f"{path}.{name}", note)
        else:
            desk.gone(keys.get(name), f"{path}.{name}", "没有用到")
    for name, note in (("with_crowd", "成堆的框总是读，标作忽略"), ("with_label", "类别总是读"), ("test_mode", "训练的总是 False，评测的总是 True")):
        desk.gone(keys.get(name), f"{path}.{name}", note)
    return Value(dataset.line, dataset.text, _steps(keys, path, train, desk), dataset.file)


def _steps(keys: dict[str, Value], path: str, train: bool, desk: Desk) -> list[Value]:
    def step(kind: str, **inside: Value | bool | None) -> Value:
        known = {key: inner for key, inner in inside.items() if inner is not None}
        return desk.new({"type": kind, **known}, note="数据集的设置现在是步骤")

    resize = {"img_scale": keys["img_scale"], "keep_ratio": keys.get("resize_keep_ratio", True)}
    mode = keys.get("multiscale_mode") or desk.added("value", "1.0 的几个尺寸是几选一")
    if "multiscale_mode" not in keys and train and len(sizes_of(keys["img_scale"])) > 1:
        desk.hand(keys["img_scale"], f"{path}.img_scale", "没有写 multiscale_mode：1.0 是几选一（照此写），0.5 是在两个之间随机，要写成 RandomResize")
    normalize = [desk.new({"type": "Normalize", **keys["img_norm_cfg"].keys}, note="数据集的设置现在是步骤")] if "img_norm_cfg" in keys else []
    pad = [step("Pad", size_divisor=keys["size_divisor"])] if "size_divisor" in keys else []
    masks = keys.get("with_mask")
    read = step("LoadAnnotations", with_bbox=True, with_mask=masks if masks is not None and masks.data else None)
    if masks is not None and not masks.data:
        desk.gone(masks, f"{path}.with_mask", "没有掩码")
    desk.used.update(filter(None, (masks, keys.get("flip_ratio"), keys.get("multiscale_mode"), keys.get("resize_keep_ratio"))))
    if not train:
        inside = desk.new([step("Resize", keep_ratio=resize["keep_ratio"]), *normalize, *pad])
        return [step("LoadImageFromFile"), step("MultiScaleFlipAug", img_scale=keys["img_scale"], flip=False, transforms=inside)]
    steps = [step("LoadImageFromFile"), read, step("Resize", **resize, multiscale_mode=mode)]
    flip = [step("RandomFlip", flip_ratio=keys["flip_ratio"])] if "flip_ratio" in keys and keys["flip_ratio"].data else []
    return [*steps, *flip, *normalize, *pad, step("Collect")]
