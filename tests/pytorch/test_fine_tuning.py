"""docs/pytorch/fine-tuning.md: what the program does to the network and to the photographs."""

import ast
import random
from pathlib import Path

import numpy
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


def test_shifting_down_costs_shifting_sideways_does_not_show_and_both_cannot_be_told():
    out = (CODE / "finetune_effects.out").read_text(encoding="utf-8")
    rows = [line.strip("|").split("|") for line in out.splitlines() if line.startswith("| 100 张")]
    plain, sideways, down, both = ([float(value) for value in row[2].split("–")] for row in rows)
    assert max(down) < min(plain)
    assert min(plain) <= max(sideways) and min(sideways) <= max(plain)  # the two ranges overlap
    assert min(both) < min(plain) and max(both) >= max(plain)


def test_a_digit_is_shifted_by_whole_pixels_and_what_is_left_free_is_zero(code):
    """As ``Shifted`` in finetune_effects.py, which trains when it is imported: its class alone is run here."""
    source = (CODE / "finetune_effects.py").read_text(encoding="utf-8")
    (wanted,) = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    names = {"torch": torch, "nn": torch.nn, "Dataset": torch.utils.data.Dataset}
    exec(ast.unparse(wanted), names)
    digit = torch.arange(1.0, 10.0).view(1, 3, 3)
    seen = {tuple(names["Shifted"]([(digit, 7)], 1, 0)[0][0].flatten().tolist()) for _ in range(50)}
    assert seen == {(1, 2, 3, 4, 5, 6, 7, 8, 9), (4, 5, 6, 7, 8, 9, 0, 0, 0), (0, 0, 0, 1, 2, 3, 4, 5, 6)}
    seen = {tuple(names["Shifted"]([(digit, 7)], 0, 1)[0][0].flatten().tolist()) for _ in range(50)}
    assert seen == {(1, 2, 3, 4, 5, 6, 7, 8, 9), (2, 3, 0, 5, 6, 0, 8, 9, 0), (0, 1, 2, 0, 4, 5, 0, 7, 8)}


def test_the_command_on_the_page_is_the_one_that_was_run(code, tmp_path, monkeypatch, capsys):
    """The precision belongs to the command: without --double the page would show numbers of another machine."""
    first = (CODE / "finetune_run.out").read_text(encoding="utf-8").splitlines()[1]
    program, *options = first.removeprefix("$ python ").split()
    finetune = code(program.removesuffix(".py"))
    kinds = []
    monkeypatch.setattr(finetune, "finetune", lambda model, *_: kinds.append(model.fc.weight.dtype))
    finetune.main(options)
    assert kinds == [torch.float64] and "--double" in options


def test_a_photograph_is_recognised_as_it_was_checked(code, practice, tmp_path):
    """The program for one photograph prepares it as validation did, and says the class of the network's own answer."""
    data, network = code("finetune_data"), code("finetune_model").ResNet18(2)
    torch.save({"state": network.state_dict(), "classes": ["寺庙", "花"], "size": 32}, tmp_path / "saved.pt")
    photos = data.Photos(practice / "val", 32, training=False)
    network.eval()
    for (path, _), (image, _) in zip(photos.items, photos, strict=False):
        shares = network(image[None]).softmax(dim=1)[0]
        name, share = code("finetune_predict").predict(tmp_path / "saved.pt", path)
        assert name == photos.classes[shares.argmax()] and share == pytest.approx(shares.max().item())


def test_training_keeps_what_recognising_needs(code, practice, tmp_path):
    finetune = code("finetune")
    finetune.torch.manual_seed(0)
    options = ["--practice", "--size", "32", "--head-epochs", "1", "--epochs", "0", "--out", str(tmp_path / "kept.pt")]
    finetune.main(options)
    kept = torch.load(tmp_path / "kept.pt", weights_only=True)
    assert kept["size"] == 32 and sorted(kept["classes"]) == ["寺庙", "花"]
    assert code("finetune_predict").predict(tmp_path / "kept.pt", practice / "val" / "花" / "00.png")[0] in kept["classes"]


def test_a_crop_that_would_stand_out_is_cut_short(code):
    """The area and the ratio are wanted, not promised: on a wide photograph a tall crop loses its height."""
    data = code("finetune_data")

    class Dice(random.Random):
        def uniform(self, low, high):
            return low if high == 4 / 3 else high  # the whole area, three to four

    boxes = []

    image = Image.new("RGB", (200, 50))
    resize = image.resize
    image.resize = lambda size, how, box: boxes.append(box) or resize(size, how, box=box)
    data.for_training(image, 16, Dice(0))
    ((left, top, right, bottom),) = boxes
    assert bottom - top == 50 and (right - left) * (bottom - top) < 200 * 50


# Mistakes of the user


@pytest.fixture
def photos(tmp_path):
    """DIR/{train,val}/{cat,dog}/1.png."""
    for place in ("train/cat", "train/dog", "val/cat", "val/dog"):
        (tmp_path / "DIR" / place).mkdir(parents=True)
        Image.new("RGB", (40, 40), "red").save(tmp_path / "DIR" / place / "1.png")
    return tmp_path / "DIR"


@pytest.fixture
def tuned(code, photos, monkeypatch, capsys):
    """Run the program on the photographs, with random weights and a training that is only noted."""
    finetune, begun = code("finetune"), []
    monkeypatch.chdir(photos.parent)
    monkeypatch.setattr(finetune, "pretrained", lambda path, classes: code("finetune_model").ResNet18(classes))
    monkeypatch.setattr(finetune, "finetune", lambda *_: begun.append(True))

    def go(*options):
        status = finetune.main(["--data", "DIR", "--weights", "w.pth", *options])
        printed = capsys.readouterr()
        return status, printed.out, printed.err, begun

    return go


def test_a_sixteen_bit_photograph_keeps_its_greys(code, tmp_path):
    values = numpy.repeat([[257 * 10, 257 * 200]], 4, axis=0).astype(numpy.uint16)
    (tmp_path / "val" / "grey").mkdir(parents=True)
    Image.fromarray(values).resize((64, 32), Image.Resampling.NEAREST).save(tmp_path / "val" / "grey" / "deep.png")
    data = code("finetune_data")
    image, _ = data.Photos(tmp_path / "val", 32, training=False)[0]
    red = image[0] * data.STD[0] + data.MEAN[0]
    assert red.min().mul(255).round() == 10 and red.max().mul(255).round() == 200


def test_a_class_that_validation_lacks_is_named_before_training(photos, tuned):
    (photos / "train" / "bird").mkdir()
    Image.new("RGB", (40, 40)).save(photos / "train" / "bird" / "1.png")
    status, _, complaint, begun = tuned()
    assert (status, complaint, begun) == (1, "错误：val 与 train 的类名不一样：bird\n", [])


def test_hidden_folders_and_files_are_no_classes_and_no_photographs(photos, tuned):
    for part in ("train", "val"):
        (photos / part / ".ipynb_checkpoints").mkdir()
        (photos / part / "cat" / "._1.png").write_bytes(b"")
    status, printed, complaint, begun = tuned()
    assert (status, complaint, begun) == (0, "", [True])
    assert printed.startswith("2 个类（cat、dog）：训练 2 张，验证 2 张")


def test_a_class_without_photographs_is_named(photos, tuned):
    (photos / "val" / "cat" / "1.png").unlink()
    status, _, complaint, begun = tuned()
    assert (status, complaint, begun) == (1, "错误：DIR/val/cat 里没有图\n", [])


def test_a_missing_part_is_named(photos, tuned):
    (photos / "val").rename(photos / "validation")
    status, _, complaint, _ = tuned()
    assert (status, complaint) == (1, "错误：没有文件夹 DIR/val：train、val 都要有\n")


def test_photographs_that_cannot_be_read_are_all_named_before_training(photos, tuned):
    (photos / "train" / "cat" / "2.jpg").write_bytes(b"no image")
    whole = (photos / "val" / "dog" / "1.png").read_bytes()
    (photos / "val" / "dog" / "1.png").write_bytes(whole[: len(whole) // 2])
    status, _, complaint, begun = tuned()
    assert status == 1 and not begun
    assert "DIR/train/cat/2.jpg 不是 Pillow 能读的图" in complaint and "DIR/val/dog/1.png" in complaint


@pytest.mark.parametrize("practice", [[], ["--practice"]], ids=["real", "practice"])
def test_weights_that_are_there_are_not_replaced_unasked(photos, tuned, practice):
    Path("finetuned.pt").write_text("precious")
    status, _, complaint, begun = tuned(*practice)
    assert (status, begun) == (1, []) and Path("finetuned.pt").read_text() == "precious"
    assert complaint == "错误：finetuned.pt 已经有了：用 --out 换个名字，或 --overwrite\n"
    assert tuned(*practice, "--overwrite")[0] == 0
    assert tuned(*practice, "--out", "other.pt")[0] == 0


def test_a_place_that_cannot_be_written_is_found_before_training(photos, tuned):
    assert tuned("--out", "nowhere/kept.pt")[2] == "错误：写不进 nowhere：No such file or directory\n"
    assert "是个文件夹" in tuned("--out", "DIR")[2]


@pytest.mark.parametrize("content", [{"fc.weight": torch.zeros(3, 512)}, None], ids=["other network", "no file"])
def test_weights_that_are_not_resnet18_are_refused_in_one_sentence(code, photos, monkeypatch, capsys, content):
    monkeypatch.chdir(photos.parent)
    if content:
        torch.save(content, "w.pth")
    assert code("finetune").main(["--data", "DIR", "--weights", "w.pth"]) == 1
    complaint = capsys.readouterr().err
    assert complaint.startswith("错误：") and "w.pth" in complaint and complaint.count("\n") == 1
    assert not Path("finetuned.pt").exists()
