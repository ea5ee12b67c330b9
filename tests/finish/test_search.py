"""What the search reads: the text of the notes cut at their headings, and what means the same."""

import json

import pytest
from detection_notes.finish.search import index, leads, sections, slug, synonyms, terms, with_box
from detection_notes.finish.site import Page

HTML = """<header class="md-header"><nav class="md-header__inner">x</nav></header><article><h1 id="t">题目<a class="headerlink">¶</a></h1>
<p class="reading-time" data-search-exclude="">约 3 分钟</p><p>甲<em>乙</em>丙</p><ul><li>一</li><li>二</li></ul>
<h2 id="a">第<code>一</code>节<a class="headerlink">¶</a></h2><p>用 <span class="math"><span class="latex" data-search-exclude="">$x$</span><math><mi>x</mi><mo>+</mo><mn>1</mn></math></span> 算</p>
<pre><code>def f():
    return 1</code></pre><!-- link-status --><p>填进来的</p><!-- /link-status --><h2>没有锚点</h2><table><tr><td>格</td><td>子</td></tr></table><h2 id="b">空</h2>
<details class="question"><summary>几个参数？</summary><p>九千九百个</p></details><details class="example"><summary>整份代码</summary><pre>def g(): pass</pre></details>
<h2 id="c">出处</h2><p>Girshick 2015</p><h2 id="d">自测</h2><p>自己答</p></article>"""
PAGE = Page("a/b/index.html", HTML)
ENTRIES = """<article><h1>术语表</h1><h3 id='j'>交并比</h3><p><strong>intersection over union，IoU</strong>：面积之比。</p>
<h3 id='p'>精确率与召回率</h3><p><strong>precision and recall</strong>：…</p></article>"""
GLOSSARY = Page("glossary/index.html", ENTRIES)


def test_a_page_is_cut_at_the_headings_that_can_be_linked_to() -> None:
    found = sections(PAGE)

    assert [(section.anchor, section.heading) for section in found] == [("", "题目"), ("a", "第一节"), ("b", "空")]
    assert found[0].text == "甲乙丙 一 二"
    assert found[1].text == "用 x+1 算 def f(): return 1 没有锚点 格 子"


@pytest.mark.parametrize(("heading", "anchor"), [("第一节", "第一节"), ("RoI Pooling 的两次取整", "roi-pooling-的两次取整"), ("「AP50」：`x_1`、x=2", "ap50x_1x2")])
def test_most_anchors_follow_from_their_headings(heading: str, anchor: str) -> None:
    assert slug(heading) == anchor


def test_words_lead_one_way_only() -> None:
    assert all(len(words) > 1 and all(words) for words in leads())
    assert ["下载失败", "域名不通", "连不上"] in leads() and ["下载慢", "域名不通", "连不上"] in leads(), "each name of a line leads to all that it is found under"
    assert not {tuple(words) for words in leads()} & {tuple(words) for words in synonyms()}


@pytest.mark.parametrize("text", ["填进来的", "Girshick", "九千九百个", "def g()", "自己答"])
def test_neither_what_was_filled_in_nor_the_sources_nor_what_is_folded_away_is_searched(text: str) -> None:
    assert text in HTML and text not in index([(PAGE, 1, {})])


def test_the_entries_of_the_glossary_are_terms_with_their_english_names() -> None:
    assert terms(GLOSSARY) == [("交并比", "intersection over union，IoU", "j"), ("精确率与召回率", "precision and recall", "p")]
    assert all(len(group) > 1 and all(group) for group in synonyms())


def test_the_index_holds_pages_terms_and_synonyms() -> None:
    values = json.loads(index([(PAGE, 1, {"a": ["怎么算"]}), (GLOSSARY, 0.1, {})]))

    assert [page[:2] for page in values["pages"]] == [["a/b/", "题目"], ["glossary/", "术语表"]]
    assert values["pages"][0][2][1] == ["a", "第一节", "用 x+1 算 def f(): return 1 没有锚点 格 子", ["怎么算"]]
    assert values["pages"][1][2][1][:2] == ["j", "交并比"] and len(values["pages"][1][2][1]) == 3
    assert [page[4] for page in values["pages"]] == [1, 0.1]
    assert values["terms"][0][2] == "j" and values["glossary"] == "glossary/"


def test_the_box_stands_in_the_header_once() -> None:
    page = with_box(with_box(PAGE))

    assert page.html.count("data-find") == 1
    assert page.html.index("data-find") < page.html.index("</header>")
