"""Images for the classifier: scikit-learn's digits, or a folder of your own.

Every image becomes a float tensor C×S×S with values in [0, 1], every label
the index of its class name.
"""

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


class InputError(Exception):
    """Something about the images or the weights that the user can mend."""


# --8<-- [start:digits]
def digits() -> tuple[dict[str, Dataset], list[str]]:
    """1797 handwritten digits, 1×8×8, always split 1144 / 203 / 450.

    Returns the parts train, val and test by name, and the class names.
    """
    bunch = load_digits()  # grey levels 0 to 16, 16 is ink
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
    """Part off a share of the rows, with the same mix of classes in both."""
    return train_test_split(
        rows, test_size=share, stratify=target[rows], random_state=0
    )
# --8<-- [end:digits]


# --8<-- [start:read]
def read_image(path: Path, size: int, channels: int) -> Tensor:
    """An image file as channels×size×size in [0, 1]; 1 is grey, 3 is RGB.

    Raises InputError when the file is missing or is no image.
    """
    mode = "L" if channels == 1 else "RGB"
    try:
        with Image.open(path) as file:
            image = ImageOps.exif_transpose(file)  # as the phone was held
            image = image.convert(mode)
            image = image.resize((size, size), Image.Resampling.BILINEAR)
    except UnidentifiedImageError:
        raise InputError(f"{path} is no image that Pillow can read") from None
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"cannot read {path}: {reason}") from None
    values = torch.from_numpy(np.array(image)).to(torch.get_default_dtype())
    return values.reshape(size, size, channels).permute(2, 0, 1) / 255
# --8<-- [end:read]


# --8<-- [start:folder]
class FolderDataset(Dataset):
    """ROOT/<class name>/**/image, each image read when it is asked for.

    Classes are numbered in the order of their sorted names. Raises
    InputError when a class has no images.
    """

    def __init__(self, root: Path, size: int, channels: int) -> None:
        self.size, self.channels = size, channels
        self.classes = sorted(e.name for e in root.iterdir() if e.is_dir())
        self.items: list[tuple[Path, int]] = []
        for label, name in enumerate(self.classes):
            found = sorted((root / name).rglob("*"))
            files = [f for f in found if f.suffix.lower() in ENDINGS]
            if not files:
                raise InputError(f"no images in {root / name}")
            self.items += [(file, label) for file in files]

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        path, label = self.items[index]
        return read_image(path, self.size, self.channels), label


def folder(
    root: Path, size: int, channels: int
) -> tuple[dict[str, Dataset], list[str]]:
    """The parts ROOT/train, ROOT/val, ROOT/test, and their class names.

    Raises InputError when something is missing or the classes differ.
    """
    if not root.is_dir():
        raise InputError(f"no folder {root}")
    for name in PARTS:
        if not (root / name).is_dir():
            need = "train, val and test are needed"
            raise InputError(f"no folder {root / name}: {need}")
    parts = {p: FolderDataset(root / p, size, channels) for p in PARTS}
    classes = parts["train"].classes
    if len(classes) < 2:
        raise InputError(f"{root / 'train'} needs 2 class folders or more")
    for name, part in parts.items():
        if odd := sorted(set(part.classes) ^ set(classes)):
            both = f"{root / name} and {root / 'train'}"
            raise InputError(f"{both} have different classes: {odd}")
    return parts, classes
# --8<-- [end:folder]
