"""docs/pytorch/code/image_charts.py: pictures that stay readable for any run and any classes."""

import math
import re
from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.torch  # the charts need none, the fixtures of this folder do


@pytest.fixture(scope="module")
def charts(code):
    return code("image_charts")


def test_a_chart_of_one_epoch_and_of_a_loss_that_is_no_number_can_be_read(charts):
    drawn = charts.curves({"train": [1.0], "val": [math.nan]}, {"train": [0.05], "val": [0.5]})
    lines = re.findall(r'<polyline class="(\w+)" points="([^"]*)"', drawn)
    assert [len(points.split()) for _, points in lines] == [2, 0, 2, 2]
    assert "nan" not in drawn
    ElementTree.fromstring(drawn)


def test_the_axis_of_the_loss_is_logarithmic(charts):
    drawn = charts.curves({"train": [10.0, 1.0, 0.1], "val": [10.0, 1.0, 0.1]}, {"train": [0, 0, 1], "val": [0, 0, 1]})
    points = re.search(r'<polyline class="train" points="([^"]*)"', drawn)[1]
    assert points == "44.0,36.0 194.0,96.0 344.0,156.0"


def test_names_of_classes_cannot_break_the_picture_and_long_ones_are_cut(charts):
    drawn = charts.confusion([[3, 1], [0, 9]], ["<b>&", "golden_retriever"])
    words = [element.text for element in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert words.count("<b>&") == 2 and words.count("golden_re…") == 2
    assert "13 张里错 1 张" in drawn


def test_many_classes_are_drawn_without_numbers(charts):
    names = [f"c{k}" for k in range(30)]
    drawn = charts.confusion([[7 * (i == j) for j in range(30)] for i in range(30)], names)
    assert drawn.count('class="right"') == 30 and ">7<" not in drawn
