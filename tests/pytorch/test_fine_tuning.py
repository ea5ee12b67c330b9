"""docs/pytorch/fine-tuning.md: what the program does to the network and to the photographs."""

import random
from pathlib import Path

import pytest
import torch
from PIL import Image

pytestmark = pytest.mark.torch

CODE = Path(__file__).parents[2] / "docs" / "pytorch" / "code"


@pytest.fixture(scope="module")
def practice(code, tmp_path_factory):
    return code("finetune_data").make_practice_set(tmp_path_factory.mktemp("photos"), each=3)


def test_training_and_validation_share_no_pixel(code, practice):
    """Each half of a photograph has its own columns; a crop's first row is found in the half of its part."""
    from sklearn.datasets import load_sample_images

    for name, pixels in zip(("寺庙", "花"), load_sample_images().images, strict=True):
        edge = pixels.shape[1] * 6 // 10
        for part, half in (("train", pixels[:, :edge]), ("val", pixels[:, edge:])):
            rows = [row.tobytes() for row in half]
            for file in (practice / part / name).iterdir():
                first = Image.open(file).crop((0, 0, 96, 1)).tobytes()
                assert any(first in row for row in rows), file


def test_the_names_of_the_parameters_are_torchvisions(code):
    """The names and shapes of torchvision's resnet18, some of them by heart of its published file."""
    state = code("finetune_model").ResNet18(1000).state_dict()
    assert len(state) == 122
    assert tuple(state["conv1.weight"].shape) == (64, 3, 7, 7)
    assert tuple(state["layer2.0.downsample.0.weight"].shape) == (128, 64, 1, 1)
    assert tuple(state["layer4.1.bn2.running_var"].shape) == (512,)
    assert sum(p.numel() for p in code("finetune_model").ResNet18(1000).parameters()) == 11_689_512


def test_the_backbone_learns_at_a_tenth_of_the_rate_of_the_head(code):
    finetune, model = code("finetune"), code("finetune_model").ResNet18(2)
    head, backbone = finetune.groups(model, 0.01)
    assert (head["lr"], backbone["lr"]) == (0.01, 0.001)
    assert len(head["params"]) == 2 and len(head["params"]) + len(backbone["params"]) == len(list(model.parameters()))


def test_a_frozen_backbone_does_not_change_in_training(code):
    finetune, model = code("finetune"), code("finetune_model").ResNet18(2)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    finetune.freeze(model)
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
    batch = [(torch.randn(4, 3, 32, 32), torch.tensor([0, 1, 0, 1]))]
    finetune.run(model, batch, "cpu", optimizer, frozen=True)
    changed = {key for key, value in model.state_dict().items() if not torch.equal(value, before[key])}
    assert changed == {"fc.weight", "fc.bias"}


def test_testing_is_the_same_each_time_and_training_is_not(code, practice):
    photos = code("finetune_data").Photos
    fixed, varied = photos(practice / "val", 32, training=False), photos(practice / "val", 32, training=True)
    assert torch.equal(fixed[0][0], fixed[0][0])
    assert not torch.equal(varied[0][0], varied[0][0])
    assert fixed[0][0].shape == (3, 32, 32)


@pytest.mark.parametrize("size", [(100, 40), (40, 100), (1, 1), (33, 33)])
def test_every_crop_lies_within_the_photograph(code, size):
    data, dice = code("finetune_data"), random.Random(0)
    image = Image.new("RGB", size, (10, 20, 30))
    for _ in range(200):
        made = data.for_training(image, 16, dice)
        assert made.size == (16, 16)
        assert len(made.getcolors()) == 1 and made.getpixel((0, 0)) != (0, 0, 0)  # nothing black from outside
    assert data.for_testing(image, 16).size == (16, 16)


def test_the_head_of_three_classes_has_so_many_parameters(code):
    head = code("finetune_model").ResNet18(3).fc
    assert sum(p.numel() for p in head.parameters()) == 1539


def test_without_photographs_and_weights_the_program_says_what_it_needs(code, capsys):
    with pytest.raises(SystemExit):
        code("finetune").main(["--data", "somewhere"])
    assert "--practice" in capsys.readouterr().err


def test_augmentation_did_not_help_in_the_table():
    rows = (CODE / "finetune_effects.out").read_text(encoding="utf-8")
    plain, shifted = ([float(v) for v in line.split("|")[3].split("–")] for line in rows.splitlines() if line.startswith("| 100 张"))
    assert max(shifted) < max(plain) and min(shifted) < min(plain)
