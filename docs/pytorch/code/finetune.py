"""在一个文件夹的照片上微调预训练的 ResNet-18。

    finetune.py --weights resnet18-f37072fd.pth --data DIR     DIR/{train,val}/类名/*.jpg
    finetune.py --practice                                     随机权重、自带的两张照片，只为把每一行跑一遍
"""

import argparse
import sys
import tempfile
from pathlib import Path

import torch
from finetune_data import Photos, make_practice_set
from finetune_model import ResNet18, pretrained
from image_data import InputError, look_at_all, need_folders, same_classes
from image_model import write_whole
from torch import nn
from torch.utils.data import DataLoader


# --8<-- [start:groups]
def groups(model: ResNet18, lr: float) -> list[dict]:
    """两组参数：新的分类头用 lr，预训练过的骨干用它的十分之一。"""
    head = list(model.fc.parameters())
    known = {id(parameter) for parameter in head}
    backbone = [p for p in model.parameters() if id(p) not in known and p.requires_grad]
    return [{"params": head, "lr": lr}, {"params": backbone, "lr": lr / 10}]


def freeze(model: ResNet18) -> None:
    """只训练分类头：骨干的参数不要梯度。批归一化的统计量它管不住，见 train_mode。"""
    for name, parameter in model.named_parameters():
        parameter.requires_grad = name.startswith("fc.")


def train_mode(model: ResNet18, frozen: bool) -> None:
    """冻住时骨干保持 eval()：requires_grad=False 管不住批归一化的统计量。"""
    model.train(not frozen)
    model.fc.train()
# --8<-- [end:groups]


# --8<-- [start:loop]
def run(model: ResNet18, data: DataLoader, device: str, optimizer=None, frozen: bool = False) -> tuple[float, float]:
    """过一遍，返回（平均损失, 准确率）；给了优化器才训练。"""
    if optimizer is None:
        model.eval()
    else:
        train_mode(model, frozen)
    total = right = seen = 0
    with torch.set_grad_enabled(optimizer is not None):
        for images, labels in data:
            images, labels = images.to(device), labels.to(device)
            logits = model(images)
            loss = nn.functional.cross_entropy(logits, labels)
            if optimizer is not None:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            total += loss.item() * len(labels)
            right += (logits.argmax(dim=1) == labels).sum().item()
            seen += len(labels)
    return total / seen, right / seen


def finetune(model: ResNet18, train: Photos, val: Photos, options: argparse.Namespace) -> None:
    """先只训分类头，再放开骨干；留下验证损失最低的一轮。"""
    model.to(options.device)
    batches = DataLoader(train, options.batch, shuffle=True)
    checks = DataLoader(val, 64)
    best = float("inf")
    for stage, epochs, frozen in (("只训分类头", options.head_epochs, True), ("放开骨干", options.epochs, False)):
        for parameter in model.parameters():
            parameter.requires_grad = True
        if frozen:
            freeze(model)
        rows = [group for group in groups(model, options.lr) if group["params"]]
        optimizer = torch.optim.SGD(rows, momentum=0.9, weight_decay=1e-4)
        for epoch in range(1, epochs + 1):
            loss, share = run(model, batches, options.device, optimizer, frozen)
            val_loss, val_share = run(model, checks, options.device)
            mark = ""
            if val_loss < best:
                best, mark = val_loss, "  存下"
                write_whole(options.out, {"state": model.state_dict(), "classes": train.classes, "size": train.size})
            print(f"{stage} 第 {epoch} 轮：训练 {loss:.3f} / {share:.3f}，验证 {val_loss:.3f} / {val_share:.3f}{mark}")
# --8<-- [end:loop]


def main(argv: list[str] | None = None) -> int:
    """跑程序；返回 0，能改的毛病返回 1。"""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--data", type=Path, help="照片的文件夹，里面有 train 和 val")
    add("--weights", type=Path, help="预训练权重（torchvision 的 resnet18）")
    add("--practice", action="store_true", help="随机权重、自带照片，练习用")
    add("--size", type=int, default=224, help="图的边长（224）")
    add("--batch", type=int, default=16, help="一步几张（16）")
    add("--lr", type=float, default=0.01, help="分类头的学习率（0.01），骨干取十分之一")
    add("--head-epochs", type=int, default=2, help="只训分类头几轮（2）")
    add("--epochs", type=int, default=5, help="放开之后几轮（5）")
    add("--device", default="cpu", help="cpu 或 cuda（cpu）")
    add("--double", action="store_true", help="双精度（64 位）：慢，换机器也一样")
    add("--seed", type=int, default=0, help="随机种子（0）")
    add("--out", type=Path, default=Path("finetuned.pt"), help="存到哪里（finetuned.pt）")
    add("--overwrite", action="store_true", help="已经有了也重新存")
    options = parser.parse_args(argv)
    if not options.practice and not (options.data and options.weights):
        parser.error("要么 --practice，要么 --data 和 --weights 都给")
    if options.double:
        torch.set_default_dtype(torch.float64)
    torch.manual_seed(options.seed)
    try:
        check_place(options)
        if options.practice:
            with tempfile.TemporaryDirectory() as folder:
                start(make_practice_set(Path(folder)), options)
        else:
            start(options.data, options)
    except InputError as error:
        print(f"错误：{error}", file=sys.stderr)
        return 1
    return 0


def check_place(options: argparse.Namespace) -> None:
    """训练之前看权重有没有地方存；没有、会盖掉旧的，抛 InputError。"""
    if options.out.is_dir():
        raise InputError(f"{options.out} 是个文件夹，权重没有地方存")
    if options.out.exists() and not options.overwrite:
        raise InputError(f"{options.out} 已经有了：用 --out 换个名字，或 --overwrite")
    try:
        tempfile.TemporaryFile(dir=options.out.parent).close()  # 现在试写，不等训完一轮
    except OSError as error:
        raise InputError(f"写不进 {options.out.parent}：{error.strerror}") from None


def start(root: Path, options: argparse.Namespace) -> None:
    """照片就位之后：两份数据、一个网络，开始微调。"""
    need_folders(root, ("train", "val"))
    train = Photos(root / "train", options.size, training=True, seed=options.seed)
    val = Photos(root / "val", options.size, training=False)
    classes = same_classes({"train": train, "val": val})
    print(f"{len(classes)} 个类（{'、'.join(classes)}）：训练 {len(train)} 张，验证 {len(val)} 张", flush=True)
    look_at_all([train, val])
    model = pretrained(options.weights, len(classes)) if options.weights else ResNet18(len(classes))
    finetune(model, train, val, options)


if __name__ == "__main__":
    sys.exit(main())
