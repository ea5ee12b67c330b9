"""What readers ask that a section answers, as the front matter of its note says it. Asked of the modules in a browser."""

import pytest
from playwright.sync_api import Browser

from ..conftest import Site

FILL = "这一段说的是别的事情，没有那些话。" * 6
ASK = """async ({ questions, sections }) => {
  const [{ prepare, ask }, { sayings, likeness }] = await Promise.all([import("/assets/search/engine.mjs"), import("/assets/search/phrases.mjs")])
  const ready = prepare({ pages: [["a/", "甲", [["", "甲", "开头"], ...sections], "", 1]], glossary: "", terms: [], synonyms: [], leads: [] })
  return questions.map(words => ({
    found: ask(ready, words),
    like: Object.fromEntries([...likeness(sayings(ready.sections), words)].map(([{ anchor }, worth]) => [anchor, worth])),
  }))
}"""
SECTIONS = [
    ["x", "共享内存", FILL, ["容器里一读数据就崩", "内存设多大"]],
    ["y", "用户与权限", FILL, ["文件删不掉"]],
    ["z", "镜像", FILL + "容器 数据", ["数据放哪里", "怎么进到容器里", "一启动就退出"]],
    ["w", "别的", FILL],
]


@pytest.fixture(scope="module")
def asked(browser: Browser, site: Site):
    page = browser.new_page()
    page.goto(site.url)
    yield lambda words: page.evaluate(ASK, {"questions": [words], "sections": SECTIONS})[0]
    page.close()


def test_a_section_is_found_by_words_that_only_readers_use(asked) -> None:
    assert [section["anchor"] for section in asked("文件删不掉了")["found"]] == ["y"]


def test_one_phrase_that_says_it_counts_more_than_words_scattered_over_several(asked) -> None:
    told = asked("容器里读数据就崩")
    assert told["like"]["x"] > 2 * told["like"]["z"]
    assert told["found"][0]["anchor"] == "x"


def test_a_phrase_as_asked_is_all_like_it_and_words_of_asking_do_not_matter(asked) -> None:
    assert asked("内存设多大")["like"]["x"] == pytest.approx(1)
    assert asked("文件为什么删不掉")["like"]["y"] == asked("文件 删不掉 怎么办")["like"]["y"]
    assert asked("怎么办")["like"] == {}


def test_a_heading_is_a_phrase_and_a_section_without_phrases_is_as_before(asked) -> None:
    assert asked("用户与权限")["like"]["y"] == pytest.approx(1)
    assert [section["anchor"] for section in asked("别的")["found"]][:1] == ["w"]


def test_what_is_shown_of_a_section_are_not_its_phrases(asked) -> None:
    [found] = asked("文件删不掉了")["found"]
    assert found["text"] == FILL and found["heading"] == "用户与权限"


def test_a_question_in_other_words_finds_nothing(asked) -> None:
    assert asked("红烧肉怎么做")["found"] == []


LIKE = """async ({ words, phrases }) => {
  const { sayings, likeness } = await import("/assets/search/phrases.mjs")
  const [section] = [{ anchor: "x", heading: "甲", boost: 1, phrases }]
  return likeness(sayings([section]), words).get(section) ?? 0
}"""
LITTLE = """async ({ words, phrases }) => {
  const { prepare, ask } = await import("/assets/search/engine.mjs")
  const fill = "这一段说的是别的事情。".repeat(9)
  const page = (address, title, sections, boost) => [address, title, [["", title, "开头"], ...sections], "", boost]
  const pages = [page("terms/", "词", [["x", "轮", "一轮和一次迭代。" + fill, phrases]], 0.1), page("a/", "甲", [["y", "迭代", "轮与迭代。" + fill], ["z", "别的", fill]], 1)]
  return ask(prepare({ pages, glossary: "", terms: [], synonyms: [], leads: [] }), words).map(({ anchor }) => anchor)
}"""


def test_a_name_that_no_section_is_asked_for_makes_a_question_another_one(browser: Browser, site: Site) -> None:
    page = browser.new_page()
    page.goto(site.url)
    known, chinese, latin = (page.evaluate(LIKE, {"words": words, "phrases": ["训练曲线怎么画"]}) for words in ("训练曲线怎么画", "训练曲线怎么画 红烧", "训练曲线怎么画 auc"))
    page.close()
    assert known == pytest.approx(1) and known > chinese > latin + 0.1


def test_a_phrase_lifts_a_section_of_a_page_that_counts_little(browser: Browser, site: Site) -> None:
    page = browser.new_page()
    page.goto(site.url)
    without, lifted, other = (page.evaluate(LITTLE, {"words": words, "phrases": phrases}) for words, phrases in [("轮和迭代的区别", []), ("轮和迭代的区别", ["轮和迭代的区别"]), ("迭代", ["轮和迭代的区别"])])
    page.close()
    assert without[0] == "y" and lifted[0] == "x" and other[0] == "y"
