"""The order of reading is written once, in nav: home, section pages, the pager and prerequisites follow it."""

import re
from typing import Any
from urllib.parse import urljoin

import pytest
import yaml

from .conftest import Site
from .pages import DOCS, PAGES, ROOT

FIRST = re.compile(r"先读\s?\[[^\]]*\]\(([^)#\s]+\.md)")
LINK = re.compile(r"\]\(([^)#\s]+\.md)(?:#[^)]*)?\)")


class _Loader(yaml.SafeLoader):
    pass


_Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
_Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda loader, suffix, node: None)


def leaves(entry: Any) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    return [leaf for child in (entry.values() if isinstance(entry, dict) else entry) for leaf in leaves(child)]


NAV = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), _Loader)["nav"]
ORDER = leaves(NAV)
SECTIONS = [leaves(entry) for entry in NAV if isinstance(entry, dict) and isinstance(next(iter(entry.values())), list)]
INDEXED = [section for section in SECTIONS if section[0].endswith("/index.md") and len(section) > 1]


def linked(name: str, text: str) -> list[str]:
    """The pages that a text of this page links to, in order, each once."""
    return list(dict.fromkeys(urljoin(name, target) for target in LINK.findall(text)))


def in_order(pages: list[str]) -> bool:
    places = [ORDER.index(page) for page in pages]
    return places == sorted(places)


def listing(name: str, head: str, row: str) -> list[str]:
    """The first link of each row (a pattern) after the heading or sentence that holds ``head``."""
    _, _, rest = (DOCS / name).read_text(encoding="utf-8").partition(head)
    rows = re.findall(row, rest.split("\n## ")[0], re.MULTILINE)
    return [page for line in rows for page in linked(name, line)]


def test_home_leads_along_the_order():
    route = listing("index.md", "## 按什么顺序读", r"^\d+\. .*")
    assert len(route) >= 10 and in_order(route), "docs/index.md: put the route into the order of nav in mkdocs.yml"


@pytest.mark.parametrize("section", INDEXED, ids=lambda section: section[0])
def test_a_section_page_lists_all_of_its_notes_in_order(section: list[str]):
    name = section[0]
    rows = listing(name, "## 按这个顺序读", r"^\d+\. \[[^\]]*\]\([^)]*\)") or listing(name, "这一节的读法", r"^\| \[[^\]]*\]\([^)]*\)")
    assert len(rows) >= 2 and in_order(rows), f"docs/{name}: list the notes of the section in the order of nav in mkdocs.yml"
    missing = set(section[1:]) - set(linked(name, (DOCS / name).read_text(encoding="utf-8")))
    assert not missing, f"docs/{name}: name these too: {missing}"


def test_what_is_to_be_read_before_stands_before():
    """「先读[…](…)」 names a page; none stands behind the page that asks for it."""
    asked = [(page, number, urljoin(page.name, found)) for page in PAGES for number, line in page.lines for found in FIRST.findall(line)]
    assert asked, "no page asks for another in the words that this test knows"
    wrong = [f"docs/{page.name}:{number}: {before} comes later" for page, number, before in asked if ORDER.index(before) > ORDER.index(page.name)]
    assert not wrong, "\n".join(wrong)


def test_the_pager_follows_the_order(site: Site):
    for name, after in zip(ORDER, ORDER[1:]):
        link = site.page(name).css_first(".md-footer__link--next").attributes["href"]
        here, there = ("/" + page.removesuffix("index.md").removesuffix(".md").rstrip("/") + "/" for page in (name, after))
        assert urljoin(here, link).strip("/") == there.strip("/"), name


def test_pages_have_no_second_name_in_the_navigation():
    """A page is called what its heading says; a label in nav would give it another name."""
    labelled = re.findall(r"^\s+- ([^:\n]+): \S+\.md$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert labelled == ["首页"], "write the path alone, and the name as the page's heading"
