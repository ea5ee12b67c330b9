"""kernel/network.mjs against PyTorch: the program that it writes runs and has the shapes, parameters and multiply-adds that it says."""

import random
import re
import shutil
import subprocess
from xml.etree import ElementTree

import pytest

from .conftest import NOT_NUMBERS, cases_of, is_error

CASES = cases_of("network-drawer")
LENET = "input 1 32 32\nconv 6 5x5\ntanh\navgpool 2x2\nconv 16 5x5\ntanh\navgpool 2x2\nflatten\nfc 120\ntanh\nfc 84\ntanh\nfc 10"
BLOCK = "res {{ conv {0} 1x1 nobias; bn; relu; conv {0} 3x3 s{2} p1 nobias; bn; relu; conv {1} 1x1 nobias; bn {3} }}; relu\n"


def resnet50() -> str:
    text = "input 3 224 224\nconv 64 7x7 s2 p3 nobias; bn; relu; maxpool 3x3 s2 p1\n"
    for stage, count in enumerate((3, 4, 6, 3)):
        width, stride = 64 * 2**stage, 1 if stage == 0 else 2
        text += BLOCK.format(width, 4 * width, stride, f"| proj {4 * width} s{stride}")
        text += f"x{count - 1} {{\n{BLOCK.format(width, 4 * width, 1, '')}}}\n"
    return text + "gap\nfc 1000\n"


# Programs made by chance


def layer(dice: random.Random, depth: int) -> str:
    k, s, p = dice.choice(["1x1", "3x3", "2x2", "1x3", "5x5"]), dice.randint(1, 3), dice.randint(0, 2)
    simple = [
        f"conv {dice.choice([2, 4, 6, 8])} {k} s{s} p{p}{dice.choice(['', ' nobias', ' d2', ' g2'])}", f"conv {dice.choice([4, 8])} 3x3 p1", f"maxpool {k} s{s}{dice.choice(['', ' p1', ' ceil'])}",
        "maxpool 2x2", f"avgpool {k}{dice.choice(['', ' s2 ceil', ' p1'])}", "bn", "relu", "tanh", "sigmoid", "dropout 0.5",
    ]
    if depth and dice.random() < 0.3:
        return dice.choice([
            f"res {{ conv 4 3x3 p1; {layer(dice, 0)} | proj 4 }}", f"res {{ bn; relu\n{layer(dice, 0)} }}", f"branch {{ {layer(dice, depth - 1)} | {layer(dice, 0)} | }}",
            "branch { conv 2 1x1 | maxpool 3x3 s1 p1; conv 3 1x1 }", f"x{dice.randint(1, 3)} {{\n{layer(dice, depth - 1)}; {layer(dice, 0)}\n}}",
            "x2 { res { conv 4 3x3 p1; bn | proj 4 }; relu }",
        ])
    return dice.choice(simple)


def program(dice: random.Random) -> str:
    lines = [f"input {dice.choice([2, 4])} {dice.randint(4, 24)} {dice.randint(4, 24)}", *(layer(dice, 2) for _ in range(dice.randint(1, 6)))]
    if dice.random() < 0.5:
        lines += [dice.choice(["gap", "flatten"]), *dice.choice([["fc 5"], ["bn", "fc 5 nobias", "relu", "fc 3"], ["dropout 0.2", "fc 4"], ["relu"], ["conv 3 1x1"]])]
    return "\n".join(lines)


def modules(code: str) -> dict:
    made: dict = {"__name__": "made"}
    exec(compile(code, "network", "exec"), made)
    return made


def measured(made: dict, shape: list[int]) -> tuple[list[int], int, int]:
    """Output shape, parameters and multiply-adds of a model, counted in PyTorch."""
    import torch
    from torch import nn

    model, macs = made["model"].eval(), 0

    def add(layer, _, output):
        nonlocal macs
        macs += output.numel() * layer.weight[0].numel()

    for one in model.modules():
        if isinstance(one, nn.Conv2d | nn.Linear):
            one.register_forward_hook(add)
    with torch.no_grad():
        out = list(model(torch.zeros(1, *shape)).shape[1:])
    return out + [1] * (3 - len(out)), sum(p.numel() for p in model.parameters()), macs


@pytest.mark.torch
def test_programs_made_by_chance_run_in_torch_with_the_same_numbers(kernel, dice, tmp_path):
    made = [program(dice) for _ in range(3 * CASES)]
    parsed = kernel("network", [["parse", one] for one in made])
    assert all(answer.keys() == {"layers", "params", "macs", "errors", "blocks"} for answer in parsed)
    good = [(one, answer) for one, answer in zip(made, parsed) if not answer["errors"]][:CASES]
    assert len(good) == CASES
    kinds = set()
    for (one, answer), code in zip(good, kernel("network", [["toTorch", answer] for _, answer in good])):
        out, params, macs = measured(modules(code), answer["layers"][0]["in"])
        assert (answer["layers"][-1]["out"], answer["params"], answer["macs"]) == (out, params, macs), one
        kinds |= {layer["type"] for layer in answer["layers"]}
    assert kinds == {"input", "conv", "bn", "relu", "tanh", "sigmoid", "maxpool", "avgpool", "gap", "flatten", "fc", "dropout", "res", "branch", "proj"}


@pytest.mark.torch
def test_what_torch_prints_is_read_back_as_the_same_network(kernel, dice):
    made = [one for one in (program(dice) for _ in range(400)) if not re.search("avgpool.*ceil", one)]  # which torch does not print
    parsed = [answer for answer in kernel("network", [["parse", one] for one in made]) if not answer["errors"]]
    printed = [str(modules(code)["model"]) for code in kernel("network", [["toTorch", answer] for answer in parsed])]
    read = kernel("network", [["fromTorch", text] for text in printed])
    kept = [(answer, text.split("\n", 1)[1]) for answer, text in zip(parsed, read, strict=True) if not is_error(text)]  # an error: a kernel of two strides, or no layer at all
    again = kernel("network", [["parse", f"input {' '.join(map(str, answer['layers'][0]['in']))}\n{inside}"] for answer, inside in kept])
    for (answer, inside), other in zip(kept, again, strict=True):
        assert (other["errors"], other["params"], other["macs"]) == ([], answer["params"], answer["macs"]), inside
        assert other["layers"][-1]["out"] == answer["layers"][-1]["out"]
    assert len(kept) > 0.8 * len(parsed) > 50


@pytest.mark.torch
def test_torchvision_s_way_to_print_a_residual_network_is_read(kernel):
    from torch import nn

    class Bottleneck(nn.Module):
        def __init__(self, channels, width, stride, down):
            super().__init__()
            self.conv1, self.bn1 = nn.Conv2d(channels, width, 1, bias=False), nn.BatchNorm2d(width)
            self.conv2, self.bn2 = nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
            self.conv3, self.bn3 = nn.Conv2d(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width)
            self.relu = nn.ReLU(inplace=True)
            if down:
                self.downsample = nn.Sequential(nn.Conv2d(channels, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width))

    class ResNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.bn1, self.relu = nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)
            self.maxpool = nn.MaxPool2d(3, 2, 1)
            channels = 64
            for stage, count in enumerate((3, 4, 6, 3)):
                blocks = []
                for i in range(count):
                    blocks.append(Bottleneck(channels, 64 * 2**stage, 2 if stage and not i else 1, not i))
                    channels = 256 * 2**stage
                setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
            self.avgpool, self.fc = nn.AdaptiveAvgPool2d((1, 1)), nn.Linear(2048, 1000)

    model = ResNet()
    (text,) = kernel("network", [["fromTorch", str(model)]])
    read, drawn = kernel("network", [["parse", text], ["parse", resnet50()]])
    assert read["errors"] == [] and read["params"] == drawn["params"] == sum(p.numel() for p in model.parameters()) == 25_557_032
    assert read["macs"] == drawn["macs"] == 4_089_184_256
    vgg = "Sequential(\n  (0): Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1))\n  (1): ReLU()\n  (2): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)\n" \
          "  (3): Flatten(start_dim=1, end_dim=-1)\n  (4): Linear(in_features=1176, out_features=10, bias=True)\n)"
    assert kernel("network", [["fromTorch", vgg]]) == ["input 1 32 32\nconv 6 5x5\nrelu\nmaxpool 2x2\nflatten\nfc 10\n"]  # 6 · 14 · 14


# The language


def test_the_lists_of_known_networks(kernel):
    lenet, resnet, repeated = kernel("network", [["parse", text] for text in (LENET, resnet50(), "input 2 8 8\nx3 { conv 2 3x3; relu }\nres { bn }; branch { conv 1 1x1 | }")])
    assert lenet["params"] == 61_706 and lenet["errors"] == [] and [one["out"] for one in lenet["layers"]][-6:] == [[400, 1, 1], [120, 1, 1], [120, 1, 1], [84, 1, 1], [84, 1, 1], [10, 1, 1]]
    assert resnet["errors"] == [] and sum(one["type"] == "res" for one in resnet["layers"]) == 16
    assert [(one["line"], one["type"]) for one in repeated["layers"]] == [
        (1, "input"), *[(2, kind) for kind in ("conv", "relu")] * 3, (3, "bn"), (3, "res"), (3, "conv"), (3, "branch")]
    assert repeated["layers"][1] == {"line": 2, "type": "conv", "in": [2, 8, 8], "out": [2, 6, 6], "params": 38, "macs": 1296}
    assert repeated["layers"][-1] == {"line": 3, "type": "branch", "in": [2, 2, 2], "out": [3, 2, 2], "params": 0, "macs": 0}
    assert all(one.keys() == {"line", "type", "in", "out", "params", "macs"} for one in resnet["layers"])


def test_defaults_and_punctuation(kernel):
    texts = ["input 3 8 8\nmaxpool 2x2", "input 3 8 8; maxpool 2x2 s1", "input 3 8 8\r\nconv 4 3x3", "input 3 8 8\nbranch\n{\nconv 1 1x1\n|\nconv 2 1x1\n}\n", "input 3 8 8；conv 4 1x1；relu",
             "\n\ninput 3 8 8\n\nrelu\n", "input 3 8 8\nconv 4 3x3 p1 s2 nobias", "input 3 20 20\nx1 {}\nx2 { x2 { conv 3 3x3 } }"]
    answers = kernel("network", [["parse", text] for text in texts])
    assert all(answer["errors"] == [] for answer in answers), answers
    assert [answer["layers"][-1]["out"] for answer in answers] == [[3, 4, 4], [3, 7, 7], [4, 6, 6], [3, 8, 8], [4, 8, 8], [3, 8, 8], [4, 4, 4], [3, 12, 12]]
    assert [one["line"] for one in answers[5]["layers"]] == [3, 5] and answers[3]["layers"][-1]["line"] == 2


def errors(kernel, text):
    (answer,) = kernel("network", [["parse", text]])
    return [one["line"] for one in answer["errors"]], answer


FAULTS = ["conv", "conv 4", "conv 4 3", "conv 4 3x3 s0", "conv 0 3x3", "conv 4 9x9", "conv 4 3x3 g2", "conv 4 3x3 s2 s2", "conv 4 3x3 q1", "conv -4 3x3", "conv 4 3x3 bias", "conv 4.5 3x3",
          "maxpool", "maxpool 2x2 p2", "maxpool 9x9", "avgpool 2x2 d2", "bn 3", "relu 1", "gap 2", "fc", "fc 10", "fc 10 20", "dropout", "dropout 2", "dropout x", "proj 4", "input 3 8 8",
          "pool 2x2", "conv2d 3 3x3", "x3", "res", "branch", "{ relu }", "relu { relu }", "res { }", "res { conv 3 3x3 }", "res { relu | relu | relu }", "branch { conv 1 1x1 | conv 1 3x3 }",
          "x0 { relu }", "x2 { relu | tanh }", "conv 1000001 1x1", "x2 { conv 4 9x9 }", "res 3 { relu }", "conv 4 3x3 p1000001"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_line_is_one_error_with_its_number_and_leaves_the_shape(kernel, fault):
    lines, answer = errors(kernel, f"input 3 8 8\nrelu\n{fault}\nconv 5 1x1\n")
    assert lines == [3], answer["errors"]
    assert any("一" <= letter <= "鿿" for letter in answer["errors"][0]["message"])
    last = answer["layers"][-1]
    assert (last["in"], last["out"], last["line"]) == ([3, 8, 8], [5, 8, 8], 4)


def test_braces_that_do_not_match_are_told_at_their_line(kernel):
    assert errors(kernel, "input 3 8 8\nres {\nrelu\n")[0] == [2]
    assert errors(kernel, "input 3 8 8\nrelu }\n| tanh\n")[0] == [2, 3]
    assert errors(kernel, "")[0] == errors(kernel, "conv 3 3x3")[0] == [1]
    assert errors(kernel, "\ninput 3 8\nrelu")[0] == [2]


def test_the_message_names_the_nearest_that_would_do(kernel):
    told = {fault: errors(kernel, f"input 6 8 8\n{fault}")[1]["errors"][0]["message"] for fault in (
        "maxpol 2x2", "conv 4 3x3 g4", "conv 6 3", "conv 4 9x9", "res { conv 8 3x3 s2 p1 }", "fc 10", "conv 6 3x3 s2.5")}
    for fault, nearest in {"maxpol 2x2": "maxpool", "conv 4 3x3 g4": "g3", "conv 6 3": "3x3", "conv 4 9x9": "1", "res { conv 8 3x3 s2 p1 }": "proj 8 s2", "fc 10": "flatten"}.items():
        assert nearest in told[fault], told[fault]


# Pictures


def test_the_picture_holds_each_layer_its_shape_and_a_description(kernel):
    (parsed,) = kernel("network", [["parse", resnet50()]])
    svg, said = kernel("network", [["toSvg", parsed], ["describe", parsed]])
    tree = ElementTree.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    texts = ["".join(one.itertext()) for one in tree.iter(f"{space}text")]
    assert tree.find(f"{space}title").text and tree.find(f"{space}desc").text == said
    assert texts.count("+") == 8 and {"×2", "×3", "×5"} <= set(texts)  # repeats are folded: 4 blocks with a projection, 4 folded ones
    assert "conv 64 7x7 s2 p3 nobias" in texts and any(text.startswith("64×112×112，参数 9,408，118 M MACs") for text in texts)
    assert "style=" not in svg and "<script" not in svg and "25,557,032" in said
    view = list(map(float, tree.get("viewBox").split()))
    for one in tree.iter(f"{space}rect"):
        assert float(one.get("x")) >= 0 and float(one.get("x")) + float(one.get("width")) <= view[2] and float(one.get("y")) + float(one.get("height")) <= view[3]


def test_text_of_a_reader_cannot_leave_the_picture(kernel):
    (parsed,) = kernel("network", [["parse", 'input 3 8 8\nconv 4 3x3 p1\n<script>"&']])
    (svg,) = kernel("network", [["toSvg", parsed]])
    ElementTree.fromstring(svg)
    assert "<script>" not in svg


# Stand-ins for PlotNeuralNet's layers/: the two pictures with the keys and the places that its own have, drawn flat.
STYLES = r"""
\usetikzlibrary{arrows.meta}
\def\edgecolor{rgb:blue,4;red,1;green,4;black,3}
\newcommand{\midarrow}{\tikz \draw[-Stealth,draw=\edgecolor] (-0.3,0) -- ++(0.3,0);}
\pgfkeys{/stub/.cd, name/.store in=\stubname, caption/.store in=\stubcaption, xlabel/.store in=\stubx, zlabel/.store in=\stubz, fill/.store in=\stubfill,
  height/.store in=\stubheight, depth/.store in=\stubdepth, width/.store in=\stubwidth, opacity/.store in=\stubopacity, radius/.store in=\stubradius, logo/.store in=\stublogo}
\newcommand{\places}[2]{\coordinate (\stubname-west) at (0,#2/2); \coordinate (\stubname-east) at (#1,#2/2); \coordinate (\stubname-north) at (#1/2,#2);}
\tikzset{
  pics/Box/.style={code={\pgfkeys{/stub/.cd,#1}\path[draw,fill=\stubfill] (0,0) rectangle (\stubwidth*0.2,\stubheight*0.2); \node at (0,0) {\stubcaption}; \places{\stubwidth*0.2}{\stubheight*0.2}}},
  pics/Ball/.style={code={\pgfkeys{/stub/.cd,#1}\path[draw,fill=\stubfill,opacity=\stubopacity] (0.5,0.5) circle (0.5); \node at (0.5,0.5) {\stublogo}; \places{1}{1}}},
}
"""
SKIPS = "input 3 32 32\nconv 8 3x3 p1; bn; relu\n" \
    "res { conv 8 3x3 p1; relu }\nbranch { conv 4 1x1 | maxpool 3x3 s1 p1; conv 4 1x1 }\nx2 { conv 8 3x3 p1 }\nres { conv 16 3x3 s2 p1 | proj 16 s2 }\ngap\nfc 10"


@pytest.mark.parametrize("text", [SKIPS, "input 1 8 8\nconv 2 3x3"])
def test_tikz_is_whole_and_compiles_where_there_is_a_tex(kernel, tmp_path, text):
    """With PlotNeuralNet itself it was compiled once; here what it asks for is checked, and compiled with stand-ins where LaTeX is."""
    (parsed,) = kernel("network", [["parse", text]])
    (tikz,) = kernel("network", [["toTikz", parsed]])
    assert not parsed["errors"] and tikz.count("{") == tikz.count("}")
    assert set(re.findall(r"\\pic at \([\d.]+,\d+,0\) \{(\w+)=", tikz)) <= {"Box", "Ball"}
    keys = set(re.findall(r"[{ ](\w+)=", "".join(re.findall(r"\\pic at .*", tikz)))) - {"Box", "Ball"}
    assert keys <= set(re.findall(r"(\w+)/\.store in", STYLES)), "a key that PlotNeuralNet's pictures have not"
    if shutil.which("pdflatex"):
        (tmp_path / "layers").mkdir()
        (tmp_path / "mine").mkdir()
        (tmp_path / "layers" / "init.tex").write_text(STYLES, encoding="utf-8")
        (tmp_path / "mine" / "net.tex").write_text(tikz, encoding="utf-8")
        done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "net.tex"], cwd=tmp_path / "mine", capture_output=True, encoding="latin-1")
        assert done.returncode == 0, done.stdout[-2000:]
        assert (tmp_path / "mine" / "net.pdf").stat().st_size > 1000


def test_tikz_has_a_box_for_each_layer_with_weights_or_pooling_and_asks_for_no_other_style(kernel):
    (parsed,) = kernel("network", [["parse", resnet50()]])
    (tikz,) = kernel("network", [["toTikz", parsed]])
    boxes = [one for one in parsed["layers"] if one["type"] in ("conv", "proj", "maxpool", "avgpool", "gap", "fc", "input")]
    assert tikz.count("{Box={") == len(boxes) and tikz.count("{Ball={") == 16
    names = re.findall(r"name=(\w+)", tikz)
    assert len(set(names)) == len(names) and set(re.findall(r"\((b\d+)-(?:east|west|north)\)", tikz)) <= set(names)
    assert tikz.count("{") == tikz.count("}") and tikz.count("copyconnection] (") == 12
    told = re.findall(r"caption=(\w+), xlabel=\{\{(\d+), \}\}, zlabel=(\d+)", tikz)
    assert told == [(one["type"], str(one["out"][0]), str(one["out"][1])) for one in boxes]


# Impossible input


def test_impossible_input_is_told(kernel):
    (parsed, faulty, empty) = kernel("network", [["parse", "input 3 8 8\nrelu"], ["parse", "input 3 8 8\nrelo"], ["parse", ""]])
    bad = [["parse", value] for value in NOT_NUMBERS[1:]] + [["parse"], ["parse", 3], ["parse", "x1000 {" * 60], ["parse", "input 1 1 1\nx1000 { x1000 { relu } }"], ["parse", "a" * (10**6 + 1)]]
    bad += [[name, value] for name in ("toTorch", "toTikz") for value in (faulty, empty, None, {}, [], "x")] + [["toSvg", value] for value in (empty, None, {}, "x")]
    bad += [["fromTorch", value] for value in (None, 3, "", "foo", "Sequential(\n  (0): LSTM(3, 4)\n)", "Sequential(\n  (0): Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 2))\n)")]
    answers = kernel("network", bad)
    assert [case for case, answer in zip(bad, answers) if not is_error(answer)] == []
    assert "<svg" in kernel("network", [["toSvg", faulty]])[0] and "nn.ReLU()" in kernel("network", [["toTorch", parsed]])[0]
