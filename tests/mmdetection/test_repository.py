"""The page "MMDetection 仓库": what the wheel holds, how configs are called, and that history is linked by commit."""

import re
from datetime import date

import pytest

from .test_facts import HISTORY, expand, tables
from .wheel import config_paths, load, package, root

COMMIT = "5bf935e1b7621b234ddb34ef6c32b2b524243995"


@pytest.fixture(scope="module")
def text(notes):
    return (notes / "repository.md").read_text(encoding="utf-8")


def test_the_wheel_carries_configs_tools_and_the_index_but_neither_documents_nor_projects():
    assert (root() / "configs").is_dir() and (root() / "tools" / "train.py").is_file() and (root() / "model-index.yml").is_file()
    assert not any((root() / name).exists() or (package() / name).exists() for name in ("docs", "demo", "projects", "docker"))
    assert not list((root() / "configs").rglob("README*"))


def test_files_of_2019_are_linked_by_one_commit_on_every_page(notes):
    links = [link for page in notes.glob("*.md") for link in re.findall(r"https://github\.com/open-mmlab/mmdetection/blob/\S+?(?=[)\s>])", page.read_text(encoding="utf-8"))]
    commits = {link.split("/")[6] for link in links} - {"main", "master"}
    assert commits == {COMMIT}
    assert {link for link in links if "/blob/master/" in link} == {
        "https://github.com/open-mmlab/mmdetection/blob/master/INSTALL.md",
        "https://github.com/open-mmlab/mmdetection/blob/master/MODEL_ZOO.md",
    }


def test_the_moved_pages_are_given_as_of_their_day_and_as_of_today(text):
    for name, today in (("INSTALL.md", "get_started.md"), ("MODEL_ZOO.md", "model_zoo.md")):
        assert f"blob/{COMMIT}/{name})" in text
        assert f"blob/main/docs/zh_cn/{today})" in text


MOVES = [  # from the history of upstream: day, commit, what became of the install page and of the model zoo
    ("2018-10-09", "dea733ea", None, "MODEL_ZOO.md"),
    ("2018-12-02", "83aa1acc", "INSTALL.md", None),
    ("2019-08-22", "e0750f8c", "docs/", "docs/"),
    ("2020-05-01", "2bed0f55", "install.md", "model_zoo.md"),
    ("2020-11-01", "2bc91420", "get_started.md", None),
    ("2021-12-15", "146e5ee2", "docs/zh_cn/", "docs/zh_cn/"),
]


def test_the_table_of_moves_tells_the_history_in_order(text):
    _, *rows = next(rows for rows in tables(expand(text)) if rows[0] == ["哪天（提交）", "安装页", "模型库"])
    assert [row[0] for row in rows] == [f"{day}（{commit}）" for day, commit, *_ in MOVES]
    for row, (_, _, *kept) in zip(rows, MOVES):
        for shown, name in zip(row[1:], kept):
            assert shown.endswith(name) if name else shown in {"–", "还没有"}, row
    assert f"INSTALL.md 在根目录待了不到九个月（{MOVES[1][0]} 到 {MOVES[2][0]}）" in text
    assert (date.fromisoformat(MOVES[2][0]) - date.fromisoformat(MOVES[1][0])).days < 9 * 30


def test_the_old_names_of_libra_are_gone_and_the_new_one_is_there(text):
    named = re.findall(r"`(configs/libra_rcnn/\S+?\.py)`", text)
    assert len(named) == 3 and set(named[:2]) <= set(HISTORY) and named[2] in config_paths()


def test_the_search_by_words_finds_the_successor(notes):
    printed = (notes / "code" / "repository_configs.out").read_text(encoding="utf-8")
    found = re.findall(r"^→ (\S+?)（", printed, re.MULTILINE)
    assert len(found) == 2 and {f"configs/{path}" for path in found} <= config_paths()
    assert "x101-64x4d-dconv-c3-c5" in found[1]


def test_x101_64x4d_is_resnext_with_64_groups_of_base_width_4():
    backbone = load("configs/libra_rcnn/libra-faster-rcnn_x101-64x4d_fpn_1x_coco.py").model.backbone
    assert (backbone.type, backbone.depth, backbone.groups, backbone.base_width) == ("ResNeXt", 101, 64, 4)


def test_the_schedules_in_names_are_epochs():
    assert load("configs/htc/htc_r50_fpn_1x_coco.py").train_cfg.max_epochs == 12
    assert load("configs/htc/htc_r50_fpn_20e_coco.py").train_cfg.max_epochs == 20
    rtmdet = load("configs/rtmdet/rtmdet_l_8xb32-300e_coco.py")
    assert rtmdet.train_cfg.max_epochs == 300 and rtmdet.train_dataloader.batch_size == 32


def test_the_batch_in_a_name_and_the_batch_of_a_name_without_one(text):
    rtmdet = load("configs/rtmdet/rtmdet_l_8xb32-300e_coco.py")
    assert f"    8 张卡 × 32 = {8 * rtmdet.train_dataloader.batch_size}。" in text
    plain = load("configs/faster_rcnn/faster-rcnn_r50_fpn_1x_coco.py")
    assert plain.train_dataloader.batch_size == 2 and plain.auto_scale_lr.base_batch_size == 8 * 2
    assert "没写通常是 `8xb2`" in text
