"""The search of the built site, asked in a real browser as people ask it."""

import json
import re
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import pytest
from playwright.sync_api import Browser

from .conftest import DESKTOP, Site
from .pages import PAGES


@pytest.fixture(scope="module")
def search(browser: Browser, site: Site):
    """Type a query into the search box as a person does; gives the pages found, best first."""
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN")
    page = context.new_page()
    page.goto(site.url, wait_until="networkidle")
    field, said = page.locator("[data-md-component=search-query]"), page.locator(".md-search-result__meta")
    results = page.locator(".md-search-result__item > a")
    answered = "said => document.querySelector('.md-search-result__meta').textContent.trim() !== said"
    at_first = said.inner_text().strip()
    field.focus()
    field.fill("something")
    page.wait_for_function(answered, arg=at_first)

    def run(query: str, by_key: bool = True) -> list[str]:
        before = said.inner_text().strip()
        field.fill("")
        page.wait_for_function(answered, arg=before)
        empty = said.inner_text().strip()
        if by_key:
            field.evaluate("(e, query) => { e.value = query; e.dispatchEvent(new KeyboardEvent('keyup')) }", query)
        else:
            field.fill(query)
        page.wait_for_function(answered, arg=empty)
        if "没有" in said.inner_text():
            return []
        results.first.wait_for(state="attached")
        addresses = results.evaluate_all("all => all.map(a => a.href)")
        return [urlsplit(address)._replace(scheme="", netloc="", query="").geturl().lstrip("/") for address in addresses]

    yield run
    context.close()


GOLDEN = [
    tuple(part.strip() for part in line.split("→"))
    for line in Path(__file__).with_name("golden_queries.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]


@pytest.mark.parametrize(("query", "expected"), GOLDEN, ids=[query for query, _ in GOLDEN])
def test_a_query_finds_its_page_among_the_first_three(query: str, expected: str, search):
    found = [urldefrag(address)[0] for address in search(query)]
    assert expected in list(dict.fromkeys(found))[:3]


def errors_of_the_install_page() -> list[str]:
    """The error messages that head sections of the page, as a terminal shows them."""
    page = next(page for page in PAGES if page.name == "mmdetection/install.md")
    return [found[1] for _, line in page.lines if (found := re.match(r"### `([^`]+)`", line))]


def test_the_install_page_heads_its_sections_with_error_messages():
    assert len(errors_of_the_install_page()) >= 20


@pytest.mark.parametrize("message", errors_of_the_install_page())
def test_a_pasted_error_message_leads_to_its_section_of_the_install_page(message: str, search):
    found = search(message)
    assert urldefrag(found[0])[0] == "mmdetection/install/"


def test_a_query_is_put_into_words_that_the_search_knows(page_at):
    wanted = {
        "RoI对齐": "RoI 对齐",
        "学YOLOv3入门": "学 YOLOv3 入门",
        "500问": "500 问",
        "--gpus 2": "gpus",
        "No module named 'mmcv._ext'": "No module named mmcv _ext",
        "感受野": "感受野",
        "配置继承": "配置 继承",
        "怎么装mmcv": "装 mmcv",
        "什么是": "什么是",
        "expected in the same file": "expected same file",
        "in": "in",
        "11 点插值": "11 点插值",
        "padding same": "padding same",
    }
    script = "async queries => { const m = await import('/assets/search-spaces.mjs'); return queries.map(m.searchable) }"
    given = page_at("").evaluate(script, list(wanted))
    assert dict(zip(wanted, given)) == wanted


ASK_ALL = """async () => {
  const config = JSON.parse(document.getElementById("__config").textContent)
  const index = await (await fetch("search/search_index.json")).json()
  const worker = new Worker(config.search)
  const ask = message => new Promise(answer => { worker.onmessage = ({ data }) => answer(data.data); worker.postMessage(message) })
  await ask({ type: 0, data: { ...index, options: { suggest: false } } })
  const text = index.docs.map(({ title, text }) => title + " " + text.replace(/<[^>]+>/g, " ")).join(" ")
  const words = new Set((text.match(/\\b[a-zA-Z][a-zA-Z0-9]{2,}/g) ?? []).map(word => word.slice(0, 4)))
  const unanswered = []
  for (const word of words) if (!(await ask({ type: 2, data: word })).items.length) unanswered.push(word)
  return { asked: words.size, unanswered }
}"""


def test_every_latin_word_of_the_site_is_found_by_its_first_letters(page_at):
    told = page_at("").evaluate(ASK_ALL)
    assert told["asked"] > 1000 and not told["unanswered"]


def test_pasted_text_is_searched_without_a_key(search):
    assert search("感受野", by_key=False) == search("感受野")


def test_the_index_is_cut_into_chinese_words(site: Site):
    docs = json.loads((site.folder / "search" / "search_index.json").read_text(encoding="utf-8"))["docs"]
    assert any("感受野" in doc["text"].replace("\u200b", "") for doc in docs)
    assert sum("\u200b" in doc["text"] for doc in docs) > len(docs) / 2, "jieba is missing: Chinese cannot be searched"


def test_the_index_holds_formulas_as_one_readable_line(site: Site):
    docs = json.loads((site.folder / "search" / "search_index.json").read_text(encoding="utf-8"))["docs"]
    text = "".join(doc["text"] for doc in docs if doc["location"].startswith("deep-learning/cnn/"))
    assert "\\lfloor" in text and "约 " not in text
