"""What the usual mistakes cost on the digits, three seeds each (torch 2.13.0, double precision, one thread)."""

from argparse import Namespace
from copy import deepcopy
from unittest.mock import patch

import torch
from image_data import digits
from image_model import build, set_statistics
from image_training import accuracy, confusion, fit
from torch import nn
from torch.utils.data import DataLoader, Dataset, Subset

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)  # the same numbers on every CPU
PARTS, CLASSES = digits()
SEEDS = (0, 1, 2)
EPOCHS = 8  # enough here, and CI runs this file


def same(value):
    """What it is given."""
    return value


def trained(seed: int, part: Dataset = PARTS["train"], *, shuffle: bool = True, change=same) -> tuple[nn.Module, float]:
    """Train as the program does, except for what is passed; ``change`` wraps the network.

    Returns the network after the last epoch, and its last training loss.
    """
    torch.manual_seed(seed)
    model = build(1, 10)
    set_statistics(model, part)
    wrapped = change(model)
    loader = DataLoader(part, 64, shuffle=shuffle, drop_last=True)
    *_, last = fit(wrapped, loader, DataLoader(PARTS["val"], 256), Namespace(epochs=EPOCHS, lr=0.1))
    return wrapped, last.train_loss


def tested(model: nn.Module, batch: int = 256, change=same, *, training: bool = False) -> float:
    """Accuracy on the test part, whose images go through ``change`` first; ``training``: eval() was forgotten."""
    model.train(training)
    counts = 0
    with torch.no_grad():
        for images, labels in DataLoader(PARTS["test"], batch):
            counts = counts + confusion(labels, model(change(images)))
    return accuracy(counts)


class Softmaxed(nn.Sequential):
    """A network that ends in a softmax, as people wrote before they handed it to CrossEntropyLoss."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__(model, nn.Softmax(dim=1))


def unnormalized(model: nn.Module) -> nn.Module:
    """Leave the values in [0, 1] as they are."""
    model[0].mean.zero_()
    model[0].std.fill_(1)
    return model


def by_class(part: Dataset) -> Subset:
    """The same images, all zeros first, then all ones, …"""
    return Subset(part, sorted(range(len(part)), key=lambda index: part[index][1].item()))


def span(values: list[float]) -> str:
    """The lowest and the highest of some accuracies or losses."""
    low, high = (f"{value:.3f}" if value < 10 else f"{value:.0f}" for value in (min(values), max(values)))
    return low if low == high else f"{low}–{high}"


GOOD = [trained(seed) for seed in SEEDS]
MODELS = [model for model, _ in GOOD]
with patch.object(torch.optim.SGD, "zero_grad"):  # called, and does nothing
    forgetful = [trained(seed) for seed in SEEDS]

# --8<-- [start:learning]
print("| 训练时的错 | 测试准确率 | 末轮训练损失 |")
print("| --- | --- | --- |")
runs = {
    "没有错（对照）": GOOD,
    "忘了 `zero_grad()`": forgetful,
    "按类排好，不打乱": [trained(seed, by_class(PARTS["train"]), shuffle=False) for seed in SEEDS],
    "先 softmax 再交叉熵": [trained(seed, change=Softmaxed) for seed in SEEDS],
    "不归一化": [trained(seed, change=unnormalized) for seed in SEEDS],
    "不打乱（顺序本来就混）": [trained(seed, shuffle=False) for seed in SEEDS],
}
for name, found in runs.items():
    print(f"| {name} | {span([tested(model) for model, _ in found])} | {span([loss for _, loss in found])} |")
# --8<-- [end:learning]

# --8<-- [start:using]
print("| 使用时的错 | 测试准确率 |")
print("| --- | --- |")
print(f"| 没有错（对照） | {span([tested(model) for model in MODELS])} |")
for batch in (256, 32, 4, 2):
    print(f"| 忘了 `eval()`，每批 {batch} 张 | {span([tested(m, batch, training=True) for m in map(deepcopy, MODELS)])} |")
for name, change in {
    "没除以 16（值是 0–16）": lambda images: images * 16,
    "没除以 255（值是 0–255）": lambda images: images * 255,
    "黑白反了": lambda images: 1 - images,
}.items():
    print(f"| {name} | {span([tested(model, change=change) for model in MODELS])} |")
# --8<-- [end:using]
