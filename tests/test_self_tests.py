"""Self-tests with a number for an answer: what is typed is read as people write numbers, and every page is in order."""

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from selectolax.lexbor import LexborNode

from .conftest import Site
from .pages import DOCS, PAGES
from .pages import Page as Source

QUESTION = """\
---
description: 自测题的输入框。
---

# 题目

??? question "有效核多大？填充几格？"

    有效核 9，填充 4。
    { .answer data-answer="9 4" }

??? question "标准差是多少？"

    2.582。
    { .answer data-answer="2.582" data-tolerance="0.01" }

??? question "为什么？"

    因为。
"""


TYPED = [  # what a reader types, the answer, its tolerance, what the page says
    ("9", "9", 0, "right"),
    (" ９ ", "9", 0, "right"),
    ("9.0", "9", 0, "right"),
    ("8", "9", 0, "wrong"),
    ("", "9", 0, "unread"),
    ("九", "9", 0, "unread"),
    ("9 4", "9", 0, "unread"),
    ("9", "9 4", 0, "unread"),
    ("9，4", "9 4", 0, "right"),
    ("9 和 4", "9 4", 0, "right"),
    ("4 9", "9 4", 0, "wrong"),
    ("6–217", "6 217", 0, "right"),
    ("6 – 217", "6 217", 0, "right"),
    ("-6 -217", "-6 -217", 0, "right"),
    ("6,217", "6 217", 0, "right"),
    ("6,217", "6217", 0, "right"),
    ("73，856", "73856", 0, "right"),
    ("1,234,567", "1234567", 0, "right"),
    ("−90", "-90", 0, "right"),
    ("- 90", "-90", 0, "right"),
    ("90", "-90", 0, "wrong"),
    ("3/8", "0.375", 0, "right"),
    ("37.5%", "37.5", 0, "right"),
    ("1e3", "1000", 0, "right"),
    ("2.59", "2.582", 0.01, "right"),
    ("2.6", "2.582", 0.01, "wrong"),
    ("0.30000000000000004", "0.3", 0, "right"),
    ("1/0", "1", 0, "unread"),
]
JUDGE = """cases => import('/assets/self-test.mjs').then(
  ({judge}) => cases.map(([typed, answer, tolerance]) => judge(typed, answer, tolerance)))"""


def judged(page: Page, cases: list) -> list[dict[str, str]]:
    return page.evaluate(JUDGE, [list(case[:3]) for case in cases])


def test_a_typed_answer_is_read_as_people_write_numbers(questions: Page):
    said = judged(questions, TYPED)
    wrong = [f"{case[0]!r} for {case[1]!r}: {verdict}" for case, verdict in zip(TYPED, said) if verdict["state"] != case[3]]
    assert not wrong, "\n".join(wrong)


def test_a_wrong_answer_is_told_which_number_is_off_and_in_which_direction(questions: Page):
    one, second, few = (verdict["words"] for verdict in judged(questions, [("10", "9", 0), ("9 3", "9 4", 0), ("9", "9 4", 0)]))
    assert one.endswith("大了") and second.endswith("第 2 个数小了") and "2 个数" in few


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def questions(browser: Browser, build_pages, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    assert build_pages({"index.md": QUESTION}).returncode == 0
    handler = functools.partial(_Handler, directory=str(tmp_path / "site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = browser.new_context(**getattr(request, "param", {}))
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/", wait_until="networkidle")
        yield page
        context.close()
        server.shutdown()


def test_numeric_questions_get_a_field_that_works_from_the_keyboard_and_is_announced(questions: Page):
    forms = questions.locator("form.self-test")
    assert forms.count() == 2, "two of the three questions ask for numbers"
    first = forms.first
    box = first.get_by_role("textbox")
    assert "2 个数" in first.locator("label").inner_text()
    box.focus()
    questions.keyboard.type("9 5")
    questions.keyboard.press("Enter")
    assert first.get_by_role("status").inner_text().endswith("第 2 个数大了")
    box.fill("9 4")
    questions.keyboard.press("Tab")
    questions.keyboard.press("Space")
    assert "对" in first.get_by_role("status").inner_text() and first.get_attribute("data-state") == "right"
    assert first.evaluate("e => document.getElementById(e.getAttribute('aria-labelledby')).innerText") == "有效核多大？填充几格？"
    assert questions.evaluate("document.querySelectorAll('[style]:is(form, form *), form script').length") == 0


def test_the_field_is_there_on_a_page_that_is_loaded_into_another_and_stands_once(page_at):
    page = page_at("detection/")
    page.evaluate("window.kept = true")
    for _ in range(2):
        page.locator('article a[href*="roi-align/"]').first.click()
        page.wait_for_url("**/roi-align/")
        page.locator("form.self-test").first.wait_for()
        assert page.evaluate("[...document.querySelectorAll('details > .answer[data-answer]')].every(one => one.parentElement.nextElementSibling.matches('form.self-test'))")
        assert page.locator("form.self-test + form.self-test").count() == 0
        page.go_back()
        page.wait_for_url("**/detection/")
        page.locator('article a[href*="roi-align/"]').first.wait_for()
    assert page.evaluate("kept"), "each page was loaded anew"


@pytest.mark.parametrize("questions", [{"java_script_enabled": False}], indirect=True)
def test_without_script_the_answer_unfolds_and_no_field_is_there(questions: Page):
    assert questions.locator("form.self-test").count() == 0
    questions.locator("summary").first.click()
    assert questions.get_by_text("有效核 9，填充 4。").is_visible()


def fallen(page: Source) -> Iterator[str]:
    """Lines that Markdown puts after an admonition or a question that they stand in: indented too little."""
    lines = page.lines  # without code blocks
    for at, (_, title) in enumerate(lines):
        opened = re.match(r"( *)(?:\?\?\?\+?|!!!) ", title)
        inner = opened[1] + "    " if opened else ""
        for (before, last), (number, text) in zip(lines[at:], lines[at + 1 :]) if opened else ():
            if text.strip() and not text.startswith(inner):
                if number == before + 1 and last.strip():
                    yield f"{page.at(number)}: {text}"
                break


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_line_falls_out_of_its_block(page: Source):
    assert not list(fallen(page))


def test_a_line_indented_too_little_is_seen_to_fall_out():
    page = Source(DOCS / "never-written.md")
    page.__dict__["source"] = QUESTION + "放在外面。\n\n!!! note\n\n    里面。\n\n外面。\n"
    assert [line.rpartition(": ")[2] for line in fallen(page)] == ["放在外面。"]


def asked(site: Site) -> Iterator[tuple[str, LexborNode, LexborNode]]:
    """(page, question, its answer) of every numeric self-test."""
    for page in PAGES:
        for details in site.page(page.name).css("details.question"):
            yield from ((page.name, details, answer) for answer in details.css(".answer"))


def told(text: str) -> list[float]:
    """The numbers that a text gives, fractions among them; signs are left to the reader."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    fractions = [int(over) / int(under) for over, under in re.findall(r"(\d+)/(\d+)", plain) if int(under)]
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", plain)] + fractions


def test_every_numeric_answer_is_a_number_that_the_folded_text_gives_too(site: Site):
    for name, details, answer in asked(site):
        where = f"{name}: {details.css_first('summary').text()}"
        assert answer.parent.mem_id == details.mem_id and len(details.css(".answer")) == 1, f"{where}: one .answer, directly in the block"
        tolerance = float(answer.attributes.get("data-tolerance") or 0)
        assert tolerance >= 0, where
        for number in answer.attributes["data-answer"].split():
            near = [value for value in told(details.text()) if abs(abs(float(number)) - value) <= tolerance + 1e-9]
            assert near, f"{where}: {number} is not in the answer's text"


def test_at_least_half_of_the_questions_of_a_page_ask_to_do_something(site: Site):
    """A number to compute, or a program, an output or a message to look at, which may stand in the question itself."""
    for page in PAGES:
        if page.name.startswith(("deep-learning/", "detection/", "pytorch/")):
            questions = site.page(page.name).css("details.question")
            done = [question for question in questions if question.css_first(".answer, pre, summary code")]
            assert 2 * len(done) >= len(questions), f"{page.at(1)}: {len(done)} of {len(questions)} questions ask to do something"
