"""custom_hooks：改了名、改了意思的钩子。"""

from dataclasses import replace

from config_desk import Desk
from config_reader import Value

Keys = dict[str, Value]
KEPT = "3.x 的 SyncNormHook 每次评测前都同步，没有这一项"
WARM = "mmcv 的 EMAHook 开始时的动量是 min(momentum, (1 + 步数) / (warm_up + 步数))，3.x 不写 ema_type 就一直是 momentum：momentum 大于 1 / warm_up（不写是 1 / 100）才不同；interval 大于 1 时它用 momentum 的 interval 次方"


def hooks(value: Value, desk: Desk) -> Value | None:
    """custom_hooks：照搬，改了的换成 3.x 的。"""
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
    if kind == "EMAHook":
        desk.hand(keys["type"], f"{path}.type", WARM)
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
