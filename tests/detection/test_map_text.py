"""docs/detection/map.md, map-in-use.md, map-quirks.md: the numbers that stand in sentences and formulas, computed again."""

from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

import numpy
import pytest
from pycocotools import cocoeval

from tests import prose
from tests.mmdetection.wheel import package

NOTES = Path(__file__).parents[2] / "docs" / "detection"
PAGE = "\n".join((NOTES / f"{name}.md").read_text(encoding="utf-8") for name in ("map", "map-in-use", "map-quirks"))
HAN = "零一二三四五六七八九十"


@pytest.fixture(scope="module")
def ap(code):
    return code("average_precision")


@pytest.fixture(scope="module")
def boxes(code):
    return code("map_boxes")


@pytest.fixture(scope="module")
def points(ap, boxes):
    return ap.curve(ap.match_coco(boxes.TRUTHS, boxes.DETECTIONS), 5)


def missing(said):
    return prose.missing(PAGE, said)


def times(count, height):
    return rf"{count} \cdot {height}" if height == 1 else rf"{count} \cdot \frac{{{height.numerator}}}{{{height.denominator}}}"


def steps(ap, points, number):
    """[(height of the envelope, how many of the sample points lie on it)], from left to right, without the height 0."""
    heights = [ap.envelope(points, Fraction(i, number)) for i in range(number + 1)]
    return [(height, heights.count(height)) for height in dict.fromkeys(heights) if height]


def test_the_example_is_counted_as_it_is(boxes):
    truths, detections = sum(map(len, boxes.TRUTHS.values())), len(boxes.DETECTIONS)
    assert not missing([
        f"{HAN[len(boxes.TRUTHS)]}张图，{HAN[truths]}个真值，{HAN[detections]}个检测",
        f"{HAN[detections]}个检测依次给出{HAN[detections]}个点",
        f"这里{HAN[truths]}个真值都是中等大小，所以另两段是 −1",
    ])
    areas = [(x2 - x1) * (y2 - y1) for found in boxes.TRUTHS.values() for x1, y1, x2, y2 in found]
    assert all(32**2 < area < 96**2 for area in areas)


def test_the_fifth_detection_repeats_the_first(ap, boxes):
    image, box, _ = boxes.DETECTIONS[4]
    best = max(boxes.TRUTHS[image], key=lambda truth: ap.iou(box, truth))
    assert best == max(boxes.TRUTHS[image], key=lambda truth: ap.iou(boxes.DETECTIONS[0][1], truth))
    assert not missing([f"第 5 个检测框得不差，IoU 有 {float(ap.iou(box, best)):.2f}，但它框的物体已被第 1 个检测认领"])


def test_the_steps_of_the_envelope_are_those_of_the_sums_and_of_the_picture_s_words(ap, points):
    eleven, hundred = steps(ap, points, 10), steps(ap, points, 100)
    (one, first), (middle, second), (low, third) = eleven
    assert (one, middle, low) == (1, Fraction(3, 4), Fraction(4, 7)) and [0, 0.1, 0.2] == [i / 10 for i in range(first)]
    ends = [max(r for r, _ in points if ap.envelope(points, r) == height) for height in (one, middle, low)]
    widths = [end - start for start, end in zip([0, *ends], ends)]
    area = [
        rf"\frac{{{width.numerator}}}{{{width.denominator}}} \cdot " + times(1, height).removeprefix(r"1 \cdot ")
        for width, (height, _) in zip(widths, eleven)
    ]
    assert not missing([
        f"{first} 个（0、0.1、0.2）落在高 1 的台阶上，{second} 个落在 {middle} 上，{third} 个落在 {low} 上，{11 - first - second - third} 个落空",
        f"包络在召回率 {ends[0]} 以内高 {one}，到 {ends[1]} 高 {middle}，到 {ends[2]} 高 {low}，之后为 0；十字是 11 个取样点",
        r"\frac{1}{11}\left(" + " + ".join(times(count, height) for height, count in eleven) + r"\right) = \frac{50}{77}",
        r"\frac{1}{101}\left(" + " + ".join(times(count, height) for height, count in hundred) + r"\right) = \frac{437}{707}",
        " + ".join(area) + r" = \frac{43}{70}",
        "**AP50** 与上面的 437/707 一致",
        r"\frac{1}{11} \sum_{i=0}^{10} \hat p\left(\frac{i}{10}\right)",
        r"\frac{1}{101} \sum_{i=0}^{100} \hat p\left(\frac{i}{100}\right)",
    ])


def test_the_two_conventions_part_at_one_half_and_less_in_large_boxes(ap):
    gains = []
    for side in (10, 100):
        whole, half = (0, 0, side, side), (0, 0, side, side // 2)
        assert ap.iou(whole, half) <= Fraction(1, 2) < ap.iou(whole, half, 1)
        gains.append(ap.iou(whole, half, 1) - Fraction(1, 2))
    assert gains[0] > gains[1]
    assert not missing(["「大于 0.5 才算」"])


def test_the_parameters_of_pycocotools_are_those_on_the_page():
    parameters = cocoeval.Params("bbox")
    assert parameters.areaRng == [[0, 1e5**2], [0, 32**2], [32**2, 96**2], [96**2, 1e5**2]]
    limits, marks = parameters.iouThrs, len(parameters.recThrs)
    lines = len(Path(cocoeval.__file__).read_text(encoding="utf-8").splitlines())
    assert lines < 600
    assert not missing([
        f"COCO 用 {marks} 点，并对 IoU {limits[0]:.2f} 到 {limits[-1]:.2f} 的{HAN[len(limits)]}档再平均",
        f"{marks} 点是 COCO 的",
        f"**AP** 是{HAN[len(limits)]}档 IoU 阈值的平均",
        "| 阈值 | **大于** 0.5 | **大于等于**阈值 |",
        "没有真值时召回率除以 0 | 没有真值时记 −1",
        f"「每图最多 {parameters.maxDets[-1]} 个」",
        "界是 $32^2$ 和 $96^2$ 像素",
        "没有任何面积不超过 $32^2$ 的真值可评",
        f"每图每类只留分数最高的 {parameters.maxDets[-1]} 个",
        "`cocoeval.py` 不到 600 行",
        f"pycocotools {version('pycocotools')}：",
        f"MMDetection {version('mmdet')} 的 `VOCMetric`",
    ])


def test_the_rivals_of_the_sentence_are_those_of_the_program(code):
    example = code("map_example")
    (one, other), ((_, first, high), (_, second, low)) = example.rivals[1], example.pair
    text = f"真值是 `{list(one)}` 和 `{list(other)}`，检测是 `{list(first)}`（{high} 分）和 `{list(second)}`（{low} 分）"
    assert not missing([text])
    assert example.iou(one, second) > example.iou(other, second)


def test_the_sample_points_that_are_too_large_are_counted():
    tenths = [i for i, t in enumerate(numpy.arange(0.0, 1.1, 0.1)) if t > i / 10]
    assert tenths == [i for i, t in enumerate(numpy.arange(0, 1 + 1e-3, 0.1)) if t > i / 10]  # as mmdet writes it
    assert "np.arange(0, 1 + 1e-3, 0.1)" in (package() / "evaluation" / "functional" / "mean_ap.py").read_text(encoding="utf-8")
    hundredths = [i for i, t in enumerate(numpy.linspace(0, 1, 101)) if t > i / 100]
    assert not missing([
        f"`np.arange(0., 1.1, .1)` 里有{HAN[len(tenths)]}个数比应有的大一点点；召回率恰好等于 {'、'.join(str(Fraction(i, 10)) for i in tenths)} 时",
        f"COCO 的 101 点用 `linspace`，同样有{HAN[len(hundredths)]}个数偏大",
        "我们的例子得不到 50/77",
        f"MMDetection {version('mmdet')} 把终点换成 `1 + 1e-3`，结果一样",
    ])


def test_corners_taken_for_sizes_ruin_the_example(code, boxes):
    module = code("coco_evaluation")
    truths = module.annotations([(image, 1, box, {}) for image, found in boxes.TRUTHS.items() for box in found])
    right = module.results([(image, 1, box, score) for image, box, score in boxes.DETECTIONS])
    wrong = [result | {"bbox": list(box)} for result, (_, box, _) in zip(right, boxes.DETECTIONS)]
    good, bad = (module.evaluate(truths, results).stats[0] for results in (right, wrong))
    assert not missing([f"AP 从 {good:.3f} 掉到 {bad:.3f}"])


def test_a_false_positive_in_front_lowers_the_first_three_hits(ap, boxes):
    def at_hits(score):
        changed = [*boxes.DETECTIONS[:5], (*boxes.DETECTIONS[5][:2], score), boxes.DETECTIONS[6]]
        marks = ap.match_coco(boxes.TRUTHS, changed)
        return [p for (_, p), hit in zip(ap.curve(marks, 5), marks) if hit]

    before, after = at_hits(0.50), at_hits(0.99)
    assert before[3] == after[3]
    said = f"前三个 TP 处的准确率从 {'、'.join(map(str, before[:3]))} 降到 {'、'.join(map(str, after[:3]))}"
    assert not missing([said, "第 6 个检测的分数从 0.50 改成 0.99，AP 会变吗？改成 0.45 呢", "改成 0.99 会变", "改成 0.45 不变：它仍在第 5 与第 7 个之间"])


def test_the_answers_about_limits_are_those_tested_against_pycocotools():
    """test_map.py runs each of these: ranks 100 and 101, the area 1024, a second copy of all boxes."""
    assert not missing([
        "对的检测在自己那类里排第 100 或第 101",
        "面积正好 1024 的真值同时进小和中两段",
        "同样的框，分数都减 1",
        "每图每类超过 100 个的限制",
        "`params.maxDets` 改成不含 100 的列表，`summarize()` 的第一项就成了 −1",
    ])


def test_what_was_read_in_papers_and_on_the_model_card_stands_as_it_was_read():
    """The retrospective of VOC and its kit; the card of zongzhuofan/co-detr-vit-large-coco."""
    assert not missing([
        "VOC 到 2009 年用 11 点，2010 年起用曲线下面积",
        "11 点是 VOC 到 2009 年的口径，因 VOC2007 测试集最常用，常写作 VOC07；全点是 VOC 2010 年起的口径",
        "VOC 的论文说「超过 50%」",
        "MMDetection 在 2.0 时把模型里的「加一」都去掉了",
        "val 不加测试时增强 65.4，val 加 65.9，test-dev 加 66.0",
    ])
