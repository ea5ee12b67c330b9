"""学习率怎样走：lr_config → param_scheduler。"""

from config_desk import Desk
from config_meaning import Schedule
from config_reader import Value

ONE_CYCLE = "3.x 有 OneCycleLR：老的按迭代走，所以写 by_epoch=False；max_lr 改名 eta_max；没有写 total_steps 的，写上 轮数×每轮步数"
BY_HAND = {"OneCycle": ONE_CYCLE, "CosineRestart": "3.x 有 CosineRestartLR，照它的参数写"}
WARM_UPS = {"linear": ("LinearLR", "start_factor"), "constant": ("ConstantLR", "factor")}
POWER = "mmcv 的 exp 预热是 warmup_ratio 的（1 - 走了几成）次方，3.x 没有这样的：换一种，或者自己写一个 scheduler"
ITERATIONS = "训练按迭代，预热却按轮：自己换算成多少次迭代"


def schedulers(schedule: Schedule, desk: Desk) -> Value:
    """lr_config → param_scheduler：预热一项，之后一项。"""
    lr = schedule.lr
    if lr is None:
        return desk.added([], "没有 lr_config：学习率不变")
    if lr.data is None:
        return desk.new([], lr)
    if not isinstance(lr.data, dict) or lr.get("policy") is None:
        desk.hand(lr, "lr_config", "只有一半：没有 policy，补上底稿再看")
        return desk.added([], "lr_config 没有看懂")
    if lr.get("policy") == "YOLOX":
        return desk.new(yolox(schedule, lr, desk))
    parts = [*warm_up(schedule, lr, desk), *after(schedule, lr, desk)]
    if schedule.lr_by_epoch == schedule.by_epoch:
        desk.gone(lr.at("by_epoch"), "lr_config.by_epoch", "写在各项的 by_epoch 里")
    return desk.new(parts)


def warm_up(schedule: Schedule, lr: Value, desk: Desk) -> list[Value]:
    """预热。按轮的要换算成每次迭代都升（convert_to_iter_based），老的就是这样。"""
    kind, by_epoch = lr.get("warmup"), bool(lr.get("warmup_by_epoch"))
    settings = [value for key in ("warmup", "warmup_iters", "warmup_ratio", "warmup_by_epoch") if (value := lr.at(key)) is not None]
    if kind is None or kind in WARM_UPS and lr.get("warmup_ratio") == 1:
        for value in settings:
            desk.gone(value, "lr_config.warmup", "没有预热" if kind is None else "从 1 倍开始，就是没有预热")
        return []
    if kind not in WARM_UPS or by_epoch and not schedule.by_epoch:
        for value in settings:
            desk.hand(value, "lr_config.warmup", ITERATIONS if kind in WARM_UPS else POWER if kind == "exp" else f"mmcv 没有 {kind} 这种预热")
        return []
    name, factor = WARM_UPS[str(kind)]
    desk.gone(lr.at("warmup_by_epoch"), "lr_config.warmup_by_epoch", "写在这一项的 by_epoch 里")
    ratio, length = _said(lr, "warmup_ratio", 0.1, desk), _said(lr, "warmup_iters", 0, desk)
    made = {"type": name, factor: ratio, "by_epoch": by_epoch, "begin": 0, "end": length, "convert_to_iter_based": True if by_epoch else None}
    return [desk.new(_known(made), settings[0])]


def yolox(schedule: Schedule, lr: Value, desk: Desk) -> list[Value]:
    """YOLOX 的三段：平方预热几轮，余弦降到最后几轮之前，然后不变；每次迭代都变。"""
    warm, last = lr.get("warmup_iters", 0), lr.get("num_last_epochs")
    epochs = schedule.length.data if schedule.length is not None else None
    floor = next((key for key in ("min_lr_ratio", "min_lr") if lr.at(key) is not None and lr.get(key) is not None), None)
    numbers = all(type(number) is int for number in (warm, last, epochs))
    warms = lr.get("warmup") is not None
    warm = warm if warms else 0
    known = schedule.by_epoch and not schedule.lr_by_epoch and numbers and warm < epochs - last and floor is not None
    if not known or warms and not (lr.get("warmup_by_epoch") and lr.get("warmup_ratio", 0.1) == 1):
        desk.hand(lr, "lr_config", "YOLOX 的学习率只会翻一种：按轮训练、by_epoch=False、预热按轮、warmup_ratio=1，写明 num_last_epochs 和 min_lr_ratio；照它写 param_scheduler")
        return []
    desk.gone(lr.at("by_epoch"), "lr_config.by_epoch", "convert_to_iter_based：按轮写，每次迭代都变")
    for key in ("warmup", "warmup_by_epoch", "warmup_ratio"):
        desk.gone(lr.at(key), f"lr_config.{key}", "QuadraticWarmupLR 就是这样升" if warms else "没有预热")
    policy, end = lr.keys["policy"], epochs - last
    span = {"by_epoch": True, "convert_to_iter_based": True}
    parts = [desk.new({"type": "mmdet.QuadraticWarmupLR", **span, "begin": 0, "end": desk.keep(lr.keys["warmup_iters"])}, lr.at("warmup"))] if warms and warm else []
    falling = {"type": "CosineAnnealingLR", **span, "begin": warm, "end": end, "T_max": desk.new(end - warm, policy, note="2.x 的余弦从预热完走到最后几轮之前，正好走完")}
    parts.append(desk.new({**falling, {"min_lr": "eta_min", "min_lr_ratio": "eta_min_ratio"}[floor]: _said(lr, floor, None, desk)}, policy))
    desk.gone(lr.keys["num_last_epochs"], "lr_config.num_last_epochs", "余弦走到它之前为止")
    flat = {"type": "ConstantLR", "by_epoch": True, "factor": 1, "begin": end, "end": epochs}
    return [*parts, desk.new(flat, lr.keys["num_last_epochs"], note="最后几轮不变：3.3.0 的写法，不写也一样")] if last else parts


def after(schedule: Schedule, lr: Value, desk: Desk) -> list[Value]:
    """预热之后的走法；没有对应物的要人来定。"""
    end = schedule.length.data if schedule.length is not None else None
    span = {"by_epoch": schedule.lr_by_epoch, "begin": 0, "end": end}
    policy, made = lr.keys["policy"], None

    def scheduler(kind: str, **settings: object) -> Value:
        return desk.new(_known({"type": kind, **span, **settings}), policy)

    def said(key: str, default: object = None) -> Value | None:
        return _said(lr, key, default, desk)

    match policy.data:
        case "step" if isinstance(lr.get("step"), int):
            made = scheduler("StepLR", step_size=said("step"), gamma=said("gamma", 0.1))
        case "step" if lr.at("step") is not None:
            made = scheduler("MultiStepLR", milestones=said("step"), gamma=said("gamma", 0.1))
        case "CosineAnnealing" | "cosine" if lr.at("min_lr") is not None:
            made = scheduler("CosineAnnealingLR", T_max=end, eta_min=said("min_lr"))
        case "CosineAnnealing" | "cosine" if lr.at("min_lr_ratio") is not None:
            made = scheduler("CosineAnnealingLR", T_max=end, eta_min_ratio=said("min_lr_ratio"))
        case "poly":
            made = scheduler("PolyLR", power=said("power", 1.0), eta_min=said("min_lr", 0.0))
        case "exp" if lr.at("gamma") is not None:
            made = scheduler("ExponentialLR", gamma=said("gamma"))
        case "fixed":
            desk.gone(policy, "lr_config.policy", "学习率不变，不用写")
            return []
        case _:
            desk.hand(lr.keys["policy"], "lr_config.policy", BY_HAND.get(policy.data, f"这个程序没有写 {policy.data} 的翻法，照 3.3.0 的同类配置写 param_scheduler"))
    if policy.data == "step" and lr.at("min_lr") is not None:
        desk.hand(lr.keys["min_lr"], "lr_config.min_lr", "MultiStepLR 没有下限，原来降到这里就不再降")
    if schedule.lr_by_epoch != schedule.by_epoch:
        desk.hand(lr.at("by_epoch") or lr, "lr_config.by_epoch", "学习率与训练循环的单位不同，begin、end 要自己换算")
    return [made] if made is not None else []


def _said(lr: Value, key: str, default: object, desk: Desk) -> Value | None:
    """lr_config 里写了的照搬（算不出来的已列出，不写），没有写的是老的默认值。"""
    value = lr.at(key)
    return desk.carry(value, f"lr_config.{key}") if value is not None else desk.added(default, "老的默认值")


def _known(settings: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in settings.items() if value is not None}
