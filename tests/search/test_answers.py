"""A hundred and sixty questions and more, asked of the built site in a real browser: page, section, and silence."""

from statistics import median
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser

from ..conftest import DESKTOP, Site
from .queries import QUERIES, Query

ASK = """async questions => {
  const [{ prepare, ask }, index] = await Promise.all([import("/assets/search/engine.mjs"), fetch("/search.json").then(answer => answer.json())])
  const ready = prepare(index)
  return questions.map(words => ask(ready, words).map(({ address, anchor }) => anchor ? `${address}#${anchor}` : address))
}"""


@pytest.fixture(scope="module")
def answers(browser: Browser, site: Site) -> dict[Query, list[str]]:
    """What the site's own search finds for each query, in the browser, best first."""
    page = browser.new_page(viewport=DESKTOP)
    page.goto(site.url)
    found = page.evaluate(ASK, [query.words for query in QUERIES])
    page.close()
    return dict(zip(QUERIES, found, strict=True))


def pages(places: list[str]) -> list[str]:
    return list(dict.fromkeys(place.partition("#")[0] for place in places))


def share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


def wrong(answers: dict[Query, list[str]], right: dict[Query, bool]) -> str:
    return "\n".join(f"{query.words} → {answers[query][:3]}, wanted {query.places[0]}" for query, good in right.items() if not good)


ANSWERED = [query for query in QUERIES if query.places]
SILENT = [query for query in QUERIES if not query.places]


def test_there_are_enough_queries_and_each_names_places_that_exist(site: Site):
    assert len(QUERIES) >= 160 and len(SILENT) >= 25
    assert len({query.words for query in QUERIES}) == len(QUERIES)
    anchors = {}
    for query in ANSWERED:
        for place in query.places:
            page, _, anchor = place.partition("#")
            if page not in anchors:
                tree = site.page(page + "index.md")
                anchors[page] = {node.attributes["id"] for node in tree.css("[id]")}
            assert not anchor or unquote(anchor) in anchors[page], f"{query.words}: {place} is gone; name the place that answers it now"


def test_nearly_every_question_finds_its_page_among_the_first_three(answers: dict[Query, list[str]]):
    right = {query: bool(query.pages & set(pages(answers[query])[:3])) for query in ANSWERED}
    assert share([*right.values()]) >= 0.97, wrong(answers, right)


def test_nine_of_ten_find_it_first(answers: dict[Query, list[str]]):
    right = {query: bool(query.pages & set(pages(answers[query])[:1])) for query in ANSWERED}
    assert share([*right.values()]) >= 0.90, wrong(answers, right)


def test_the_section_is_right_and_not_only_the_page(answers: dict[Query, list[str]]):
    """The first result on a right page is a right section of it."""
    right = {}
    for query in ANSWERED:
        first = next((place for place in answers[query] if place.partition("#")[0] in query.pages), "")
        right[query] = first in query.places
    assert share([*right.values()]) >= 0.85, wrong(answers, right)


def test_what_the_notes_do_not_speak_of_finds_nothing(answers: dict[Query, list[str]]):
    assert {query.words: answers[query] for query in SILENT if answers[query]} == {}


def test_results_are_few(answers: dict[Query, list[str]]):
    numbers = [len(answers[query]) for query in ANSWERED]
    assert median(numbers) <= 8 and max(numbers) <= 8
