"""How a question is read: its terms, and under which words of the notes each is looked for. Asked of the modules in a browser."""

import pytest
from playwright.sync_api import Browser

from ..conftest import Site

TEXT = "训练时 loss.data 与 loss_cls 会变；cfg-options 和 f-1、F1 不同；里面写 score_thr。模型变大，通道变多，通道不能少。anchors 很多。"
READ = """async ({ text, questions, synonyms }) => {
  const [{ prepare, ask }, { terms }] = await Promise.all([import("/assets/search/engine.mjs"), import("/assets/search/question.mjs")])
  const section = (anchor, heading, text) => [anchor, heading, text]
  const other = "config 是别的话，和问题没有关系。".repeat(9)
  const ready = prepare({ pages: [["a/", "甲", [section("", "甲", "开头"), section("x", "乙", text), section("y", "丙", other)], "", 1]], glossary: "", terms: [], synonyms, leads: [] })
  return questions.map(words => ({ said: terms(words, ready).map(term => term.said), found: ask(ready, words).map(({ anchor }) => anchor) }))
}"""
SYNONYMS = [["损失", "loss"], ["阈值", "conf", "score_thr"], ["锚框", "anchor"]]


@pytest.fixture(scope="module")
def read(browser: Browser, site: Site):
    page = browser.new_page()
    page.goto(site.url)
    yield lambda words: page.evaluate(READ, {"text": TEXT, "questions": [words], "synonyms": SYNONYMS})[0]
    page.close()


@pytest.mark.parametrize(
    ("words", "terms"),
    [
        ("loss.data 报错", ["loss.data", "报错"]),  # and not the name loss
        ("loss. 变大", ["loss", "变大"]),
        ("cfg-options", ["cfg-options"]),
        ("F1", ["f1"]),  # and not f 1
        ("无法添加通道", ["无法", "添加", "通道"]),  # words of everyday speech are words, also where the notes do not have them
    ],
)
def test_a_question_is_cut_into_the_words_that_people_mean(words: str, terms: list[str], read) -> None:
    assert read(words)["said"] == terms


def test_another_name_is_not_the_beginning_of_a_longer_word(read) -> None:
    """conf is what YOLO calls a threshold; config is no threshold. What is being typed may be the beginning of a word."""
    assert read("阈值")["found"] == ["x"], "the notes say score_thr"
    assert read("conf")["found"] == ["y", "x"]
    assert read("锚框")["found"] == ["x"], "the plural is the same word"


NAMES = """async terms => {
  const { names } = await import("/assets/search/names.mjs")
  const found = names({ synonyms: [], leads: [], terms }, "交并比 iou 精确率 召回率 precision recall")
  return Object.fromEntries([...found].map(([name, { others }]) => [name, others.map(([other]) => other)]))
}"""


def test_terms_of_the_glossary_are_synonyms_of_their_english_names(browser: Browser, site: Site) -> None:
    page = browser.new_page()
    page.goto(site.url)
    found = page.evaluate(NAMES, [["交并比", "intersection over union，IoU", "j"], ["精确率与召回率", "precision and recall", "p"]])
    page.close()
    assert found["交并比"] == ["intersection over union", "iou"] and found["iou"] == ["交并比", "intersection over union"]
    assert len(found) == 3, "two words in one entry are not the same word"


def test_everyday_words_that_the_notes_lack_do_not_hide_an_answer(read) -> None:
    assert read("loss_cls score_thr cfg-options 技巧 详解")["found"] == ["x"]


STRANGE = """async questions => {
  const { prepare, ask } = await import("/assets/search/engine.mjs")
  const other = "这里说的是别的话，和问题没有关系。".repeat(9)
  const page = (address, title, sections) => [address, title, [["", title, "开头"], ...sections], "", 1]
  const pages = [
    page("docker/", "Docker", [["gpu", "把 GPU 交给容器", "容器里用 GPU，先看驱动，再看 Docker 装好没有。" + other]]),
    page("a/", "甲", [["m", "编码", "编码的位置。" + other], ["n", "通道", "torch 的通道，keras 也有。" + other], ["o", "别的", "torch 和 keras。" + other], ["p", "又是别的", "torch。" + other]]),
  ]
  const ready = prepare({ pages, glossary: "", terms: [], synonyms: [], leads: [] })
  return questions.map(words => ask(ready, words).map(({ anchor }) => anchor))
}"""


def test_a_name_that_the_notes_do_not_know_is_what_a_question_in_chinese_asks_about(browser: Browser, site: Site) -> None:
    page = browser.new_page()
    page.goto(site.url)
    ask = ["容器里用 gpu", "slurm 容器 gpu", "slurm docker 容器 gpu", "容器 gpu sl", "容器 gpu tips", "keras 编码的位置", "torch 编码的位置", "gtx1060 容器 gpu"]
    known, strange, subject, begun, everyday, mentioned, spoken, card = page.evaluate(STRANGE, ask)
    page.close()
    assert known == ["gpu"] and strange == []
    assert "gpu" in subject, "beside the subject of a page it is where or with what it is done"
    assert begun == everyday == ["gpu"], "two letters may be the beginning of a word, and tips are of anything"
    assert "m" not in mentioned and "m" in spoken, "named in two sections in passing, and in three"
    assert card == ["gpu"], "a model's number is no other subject"
