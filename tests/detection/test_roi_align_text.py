"""docs/detection/roi-align.md: the numbers that stand in sentences, formulas and typed tables, computed again."""

import math
from importlib.metadata import version
from pathlib import Path

import pytest

from tests import prose

PAGE = (Path(__file__).parents[2] / "docs" / "detection" / "roi-align.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def roi(code):
    return code("roi")


@pytest.fixture(scope="module")
def example(code):
    return code("roi_example")


def missing(said):
    return prose.missing(PAGE, said)


def test_rounding_moves_the_left_end_by_half_a_cell_and_adds_a_half_to_one_and_a_half_on_the_right(roi):
    ends = [x / 64 for x in range(64 * 20)]
    left = max(abs(roi.rounded(end) - end) for end in ends)
    right = [roi.rounded(end) + 1 - end for end in ends]  # the cell of the right end belongs to the region
    assert left == 0.5 and 0.5 < min(right) < 0.52 and max(right) == 1.5
    assert not missing([
        "左端最多挪半格，右端因为含端点，总要多出半格到一格半",
        "按特征图第 $i$ 格占区间 $[i, i+1)$ 看",
        f"半格在步长 16 时是 {16 * left:g} 个图像像素，步长 32 时是 {32 * left:g} 个",
        f"旧版整体偏了半格，步长 16 就是 {16 * left:g} 个图像像素",
    ])


def test_the_worked_example_is_told_as_it_is(roi, example):
    x1, y1, x2, y2 = (end * example.scale for end in example.box)
    columns, rows = roi.pool_bins(x1, x2, 2, 8), roi.pool_bins(y1, y2, 2, 8)
    (left, shared), (_, right) = (columns[0][0], columns[0][1] - 1), (columns[1][0], columns[1][1] - 1)
    (top, crossing), (_, low) = (rows[0][0], rows[0][1] - 1), (rows[1][0], rows[1][1] - 1)
    assert shared == columns[1][0] and crossing == rows[1][0]
    assert all(value == 10 * row + column for row, line in enumerate(example.feature) for column, value in enumerate(line))
    pooled = roi.roi_pool(example.feature, example.box, (2, 2), example.scale)[0][0]
    sampled = roi.roi_align(example.feature, example.box, (2, 2), example.scale, 2, True)[0][0]
    assert not missing([
        f"图像 128×128，网络把它缩小到 1/{1 / example.scale:g}，得到 {len(example.feature)}×{len(example.feature[0])} 的特征图；这个 {1 / example.scale:g} 叫步长",
        f"`{example.box}`，要变成 2×2 的输出",
        f"横跨 {x2 - x1:.2f} 格、纵跨 {y2 - y1:.2f} 格，取整后变成 {right - left + 1}×{low - top + 1} 格，两列 bin 共用第 {shared} 列，两行 bin 共用第 {crossing} 行",
        f"取整后变成第 {left} 到 {right} 列、第 {top} 到 {low} 行的区域，四个 bin 在第 {shared} 列和第 {crossing} 行重叠",
        f"取整后它是第 {left} 到 {shared} 列、第 {top} 到 {crossing} 行",
        f"左上的 bin 在 RoI Pooling 是 {pooled}，在 RoIAlign 是 {sampled:.2f}",
        f"$x = {x1:g} + {x2 - x1:g}/4 = {x1 + (x2 - x1) / 4:.6f}$、$y = {y1:g} + {y2 - y1:g}/4 = {y1 + (y2 - y1) / 4:.6f}$",
        rf"各减 0.5 得特征下标，$10 \times {y1 + (y2 - y1) / 4 - 0.5:.6f} + {x1 + (x2 - x1) / 4 - 0.5:.6f} = {sampled:.6f}$",
        "四个 bin 里各有 2×2 个取样点",
    ])


def test_the_popular_example_is_corrected_with_computed_numbers(roi):
    told, first = 665 // 32, roi.rounded(665 / 32)
    bins = roi.pool_bins(0, 665 / 32, 7, 800 // 32)
    covered, width = bins[-1][1] - bins[0][0], bins[0][1] - bins[0][0]
    assert not missing([
        f"图 800×800，步长 32，框 665×665，$665/32 = {665 / 32:.2f}$",
        f"取 {told}，$20/7 = {told / 7:.2f}$ 再取 {told // 7}",
        f"只用了 {7 * (told // 7)}×{7 * (told // 7)}，丢掉 {told - 7 * (told // 7)} 列",
        f"| 20.78 | 向下取 {told} | 四舍五入 {first} |",
        f"| 占几列 | {told} | {covered}（第 0 到 {bins[-1][1] - 1} 列，含两端） |",
        f"| bin 宽 | {told // 7}，不重叠 | {width}，相邻两个共用一列 |",
        f"| 丢掉 | 右侧 {told - 7 * (told // 7)} 列 | 没有 |",
        f"从 {665 / 32:.2f} 格**涨**到 {covered} 格",
        f"框 64 到 {64 + 665}，结果还是 {covered} 列",
        "665/32 的例子讲取整误差",
        "流传最广的 665/32 例子错在哪、",
        "那类文章里的 665/32 例子",
    ])


def test_counts_and_versions_are_those_of_the_record(recorded):
    record = recorded("torchvision")
    assert record["source"].startswith("torchvision 0.14.1")
    assert not missing([
        f"它在 {len(record['roi_pool']) + len(record['roi_align'])} 个随机例子上比对过",
        f"编译算子的 {len(record['roi_pool']) + len(record['roi_align'])} 例取自 0.14.1（CPU，单精度）",
        f"MMDetection {version('mmdet')} 的配置",
    ])


def test_the_widths_that_read_one_column_too_many_are_those_of_single_precision(example):
    """The seven widths below 400 were seen with torchvision 0.29.1 on a processor; here they follow from its arithmetic."""
    wide = [size for size in range(7, 400) if example.single(7 * example.single(size / 7)) > size]
    assert not missing([f"400 以内是 {'、'.join(map(str, wide))} 七个宽度"])


def test_samples_far_outside_read_zero_and_near_ones_the_edge(roi):
    size = 8
    read = {position: sum(weight * (index + 1) for index, weight in roi.neighbours(position, size)) for position in (-1.01, -1, -0.5, 7.5, 8, 8.01)}
    assert read == {-1.01: 0, -1: 1, -0.5: 1, 7.5: size, 8: size, 8.01: 0}
    row = roi.roi_align([[1.0] * 4] * 4, (2, 0, 10, 4), (1, 4), 1, 1, False)[0]
    assert row == roi.roi_align([[1.0] * 4] * 4, (2, 0, 10, 4), (1, 4), 1, 1, True)[0] == [1, 0, 0, 0]
    assert not missing([
        "任一坐标小于 −1 或大于特征图的边长（格数），读 0；在 −1 与 0 之间当 0；过了最后一格但没过边长，当最后一格",
        "全 1 的 4×4 特征图，框 `(2, 0, 10, 4)`，1×4 个 bin，每个 bin 一点",
        "编译的算子给下面这一行，纯 Python 版给四个 1（0.29.1 上跑过）",
    ])


def test_formulas_of_samples_and_bins_are_those_of_the_program(roi):
    low, high, count, ratio = 1.25, 9.5, 3, 2
    width = (high - low) / count
    by_formula = [[low + i * width + (j + 0.5) * width / ratio for j in range(ratio)] for i in range(count)]
    assert [pytest.approx(part) for part in by_formula] == roi.sample_points(low, high, count, ratio)
    assert len(roi.sample_points(low, high, count, 0)[0]) == math.ceil(width)
    assert not missing([
        r"x = x_{\text{起}} + i \cdot w + \left(j + \frac{1}{2}\right) \frac{w}{m}",
        r"\text{起点} = a + \left\lfloor \frac{i \cdot n}{k} \right\rfloor",
        r"\text{终点（不含）} = a + \left\lceil \frac{(i+1) \cdot n}{k} \right\rceil",
        r"$a = \text{round}(x_1 / s)$，$b = \text{round}(x_2 / s)$，两端都算在内，共 $n = b - a + 1$ 列，至少 1 列",
        "输出 7×7、步长 16 时",
    ])


def test_the_ramp_and_the_tiny_box_are_those_of_the_example(example):
    left, _, right, _ = example.square
    assert not missing([
        f"框 {left} 到 {right} 分 {len(example.centres)} 个 bin",
        f"{example.tiny[2] - example.tiny[0]:.1f}×{example.tiny[3] - example.tiny[1]:.1f} 格的小框被放大成 1×1",
        "约定：第 $i$ 格占据区间 $[i, i+1)$，中心在 $i + 0.5$",
        "旧版还把框的宽高夹到至少 1 格",
        "对应的特征下标是 $c - 0.5$",
    ])


def test_two_pixels_are_an_eighth_of_a_cell(roi, example):
    moved = [roi.roi_align(example.feature, (17 + shift, 34, 84 + shift, 95), (1, 1), example.scale, 2, True)[0][0] for shift in (0, 2)]
    assert not missing([
        f"步长 {1 / example.scale:g}，移 2 个像素应该让平均值变 2/{1 / example.scale:g} = {2 * example.scale:g}",
        f"RoIAlign 正好每步 {moved[1] - moved[0]:g}",
        "框每次右移 2 个像素，输出 1×1",
    ])


def test_answers_hold_computed_numbers(roi):
    (first, second), whole = roi.pool_bins(0, 4, 2, 9), 5
    assert whole == second[1] - first[0] and first[1] - second[0] == 1
    assert not missing([
        f"RoI Pooling 把 {whole} 列分成 2 个 bin",
        f"24/16 = {24 / 16}，四舍五入（半数远离零）得 {roi.rounded(24 / 16)}；23.9/16 = {23.9 / 16:.2f} 得 {roi.rounded(23.9 / 16)}。",
        "步长 16，框的左端 x = 24。RoI Pooling 从第几列开始？x = 23.9 呢",
        f"差 {24 - 23.9:.1f} 个像素，起点差一整列",
        f"第 0 个 bin 是第 {first[0]} 到 {first[1] - 1} 列，第 1 个是第 {second[0]} 到 {second[1] - 1} 列，各 {first[1] - first[0]} 列，共用一列，{whole} 列都看到了",
    ])


def test_what_was_read_in_papers_and_sources_stands_as_it_was_read():
    """Years of the papers; defaults of torchvision 0.28.0, detectron2@02b5c4e2, mmcv@a8073c7 and ONNX's operator, version 22."""
    assert not missing([
        "出自 **Fast** R-CNN（2015），不是 Faster R-CNN；RoIAlign 出自 Mask R-CNN（2017）",
        "| torchvision `roi_align` | **False** | −1（随框） |",
        "| torchvision 自家的检测模型 | **False** | 2 |",
        "| detectron2 `ROIAlignV2`（默认） | True | 0（随框） |",
        f"| mmcv `RoIAlign`、MMDetection {version('mmdet')} 的配置 | True | 0（随框） |",
        "| ONNX `RoiAlign`（第 22 版） | 相当于 True | 0 |",
        "1.x 是旧版，2.0 起是新版",
        "框坐标的 `.grad` 是 `None`（0.29.1 上跑过）",
    ])
