"""Home proves its claim with one example: its numbers are those of the note's own program."""

import re
import sys

import pytest

from .pages import DOCS, PAGES

HOME = (DOCS / "index.md").read_text(encoding="utf-8")


@pytest.fixture
def roi(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(DOCS / "detection/code"))
    import roi

    yield roi
    sys.modules.pop("roi", None)


def test_the_example_is_what_the_code_gives(roi):
    said = re.search(r"框从 0 到 (\d+)，步长 (\d+)，\1 ÷ \2 = ([\d.]+)。", HOME)
    wide, stride = int(said[1]), int(said[2])
    assert said[3] == f"{wide / stride:.2f}"
    assert f"向下取 {wide // stride}，" in HOME

    bins = roi.pool_bins(0, wide / stride, 7, wide // stride + 10)
    first, last = bins[0][0], bins[-1][1]
    assert f"得 {first} 和 {roi.rounded(wide / stride)}，两端都算，占 {last - first} 列" in HOME
    covered = {column for start, end in bins for column in range(start, end)}
    assert covered == set(range(first, last)), "no column is lost"
    assert last - first > wide / stride, "more than the box holds, not less"


def test_the_three_doors_lead_to_three_kinds_of_answers():
    doors = re.findall(r"^-   \[([^\]]+)\]\(([^)]+)\)$", HOME, re.MULTILINE)
    assert [name for name, _ in doors] == ["从头学", "我有一句报错", "我要对一个数"]
    assert len({address for _, address in doors}) == 3


def test_every_note_has_the_self_tests_that_the_first_door_promises():
    assert "每篇笔记都有自测题" in HOME
    contents = {"deep-learning/index.md", "detection/index.md", "pytorch/index.md"}  # no notes: lists of notes
    notes = [page for page in PAGES if "/" in page.name and page.name not in contents]
    assert len(notes) > 25 and not [page.name for page in notes if '??? question "' not in page.source]


def test_whoever_comes_with_a_message_is_led_to_the_list_of_messages():
    install = next(page for page in PAGES if page.name == "mmdetection/install.md")
    index = install.source.partition("\n## 报错与修法\n")[2].partition("\n## ")[0]
    assert HOME.count("](mmdetection/install.md#报错与修法)") == 2 and index.count("](#") > 20
