"""常见的错在手写数字上各要多少代价，每种三个种子（torch 2.13.0，双精度，单线程）。"""

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
torch.set_default_dtype(torch.float64)  # 换 CPU 也一样的数
PARTS, CLASSES = digits()
SEEDS = (0, 1, 2)
EPOCHS = 8  # 够了，而且 CI 每次都跑这个文件


def same(value):
    """原样交回。"""
    return value


def trained(seed: int, part: Dataset = PARTS["train"], *, shuffle: bool = True, change=same) -> tuple[nn.Module, float]:
    """照程序那样训练，只改传进来的；change 把网络包一层。

    返回最后一轮的网络和它的训练损失。
    """
    torch.manual_seed(seed)
    model = build(1, 10)
    set_statistics(model, part)
    wrapped = change(model)
    loader = DataLoader(part, 64, shuffle=shuffle, drop_last=True)
    *_, last = fit(wrapped, loader, DataLoader(PARTS["val"], 256), Namespace(epochs=EPOCHS, lr=0.1))
    return wrapped, last.train_loss


def tested(model: nn.Module, batch: int = 256, change=same, *, training: bool = False) -> float:
    """测试集上的准确率，图先过一遍 change；training：忘了 eval()。"""
    model.train(training)
    counts = 0
    with torch.no_grad():
        for images, labels in DataLoader(PARTS["test"], batch):
            counts = counts + confusion(labels, model(change(images)))
    return accuracy(counts)


class Softmaxed(nn.Sequential):
    """末尾带 softmax 的网络，然后又交给 CrossEntropyLoss。"""

    def __init__(self, model: nn.Module) -> None:
        super().__init__(model, nn.Softmax(dim=1))


def unnormalized(model: nn.Module) -> nn.Module:
    """值留在 0 到 1，不归一化。"""
    model[0].mean.zero_()
    model[0].std.fill_(1)
    return model


def by_class(part: Dataset) -> Subset:
    """同样的图，先全是 0，再全是 1……"""
    return Subset(part, sorted(range(len(part)), key=lambda index: part[index][1].item()))


def span(values: list[float]) -> str:
    """一组数的最低和最高。"""
    low, high = (f"{value:.3f}" if value < 10 else f"{value:.0f}" for value in (min(values), max(values)))
    return low if low == high else f"{low}–{high}"


GOOD = [trained(seed) for seed in SEEDS]
MODELS = [model for model, _ in GOOD]
with patch.object(torch.optim.SGD, "zero_grad"):  # 照样调用，但什么也不做
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
