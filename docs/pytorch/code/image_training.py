"""训练与测试：把图片过一遍，以及过许多遍。"""

import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.data import DataLoader


# --8<-- [start:epoch]
def run_epoch(
    model: nn.Module, batches: Iterable, training: tuple | None = None
) -> tuple[float, Tensor]:
    """把各批过一遍：图片 N×C×S×S（0 到 1），标签 N。

    给了 training（优化器和学习率调度）才学习。
    返回每张图的平均损失，和混淆计数 K×K（行是真实，列是预测）。
    """
    model.train(training is not None)  # 否则就是 eval()
    device = next(model.parameters()).device
    loss_sum, counts = 0.0, 0
    with torch.set_grad_enabled(training is not None):
        for images, labels in batches:
            images, labels = images.to(device), labels.to(device)
            logits = model(images)  # N×K，没有 softmax：cross_entropy 里有
            loss = nn.functional.cross_entropy(logits, labels)
            if training:
                learn(loss, *training)
            loss_sum += loss.item() * len(labels)  # 一个数，不带计算图
            counts = counts + confusion(labels, logits)
    return loss_sum / counts.sum().item(), counts


def learn(loss: Tensor, optimizer: torch.optim.Optimizer, schedule: OneCycleLR) -> None:
    """走一步；次序不能乱。"""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    schedule.step()
# --8<-- [end:epoch]


# --8<-- [start:confusion]
def confusion(labels: Tensor, logits: Tensor) -> Tensor:
    """标签 N、原始分数 N×K → 计数 K×K（行是真实），放在 CPU 上。"""
    classes = logits.shape[1]
    pairs = classes * labels + logits.argmax(dim=1)
    counts = torch.bincount(pairs, minlength=classes**2)
    return counts.view(classes, classes).cpu()


def accuracy(counts: Tensor) -> float:
    """计数 K×K 里对角线占的份额。"""
    return (counts.trace() / counts.sum()).item()
# --8<-- [end:confusion]


# --8<-- [start:fit]
class Epoch(NamedTuple):
    """一轮的结果：平均损失，以及 0 到 1 的准确率。"""

    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float


def optimizer_of(model: nn.Module, steps: int, lr: float) -> tuple:
    """优化器和学习率调度：一共走 steps 步，lr 是最高的学习率。"""
    optimizer = torch.optim.SGD(
        model.parameters(),
        lr=lr,
        momentum=0.9,  # 动量：沿用上几步的方向（OneCycleLR 会改写：0.95 降到 0.85 再升回）
        nesterov=True,  # 动量的一种变体
        weight_decay=5e-4,  # 权重衰减：每步把参数往 0 拉一点
    )
    return optimizer, OneCycleLR(optimizer, max_lr=lr, total_steps=steps)


def fit(
    model: nn.Module,
    train: DataLoader,
    val: DataLoader,
    options: Namespace,
    training: tuple | None = None,
    done: int = 0,
) -> Iterator[Epoch]:
    """训练到第 options.epochs 轮，每完一轮交出它的结果。

    接着训时给 training（恢复好的优化器和调度）和 done（已经训过几轮）。
    """
    steps = options.epochs * len(train)
    training = training or optimizer_of(model, steps, options.lr)
    for number in range(done + 1, options.epochs + 1):
        learned, hits = run_epoch(model, bar(train, f"第 {number} 轮"), training)
        checked, val_hits = run_epoch(model, val)
        yield Epoch(learned, accuracy(hits), checked, accuracy(val_hits))
# --8<-- [end:fit]


def bar(batches: DataLoader, label: str) -> Iterator:
    """把各批原样交出去；在终端上顺便画进度。

    写进文件或在 CI 里，什么也不画。
    """
    terminal, width = sys.stderr.isatty(), 30
    for done, batch in enumerate(batches, start=1):
        yield batch
        if terminal:
            filled = "=" * (width * done // len(batches))
            show(f"\r{label} [{filled:{width}}] {done}/{len(batches)}")
    if terminal:
        show("\r\x1b[K")  # 擦掉，接着印这一轮的结果


def show(text: str) -> None:
    """马上写到终端。"""
    print(text, end="", file=sys.stderr, flush=True)
