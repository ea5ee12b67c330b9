"""The page of 2019 is whole: each statement and each link of it stands on its page, with what is known today."""

import re
from datetime import date
from pathlib import Path

import pytest
from detection_notes.links.judge import findings
from detection_notes.links.model import Evidence, Link, Verdict
from detection_notes.links.policy import read
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from .conftest import Site
from .seed import LINKS, STATEMENTS

ROOT = Path(__file__).parents[1]


def text_of(tree: HTMLParser) -> str:
    """All that a reader can read in the note, without any space."""
    return re.sub(r"\s", "", tree.css_first("article").text(deep=True))


def test_the_record_of_2019_is_whole():
    assert [number for number, *_ in STATEMENTS] == list(range(1, 36))
    assert len({address for _, address in LINKS}) == 23


@pytest.mark.parametrize(("number", "name", "phrases"), [(n, name, phrases) for n, name, *phrases in STATEMENTS])
def test_each_statement_of_2019_is_carried_with_what_is_known_today(number, name, phrases, site: Site):
    text = text_of(site.page(name))
    missing = [phrase for phrase in phrases if re.sub(r"\s", "", phrase) not in text]
    assert not missing, f"docs/{name}: statement {number} of the record of 2019 is not carried; not on the page: {missing}"


@pytest.mark.parametrize(("name", "address"), LINKS)
def test_each_link_of_2019_stands_on_the_page_of_its_section(name, address, site: Site):
    links = [link.attributes["href"] for link in site.page(name).css("article a[href]")]
    assert address in links, f"docs/{name}: link {address}, exactly as written in 2019"


def test_each_link_of_2019_says_what_it_is_and_what_to_read_today(site: Site):
    for name, address in LINKS:
        entries = site.page(name).css("article dl > *")
        terms = [
            at
            for at, entry in enumerate(entries)
            if entry.tag == "dt" and any(a.attributes["href"] == address for a in entry.css("a[href]"))
        ]
        assert terms, f"docs/{name}: {address} is no term of the list of resources"
        after = entries[terms[0] + 1 :]
        known = " ".join(entry.text() for entry in after[: next((at for at, entry in enumerate(after) if entry.tag == "dt"), len(after))])
        assert re.search(r"(博客|仓库|文档|工具|问答|新闻)\s*·", known), f"docs/{name}: say the kind, language and year of {address}"
        assert "状态" in known and "今天读什么" in known, f"docs/{name}: say the state of {address} and what to read today"


def test_each_link_of_2019_may_die_and_is_then_shown_as_dead():
    """A rule for each by its whole address, and for no other."""
    policy = read(ROOT / "pyproject.toml", date(2026, 11, 23))
    addresses = {address for _, address in LINKS}
    assert {rule.url for rule in policy.rules["keep"]} == addresses
    rows = {address: Evidence(address, "2026-11-23T08:00Z", 404) for address in addresses}
    found = findings([Link("docs/a.md", 1, address) for address in addresses], rows, policy)
    assert all(finding.verdict is Verdict.BROKEN and not finding.failing for finding in found)
