"""The built site in a real browser, as readers meet it: desktop and phone, light and dark, with and without script."""

import gzip
import re
import statistics
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from accessibility import OF_COLOURS, objections
from detection_notes.notes.subset_font import CHARACTERS
from playwright.sync_api import Browser, BrowserContext, Page
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from .conftest import DESKTOP, ROOT, SETTLED, Site, go, html_files
from .pages import PAGES

PHONE = {"width": 360, "height": 740}
PATHS = [page.name.removesuffix(".md").removesuffix("index") for page in PAGES]
PATHS = [path + "/" if path and not path.endswith("/") else path for path in PATHS]
CHECKED_BY_AXE = ["", "deep-learning/cnn/", "mmdetection/install/", "docker/", "links/"]  # each kind of thing that pages hold


def test_the_strict_build_is_clean(site: Site):
    assert site.status == 0, site.messages
    assert "WARNING" not in site.messages, site.messages


# One visit a page; what was seen is asserted below, one promise a test.


@dataclass
class Visit:
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    weight: int = 0
    phone_overflow: list[str] = field(default_factory=list)
    desktop_overflow: int = 0
    dark: str = ""


def watch(page: Page, visit: Visit) -> None:
    page.on("console", lambda message: message.type in ("error", "warning") and visit.complaints.append(message.text))
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on("requestfailed", lambda request: visit.complaints.append(f"failed: {request.url}"))
    page.on("response", lambda response: response.status < 400 or visit.complaints.append(f"{response.status}: {response.url}"))
    page.on("request", lambda request: visit.hosts.add(urlsplit(request.url).netloc))
    page.on("request", lambda request: visit.asked.append(unquote(urlsplit(request.url).path).lstrip("/")))


OVERFLOW = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
  if (wide <= 0) return []
  const out = [...document.querySelectorAll('article *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  return [`${wide}px`, ...out.slice(0, 3).map(e => e.outerHTML.slice(0, 120))]
}"""


@cache
def packed(file: Path) -> int:
    """Bytes on the line: fonts and pictures of dots are packed already."""
    content = file.read_bytes()
    return len(content) if file.suffix in (".woff2", ".png") else len(gzip.compress(content))


@pytest.fixture(scope="module")
def visited(context_of: Callable[..., BrowserContext], site: Site) -> Callable[[str], Visit]:
    """What is seen of a page, which is opened once: on a phone, then on a desktop, then in the dark."""
    context = context_of(viewport=PHONE, color_scheme="light", locale="zh-CN")

    @cache
    def seen_at(path: str) -> Visit:
        page, seen = context.new_page(), Visit()
        watch(page, seen)
        go(page, site.url + path)
        files = [site.folder / (name + "index.html" if not name or name.endswith("/") else name) for name in seen.asked]
        seen.weight = sum(packed(file) for file in files if file.is_file())
        seen.phone_overflow = page.evaluate(OVERFLOW)
        page.set_viewport_size(DESKTOP)
        seen.desktop_overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        page.emulate_media(color_scheme="dark")
        page.locator("body[data-md-color-scheme=slate]").wait_for(timeout=5000)
        seen.dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.evaluate(SETTLED)
        page.close()
        return seen

    return seen_at


@pytest.fixture(scope="module", params=PATHS, ids=lambda path: path or "home")
def visit(request: pytest.FixtureRequest, visited: Callable[[str], Visit]) -> Visit:
    return visited(request.param)


def test_a_page_opens_without_a_complaint(visit: Visit):
    assert not visit.complaints


def test_a_page_asks_nothing_of_another_host(visit: Visit, site: Site):
    assert visit.hosts == {urlsplit(site.url).netloc}


def test_a_page_fits_a_phone_and_a_desktop(visit: Visit):
    assert not visit.phone_overflow, "make it narrower or let it scroll by itself"
    assert visit.desktop_overflow <= 0


def test_a_page_turns_dark_with_the_system(visit: Visit):
    channels = [int(channel) for channel in re.findall(r"\d+", visit.dark)[:3]]
    assert max(channels) < 80


def test_a_first_visit_is_light(visited: Callable[[str], Visit]):
    """All that a page asks for before anybody touches it, its formulas and widgets included."""
    weights = {path: visited(path).weight for path in PATHS}
    heavy = {path: weight for path, weight in weights.items() if weight > 160_000}
    assert not heavy, heavy
    assert statistics.median(weights.values()) <= 110_000, weights


# Without script.


@pytest.fixture(scope="module")
def plain(browser: Browser) -> Iterator[Page]:
    """A phone that runs no script."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, locale="zh-CN")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path or "home")
def test_a_page_reads_without_script(path: str, plain: Page, site: Site):
    plain.goto(site.url + path)
    assert plain.locator("h1").is_visible()
    words = re.sub(r"\s+", "", HTMLParser(plain.content()).css_first("article").text())
    assert len(words) > 150, "nothing on this page without script"
    scrolls = plain.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
    assert scrolls <= 0, "wider than a phone"


# Accessibility.


def turn_dark(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.locator("body[data-md-color-scheme=slate]").wait_for()


@pytest.fixture(scope="module")
def touched(browser: Browser) -> Iterator[Page]:
    """A phone that is touched. It opens one address after the other in one page: a new page costs as much as what it opens."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce", locale="zh-CN", bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path or "home")
def test_axe_finds_nothing_to_object_to_on_a_phone(path: str, touched: Page, site: Site):
    """Touched, not pointed at: Material leaves more undone there."""
    touched.emulate_media(color_scheme="light")
    go(touched, site.url + path)
    assert not objections(touched), "light"
    turn_dark(touched)
    assert not objections(touched, OF_COLOURS), "dark"


@pytest.mark.parametrize("path", CHECKED_BY_AXE, ids=lambda path: path or "home")
def test_axe_finds_nothing_to_object_to_on_a_desktop(path: str, page_at):
    page = page_at(path, reduced_motion="reduce")
    assert not objections(page), "light"
    turn_dark(page)
    assert not objections(page, OF_COLOURS), "dark"


# What stands on every page.


def notes_of(site: Site) -> list[tuple[str, HTMLParser]]:
    """The pages of the site; those of one widget alone (lab/<name>.html) are to be embedded elsewhere and are none."""
    return [(name, tree) for name, tree in html_files(site) if name.endswith("index.html")]


def test_every_page_has_its_edit_link_its_licences_and_its_description(site: Site):
    descriptions = set()
    for name, tree in notes_of(site):
        source = name.replace("index.html", "") or "index"
        edit = tree.css_first("a[rel=edit]").attributes["href"]
        assert source.strip("/") in edit and edit.endswith(".md"), name
        footer = tree.css_first(".md-footer").text()
        assert "MIT" in footer and "CC BY 4.0" in footer, name
        descriptions.add(tree.css_first('meta[name="description"]').attributes["content"])
    assert len(descriptions) == len(PAGES)


def test_nothing_is_loaded_from_another_host_and_no_widget_counts_stars(site: Site):
    for name, tree in html_files(site):
        for selector, attribute in (("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "srcset"), ("link", "href")):
            for element in tree.css(f"{selector}[{attribute}]"):
                if selector == "link" and element.attributes.get("rel") in ("canonical", "prev", "next", "alternate"):
                    continue
                host = urlsplit(urljoin(site.url, element.attributes[attribute])).netloc
                assert host == urlsplit(site.url).netloc, f"{name}: {element.html}"
        assert not tree.css('[data-md-component="source"]'), f"{name} would ask api.github.com"


def test_every_inner_link_leads_to_a_page_and_a_place_on_it(site: Site):
    pages = dict(html_files(site))
    ids = {name: {e.attributes["id"] for e in tree.css("[id]")} for name, tree in pages.items()}
    broken = []
    for name, tree in pages.items():
        for element in tree.css("[href], [src]"):
            target = element.attributes.get("href") or element.attributes.get("src") or ""
            address, fragment = urldefrag(urljoin(site.url + name, target))
            if not address.startswith(site.url) or target.startswith("data:"):
                continue
            path = unquote(urlsplit(address).path).lstrip("/")
            path = path + "index.html" if not path or path.endswith("/") else path
            if not (site.folder / path).is_file():
                broken.append(f"{name}: {target}")
            elif fragment and path in ids and unquote(fragment) not in ids[path]:
                broken.append(f"{name}: {target} (no such place on the page)")
    assert not broken, "\n".join(broken)


PAGE_LIMIT = 22_000  # bytes of HTML, packed


def test_pages_are_light_enough_for_a_phone(site: Site):
    sizes = {name: packed(site.folder / name) for name, _ in notes_of(site)}
    heavy = {name: size for name, size in sizes.items() if size > PAGE_LIMIT}
    assert not heavy, f"bytes of HTML on the line: {heavy}; split the page"


def test_the_page_for_wrong_addresses_speaks_chinese_and_leads_home(site: Site):
    article = HTMLParser((site.folder / "404.html").read_bytes()).css_first("article")
    assert "没有这一页" in article.text()
    assert urljoin(site.url + "some/where/", article.css_first("a").attributes["href"]).rstrip("./") == site.url.rstrip("/")


# Type and layout.


def test_chinese_and_latin_keep_a_thin_gap_outside_of_code(page_at):
    page = page_at("deep-learning/cnn/")
    assert page.locator("article p").nth(1).evaluate("e => getComputedStyle(e).textAutospace") == "normal"
    assert page.locator("article code").first.evaluate("e => getComputedStyle(e).textAutospace") == "no-autospace"


def test_then_and_now_stand_side_by_side_on_a_desktop_and_one_below_the_other_on_a_phone(page_at):
    page = page_at("deep-learning/")
    pair = page.locator(".then-now").first.locator("> .admonition")
    then, now = pair.nth(0).bounding_box(), pair.nth(1).bounding_box()
    assert then["x"] + then["width"] <= now["x"] and then["y"] == now["y"]
    page.set_viewport_size(PHONE)
    then, now = pair.nth(0).bounding_box(), pair.nth(1).bounding_box()
    assert then["y"] + then["height"] <= now["y"] and then["x"] == now["x"]


@pytest.mark.parametrize("scripts", [True, False], ids=["", "without scripts"])
def test_formulas_are_drawn_with_the_font_that_has_a_math_table(page_at, scripts):
    page = page_at("deep-learning/cnn/", java_script_enabled=scripts)
    page.evaluate("document.fonts.ready")
    assert page.evaluate("[...document.fonts].filter((face) => face.family.includes('STIX') && face.status === 'loaded').length") == 1
    assert page.locator("div.math math").first.bounding_box()["height"] > 20


def test_the_theme_loads_no_sheet_again_that_names_a_font(page_at):
    """Material sets the address of every style sheet anew; with a font in one of them the whole page is laid out once more."""
    page = page_at("")
    page.wait_for_function("document.styleSheets.length > 2")
    assert page.evaluate("[...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((rule) => rule instanceof CSSFontFaceRule).length") == 0
    assert page.evaluate("[...document.fonts].filter((face) => face.family.includes('STIX')).length") == 2


def test_no_formula_is_left_as_latex(site: Site):
    for name, tree in notes_of(site):
        assert not tree.css(".arithmatex, .math-error"), f"{name}: the build says why"


def test_a_copied_formula_is_its_latex(page_at):
    page = page_at("deep-learning/cnn/")
    copied = page.evaluate("""() => {
      const words = e => { const rest = e.cloneNode(true); rest.querySelectorAll(".math").forEach(each => each.remove()); return rest.textContent };
      const formula = [...document.querySelectorAll("p:has(span.math)")].find(e => !/[⌊⌋⌈⌉]/.test(words(e)) && e.querySelector(".latex").textContent.includes("\\\\"));
      formula.scrollIntoView();
      getSelection().selectAllChildren(formula);
      return getSelection().toString();
    }""")
    assert re.search(r"\$[^$\n]*\\\w+[^$\n]*\$", copied), copied
    assert not re.search("[⌊⌋⌈⌉\U0001d400-\U0001d7ff]", copied), "pieces of the drawn formula were copied too"


def test_a_formula_is_read_aloud_as_mathematics_and_its_latex_is_not(page_at):
    heard = page_at("deep-learning/cnn/").locator("div.math").first.aria_snapshot()
    assert heard.startswith("- math:") and "⌈" in heard and "\\" not in heard


def test_every_character_of_a_formula_is_in_the_font(site: Site):
    missing = {}
    for name, tree in notes_of(site):
        for formula in tree.css("math"):
            for annotation in formula.css("annotation"):
                annotation.decompose()
            for character in formula.text():
                wide = unicodedata.east_asian_width(character) in "WF"
                if character not in CHARACTERS and not wide and not character.isspace():
                    missing.setdefault(f"U+{ord(character):04X} {character}", name)
    assert not missing, f"add these to scripts/detection_notes/notes/subset_font.py and run it: {missing}"


def test_going_to_another_page_loads_no_new_document_and_mends_what_came(page_at):
    page = page_at("deep-learning/")
    page.evaluate("window.kept = true")
    page.locator("article a", has_text="卷积的尺寸与感受野").first.click()
    page.locator("h1", has_text="卷积的尺寸与感受野").wait_for()
    page.locator(".md-code__nav[role=none]").first.wait_for(state="attached")
    assert page.evaluate("window.kept") and page.locator("math").count() > 10


def test_paper_shows_the_note_and_not_the_navigation(page_at):
    page = page_at("deep-learning/cnn/")
    page.emulate_media(media="print")
    assert page.locator("article h1").is_visible()
    assert not page.locator(".md-header").is_visible() and not page.locator(".md-sidebar--primary").is_visible()


def test_nothing_moves_for_those_who_asked_for_less_motion(page_at):
    page = page_at("", reduced_motion="reduce")
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0.01).length"
    )
    assert moving == 0


def test_no_style_asks_what_an_element_holds():
    """``:has()`` alone made style and layout cost twice what they cost without: what it asks is known when the site is built."""
    css = (ROOT / "docs/assets/site.css").read_text(encoding="utf-8")
    assert ":has(" not in css


def test_the_lists_of_sections_are_named_after_their_sections(site: Site):
    """overrides/main.html rewrites the theme's HTML for it, and would do nothing if the theme changed."""
    tree = site.page("detection/map.md")
    names = [nav.attributes.get("aria-label") for nav in tree.css("nav.md-nav[data-md-level='1']")]
    assert "二、目标检测" in names and None not in names, names
    assert not tree.css("nav.md-nav[aria-labelledby][data-md-level='1']")
