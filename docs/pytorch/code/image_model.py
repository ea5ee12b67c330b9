"""The network of the classifier, and the file that keeps it."""

import pickle
from pathlib import Path

import torch
from image_data import InputError
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

FOREIGN = (  # what reading a file that ``save`` did not write may raise
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
    """(x − mean) / std by channel; N×C×H×W in and out.

    The two numbers of each channel are saved and moved with the weights.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels, 1, 1))
        self.register_buffer("std", torch.ones(channels, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        return (images - self.mean) / self.std


def block(before: int, after: int) -> nn.Sequential:
    """N×before×H×W → N×after×H×W."""
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=1, bias=False),
        nn.BatchNorm2d(after),  # has a shift, so the bias above would be idle
        nn.ReLU(),
    )


def build(channels: int, classes: int) -> nn.Sequential:
    """N×channels×S×S in [0, 1] → N×classes logits, for S of 4 or more."""
    return nn.Sequential(
        Normalize(channels),
        block(channels, 16),
        block(16, 32),
        nn.MaxPool2d(2),
        block(32, 64),
        nn.AdaptiveAvgPool2d(2),  # N×64×2×2, whatever S is
        nn.Flatten(),
        nn.Linear(64 * 2 * 2, classes),
    )
# --8<-- [end:network]


# --8<-- [start:statistics]
def set_statistics(model: nn.Sequential, part: Dataset) -> None:
    """Measure mean and std of each channel, put them into the first layer."""
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
    """Keep what a prediction needs: tensors, class names, side of images."""
    kept = {"state": model.state_dict(), "classes": classes, "size": size}
    torch.save(kept, path)


def load(path: Path) -> tuple[nn.Sequential, list[str], int]:
    """The model, the class names, the side of images, as ``save`` kept them.

    Raises InputError when the file is missing or holds something else.
    """
    try:
        kept = torch.load(path, map_location="cpu", weights_only=True)
        if not isinstance(kept, dict):
            raise TypeError(type(kept))
        state, classes, size = kept["state"], kept["classes"], kept["size"]
        model = build(channels=len(state["0.mean"]), classes=len(classes))
        model.load_state_dict(state)
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"cannot read {path}: {reason}") from None
    except FOREIGN as error:
        why = f"no weights of this program ({type(error).__name__})"
        raise InputError(f"{path} holds {why}") from None
    return model, classes, size

# --8<-- [end:weights]
