import re

import markdown
import pytest
from detection_notes.notes.listing_links import ListingLinksExtension
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from ..conftest import Site
from ..pages import PAGES


def render(text: str) -> str:
    return markdown.markdown(text, extensions=["attr_list", "pymdownx.superfences", ListingLinksExtension()])


def listing(line: str, indent: str = "", language: str = "python") -> str:
    return f"{indent}```{language}\n{indent}{line}\n{indent}```\n"


CUT = '--8<-- "deep-learning/code/sizes.py:functions"'


def test_a_cut_listing_is_followed_by_a_link_to_its_file():
    html = render(f"前。\n\n{listing(CUT)}\n后。")
    assert html.index("</code>") < html.index('href="../deep-learning/code/sizes.py"') < html.index("后。")
    assert html.count("whole-file") == 1


def test_the_link_stays_inside_the_block_that_holds_the_listing():
    html = render(f"- 项\n\n{listing(CUT, indent='    ')}")
    assert html.index("<li>") < html.index("whole-file") < html.index("</li>")


@pytest.mark.parametrize(
    "block",
    [
        listing("print(1)"),
        listing('--8<-- "deep-learning/code/sizes.py"'),
        listing('--8<-- "deep-learning/code/sizes.out:functions"', language="text"),
        listing(f"{CUT}\nprint(1)"),
        f"````markdown\n{listing(CUT)}````\n",
    ],
    ids=["typed", "whole", "output", "mixed", "shown as text"],
)
def test_what_hides_nothing_gets_no_link(block):
    assert "whole-file" not in render(block)


def test_on_the_site_each_link_leads_to_the_file_and_there_is_one_for_each_cut(site: Site):
    for page in PAGES:
        alone = [block.lines[0] for block in page.blocks if block.cut and len(block.lines) == 1]
        sections = [line for line in alone if re.search(r'/code/[^":/]+:[^":]+"', line) and not re.search(r"\.(out|txt):", line)]
        links = HTMLParser(site.page(page.name).html).css("a.whole-file")
        assert len(links) == len(sections), page.name
        address = page.name.removesuffix("index.md").removesuffix(".md")
        for link in links:
            assert (site.folder / address / link.attributes["href"]).resolve().is_file(), f"{page.name}: {link.html}"
