"""Pages → what the search reads (``search.json``), and the box in every header.

The index is the text itself, cut at its headings: the site is small enough that the browser looks through all of it
in a few milliseconds (``docs/assets/search/engine.mjs``), so there is nothing to stem, to cut into words or to
keep in step with a theme.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from selectolax.lexbor import LexborNode

from detection_notes.finish.fill import fill, with_place
from detection_notes.finish.site import HEADINGS, Page, text_of

NAME = "search.json"
Asked = Mapping[str, list[str]]  # anchor → phrases
GLOSSARY = "glossary/"
SYNONYMS = Path(__file__).with_name("synonyms.txt")
LEFT_OUT = {"出处", "自测"}  # where a note's facts are from, and questions about what it says: nobody looks for a note by these
FOLDED = {"question", "example"}  # the classes of what is folded away: such questions wherever they stand, and listings in full
SKIPPED = {"script", "style", "nav", "button", "input", "label", "template", "noscript", "svg"}
FLOWING = {"a", "abbr", "b", "code", "del", "em", "i", "ins", "kbd", "mark", "s", "small", "span", "strong", "sub", "sup", "u", "-text"}
HEADER = r"(?<=</nav>)(?=\s*</header>)|(?=</nav>\s*(?:</header>|<nav class=\"md-tabs\"))"


@dataclass
class Section:
    """``anchor`` is empty for what stands before the first heading with an id, and for the page's own heading."""

    anchor: str
    heading: str
    text: str = ""


def sections(page: Page) -> list[Section]:
    """The page cut at its headings."""
    found = [Section("", page.title)]
    for node, text in _pieces(page.built):
        if node is None:
            found[-1].text += text
        elif node.tag != "h1":
            found.append(Section(node.attributes.get("id") or "", text_of(node)))
    for section in found:
        section.text = re.sub(r"\s+", " ", section.text).strip()
    return [section for section in found if (section.text or section.anchor) and section.heading not in LEFT_OUT]


def _pieces(parent: LexborNode) -> Iterator[tuple[LexborNode | None, str]]:
    """In the order of reading: (heading, "") or (None, text). Blocks are set apart by a space."""
    node = parent.child
    while node is not None:
        attributes = node.attributes if node.is_element_node else {}
        if node.is_text_node:
            yield None, node.text_content or ""
        elif node.tag in HEADINGS and attributes.get("id"):
            yield node, ""
        elif node.is_element_node and node.tag not in SKIPPED and _is_searched(attributes):
            gap = "" if node.tag in FLOWING or _in_mathematics(node.tag) else " "
            yield None, gap
            yield from _pieces(node)
            yield None, gap
        node = node.next


def _is_searched(attributes: Mapping[str, str | None]) -> bool:
    return "data-search-exclude" not in attributes and not {"headerlink", *FOLDED} & set((attributes.get("class") or "").split())


def _in_mathematics(tag: str | None) -> bool:
    return tag is not None and (tag == "math" or tag == "semantics" or (tag.startswith("m") and tag[1:] in {"row", "i", "n", "o", "text", "space", "sup", "sub"}))


def terms(page: Page) -> list[tuple[str, str, str]]:
    """The entries of the glossary: (term, its English names, anchor)."""
    found = []
    for heading in page.built.css("h3[id]"):
        entry = heading.next
        while entry is not None and not entry.is_element_node:
            entry = entry.next
        english = entry.css_first("strong") if entry is not None else None
        if english is not None:
            found.append((text_of(heading), text_of(english), heading.attributes["id"] or ""))
    return found


def synonyms() -> list[list[str]]:
    """Groups of words that mean the same. Each term of the glossary and its English names are another, which the search makes itself."""
    return [asked for asked, found in _written() if not found]


def leads() -> list[list[str]]:
    """Words under which something else is found: what is asked, and what the notes say."""
    return [[name, *found] for asked, found in _written() for name in asked if found]


def _written() -> Iterator[tuple[list[str], list[str]]]:
    """The lines of synonyms.txt: what is asked, and under what it is found where that is said."""
    for line in SYNONYMS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            asked, _, found = line.partition(" > ")
            yield asked.split(" = "), found.split(" = ") if found else []


def index(pages: Iterable[tuple[Page, float, Asked]]) -> str:
    """Pages, how much each counts, and what its sections are asked for → the text of ``search.json``.

    Pages are [address, title, sections, description, boost]; sections are [anchor, or 0 for the heading's slug; heading;
    text] and their phrases where there are some; then terms, synonyms and leads.
    """
    notes = list(pages)
    entries = [entry for page, *_ in notes if page.address == GLOSSARY for entry in terms(page)]
    values = {
        "pages": [[page.address, page.title, [_listed(section, asked) for section in sections(page)], page.description, boost] for page, boost, asked in notes],
        "glossary": GLOSSARY,
        "terms": entries,
        "synonyms": synonyms(),
        "leads": leads(),
    }
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _listed(section: Section, asked: Asked) -> list[str | int | list[str]]:
    phrases = asked.get(section.anchor)
    anchor = section.anchor if section.anchor != slug(section.heading) else 0
    return [anchor, section.heading, section.text, *([phrases] if phrases else [])]


def slug(heading: str) -> str:
    """The anchor that most headings have (docs/assets/search/corpus.mjs makes the same of them), which the index need not repeat."""
    return re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")


def box() -> str:
    """The search box. ``docs/assets/search/box.mjs`` gives it life; without script the style sheet hides it."""
    return (
        '<form class="find" role="search" data-find>'
        '<input class="find__field" type="search" name="query" aria-label="搜索" placeholder="搜索" autocomplete="off" autocapitalize="off" spellcheck="false" aria-controls="find-answers" aria-keyshortcuts="/">'
        '<div class="find__answers" id="find-answers" hidden>'
        '<p class="find__said" role="status"></p><ol class="find__list"></ol>'
        "</div></form>"
    )


def with_box(page: Page) -> Page:
    """The page with the box at the end of its header."""
    return page.with_html(fill(with_place(page.html, "search", HEADER), "search", lambda _: box()))
