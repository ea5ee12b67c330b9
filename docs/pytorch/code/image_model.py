"""分类器的网络，以及存它的文件。"""

import os
import pickle
from pathlib import Path

import torch
from image_data import InputError
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

FOREIGN = (  # 读一个不是 save 写的文件，可能抛出这些
    pickle.UnpicklingError,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    RuntimeError,
    TypeError,
)


# --8<-- [start:network]
class Normalize(nn.Module):
    """各通道 (x − 均值) / 标准差；进出都是 N×C×H×W。

    每个通道的两个数跟着权重一起存、一起搬。
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels, 1, 1))
        self.register_buffer("std", torch.ones(channels, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        return (images - self.mean) / self.std


def block(before: int, after: int) -> nn.Sequential:
    """N×before×H×W → N×after×H×W。"""
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=1, bias=False),
        nn.BatchNorm2d(after),  # 自己有平移量，上面的偏置是白加
        nn.ReLU(),
    )


def build(channels: int, classes: int) -> nn.Sequential:
    """N×channels×S×S（0 到 1）→ N×classes 个原始分数；S 不小于 4。"""
    return nn.Sequential(
        Normalize(channels),
        block(channels, 16),
        block(16, 32),
        nn.MaxPool2d(2),
        block(32, 64),
        nn.AdaptiveAvgPool2d(2),  # N×64×2×2，不管 S 是几
        nn.Flatten(),
        nn.Linear(64 * 2 * 2, classes),
    )
# --8<-- [end:network]


# --8<-- [start:statistics]
def set_statistics(model: nn.Sequential, part: Dataset) -> None:
    """量出每个通道的均值和标准差，放进第一层。"""
    total = squares = pixels = 0
    for images, _ in DataLoader(part, batch_size=256):  # N×C×S×S
        images = images.double()
        total = total + images.sum(dim=(0, 2, 3))
        squares = squares + images.square().sum(dim=(0, 2, 3))
        pixels += images.numel() // images.shape[1]
    mean = total / pixels
    std = (squares / pixels - mean.square()).clamp(min=1e-8).sqrt()
    model[0].mean.copy_(mean.view(-1, 1, 1))
    model[0].std.copy_(std.view(-1, 1, 1))
# --8<-- [end:statistics]


# --8<-- [start:weights]
def save(path: Path, model: nn.Module, classes: list[str], size: int) -> None:
    """存下预测要用的：张量、类名、图的边长。"""
    write_whole(path, {"state": model.state_dict(), "classes": classes, "size": size})


def write_whole(path: Path, kept: dict) -> None:
    """先写到旁边，写完再换名：中途断电、磁盘满，旧文件还在。"""
    beside = path.with_name(path.name + ".part")
    torch.save(kept, beside)
    os.replace(beside, path)


def load(path: Path) -> tuple[nn.Sequential, list[str], int]:
    """网络、类名、图的边长，与 save 存的一样。

    没有这个文件、里面是别的东西，抛 InputError。
    """
    kept = read_kept(path)
    try:
        state, classes, size = kept["state"], kept["classes"], kept["size"]
        model = build(channels=len(state["0.mean"]), classes=len(classes))
        model.load_state_dict(state)
    except FOREIGN as error:
        raise InputError(f"{path} 不是本程序存的权重（{type(error).__name__}）") from None
    return model, classes, size


def read_kept(path: Path) -> dict:
    """读一个只含张量和普通值的字典；读不了抛 InputError。"""
    try:
        kept = torch.load(path, map_location="cpu", weights_only=True)
        if not isinstance(kept, dict):
            raise TypeError(type(kept))
    except OSError as error:
        raise InputError(f"读不了 {path}：{error.strerror or error}") from None
    except FOREIGN as error:
        raise InputError(f"{path} 不是本程序存的权重（{type(error).__name__}）") from None
    return kept
# --8<-- [end:weights]
