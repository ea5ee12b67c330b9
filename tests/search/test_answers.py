"""Hundreds of questions, asked of the built site in a real browser: page, section, and silence."""

from statistics import median
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser

from ..conftest import DESKTOP, Site
from .queries import GOALS, LISTS, QUERIES, Query

ASK = """async questions => {
  const [{ prepare, ask }, index] = await Promise.all([import("/assets/search/engine.mjs"), fetch("/search.json").then(answer => answer.json())])
  const ready = prepare(index)
  return questions.map(words => ask(ready, words).map(({ address, anchor }) => anchor ? `${address}#${anchor}` : address))
}"""
SECTIONS = """async () => {
  const [{ gather }, index] = await Promise.all([import("/assets/search/corpus.mjs"), fetch("/search.json").then(answer => answer.json())])
  return gather(index).sections.map(({ address, anchor }) => [address, anchor])
}"""
SILENT = [query for query in QUERIES if not query.places]


@pytest.fixture(scope="module")
def answers(browser: Browser, site: Site) -> dict[str, list[str]]:
    """What the site's own search finds for each question, in the browser, best first."""
    page = browser.new_page(viewport=DESKTOP)
    page.goto(site.url)
    found = page.evaluate(ASK, [query.words for query in QUERIES])
    page.close()
    return dict(zip([query.words for query in QUERIES], found, strict=True))


def pages(places: list[str]) -> list[str]:
    return list(dict.fromkeys(place.partition("#")[0] for place in places))


def first_three(query: Query, found: list[str]) -> bool:
    return bool(query.pages & set(pages(found)[:3]))


def first(query: Query, found: list[str]) -> bool:
    return bool(query.pages & set(pages(found)[:1]))


def section(query: Query, found: list[str]) -> bool:
    """The first result on a right page is a right section of it."""
    return next((place for place in found if place.partition("#")[0] in query.pages), "") in query.places


def test_there_are_enough_questions_and_each_names_places_that_exist(site: Site):
    assert len(QUERIES) >= 160 and len(SILENT) >= 25
    anchors = {}
    for query in QUERIES:
        for place in query.places:
            page, _, anchor = place.partition("#")
            if page not in anchors:
                tree = site.page(page + "index.md")
                anchors[page] = {node.attributes["id"] for node in tree.css("[id]")}
            assert not anchor or unquote(anchor) in anchors[page], f"{query.words}: {place} is gone; name the place that answers it now"


def test_every_section_that_may_be_found_is_there(site: Site, browser: Browser):
    """The index leaves out most anchors, and the search makes them of the headings."""
    page = browser.new_page()
    page.goto(site.url)
    sections = page.evaluate(SECTIONS)
    page.close()
    ids = {address: {node.attributes["id"] for node in site.page(address + "index.md").css("[id]")} for address, _ in sections}
    assert len(sections) > 400 and [(address, anchor) for address, anchor in sections if anchor and anchor not in ids[address]] == []


@pytest.mark.parametrize("judge", [first_three, first, section])
@pytest.mark.parametrize("name", GOALS)
def test_the_page_and_the_section_are_found(name: str, judge, answers: dict[str, list[str]]):
    asked = [query for query in LISTS[name] if query.places]
    missed = [query for query in asked if not judge(query, answers[query.words])]
    wrong = "\n".join(f"{query.words} → {answers[query.words][:3]}, wanted {query.places[0]}" for query in missed)
    assert 1 - len(missed) / len(asked) >= getattr(GOALS[name], judge.__name__), wrong


def test_what_the_notes_do_not_speak_of_finds_nothing(answers: dict[str, list[str]]):
    assert {query.words: answers[query.words] for query in SILENT if answers[query.words]} == {}


def test_results_are_few(answers: dict[str, list[str]]):
    numbers = [len(answers[query.words]) for query in QUERIES if query.places]
    assert median(numbers) <= 8 and max(numbers) <= 8
