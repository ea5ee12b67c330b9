"""分类器的图片：scikit-learn 自带的手写数字，或者你自己的文件夹。

每张图变成 C×S×S、值在 0 到 1 的浮点张量；标签是类名的序号。
"""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor
from torch.utils.data import Dataset, TensorDataset

PARTS = ("train", "val", "test")
ENDINGS = {".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff"}
ENDINGS |= {".webp"}
HIDDEN = "以点开头的"  # .DS_Store、.ipynb_checkpoints 一类


class InputError(Exception):
    """图片、权重或设置有毛病，使用的人自己能改。"""


# --8<-- [start:digits]
def digits() -> tuple[dict[str, Dataset], list[str]]:
    """1797 张手写数字，1×8×8，固定分成 1144 / 203 / 450。

    返回 {"train": …, "val": …, "test": …} 和类名。
    """
    bunch = load_digits()  # 灰度 0 到 16，16 是墨
    images = torch.from_numpy(bunch.images / 16).unsqueeze(1)
    images = images.to(torch.get_default_dtype())
    labels = torch.from_numpy(bunch.target).long()
    rest, test = split(np.arange(len(labels)), bunch.target, share=0.25)
    train, val = split(rest, bunch.target, share=0.15)
    parts = {
        name: TensorDataset(images[rows], labels[rows])
        for name, rows in zip(PARTS, (train, val, test), strict=True)
    }
    return parts, [str(digit) for digit in range(10)]


def split(rows: np.ndarray, target: np.ndarray, share: float) -> list:
    """分出一份，两份里各类的比例相同。"""
    return train_test_split(
        rows, test_size=share, stratify=target[rows], random_state=0
    )
# --8<-- [end:digits]


# --8<-- [start:read]
def read_image(path: Path, size: int, channels: int) -> Tensor:
    """读一张图：channels×size×size，0 到 1；1 是灰度，3 是 RGB。

    不管原来的长宽比，直接压成正方形。读不了就抛 InputError。
    """
    image = open_image(path, "L" if channels == 1 else "RGB")
    image = image.resize((size, size), Image.Resampling.BILINEAR)
    values = torch.from_numpy(np.array(image)).to(torch.get_default_dtype())
    return values.reshape(size, size, channels).permute(2, 0, 1) / 255


def open_image(path: Path, mode: str) -> Image.Image:
    """按手机拿的方向转正，变成 8 位的 mode；读不了就抛 InputError。"""
    try:
        with Image.open(path) as file:
            return eight_bit(ImageOps.exif_transpose(file), path).convert(mode)
    except UnidentifiedImageError:
        raise InputError(f"{path} 不是 Pillow 能读的图") from None
    except Image.DecompressionBombError:
        raise InputError(f"{path} 的像素太多，Pillow 不肯读（防压缩炸弹）") from None
    except (OSError, SyntaxError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"读不了 {path}：{reason}") from None


def eight_bit(image: Image.Image, path: Path) -> Image.Image:
    """16 位灰度（0 到 65535）除以 257 变成 8 位。

    Pillow 自己的 convert("L") 不缩放，255 以上一律成了 255：整张图全白，不报错。
    """
    if image.mode == "F":
        raise InputError(f"{path} 的像素是小数，不知道哪个数算白，先转成 8 位或 16 位")
    if not image.mode.startswith("I"):
        return image
    values = np.asarray(image).astype(np.int64)
    if values.min() < 0 or values.max() > 65535:
        raise InputError(f"{path} 的像素值超出 16 位（0 到 65535）")
    return Image.fromarray((values // 257).astype(np.uint8))
# --8<-- [end:read]


# --8<-- [start:folder]
class FolderDataset(Dataset):
    """ROOT/<类名>/**/图片，用到哪张读哪张。

    类名排序后编号；以点开头的、后缀不认识的跳过，记在 skipped 里。
    一个类没有图、文件夹打不开，抛 InputError。
    """

    def __init__(self, root: Path, size: int, channels: int) -> None:
        self.size, self.channels = size, channels
        entries = [entry for entry in root.iterdir() if not entry.name.startswith(".")]
        self.classes = sorted(entry.name for entry in entries if entry.is_dir())
        self.items: list[tuple[Path, int]] = []
        self.skipped = Counter({HIDDEN: len(list(root.iterdir())) - len(entries)})
        for label, name in enumerate(self.classes):
            files, hidden = files_below(root / name)
            self.skipped[HIDDEN] += hidden
            images = [file for file in files if file.suffix.lower() in ENDINGS]
            others = [file.suffix.lower() or file.name for file in files if file not in set(images)]
            self.skipped.update(others)
            if not images:
                only = f"，只有 {'、'.join(sorted(set(others)))}" if others else ""
                raise InputError(f"{root / name} 里没有图{only}")
            self.items += [(file, label) for file in images]

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        path, label = self.items[index]
        return read_image(path, self.size, self.channels), label


def files_below(root: Path) -> tuple[list[Path], int]:
    """一个文件夹下面的全部文件，按名字排；以点开头的不看，只数个数。"""

    def refuse(error: OSError) -> None:
        raise InputError(f"打不开 {error.filename}：{error.strerror}") from None

    found, hidden = [], 0
    for folder, inner, files in os.walk(root, onerror=refuse):
        hidden += sum(name.startswith(".") for name in inner + files)
        inner[:] = [name for name in inner if not name.startswith(".")]
        found += [Path(folder, name) for name in files if not name.startswith(".")]
    return sorted(found), hidden


def folder(root: Path, size: int, channels: int) -> tuple[dict[str, Dataset], list[str]]:
    """ROOT/train、ROOT/val、ROOT/test 三份，以及类名。

    缺了什么、三份的类名不一样，抛 InputError。
    """
    need_folders(root, PARTS)
    parts = {p: FolderDataset(root / p, size, channels) for p in PARTS}
    return parts, same_classes(parts)


def need_folders(root: Path, names: tuple[str, ...]) -> None:
    """root 和它下面的各份都要有，不然抛 InputError。"""
    if not root.is_dir():
        raise InputError(f"没有文件夹 {root}")
    for name in names:
        if not (root / name).is_dir():
            raise InputError(f"没有文件夹 {root / name}：{'、'.join(names)} 都要有")


def same_classes(parts: dict[str, FolderDataset]) -> list[str]:
    """各份共同的类名；不一样、不到两个，抛 InputError。"""
    classes = parts["train"].classes
    if len(classes) < 2:
        raise InputError("train 里至少要有两个类的文件夹")
    for name, part in parts.items():
        if odd := sorted(set(part.classes) ^ set(classes)):
            raise InputError(f"{name} 与 train 的类名不一样：{'、'.join(odd)}")
    return classes


def look_at_all(parts: Iterable[FolderDataset]) -> None:
    """训练之前把图各读一遍：坏图现在就报，不等训到一半。有坏图抛 InputError。"""
    wrong = []
    for path, _ in (item for part in parts for item in part.items):
        try:
            open_image(path, "RGB")
        except InputError as error:
            wrong.append(str(error))
    if wrong:
        more = f"；还有 {len(wrong) - 5} 张" if len(wrong) > 5 else ""
        raise InputError("；".join(wrong[:5]) + more)
# --8<-- [end:folder]
