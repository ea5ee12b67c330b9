"""Shared by the tests of the notes on deep learning: the code of the notes, and the networks that it builds."""

import importlib

import pytest

from .notes import NOTES


@pytest.fixture(scope="module")
def code():
    """Import a module of the section's code folder by name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(NOTES / "code")
        yield importlib.import_module


@pytest.fixture(scope="module")
def built(code):
    """Every network that the note speaks of, on the meta device, with the side of its input."""
    import torch

    networks, resnet = code("networks"), code("resnet")
    with torch.device("meta"):
        return {
            "alexnet": (networks.alexnet(), 227),
            "alexnet ungrouped": (networks.alexnet(groups=1), 227),
            "alexnet tower": (networks.alexnet(networks.ONE_TOWER, groups=1, padding=2), 224),
            "alexnet as torchvision": (networks.alexnet(networks.TORCHVISION, groups=1, padding=2), 224),
            "googlenet": (networks.googlenet(), 224),
            "googlenet as torchvision": (networks.googlenet(as_torchvision=True), 224),
            **{f"vgg {depth}": (networks.vgg(depth), 224) for depth in (16, 19)},
            **{f"resnet {depth}": (resnet.resnet(depth), 224) for depth in (18, 34, 50, 101, 152)},
            **{f"resnet {depth} v1": (resnet.resnet(depth, v1=True), 224) for depth in (50, 101, 152)},
            "resnext 101 32x4d": (resnet.resnet(101, groups=32, base_width=4), 224),
            "resnext 101 64x4d": (resnet.resnet(101, groups=64, base_width=4), 224),
        }


@pytest.fixture(scope="module")
def measured(code, built):
    """Name -> (weight layers, parameters, multiply-adds), as the note counts them."""
    return {name: code("networks").measure(network, 3, side, side) for name, (network, side) in built.items()}
