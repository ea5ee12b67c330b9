"""The glossary: each term once, in one form, leading to a note that uses it."""

import re
from pathlib import Path

import pytest
from pymdownx.slugs import slugify

DOCS = Path(__file__).parents[1] / "docs"
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")
ENTRIES = dict(re.findall(r"^### (.+)\n\n((?:.+\n)+)", GLOSSARY, re.MULTILINE))


def notes(entry: str) -> list[Path]:
    return [DOCS / target for target in re.findall(r"\]\(([^)#]+\.md)[^)]*\)", entry)]


def test_every_heading_is_an_entry_and_stands_once():
    headings = re.findall(r"^### (.+)$", GLOSSARY, re.MULTILINE)
    assert headings == list(ENTRIES)
    assert len(headings) > 40


@pytest.mark.parametrize("term", ENTRIES)
def test_an_entry_gives_the_english_name_a_definition_and_a_note(term: str):
    first, *others = ENTRIES[term].splitlines()
    assert re.match(r"\*\*[A-Za-z][^*]*\*\*(，也叫[^：]+)?：.{8,}。$", first), first
    assert re.fullmatch(r"见 ?\[.+\]\(.+\.md\)(与 ?\[.+\]\(.+\.md\))?。", others[-1]), others[-1]
    assert len(others) <= 3


@pytest.mark.parametrize("term", ENTRIES)
def test_the_note_that_an_entry_leads_to_uses_the_term(term: str):
    for note in notes(ENTRIES[term]):
        text = note.read_text(encoding="utf-8")
        assert all(word in text for word in term.split("与")), f"{note.relative_to(DOCS)} does not say {term}"


def test_every_term_that_a_note_links_to_is_there():
    slug = slugify(case="lower")
    anchors = {slug(term, "-") for term in ENTRIES}
    for page in DOCS.glob("**/*.md"):
        linked = set(re.findall(r"glossary\.md#([^)\s]+)", page.read_text(encoding="utf-8")))
        assert linked <= anchors, f"{page.relative_to(DOCS)}: {linked - anchors}"
