"""在图片上训练一个小卷积网络，再使用它。

    image_classification.py                    用 scikit-learn 自带的手写数字训练
    image_classification.py --data DIR         用 DIR/{train,val,test}/类名/ 里的图训练
    image_classification.py --resume           接着上次被打断的地方训
    image_classification.py --weights FILE     再测一遍存下的权重
    image_classification.py --weights FILE --predict IMAGE

训练在 runs 文件夹里留下 weights.pt（最好的一轮）、last.pt（接着训用）、curves.svg、confusion.svg。
"""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

import image_charts
import torch
from image_data import FolderDataset, InputError, digits, folder, look_at_all, read_image
from image_model import build, load, read_kept, save, set_statistics, write_whole
from image_training import Epoch, fit, optimizer_of, run_epoch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

DEFAULTS = {"size": 32, "epochs": 12, "lr": 0.1, "seed": 0}
BATCH = 64
REMEMBERED = ("data", "size", "channels", "epochs", "batch", "lr", "seed", "double")


# --8<-- [start:train]
def train(options: argparse.Namespace) -> Tensor:
    """训练，留下验证损失最低的一轮，最后在测试集上测一次。

    返回测试集的混淆计数 K×K。图有毛病、损失不是数，抛 InputError。
    """
    torch.manual_seed(options.seed)  # 管初始权重和图的次序
    parts, classes = images_of(options)
    print(summary(parts, classes))
    if options.data:
        print("先把所有的图读一遍……", flush=True)
        look_at_all([parts["val"], parts["test"]])  # 训练集下一行就读
    model = build(options.channels, len(classes))
    set_statistics(model, parts["train"])
    model.to(options.device)
    batches, checks = loaders(parts, options.batch)
    training = optimizer_of(model, options.epochs * len(batches), options.lr)
    history = restore(options, model, training) if options.resume else []
    best = min((epoch.val_loss for epoch in history), default=float("inf"))
    print("  轮   训练损失   准确率   验证损失   准确率")
    try:
        for epoch in fit(model, batches, checks, options, training, len(history)):
            history.append(epoch)
            better = epoch.val_loss < best
            if better:
                best = epoch.val_loss
                save(options.out / "weights.pt", model, classes, options.size)
            keep(options, model, training, history)
            print(describe(len(history), epoch) + "  存下" * better, flush=True)
    finally:  # 按了 Ctrl-C 也画到这里为止的曲线
        if best < float("inf"):
            draw(history, options.out / "curves.svg")
    if best == float("inf"):
        raise InputError("损失一直不是数：把 --lr 调小")
    model, *_ = load(options.out / "weights.pt")
    counts = evaluate(model, parts["test"], options.device)
    draw_confusion(counts, classes, options.out)
    return counts


def loaders(parts: dict[str, Dataset], batch: int | None) -> list[DataLoader]:
    """训练用打乱的、大小一样的批；验证用什么批都行。没说 batch 就取 64，图不够就全取。"""
    train, val = parts["train"], parts["val"]
    batch = min(BATCH, len(train)) if batch is None else batch
    if batch > len(train):
        raise InputError(f"--batch {batch} 比训练集的 {len(train)} 张还多")
    shuffled = DataLoader(train, batch, shuffle=True, drop_last=True)
    return [shuffled, DataLoader(val, 256)]
# --8<-- [end:train]


# --8<-- [start:resume]
def keep(options: argparse.Namespace, model: nn.Module, training: tuple, history: list[Epoch]) -> None:
    """每轮末存下接着训要的一切：网络、优化器、学习率走到哪、随机数走到哪。"""
    optimizer, schedule = training
    kept = {
        "settings": settings(options),
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
        "random": torch.get_rng_state(),
        "history": [list(epoch) for epoch in history],
    }
    write_whole(options.out / "last.pt", kept)


def restore(options: argparse.Namespace, model: nn.Module, training: tuple) -> list[Epoch]:
    """把上次的状态装回来，返回已经训过的各轮；设置与上次不同，抛 InputError。"""
    kept = read_kept(options.out / "last.pt")
    before, now = kept.get("settings", {}), settings(options)
    if changed := [name for name in REMEMBERED if before.get(name) != now[name]]:
        told = "，".join(f"{name} 上次 {before.get(name)}、这次 {now[name]}" for name in changed)
        raise InputError(f"--resume 要用与上次相同的设置：{told}")
    optimizer, schedule = training
    model.load_state_dict(kept["model"])
    optimizer.load_state_dict(kept["optimizer"])
    schedule.load_state_dict(kept["schedule"])
    torch.set_rng_state(kept["random"])
    return [Epoch(*numbers) for numbers in kept["history"]]


def settings(options: argparse.Namespace) -> dict:
    """决定训练结果的设置。"""
    return {name: str(getattr(options, name)) for name in REMEMBERED}
# --8<-- [end:resume]


def images_of(options: argparse.Namespace) -> tuple[dict[str, Dataset], list[str]]:
    """三份图和类名：options.data，或者手写数字。"""
    if options.data:
        return folder(options.data, options.size, options.channels)
    return digits()


def summary(parts: dict[str, Dataset], classes: list[str]) -> str:
    """几个类、每份几张；读文件夹时，还有读成多大、跳过了哪些文件。"""
    counted = "，".join(f"{name} {len(part)} 张" for name, part in parts.items())
    told, train = f"{listing(classes)}：{counted}", parts["train"]
    if not isinstance(train, FolderDataset):
        return told
    told += f"，读成 {train.size}×{train.size} {'灰度' if train.channels == 1 else '彩色'}"
    skipped = sum((part.skipped for part in parts.values()), start=Counter())
    names = "、".join(f"{ending} {count} 个" for ending, count in sorted(skipped.items()))
    return told + (f"；跳过：{names}" if names else "")


def describe(number: int, epoch: Epoch) -> str:
    """一轮的那一行，对齐 train 印的表头。"""
    learned = f"{epoch.train_loss:9.4f}  {epoch.train_accuracy:7.4f}"
    checked = f"{epoch.val_loss:9.4f}  {epoch.val_accuracy:7.4f}"
    return f"{number:4}  {learned}  {checked}"


def draw(history: list[Epoch], path: Path) -> None:
    """画各轮的曲线。"""
    rows = Epoch(*zip(*history, strict=True))
    losses = {"train": rows.train_loss, "val": rows.val_loss}
    accuracies = {"train": rows.train_accuracy, "val": rows.val_accuracy}
    path.write_text(image_charts.curves(losses, accuracies), "utf-8")


def draw_confusion(counts: Tensor, classes: list[str], folder: Path) -> None:
    """画混淆矩阵。"""
    picture = image_charts.confusion(counts.tolist(), classes)
    (folder / "confusion.svg").write_text(picture, "utf-8")


# --8<-- [start:evaluate]
def evaluate(model: nn.Module, part: Dataset, device: str) -> Tensor:
    """印出一份图上的损失和准确率，返回计数 K×K。"""
    loss, counts = run_epoch(model.to(device), DataLoader(part, 256))
    right, total = counts.trace().item(), counts.sum().item()
    print(f"测试损失 {loss:.4f}，准确率 {right / total:.4f}（{total} 张对 {right} 张）")
    return counts


def evaluate_saved(options: argparse.Namespace) -> Tensor:
    """用 options.weights 测一遍测试集，返回计数 K×K；写了 --out 才画混淆矩阵。

    权重和图的类名不一样，抛 InputError。
    """
    model, known, options.size = load(options.weights)
    options.channels = len(model[0].mean)
    parts, classes = images_of(options)
    if classes != known:
        raise InputError(f"权重认的是 {listing(known)}，图是 {listing(classes)}")
    counts = evaluate(model, parts["test"], options.device)
    if options.out:
        draw_confusion(counts, classes, options.out)
    return counts
# --8<-- [end:evaluate]


def listing(classes: list[str]) -> str:
    """几个类，和头几个的名字。"""
    names = "、".join(classes[:5]) + "……" * (len(classes) > 5)
    return f"{len(classes)} 个类（{names}）"


# --8<-- [start:predict]
@torch.inference_mode()
def predict(options: argparse.Namespace) -> None:
    """印出 options.predict 最像的类，最多三个。"""
    model, classes, size = load(options.weights)
    model.to(options.device).eval()
    image = read_image(options.predict, size, channels=len(model[0].mean))
    logits = model(image.unsqueeze(0).to(options.device))  # 网络要一批：1×C×S×S
    shares, indices = logits.softmax(dim=1)[0].topk(min(3, len(classes)))
    for share, index in zip(shares.tolist(), indices.tolist(), strict=True):
        print(f"{classes[index]}  {share:.4f}")
# --8<-- [end:predict]


def options_of(argv: list[str] | None) -> argparse.Namespace:
    """读命令行；不起作用的选项不收。"""
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=style)
    add = parser.add_argument
    add("--data", type=Path, metavar="DIR", help="你自己的图")
    add("--size", type=int, help="压成 SIZE×SIZE，不管长宽比（32）")
    add("--color", action="store_true", help="按 RGB 读，不按灰度")
    add("--epochs", type=int, help="把图过几遍（12）")
    add("--batch", type=int, help="一步几张（64）")
    add("--lr", type=float, help="最高的学习率（0.1）")
    add("--seed", type=int, help="随机种子，管权重和次序（0）")
    add("--threads", type=int, default=1, help="几个线程（1）")
    add("--double", action="store_true", help="64 位：慢，换机器也一样")
    add("--device", default="cpu", help="cpu、cuda、mps……（cpu）")
    add("--out", type=Path, metavar="DIR", help="结果放哪里（训练时 runs）")
    add("--resume", action="store_true", help="接着上次训，设置要相同")
    add("--overwrite", action="store_true", help="结果文件夹里已有权重，也重新训")
    add("--weights", type=Path, metavar="FILE", help="不训练，用这份权重")
    add("--predict", type=Path, metavar="IMAGE", help="认一张图")
    options = parser.parse_args(argv)
    if idle := idle_options(options):
        parser.error(f"这样用时不起作用，请去掉：{'、'.join(idle)}")
    if options.predict and not options.weights:
        parser.error("--predict 要与 --weights FILE 一起用")
    for name, value in DEFAULTS.items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.size < 4 or options.lr <= 0:
        parser.error("--size 不小于 4，--lr 大于 0")
    if min(options.epochs, BATCH if options.batch is None else options.batch, options.threads) < 1:
        parser.error("--epochs、--batch、--threads 不小于 1")
    if not 0 <= options.seed < 2**63:
        parser.error("--seed 是 0 到 2⁶³ − 1 的整数")
    options.channels = 3 if options.data and options.color else 1
    options.size = options.size if options.data else 8  # 手写数字是 8×8
    if not options.weights:
        options.out = options.out or Path("runs")
    return options


def idle_options(options: argparse.Namespace) -> list[str]:
    """给了却不起作用的选项。"""
    given = {name for name in (*DEFAULTS, "batch") if getattr(options, name) is not None}
    given |= {name for name in ("data", "color", "out", "resume", "overwrite") if getattr(options, name)}
    idle = set() if options.data else {"size", "color"}
    if options.weights:
        idle |= {*DEFAULTS, "batch", "color", "resume", "overwrite"}
    if options.predict:
        idle |= {"data", "out"}
    if options.resume:
        idle |= {"overwrite"}
    return [f"--{name}" for name in sorted(given & idle)]


def prepare(options: argparse.Namespace) -> None:
    """定线程数和数的类型，要写文件就先看写不写得了。

    设备没有、文件夹写不了、会盖掉旧权重，抛 InputError。
    """
    torch.set_num_threads(options.threads)
    kind = torch.float64 if options.double else torch.float32
    torch.set_default_dtype(kind)
    try:
        torch.zeros(1, device=options.device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"没有设备 {options.device!r}：{reason}") from None
    if options.out is None:
        return
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=options.out).close()  # 现在试写，不等训完一轮
    except OSError as error:
        raise InputError(f"写不进 {options.out}：{error.strerror}") from None
    kept = options.out / "weights.pt"
    if kept.is_dir():
        raise InputError(f"{kept} 是个文件夹，权重没有地方存")
    if kept.exists() and not (options.weights or options.resume or options.overwrite):
        raise InputError(f"{kept} 已经有了：用 --out 换个文件夹，--resume 接着训，或 --overwrite 重新训")


def main(argv: list[str] | None = None) -> int:
    """跑程序；返回 0，能改的毛病返回 1，按了 Ctrl-C 返回 130。"""
    options = options_of(argv)
    command = evaluate_saved if options.weights else train
    command = predict if options.predict else command
    before = written(options)
    try:
        prepare(options)
        command(options)
    except InputError as error:
        print(f"错误：{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n已停下。" + what_is_kept(options, before), file=sys.stderr)
        return 130
    return 0


def written(options: argparse.Namespace) -> list[int]:
    """结果文件夹里 weights.pt 和 last.pt 上次写的时刻（纳秒），没有就是 0；不训练时是空的。"""
    files = [] if options.weights else [options.out / "weights.pt", options.out / "last.pt"]
    return [file.stat().st_mtime_ns if file.exists() else 0 for file in files]


def what_is_kept(options: argparse.Namespace, before: list[int]) -> str:
    """停下之后能用什么；before 是开始之前的 written。"""
    if options.weights:
        return ""
    (weights, last), best = written(options), f"最好的一轮在 {options.out / 'weights.pt'}"
    if last != before[1] or (options.resume and last):
        return f"{best}，加上 --resume 从最后训完的一轮接着训。"
    if weights != before[0]:  # 停在存两个文件之间
        return f"{best}。"
    if weights:
        return "这一次还没有训完一轮，什么也没存；原来的权重没有动。"
    return "还没有训完一轮，什么也没存。"


if __name__ == "__main__":
    sys.exit(main())
