"""What the search reads: the text of the notes cut at their headings, and what means the same."""

import json
from pathlib import Path

import pytest
from detection_notes.finish.search import boost, index, leads, sections, synonyms, terms, with_box
from detection_notes.finish.site import Page

HTML = """<header class="md-header"><nav class="md-header__inner">x</nav></header><article><h1 id="t">题目<a class="headerlink">¶</a></h1>
<p class="reading-time" data-search-exclude="">约 3 分钟</p><p>甲<em>乙</em>丙</p><ul><li>一</li><li>二</li></ul>
<h2 id="a">第<code>一</code>节<a class="headerlink">¶</a></h2><p>用 <span class="math"><span class="latex" data-search-exclude="">$x$</span><math><mi>x</mi><mo>+</mo><mn>1</mn></math></span> 算</p>
<pre><code>def f():
    return 1</code></pre><!-- link-status --><p>填进来的</p><!-- /link-status --><h2>没有锚点</h2><table><tr><td>格</td><td>子</td></tr></table><h2 id="b">空</h2>
<h2 id="c">出处</h2><p>Girshick 2015</p></article>"""
PAGE = Page("a/b/index.html", HTML)
ENTRIES = """<article><h1>术语表</h1><h3 id='j'>交并比</h3><p><strong>intersection over union，IoU</strong>：面积之比。</p>
<h3 id='p'>精确率与召回率</h3><p><strong>precision and recall</strong>：…</p></article>"""
GLOSSARY = Page("glossary/index.html", ENTRIES)


def test_a_page_is_cut_at_the_headings_that_can_be_linked_to() -> None:
    found = sections(PAGE)

    assert [(section.anchor, section.heading) for section in found] == [("", "题目"), ("a", "第一节"), ("b", "空")]
    assert found[0].text == "甲乙丙 一 二"
    assert found[1].text == "用 x+1 算 def f(): return 1 没有锚点 格 子"


@pytest.mark.parametrize(
    ("markdown", "counts"),
    [("# 题\n", 1), ("---\ndescription: x\n---\n# 题\n", 1), ("---\nsearch:\n  boost: 0.3\n---\n# 题\n", 0.3), ("---\nsearch:\n  exclude: false\n---\n", 1)],
)
def test_a_page_says_itself_how_much_it_counts(markdown: str, counts: float, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(markdown, encoding="utf-8")
    assert boost(tmp_path / "a.md") == counts


def test_words_lead_one_way_only() -> None:
    assert all(len(words) > 1 and all(words) for words in leads())
    assert ["下载失败", "域名不通", "连不上"] in leads() and ["下载慢", "域名不通", "连不上"] in leads(), "each name of a line leads to all that it is found under"
    assert not {tuple(words) for words in leads()} & {tuple(words) for words in synonyms([])}


def test_neither_what_was_filled_in_nor_the_sources_are_searched() -> None:
    assert "填进来的" not in index([(PAGE, 1)]) and "Girshick" not in index([(PAGE, 1)])


def test_terms_of_the_glossary_are_synonyms_of_their_english_names() -> None:
    entries = terms(GLOSSARY)

    assert entries == [("交并比", "intersection over union，IoU", "j"), ("精确率与召回率", "precision and recall", "p")]
    groups = synonyms(entries)
    assert ["交并比", "intersection over union", "IoU"] in groups
    assert not any("precision and recall" in group for group in groups), "two words in one entry are not the same word"
    assert all(len(group) > 1 and all(group) for group in groups)


def test_the_index_holds_pages_terms_and_synonyms() -> None:
    values = json.loads(index([(PAGE, 1), (GLOSSARY, 0.1)]))

    assert [page[:2] for page in values["pages"]] == [["a/b/", "题目"], ["glossary/", "术语表"]]
    assert values["pages"][0][2][1][:2] == ["a", "第一节"]
    assert [page[4] for page in values["pages"]] == [1, 0.1]
    assert values["terms"][0][2] == "j" and values["glossary"] == "glossary/"


def test_the_box_stands_in_the_header_once() -> None:
    page = with_box(with_box(PAGE))

    assert page.html.count("data-find") == 1
    assert page.html.index("data-find") < page.html.index("</header>")
