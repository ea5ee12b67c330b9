"""训练多久、优化器、日志与钩子：意思 → 3.x 的写法。"""

from dataclasses import replace

from config_changed import begin, best, imports
from config_desk import ABSENT, Desk
from config_hooks import hooks
from config_meaning import Old
from config_reader import Value, plain

DEFAULT = "3.x 每份配置都要有的"
SCALE = (512.0, "老的 Fp16OptimizerHook 不写 loss_scale 就是 512，AmpOptimWrapper 不写是 dynamic")
BACKENDS = {"TensorboardLoggerHook": "TensorboardVisBackend", "WandbLoggerHook": "WandbVisBackend", "MMDetWandbHook": "WandbVisBackend"}


def loops(old: Old, desk: Desk) -> dict[str, Value]:
    """train_cfg、val_cfg、test_cfg 三个循环。"""
    schedule, evaluation = old.schedule, old.tops.get("evaluation")
    if schedule.loop is not None and str(schedule.loop.data) not in ("EpochBasedRunner", "IterBasedRunner"):
        desk.hand(schedule.loop, "runner.type", "3.x 里没有对应的训练循环")
    name, unit = ("EpochBasedTrainLoop", "max_epochs") if schedule.by_epoch else ("IterBasedTrainLoop", "max_iters")
    assumed = "没有写 runner.type，就是按轮训练" if schedule.by_epoch else "写的是迭代次数，就是按迭代训练"
    train = {"type": desk.new(name, schedule.loop, note="" if schedule.loop is not None else assumed)}
    if schedule.length is not None:
        train[unit] = desk.carry(schedule.length, f"train_cfg.{unit}")
    else:
        desk.hand(schedule.lr or Value(1, "", None), "train_cfg", f"没有写训练多久：补上 {unit}")
    every = schedule.every
    train["val_interval"] = desk.carry(every, "train_cfg.val_interval") if every is not None else desk.added(1, "evaluation.interval 的默认值")
    train["val_begin"] = begin(old, desk)
    intervals = evaluation.at("dynamic_intervals") if evaluation is not None else None
    train["dynamic_intervals"] = desk.carry(intervals, "evaluation.dynamic_intervals") if intervals is not None else None
    made = {"train_cfg": desk.new({key: value for key, value in train.items() if value is not None})}
    for split, loop in (("val", "ValLoop"), ("test", "TestLoop")):  # 没有数据就不能有循环
        if split in old.loadings:
            made[f"{split}_cfg"] = desk.added({"type": loop}, DEFAULT)
    return made


def optimizer(old: Old, desk: Desk) -> Value:
    """optimizer、optimizer_config、fp16 → optim_wrapper。"""
    config, fp16 = old.tops.get("optimizer_config"), old.tops.get("fp16")
    own = old.tops.get("optimizer")
    amp = fp16 if fp16 is not None and fp16.data is not None else None
    made = {"type": desk.new("AmpOptimWrapper" if amp is not None else "OptimWrapper", note="写了 fp16" if amp is not None else DEFAULT)}
    if fp16 is not None and amp is None:
        desk.gone(fp16, "fp16", "不用混合精度")
    if amp is not None:
        made["loss_scale"] = desk.added(*SCALE)
        for key, value in amp.keys.items():
            made[key] = desk.carry(value, f"fp16.{key}")
            if key != "loss_scale":
                desk.hand(value, f"fp16.{key}", "AmpOptimWrapper 的参数看它自己的文档")
    if own is not None:
        apart = {"paramwise_cfg": "paramwise_cfg", "paramwise_options": "paramwise_cfg", "constructor": "constructor"}
        kept = {key: value for key, value in own.keys.items() if key not in apart}
        made["optimizer"] = desk.carry(replace(own, data=kept), "optimizer")
        for key, new in apart.items():
            if own.at(key) is not None:
                made[new] = desk.carry(own.keys[key], new)
        builder = own.at("constructor")
        if builder is not None and not desk.names.has(str(builder.data)):
            desk.hand(builder, "optimizer.constructor", ABSENT.format(builder.data))
    if config is not None and isinstance(config.data, dict):
        _step(config, made, desk)
    return desk.new({key: value for key, value in made.items() if value is not None})


def _step(config: Value, made: dict[str, Value], desk: Desk) -> None:
    for key, value in config.keys.items():
        match key, value.data:
            case "grad_clip", None:
                desk.gone(value, "optimizer_config.grad_clip", "不裁剪梯度，就不写")
            case "grad_clip", _:
                made["clip_grad"] = desk.carry(value, "optim_wrapper.clip_grad")
            case "type", "OptimizerHook" | "DistOptimizerHook":
                desk.gone(value, "optimizer_config.type", "optim_wrapper 替它做")
            case "type", "Fp16OptimizerHook":
                made["type"] = desk.new("AmpOptimWrapper", value)
                made.setdefault("loss_scale", desk.added(*SCALE))
            case "type", "GradientCumulativeFp16OptimizerHook":
                made["type"] = desk.new("AmpOptimWrapper", value)
                made.setdefault("loss_scale", desk.added(*SCALE))
            case "type", "GradientCumulativeOptimizerHook":
                desk.gone(value, "optimizer_config.type", "accumulative_counts 替它做")
            case "cumulative_iters", _:
                made["accumulative_counts"] = desk.carry(value, "optim_wrapper.accumulative_counts")
            case "loss_scale", _:
                made["loss_scale"] = desk.carry(value, "optim_wrapper.loss_scale")
            case _:
                desk.hand(value, f"optimizer_config.{key}", "3.x 由 optim_wrapper 更新参数，没有这一项")


def runtime(old: Old, desk: Desk, evaluator: Value | None) -> dict[str, Value]:
    """默认钩子、环境、日志、可视化和其余的顶层键。"""
    tops, made = old.tops, {"default_scope": desk.added("mmdet", DEFAULT)}
    made["default_hooks"] = _hooks(old, desk, evaluator)
    made["env_cfg"] = _environment(tops, desk)
    made["visualizer"] = desk.new({"type": "DetLocalVisualizer", "vis_backends": _backends(tops, desk), "name": "visualizer"}, note=DEFAULT)
    made["log_processor"] = desk.added({"type": "LogProcessor", "window_size": 50, "by_epoch": old.schedule.by_epoch}, DEFAULT)
    for key, default in (("log_level", "INFO"), ("load_from", None)):
        made[key] = desk.carry(tops[key], key) if key in tops else desk.added(default, DEFAULT)
    made["resume"] = _resume(tops, made, desk)
    if "custom_hooks" in tops:
        made["custom_hooks"] = hooks(tops["custom_hooks"], desk)
    for key in ("auto_scale_lr", "work_dir", "find_unused_parameters"):
        if key in tops:
            made[key] = desk.carry(tops[key], key)
    if "custom_imports" in tops:
        made["custom_imports"] = imports(tops["custom_imports"], desk)
    if "seed" in tops:
        made["randomness"] = desk.new({"seed": tops["seed"]}, tops["seed"])
    if "workflow" in tops and "'val'" in repr(plain(tops["workflow"])):
        desk.hand(tops["workflow"], "workflow", "3.x 不在验证集上算损失：要看就自己写一个钩子")
    else:
        desk.gone(tops.get("workflow"), "workflow", "评测的间隔由 train_cfg.val_interval 定")
    desk.gone(tops.get("gpu_ids"), "gpu_ids", "几张卡由启动命令定")
    return {key: value for key, value in made.items() if value is not None}


def _hooks(old: Old, desk: Desk, evaluator: Value | None) -> Value:
    saving, log, evaluation = (old.tops.get(name) for name in ("checkpoint_config", "log_config", "evaluation"))
    checkpoint: dict[str, object] = {"type": "CheckpointHook"}
    for key, value in saving.keys.items() if saving is not None else ():
        if key == "create_symlink":
            desk.gone(value, "checkpoint_config.create_symlink", "last_checkpoint 文件记着最新的一份")
        elif key != "type":
            checkpoint[key] = desk.argument("CheckpointHook", key, value, f"checkpoint_config.{key}")
    if not old.schedule.by_epoch and "by_epoch" not in checkpoint:
        checkpoint["by_epoch"] = desk.added(False, "按迭代训练时，老的默认就是按迭代存")
    for key, move in (("save_best", lambda value: best(value, evaluator, desk)), ("rule", lambda value: desk.carry(value, "evaluation.rule"))):
        value = evaluation.at(key) if evaluation is not None else None
        if value is not None and (moved := move(value)) is not None:
            checkpoint[key] = moved
    every = log.at("interval") if log is not None else None
    logger = {"type": "LoggerHook", "interval": desk.carry(every, "LoggerHook.interval") if every is not None else 10}
    hooks = {"timer": "IterTimerHook", "param_scheduler": "ParamSchedulerHook", "sampler_seed": "DistSamplerSeedHook", "visualization": "DetVisualizationHook"}
    made = {name: {"type": kind} for name, kind in hooks.items()}
    return desk.new({**made, "logger": logger, "checkpoint": checkpoint}, note=DEFAULT)


def _environment(tops: dict[str, Value], desk: Desk) -> Value:
    def top(name: str, default: object) -> object:
        return desk.carry(tops[name], name) if name in tops else default

    dist = tops.get("dist_params")
    backend = dist.at("backend") if dist is not None else None
    for key, value in dist.keys.items() if dist is not None else ():
        if key != "backend":
            desk.hand(value, f"dist_params.{key}", "写在启动命令里，例如 PORT=… bash tools/dist_train.sh")
    processes = {"mp_start_method": top("mp_start_method", "fork"), "opencv_num_threads": top("opencv_num_threads", 0)}
    made = {"cudnn_benchmark": top("cudnn_benchmark", False), "mp_cfg": processes}
    made["dist_cfg"] = {"backend": desk.carry(backend, "backend") if backend is not None else "nccl"}
    return desk.new(made, note=DEFAULT)


def _backends(tops: dict[str, Value], desk: Desk) -> list[object]:
    log, made = tops.get("log_config"), [{"type": "LocalVisBackend"}]
    hooks = log.at("hooks") if log is not None else None
    for hook in hooks.items if hooks is not None else []:
        kind = hook.get("type")
        if kind == "TextLoggerHook":
            desk.gone(hook, "log_config.hooks", "default_hooks.logger 写文字日志")
        elif kind in BACKENDS:
            made.append(desk.new({"type": BACKENDS[str(kind)]}, hook.at("type")))
            desk.gone(hook.at("by_epoch"), "log_config.hooks.by_epoch", "横轴的单位由 log_processor.by_epoch 定")
        else:
            desk.hand(hook, "log_config.hooks", "变成可视化后端，或者自己写一个钩子")
    return made


def _resume(tops: dict[str, Value], made: dict[str, Value | None], desk: Desk) -> Value:
    origin = tops.get("resume_from")
    if origin is not None and origin.data is not None:
        first = tops.get("load_from")
        if first is not None and first.data is not None:
            desk.gone(first, "load_from", "写了 resume_from，老的程序就不读 load_from")
        made["load_from"] = desk.carry(origin, "resume_from")
        return desk.new(True, origin)
    automatic = tops.get("auto_resume")
    return desk.new(bool(automatic.data), automatic) if automatic is not None else desk.new(False, origin, note=DEFAULT)
