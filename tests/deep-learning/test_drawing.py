"""The note on drawing: its figure is drawn afresh, what it tells readers to type is read as the tools would read it."""

import ast
import json
import math
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PIL import Image

from .notes import NOTES, example, unsaid

PAGE = (NOTES / "drawing.md").read_text(encoding="utf-8")
OUTPUT = (NOTES / "code" / "lenet_tools.out").read_text(encoding="utf-8")
SHAPES = [(1, 32), (6, 28), (6, 14), (16, 10), (16, 5), (120, 1), (84, 1), (10, 1)]  # maps and side, as the paper gives them
DRAWN = json.loads((Path(__file__).parent / "recorded" / "drawings.json").read_text(encoding="utf-8"))
SVG = "{http://www.w3.org/2000/svg}"


def printed(section: str) -> str:
    return OUTPUT.split(f"[start:{section}]\n")[1].split("\n# --8<--")[0]


def test_the_sizes_are_those_of_the_paper(code):
    assert [(layer.maps, layer.size) for layer in code("lenet_layers").layers()] == SHAPES


def test_a_window_that_does_not_fit_is_refused(code):
    with pytest.raises(ValueError, match="C3"):
        code("lenet_layers").layers(size=12)
    with pytest.raises(ValueError, match="C5"):
        code("lenet_layers").layers(size=28)


def test_the_committed_figure_is_what_the_code_draws(code):
    drawing = code("draw_lenet")
    assert drawing.TARGET.read_text(encoding="utf-8") == drawing.svg(), "run: python docs/deep-learning/code/draw_lenet.py"


def test_the_drawing_program_writes_the_figure_beside_its_note(tmp_path, code):
    shutil.copytree(NOTES / "code", tmp_path / "code", ignore=shutil.ignore_patterns("*.out", "__pycache__"))
    subprocess.run([sys.executable, "code/draw_lenet.py"], cwd=tmp_path, check=True)
    assert (tmp_path / "drawing.assets" / "lenet5.svg").read_text(encoding="utf-8") == code("draw_lenet").svg()


def test_the_figure_draws_every_map_and_names_every_size(code):
    drawing = code("draw_lenet")
    root = ElementTree.fromstring(drawing.svg())
    boxes = [element.get("class") for element in root.iter(f"{SVG}rect")]
    assert boxes.count("map") + boxes.count("pooled") == sum(maps for maps, side in SHAPES if side > 1)
    assert boxes.count("vector") == 3
    words = [element.text for element in root.iter(f"{SVG}text")]
    for maps, side in SHAPES:
        assert (f"{maps}@{side}×{side}" if side > 1 else str(maps)) in words
    assert "60,000" in root.find(f"{SVG}desc").text
    assert root.find(f"{SVG}title").text and "prefers-color-scheme: dark" in drawing.svg()


def test_every_window_covers_the_cells_of_the_value_where_its_lines_end(code):
    """In the figure as it stands: windows and values lie on whole cells of their maps, and a value is made by its window."""
    root = ElementTree.fromstring(code("draw_lenet").TARGET.read_text(encoding="utf-8"))
    boxes = [(element.get("class"), *(float(element.get(name)) for name in ("x", "y", "width"))) for element in root.iter(f"{SVG}rect")]
    stacks = iter([box[1:] for box in boxes if box[0] in ("map", "pooled")])
    fronts = [[next(stacks) for _ in range(maps)][-1] for maps, side in SHAPES if side > 1]
    windows, values = ([box[1:] for box in boxes if box[0] == kind] for kind in ("window", "value"))
    lines = [[float(number) for number in re.findall(r"-?[\d.]+", path.get("d"))] for path in root.iter(f"{SVG}path")]

    def cells(box, layer):
        """Column, row and side of a square on the foremost map of a layer, in cells of that map."""
        (x, y, edge), (left, top, whole) = box, fronts[layer]
        scale = whole / SHAPES[layer][1]
        return (x - left) / scale, (y - top) / scale, edge / scale

    for layer, (window, value, stride, kernel) in enumerate(zip(windows, values, (1, 2, 1, 2, 1), (5, 2, 5, 2, 5), strict=True)):
        column, row, edge = cells(value, layer + 1) if SHAPES[layer + 1][1] > 1 else (0, 0, 1)
        assert edge == 1 and column % 1 == row % 1 == 0, SHAPES[layer + 1]
        assert cells(window, layer) == (stride * column, stride * row, kernel), SHAPES[layer]
        (x, y, side), middle = window, [coordinate + value[2] / 2 for coordinate in value[:2]]
        begun = [line[:2] for line in lines if line[-2:] == middle]
        around = layer == 3  # its one line goes around to the next row
        assert begun == ([[x + side, y + side / 2]] if around else [[x + side, y], [x + side, y + side]])


def test_words_of_the_figure_stay_in_their_column(code):
    drawing = code("draw_lenet")
    for element in ElementTree.fromstring(drawing.svg()).iter(f"{SVG}text"):
        width = sum(13 if ord(letter) > 0x2E80 else 7.3 for letter in element.text)
        assert width <= drawing.COLUMN - 4, element.text


def test_the_rows_for_nn_svg_hold_the_sizes_and_the_windows(code):
    lines = printed("nn-svg").splitlines()
    numbers = [[int(cell) for cell in re.findall(r"\d+", line)] for line in lines[1:]]
    assert [(row[0], row[1], row[2]) for row in numbers[:-1]] == [(maps, side, side) for maps, side in SHAPES if side > 1]
    assert [row[3] for row in numbers[:-1]] == [5, 2, 5, 2, 5]
    assert numbers[-1] == [120, 84, 10]
    stacks = [maps for maps, side in SHAPES if side > 1]
    assert sum(stacks) == DRAWN["NN-SVG"]["rects"] and not unsaid(PAGE, [(sum(stacks), "+".join(map(str, stacks)))])


def test_the_lines_for_convnetdraw_are_calls_of_names_that_it_knows():
    lines = [re.fullmatch(r"(\w+)\((\d+), (\d+), (\d+)\)", line) for line in printed("convnetdraw").splitlines()]
    assert [(int(line[4]), int(line[2])) for line in lines] == SHAPES
    assert {line[1] for line in lines} <= {"input", "conv", "relu", "pool", "fullyconn", "softmax"}


def test_the_width_that_convnetdraw_needs_follows_from_its_sliders():
    zoom, depth, gap, left = 4, 0.3, 5, 10  # its default Zoom X and Zoom Y, Ratio 1 / 1000, and the constants of drawItem
    width = left + sum(zoom * maps + zoom * side * depth + gap for maps, side in SHAPES) - gap  # no block follows the last gap
    assert not unsaid(PAGE, [(math.ceil(width + 0.5), "像素宽")])  # half a pixel of the last line
    block = zoom * 6 + zoom * 28 * depth + gap
    assert f'data-answer="{block:g}"' in PAGE and not unsaid(PAGE, [(f"= {block:g}",)])


def test_the_lists_for_draw_convnet_are_python():
    names = {}
    for node in ast.parse(printed("draw-convnet")).body:
        names.setdefault(node.targets[0].id, []).append(ast.literal_eval(node.value))
    assert names["size_list"] == [[(side, side) for _, side in SHAPES if side > 1]]
    assert names["num_list"] == [[maps for maps, side in SHAPES if side > 1], [120, 84, 10]]
    assert len(names["patch_size_list"][0]) == len(names["size_list"][0]) - 1


def test_the_example_that_draw_convnet_ships_fits_no_stride_and_padding():
    fits = [
        (stride, padding)
        for stride in range(1, 6)
        for padding in range(20)
        if all((side + 2 * padding - 5) // stride + 1 == after for side, after in ((32, 18), (10, 6)))
    ]
    assert not fits and not unsaid(PAGE, [("32→18", "10→6")])


def test_the_file_for_plotneuralnet_is_python_that_calls_what_the_tool_has():
    tree = ast.parse(printed("plotneuralnet"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    blocks = [call for call in calls if call.func.id == "to_Conv"]
    assert [(block.args[2].value, block.args[1].value) for block in blocks] == SHAPES
    assert {call.func.id for call in calls} == {"to_head", "to_cor", "to_begin", "to_Conv", "to_connection", "to_end", "to_generate"}


def test_the_character_in_the_error_messages_is_the_one_that_was_typed():
    assert not unsaid(PAGE, [(f"卷 (U+{ord('卷'):X})",), (f"Glyph {ord('卷')}", f"IDEOGRAPH-{ord('卷'):X}")])


@pytest.mark.parametrize(
    "url",
    [
        "http://alexlenail.me/NN-SVG/index.html",
        "https://github.com/HarisIqbal88/PlotNeuralNet",
        "https://cbovar.github.io/ConvNetDraw/",
        "https://github.com/gwding/draw_convnet",
    ],
)
def test_each_link_of_2019_heads_its_entry_with_kind_and_state(url):
    entry = re.search(rf"^\[[^\]]+\]\({re.escape(url)}\)\n((?:[: ] .*\n)+)", PAGE, re.MULTILINE)
    assert entry, url
    assert all(f"**{word}" in entry[1] for word in ("状态", "今天读什么"))
    assert re.search(r"\*\*(工具|仓库) · 英文 · \d{4}", entry[1])


def test_the_table_and_the_list_of_links_tell_the_same_dates():
    (row,) = re.findall(r"^\| 最后提交 \|(.*)\|$", PAGE, re.MULTILINE)
    dates = [cell.strip() for cell in row.split("|")]
    assert re.findall(r"最后提交 (\d{4}-\d\d-\d\d)", PAGE[PAGE.index("## 链接") :]) == dates
    assert dates == ["2025-07-10", "2020-11-06", "2019-10-17", "2018-07-04"]
    assert not unsaid(PAGE, [("NN-SVG", max(dates)[:4], "还有提交")])


@pytest.mark.torch
def test_shapes_in_sentences_are_those_of_the_layers(code):
    net = code("lenet_layers").layers()
    shapes = [f"{layer.maps}@{layer.size}×{layer.size}" if layer.size > 1 else str(layer.maps) for layer in net]
    parameters = sum(p.numel() for p in example("lenet").tutorial(1).parameters())
    facts = [
        (f"{'零一二三四五六七八'[len(net)]}个形状", "、".join(shapes[-3:])),
        tuple(shapes),
        (shapes[1].replace("×", "x"), f"1x{shapes[5]}"),
        (f"{net[1].size}x{net[1].size}x{net[1].maps}",),
        ("torchinfo", parameters),
        ("12×12",),
    ]
    assert not unsaid(PAGE, facts)


# The four pictures. They were drawn once with the tools, which are not part of this repository; see record_drawings.py.


def test_each_tool_of_the_table_has_its_picture_its_commit_and_its_licence_on_the_page():
    pictures = {"NN-SVG": "nn-svg", "PlotNeuralNet": "plotneuralnet", "ConvNetDraw": "convnetdraw", "draw_convnet": "draw-convnet"}
    licences = {"NN-SVG": "MIT", "PlotNeuralNet": "MIT", "ConvNetDraw": "没有许可证", "draw_convnet": "BSD-3"}
    for tool, picture in pictures.items():
        image = Image.open(NOTES / "drawing.assets" / f"{picture}.png")
        assert 900 <= image.width <= 1400 and (NOTES / "drawing.assets" / f"{picture}.png").stat().st_size < 60_000
        assert f"drawing.assets/{picture}.png" in PAGE
        assert not unsaid(PAGE, [(f"**{tool}**（{licences[tool]}）",), (f"@{DRAWN[tool]['commit'][:7]}", DRAWN[tool]["commit"])])
    assert not unsaid(PAGE, [(DRAWN["drawn on"],)])


def test_the_tools_drew_what_the_page_says_of_them():
    maps = [maps for maps, side in SHAPES if side > 1]
    vectors = [count for count, side in SHAPES if side == 1]
    shown = sum(count if count <= 8 else 4 for count in maps) + sum(count if count <= 20 else 16 for count in vectors)
    dots = 4 * sum(count > 8 for count in maps) + 4 * sum(count > 20 for count in vectors)
    windows = 4
    assert (DRAWN["draw_convnet"]["rectangles"], DRAWN["draw_convnet"]["dots"]) == (shown + windows, dots)
    assert not unsaid(PAGE, [("超过 8", "前后各 2 张", "4 个点", "超过 20", "前后各 8 个")])
    assert {f"{side}x{side}x{count}" for count, side in SHAPES} <= set(DRAWN["ConvNetDraw"]["labels"]) and DRAWN["ConvNetDraw"]["loops add up"]
    assert (DRAWN["PlotNeuralNet"]["boxes"], DRAWN["PlotNeuralNet"]["arrows"]) == (len(SHAPES), len(SHAPES) - 1)
    assert DRAWN["NN-SVG"]["saves Chinese"]
    assert "tight_layout" in PAGE and "Tight layout" in DRAWN["draw_convnet"]["warning"]
