"""Places of the pages that others may have linked to: each still is a place, on the page where it was."""

import pytest

from ..conftest import Site

KEPT = {
    "cnn": [
        "输出有多大", "大小相同位置错开", "paddingsame-管到哪里", "池化ceil_mode-与分母", "转置卷积不是逆运算", "感受野与有效步长",
        "看得见不等于看得清", "参数量与乘加次数", "框架里的卷积不翻转核", "自测", "链接", "出处",
    ],
    "architectures": ["总表", "lenet-5", "alexnet", "vgg", "inception-与-googlenet", "resnet", "resnext", "自测", "链接", "出处"],
    "drawing": [
        "同一个任务lenet-5", "四个工具对照", "nn-svg", "plotneuralnet", "convnetdraw", "draw_convnet", "那么用哪个", "自测", "链接", "出处",
    ],
    "500-questions": ["抽查数对不对", "抽查公式对不对", "空着的和过时的", "还好用的", "2026-年怎么读", "自测", "链接", "出处"],
}  # fmt: skip


@pytest.mark.parametrize("page", KEPT)
def test_an_address_inside_a_page_stays(page: str, site: Site):
    ids = {element.attributes["id"] for element in site.page(f"deep-learning/{page}.md").css("article [id]")}
    assert not [anchor for anchor in KEPT[page] if anchor not in ids]


def test_the_terms_of_the_glossary_that_were_renamed_keep_their_address(site: Site):
    assert site.page("glossary.md").css_first("[id='准确率与召回率']")
