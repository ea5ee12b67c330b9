"""How the pages look and behave for those who read them: sizes, boxes, code, headings, paper, and the way from page to page."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page
from pypdf import PdfReader
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from .conftest import DESKTOP, SETTLED, Site, go, html_files
from .pages import DOCS, PAGES
from .test_site import PATHS

PHONE = {"width": 390, "height": 844}
STYLE = (DOCS / "assets/site.css").read_text(encoding="utf-8")
TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True}


# What must be read is large enough.

SMALL = """() => {
  const shown = e => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())
  const said = e => !e.closest(".spoken, .latex, math, sub, sup, svg, script, style, noscript")
  return [...document.querySelectorAll("body *")].filter(e => own(e) && said(e) && shown(e) && parseFloat(getComputedStyle(e).fontSize) < 13)
    .slice(0, 5).map(e => getComputedStyle(e).fontSize + " " + e.outerHTML.slice(0, 90))
}"""
BODY = """() => {
  const size = e => parseFloat(getComputedStyle(e).fontSize), body = size(document.querySelector("article > p:not(.reading-time)"))
  const boxes = document.querySelectorAll("article :is(.abstract, .now, .warning, details) > p:not(.admonition-title)")
  return [...boxes].filter(e => size(e) < body).slice(0, 3).map(e => size(e) + " " + e.textContent.slice(0, 40))
}"""


TARGETS = """() => [...document.querySelectorAll("a, button, summary, input:not([type=radio], [type=checkbox]), label[for], [tabindex='0']")]
  .filter(e => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && getComputedStyle(e).display !== "inline")
  .map(e => [e.getBoundingClientRect(), e]).filter(([r]) => r.width && r.height && r.right > 0 && (r.width < 23.5 || r.height < 23.5))
  .map(([r, e]) => `${r.width.toFixed()}x${r.height.toFixed()} ${e.outerHTML.slice(0, 100)}`)"""


@pytest.mark.parametrize("path", ["", "deep-learning/cnn/", "mmdetection/install/", "glossary/", "404.html"])
def test_targets_that_are_not_words_in_a_sentence_are_24_px(path: str, page_at):
    assert not page_at(path, **TOUCH).evaluate(TARGETS)
    assert not page_at(path).evaluate(TARGETS)


BROKEN = """() => [...document.querySelectorAll("article :is(h2, h3, h4)")].filter(heading => {
  const links = [...heading.querySelectorAll(".headerlink, .report")], height = heading.clientHeight
  links.forEach(link => link.hidden = true)
  return heading.clientHeight < height && links.length
}).map(heading => heading.textContent.slice(0, 40))"""


@pytest.mark.parametrize("options", [{"viewport": PHONE}, TOUCH], ids=["mouse", "touch"])
@pytest.mark.parametrize("path", ["refuted/", "mmdetection/install/"])
def test_the_links_behind_a_heading_take_no_line_of_their_own(path: str, options: dict, page_at):
    page = page_at(path, **options)
    page.evaluate("document.adoptedStyleSheets[0].insertRule('* { content-visibility: visible !important } ')")
    page.evaluate("document.adoptedStyleSheets[0].insertRule('.headerlink[hidden], .report[hidden] { display: none !important }')")
    assert page.locator(".report").count() > 20 and not page.evaluate(BROKEN)


# The answer stands in the first screen.


def test_a_record_without_content_is_one_quiet_line(page_at):
    page = page_at("detection/roi-align/", **TOUCH)
    title, text = page.locator("[data-brief] > .then > .admonition-title").bounding_box(), page.locator("[data-brief] > .then > p:last-child").bounding_box()
    assert abs(title["y"] - text["y"]) < 4, "title and text share a line"


def test_a_long_record_is_folded_on_a_phone_and_open_beside_its_other_half(page_at):
    page = page_at("detection/map/", **TOUCH)
    record = page.locator("details.then")
    text = record.locator("p").first
    assert record.bounding_box()["height"] < 40
    record.locator("summary").click()
    assert text.bounding_box()["height"] > 40
    record.locator("summary").click()
    page.set_viewport_size(DESKTOP)
    assert text.bounding_box()["height"] > 40 and record.bounding_box()["height"] > text.bounding_box()["height"]


# What lies below is laid out when it comes near, and nothing jumps because of it.

SKIPPED = """() => [...document.querySelectorAll("article > p, article > ul, article > .admonition")]
  .filter(e => e.firstElementChild?.checkVisibility({ contentVisibilityAuto: true }) === false).length"""


def stands_on_top(page: Page, place: str) -> None:
    """Half a second later: on the way there things are laid out, and move it."""
    page.wait_for_timeout(500)
    page.wait_for_function("place => { const { y } = document.getElementById(place).getBoundingClientRect(); return 0 <= y && y < 160 }", arg=place, timeout=10_000)


@pytest.mark.parametrize("options", [{}, TOUCH], ids=["desktop", "phone"])
def test_what_lies_far_below_is_not_laid_out_at_first_and_a_link_into_it_leads_there(options: dict, page_at):
    page = page_at("deep-learning/cnn/", reduced_motion="reduce", **options)
    assert page.evaluate(SKIPPED) > 20
    for place in ("自测", "输出有多大", "参数量与乘加次数"):
        page.evaluate("place => { location.hash = place }", place)
        stands_on_top(page, place)


def test_the_rows_of_all_links_are_laid_out_one_by_one(page_at):
    page = page_at("links/", **TOUCH)
    skipped = "[...document.querySelectorAll('.links td:first-child')].filter(e => !e.checkVisibility({ contentVisibilityAuto: true })).length"
    assert page.evaluate(skipped) > 100
    first = page.locator(".links td").first.bounding_box()
    assert first["width"] > 230, "addresses have room"


def test_an_address_with_a_place_opens_there(page_at):
    stands_on_top(page_at("deep-learning/cnn/#参数量与乘加次数", **TOUCH), "参数量与乘加次数")


# Code, and what programs answer.

CUT = """() => [...document.querySelectorAll(".language-text.highlight > pre:first-child code, .language-shell code, .language-console code")]
  .filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent.slice(0, 60))"""


COVERED = """() => [...document.querySelectorAll(".md-code__button")].filter(e => e.offsetParent).filter(button => {
  const { left } = button.getBoundingClientRect(), code = button.closest("pre").querySelector("code").getBoundingClientRect()
  return code.right > left + 0.5
}).length"""


@pytest.mark.parametrize("path", ["pytorch/image-classification/", "docker/"])
def test_the_copy_button_stands_beside_the_code_and_not_on_outputs(path: str, page_at):
    for options in ({}, TOUCH):
        page = page_at(path, **options)
        assert page.locator(".md-code__button:visible").count() > 3
        assert page.evaluate(COVERED) == 0
        assert page.locator(".language-text.highlight > pre:first-child .md-code__button:visible").count() == 0


def test_input_and_output_differ_by_more_than_colour(page_at):
    page = page_at("pytorch/backward/")
    bar = "e => getComputedStyle(e).borderInlineStartWidth"
    assert page.locator(".language-python pre").first.evaluate(bar) == "0px"
    assert page.locator(".language-text pre").first.evaluate(bar) == "3px"


def test_commands_are_copied_without_their_prompt_and_their_answer(page_at):
    page = page_at("pytorch/image-classification/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    block = page.locator(".language-console.highlight", has_text="export_digits.py digits")
    commands, answers = [], []
    for line in block.locator("code").inner_text().strip().splitlines():
        (commands if line.startswith("$ ") else answers).append(line.removeprefix("$ "))
    assert commands and answers
    block.locator(".md-code__button").click()
    page.locator(".md-dialog--active").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert [line for line in copied.splitlines() if line.strip()] == commands


# Tables.

SQUEEZED = """() => [...document.querySelectorAll("article table:not([class]) td")].filter(cell => cell.checkVisibility({ contentVisibilityAuto: true })).filter(cell => {
  const range = document.createRange(); range.selectNodeContents(cell)
  const style = getComputedStyle(cell), room = cell.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
  const em = parseFloat(style.fontSize), long = cell.textContent.trim().length
  return /[\\u4e00-\\u9fff]/.test(cell.textContent) && (long > 12 && room < 6 * em || long < 4 && room < (long - 0.5) * em && /^[\\u4e00-\\u9fff]+$/.test(cell.textContent.trim()))
}).slice(0, 4).map(e => e.textContent.slice(0, 40))"""


# The sign that a question unfolds is 20 px wide and ends 8 px before its line does.
OVERWRITTEN = """() => [...document.querySelectorAll("article summary")].filter(summary => {
  const words = document.createRange(), left = summary.getBoundingClientRect().right - 28
  words.selectNodeContents(summary)
  return summary.checkVisibility({ contentVisibilityAuto: true }) && [...words.getClientRects()].some(line => line.right > left + 0.5)
}).map(summary => summary.textContent.slice(0, 40))"""


# What goes on beyond its edge, and nothing shows it.
UNSAID = """() => [...document.querySelectorAll("article :is(.md-typeset__scrollwrap, pre > code, div.math, .w-scroll, pre.w-code)")]
  .filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth && !getComputedStyle(e).backgroundImage.includes("gradient"))
  .map(e => e.textContent.trim().slice(0, 40))"""


# The first section after a comparison of then and now; its reader has had the answer.
FAR = """() => [...document.querySelectorAll("article > .then-now + h2")].filter(e => e === document.querySelector("article > h2"))
  .map(e => e.getBoundingClientRect().top).filter(top => top > innerHeight)"""


ANSWER = "() => [...document.querySelectorAll('.abstract')].slice(0, 1).map(e => e.getBoundingClientRect().bottom)"  # 0 where it is hidden


# One visit a page on a phone; what was seen is asserted below, one promise a test.


LAID_OUT = "document.adoptedStyleSheets[0].insertRule('article > * { content-visibility: visible !important }')"


@dataclass
class Seen:
    answer: list[float]
    far: list[float]
    small: list[str]
    below_body: list[str]
    cut: list[str]
    squeezed: list[str]
    overwritten: list[str]
    unsaid: list[str]
    squeezed_on_desktop: list[str]


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(**TOUCH, locale="zh-CN")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module", params=PATHS, ids=lambda path: path or "home")
def seen(request: pytest.FixtureRequest, phone: Page, site: Site) -> Seen:
    phone.set_viewport_size(PHONE)
    go(phone, site.url + request.param)
    answer, far = phone.evaluate(ANSWER), phone.evaluate(FAR)
    phone.evaluate(LAID_OUT)
    phone.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    first = [phone.evaluate(script) for script in (SMALL, BODY, CUT, SQUEEZED, OVERWRITTEN)]
    phone.evaluate(SETTLED)  # what scrolls is found out after the layout
    first.append(phone.evaluate(UNSAID))
    phone.set_viewport_size(DESKTOP)
    return Seen(answer, far, *first, phone.evaluate(SQUEEZED))


def test_the_answer_in_a_sentence_stands_in_the_first_screen_of_a_phone(seen: Seen):
    assert all(0 < bottom <= PHONE["height"] for bottom in seen.answer), "say it shorter"


def test_an_answer_in_a_sentence_is_marked_on_the_built_page(site: Site):
    answered = [page.name for page in PAGES if '!!! abstract "一句话"' in page.source]
    assert answered and all(site.page(name).css(".abstract") for name in answered)


def test_the_first_section_begins_in_the_first_screen_of_a_phone(seen: Seen):
    assert not seen.far, "say less between the answer and the first section, or move the comparison to the section that it is about"


def test_nothing_that_must_be_read_is_below_13_px(seen: Seen):
    assert not seen.small


def test_answers_traps_and_the_sentence_that_sums_up_are_body_text(seen: Seen):
    assert not seen.below_body


def test_no_output_no_message_and_no_command_is_cut_on_a_phone(seen: Seen):
    assert not seen.cut


def test_no_column_of_sentences_is_squeezed(seen: Seen):
    assert not seen.squeezed and not seen.squeezed_on_desktop


def test_the_sign_that_a_question_unfolds_stands_beside_its_words(seen: Seen):
    assert not seen.overwritten


def test_what_goes_on_beyond_its_edge_says_so(seen: Seen):
    assert not seen.unsaid


def test_the_shade_at_the_edge_is_seen_until_one_has_scrolled_there(page_at):
    page = page_at("deep-learning/500-questions/", **TOUCH)
    table = page.locator(".md-typeset__scrollwrap[tabindex]").first
    table.scroll_into_view_if_needed()

    def edge() -> float:
        """How dark the last pixels of the table are, in a row without words: 0 is black."""
        box = table.bounding_box()
        picture = Image.open(io.BytesIO(page.screenshot(clip={"x": box["x"] + box["width"] - 4, "y": box["y"] + 1, "width": 4, "height": 6}))).convert("L")
        return float(sum(picture.tobytes()) / len(picture.tobytes()))

    before = edge()
    table.evaluate("e => e.scrollLeft = e.scrollWidth")
    page.evaluate(SETTLED)
    assert edge() > before + 10


def test_the_word_before_the_answer_stands_apart_from_it_on_a_phone(page_at):
    page = page_at("deep-learning/cnn/", **TOUCH)
    gap = page.evaluate("""() => {
      const [title, text] = [...document.querySelectorAll(".abstract > *")], words = document.createRange()
      words.selectNodeContents(text)
      return words.getClientRects()[0].left - title.getBoundingClientRect().right
    }""")
    assert gap > 4


# From page to page.


def test_a_new_page_is_announced_and_reading_goes_on_from_its_heading(page_at):
    page = page_at("deep-learning/")
    page.locator("article a", has_text="卷积的尺寸与感受野").first.click()
    page.locator("h1", has_text="卷积的尺寸与感受野").wait_for()
    page.locator("[role=status].spoken", has_text="卷积的尺寸与感受野").wait_for(state="attached")
    assert page.locator("h1").evaluate("e => e === document.activeElement")


def test_a_link_to_a_section_of_another_page_goes_on_from_there(page_at):
    page = page_at("")
    page.locator("article a[href$='#流传最广的例子错在哪'], article a[href*='roi-align/#']").first.click()
    page.locator("h1", has_text="RoI Pooling").wait_for()
    page.locator("[role=status].spoken", has_text="RoI Pooling").wait_for(state="attached")
    assert page.locator("h2:focus").count() == 1


def test_the_first_page_keeps_the_focus_where_browsers_put_it(page_at):
    page = page_at("deep-learning/cnn/")
    assert page.evaluate("document.activeElement === document.body") and not page.locator(".spoken").inner_text()


def test_what_scrolls_can_be_scrolled_by_keys_with_and_without_a_mouse(page_at):
    for options in ({}, TOUCH):
        page = page_at("pytorch/image-classification/", **options)
        page.locator("pre > code[tabindex='0']").first.wait_for(state="attached")
        page.wait_for_function(
            """() => [...document.querySelectorAll(".md-typeset :is(pre > code, .md-typeset__scrollwrap)")]
              .every(e => !e.checkVisibility() || e.scrollWidth <= e.clientWidth || e.tabIndex === 0)"""
        )


# Titles, addresses, pictures.


def test_a_page_is_called_what_its_heading_says_everywhere(site: Site):
    for page in PAGES:
        tree = site.page(page.name)
        heading = tree.css_first("h1").text(deep=False).strip() or tree.css_first("h1 code").text()
        title = tree.css_first("title").text()
        assert title == ("目标检测学习笔记" if page.name == "index.md" else f"{heading} - 目标检测学习笔记")
        if page.name != "index.md" and (here := tree.css_first(".md-nav--primary .md-nav__link--active:not(label)")):
            assert here.text().strip() in (heading, title) or page.name.endswith("index.md"), page.name


def test_the_mark_is_the_icon_on_every_page_and_both_files_are_there(site: Site):
    for name, tree in html_files(site):
        if not tree.css(".md-header"):
            continue  # a widget alone, to be framed by other sites
        for selector in ('link[rel="icon"]', 'link[rel="apple-touch-icon"]'):
            address = tree.css_first(selector).attributes["href"]
            assert (site.folder / name).parent.joinpath(address).is_file() or (site.folder / address.lstrip("/")).is_file(), f"{name}: {address}"
        assert tree.css(".md-header .md-logo svg")


def test_without_its_addresses_a_site_names_nobody_elses(build_pages, tmp_path):
    done = build_pages({"index.md": "---\ndescription: 一句话。\n---\n\n# 题目\n\n## 一节\n\n正文。\n", "links.md": "# 链接状态\n"})
    page = (tmp_path / "site/index.html").read_text(encoding="utf-8")
    assert len([line for line in done.stdout.splitlines() if "no SITE_URL" in line and "no EDIT_URI" in line]) == 1, done.stdout
    assert not re.search(r'rel="canonical"|rel="edit"|og:|github\.com|这里不对', page)
    assert not (tmp_path / "site/sitemap.xml").exists()
    assert "navigation.instant" not in page, "it asks for the sitemap"


COLOUR = re.compile(r"#[0-9a-f]{6}\b")


@pytest.mark.parametrize("picture", sorted(DOCS.glob("*/*.assets/*.svg")), ids=lambda path: path.name)
def test_a_diagram_has_no_colour_that_the_page_around_it_does_not_have(picture: Path):
    palette = set(COLOUR.findall("".join(re.findall(r"--(?:paper|ink|rule|then|now|trap|muted|ground|tint): #[0-9a-f]{6}", STYLE))))
    drawn = set(COLOUR.findall(picture.read_text(encoding="utf-8")))
    assert len(palette) == 18 and drawn and not drawn - palette


# Layout does not move.


@pytest.mark.parametrize("path", ["", "deep-learning/cnn/", "detection/map/", "pytorch/image-classification/", "mmdetection/htc/", "links/"])
def test_nothing_moves_while_a_page_loads(path: str, page_at):
    for options in ({}, TOUCH):
        page = page_at(path, first_visit=True, **options)
        moved = page.evaluate(
            """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().reduce((sum, e) => sum + e.value, 0)))
              .observe({ type: "layout-shift", buffered: true }) ?? setTimeout(() => done(0), 500))"""
        )
        assert moved < 0.01, f"layout shift {moved}"


def test_a_picture_of_a_network_is_drawn_at_its_own_size(page_at):
    picture = page_at("deep-learning/drawing/").locator("svg.w-net").first
    assert picture.bounding_box()["width"] == picture.evaluate("e => e.viewBox.baseVal.width")


# Paper.


@dataclass
class Sheet:
    """A printed page: its pieces of text with their height over its lower edge, in points, in the order of reading."""

    height: float
    pieces: list[tuple[float, float, str]]  # y, font size, text

    @property
    def text(self) -> str:
        return "".join(text for _, _, text in self.pieces)

    @property
    def body(self) -> list[tuple[float, float, str]]:
        return [piece for piece in self.pieces if 50 < piece[0] < self.height - 50]


@pytest.fixture
def paper(page_at, tmp_path):
    """A page of the site as it is printed."""

    def printed(path: str) -> list[Sheet]:
        file = tmp_path / "paper.pdf"
        page_at(path).pdf(path=file, format="A4")
        sheets = []
        for page in PdfReader(file).pages:
            pieces: list[tuple[float, float, str]] = []

            def visit(text: str, cm: list[float], tm: list[float], font: object, size: float, page=page, pieces=pieces) -> None:
                if text.strip():
                    scale = abs(cm[3] * tm[3])
                    pieces.append((float(page.mediabox.height) - (cm[5] + tm[5] * cm[3]) if cm[3] < 0 else cm[5] + tm[5] * cm[3], size * scale, text))

            page.extract_text(visitor_text=visit)
            sheets.append(Sheet(float(page.mediabox.height), pieces))
        return sheets

    return printed


@pytest.mark.parametrize("path", ["detection/roi-align/", "mmdetection/install/", "deep-learning/cnn/"])
def test_paper_has_title_date_and_page_in_its_margin_and_the_addresses_of_sources(path: str, paper, site: Site):
    sheets = paper(path)
    tree = HTMLParser((site.folder / path / "index.html").read_bytes())
    day, heading = tree.css_first(".changed").text(), tree.css_first("h1").text(deep=False)
    for number, sheet in enumerate(sheets, 1):
        margin = "".join(text for y, _, text in sheet.pieces if not 50 < y < sheet.height - 50).replace(" ", "").replace("\n", "")
        assert heading.replace(" ", "") in margin and day.replace(" ", "") in margin and f"{number}/{len(sheets)}" in margin, f"sheet {number}: {margin}"
    whole = re.sub(r"\s", "", "".join(sheet.text for sheet in sheets))
    for link in tree.css("dt > a[data-link]"):
        assert re.sub(r"\s", "", link.attributes["href"]) in whole
    assert site.url not in whole, "links inside of the site need no address"
    assert "¶" not in whole and "这里不对" not in whole


@pytest.mark.parametrize("path", ["detection/roi-align/", "mmdetection/training/"])
def test_no_sheet_but_the_last_is_half_empty(path: str, paper):
    ends = [min(y for y, _, _ in sheet.body) / sheet.height for sheet in paper(path)]  # of the last line, over the lower edge
    assert len(ends) > 5 and max(ends[:-1]) < 0.4, [round(end, 2) for end in ends]
