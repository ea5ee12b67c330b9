"""The search box as people use it: typing, pasting, keys, a phone, a network that is away."""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

from accessibility import objections
from playwright.sync_api import Page, Route

from ..conftest import ROOT, Site
from ..pages import PAGES

FIELD, SAID, LINKS = "[data-find] input", ".find__said", ".find__list a"
PHONE = {"width": 390, "height": 844}


def ask(page: Page, question: str) -> list[str]:
    """Type a question; → the addresses found, best first."""
    before = page.locator(SAID).text_content()
    page.locator(FIELD).fill("")
    page.evaluate("document.querySelector('.find__said').textContent = ''")
    page.locator(FIELD).fill(question)
    page.wait_for_function("document.querySelector('.find__said').textContent !== ''")
    assert before is not None
    return page.locator(LINKS).evaluate_all("all => all.map(a => a.getAttribute('href'))")


def test_nothing_of_the_index_is_loaded_before_the_box_is_used(page_at):
    page = page_at("deep-learning/cnn/")
    loaded = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert not [name for name in loaded if "search.json" in name or "engine" in name or "lunr" in name or "worker" in name]
    page.locator(FIELD).focus()
    page.wait_for_function("performance.getEntriesByType('resource').some(e => e.name.endsWith('search.json'))")


def test_a_result_names_page_and_section_and_shows_the_words_in_at_most_three_lines(page_at):
    for viewport in (PHONE, {"width": 1280, "height": 900}):
        page = page_at("", viewport=viewport)
        ask(page, "感受野 有效步长")
        first = page.locator(".find__list li").first
        assert first.locator(".find__title").inner_text() == "卷积的尺寸与感受野 › 感受野与有效步长"
        assert "感受野" in first.locator(".find__text mark").all_inner_texts()
        lines = page.locator(".find__list li").evaluate_all(
            "all => all.map(li => [...li.querySelectorAll('.find__title, .find__text')].reduce((sum, e) => sum + Math.round(e.clientHeight / parseFloat(getComputedStyle(e).lineHeight)), 0))"
        )
        assert lines and max(lines) <= 3


def test_the_number_of_results_is_announced(page_at):
    page = page_at("")
    found = ask(page, "感受野")
    assert page.get_by_role("status").filter(has_text=f"找到 {len(found)} 处").count() == 1


def test_where_nothing_fits_it_says_so(page_at):
    page = page_at("")
    assert ask(page, "红烧肉做法") == []
    assert page.locator(SAID).inner_text() == "没有找到合适的。"


def test_a_misspelt_term_leads_to_the_terms_of_the_glossary_that_look_alike(page_at):
    page = page_at("")
    found = [unquote(address) for address in ask(page, "dialatd convlutoin")]
    assert page.locator(SAID).inner_text().startswith("没有找到合适的")
    assert found[0].endswith("/glossary/#膨胀卷积") and len(found) <= 3 and all("/glossary/#" in address for address in found)


RESPELT = """async questions => {
  const [{ prepare }, { respelt }, index] = await Promise.all([import("/assets/search/engine.mjs"), import("/assets/search/spelling.mjs"), fetch("/search.json").then(answer => answer.json())])
  const { vocabulary } = prepare(index)
  return questions.map(words => respelt(words, vocabulary))
}"""


def test_one_slip_and_missing_or_extra_spaces_are_mended_and_nothing_else(page_at):
    written = {
        "pytroch": "pytorch", "convolutoin": "convolution", "softnms": "soft nms", "retina net": "retinanet", "batchnormalization": "batch normalization",
        "filed": "field", "retian_graph": "retain_graph", "fiels": "fiels",
        "output_padding": "output_padding", "torch.save": "torch.save", "lora": "lora", "kubernetes": "kubernetes", "dete": "dete",
    }  # fmt: skip
    assert dict(zip(written, page_at("").evaluate(RESPELT, [*written]), strict=True)) == written


def test_keys_lead_into_the_box_through_the_results_and_out(page_at):
    page = page_at("deep-learning/")
    page.evaluate("() => import('/assets/search/box.mjs')")  # the box listens
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "query"
    ask(page, "感受野")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement === document.querySelector('.find__list a')")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    assert page.locator(".find__answers").is_hidden() and page.evaluate("document.activeElement.name") == "query"
    page.keyboard.press("Enter")
    page.wait_for_url("**/deep-learning/cnn/#*")
    page.wait_for_function("document.querySelector('.find__answers').hidden")


def test_a_slash_that_is_typed_somewhere_stays_there(page_at):
    page = page_at("")
    ask(page, "RoI")
    page.keyboard.press("End")
    page.keyboard.type("/x")
    assert page.locator(FIELD).input_value() == "RoI/x"


def test_a_network_that_is_away_is_named_and_tried_again(page_at):
    page = page_at("")

    def away(route: Route) -> None:
        route.abort()

    page.route("**/search.json", away)
    page.locator(FIELD).fill("感受野")
    page.wait_for_function("document.querySelector('.find__said').textContent.includes('没有取到')")
    page.unroute("**/search.json", away)
    assert ask(page, "感受野")


def test_the_box_works_on_a_page_that_was_loaded_into_another(page_at):
    page = page_at("deep-learning/")
    page.evaluate("window.kept = true")
    page.locator("article a[href*=architectures]").first.click()
    page.wait_for_url("**/architectures/")
    assert ask(page, "感受野")[0].startswith("http") and page.evaluate("window.kept")


def errors_of_the_install_page() -> list[str]:
    """The error messages that head sections of the page, as a terminal shows them."""
    page = next(page for page in PAGES if page.name == "mmdetection/install.md")
    return [found[1] for _, line in page.lines if (found := re.match(r"### `([^`]+)`", line))]


QUERY = """async questions => {
  const [{ prepare, ask }, index] = await Promise.all([import("/assets/search/engine.mjs"), fetch("/search.json").then(answer => answer.json())])
  const ready = prepare(index)
  return questions.map(words => ask(ready, words)[0]?.address)
}"""


def test_a_pasted_error_message_leads_to_the_install_page(page_at):
    messages = errors_of_the_install_page()
    assert len(messages) >= 20
    found = page_at("").evaluate(QUERY, messages)
    assert {message: address for message, address in zip(messages, found, strict=True) if address != "mmdetection/install/"} == {}


WORDS = """async () => {
  const [{ prepare, ask }, index] = await Promise.all([import("/assets/search/engine.mjs"), fetch("/search.json").then(answer => answer.json())])
  const ready = prepare(index)
  const words = [...new Set(ready.all.match(/(?<![a-z\\d_])[a-z]{5,}(?![a-z\\d])/g))]
  const some = words.filter((_, at) => at % 9 === 0)
  return { asked: some.length, unanswered: some.flatMap(word => [word, word.slice(0, 4)]).filter(word => !ask(ready, word).length) }
}"""


def test_a_latin_word_of_the_notes_is_found_whole_and_by_its_first_letters(page_at):
    told = page_at("").evaluate(WORDS)
    assert told["asked"] > 100 and not told["unanswered"]


NUMERALS = 'async () => { const { number } = await import("/assets/search/question.mjs"); return ["十一", "二十", "二十三", "三", "两", "十", "一百", "二三", ""].map(number) }'


def test_numerals_are_read(page_at):
    assert page_at("").evaluate(NUMERALS) == [11, 20, 23, 3, 2, 10, None, None, None]


def test_the_index_is_smaller_than_what_material_makes_of_the_same_text(site: Site, tmp_path: Path):
    """Material's own search over the same pages, set up for Chinese as its documentation says (with jieba); as sent, and as it is."""
    stock = tmp_path / "stock.yml"
    here = f"INHERIT: {ROOT / 'mkdocs.yml'}\ndocs_dir: {ROOT / 'docs'}\ntheme: {{custom_dir: {ROOT / 'overrides'}}}\n"
    stock.write_text(here + "hooks: []\nplugins: [{search: {lang: [zh, en]}}]\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "mkdocs", "build", "-f", str(stock), "-d", str(tmp_path / "site")], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    theirs, ours = (tmp_path / "site/search/search_index.json").read_bytes(), (site.folder / "search.json").read_bytes()
    assert json.loads(theirs)["docs"]
    assert len(ours) <= 0.8 * len(theirs)
    assert len(gzip.compress(ours)) <= 0.8 * len(gzip.compress(theirs))


def test_axe_finds_nothing_while_results_are_shown(page_at):
    for options in ({}, {"viewport": PHONE, "color_scheme": "dark", "has_touch": True, "is_mobile": True}):
        page = page_at("deep-learning/", **options)
        ask(page, "感受野")
        assert not objections(page, context=".find")
