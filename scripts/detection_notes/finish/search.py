"""Pages → what the search reads (``search.json``), and the box in every header.

The index is the text itself, cut at its headings: the site is small enough that the browser looks through all of it
in a few milliseconds (``docs/assets/search/engine.mjs``), so there is nothing to stem, to cut into words or to
keep in step with a theme.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from selectolax.lexbor import LexborNode

from detection_notes.finish.fill import fill, with_place
from detection_notes.finish.site import HEADINGS, Page, text_of

NAME = "search.json"
GLOSSARY = "glossary/"
SYNONYMS = Path(__file__).with_name("synonyms.txt")
APPENDICES = ["", "lab/", "refuted/", "links/", "unrun/", "link-checker/", "contributing/"]  # and the home page: after the notes, where both answer
USUAL = 4  # what is marked more often than this is the form of a page, such as 一句话, and not what it says
A_NAME = 12  # characters: what is marked and longer is a sentence, which the text holds anyway
SOURCES = "出处"  # the section that says where a note's facts are from: nobody looks for a note by these
SKIPPED = {"script", "style", "nav", "button", "input", "label", "template", "noscript", "svg"}
FLOWING = {"a", "abbr", "b", "code", "del", "em", "i", "ins", "kbd", "mark", "s", "small", "span", "strong", "sub", "sup", "u", "-text"}
HEADER = r"(?<=</nav>)(?=\s*</header>)|(?=</nav>\s*(?:</header>|<nav class=\"md-tabs\"))"


@dataclass
class Section:
    """``anchor`` is empty for what stands before the first heading with an id, and for the page's own heading.

    ``above`` is the heading of the section that it is a part of; ``marked`` what is set in bold or heads a box in it;
    ``linked`` counts the characters of links in its text.
    """

    anchor: str
    heading: str
    text: str = ""
    above: str = ""
    marked: list[str] = field(default_factory=list)
    linked: int = 0

    def add(self, text: str, around: tuple[str, ...]) -> None:
        self.text += text
        self.linked += len(text.strip()) if "a" in around else 0


def sections(page: Page) -> list[Section]:
    """The page cut at its headings."""
    found = [Section("", page.title)]
    above: dict[str, str] = {}  # level → the heading last read
    for node, text, around in _pieces(page.built):
        if node is None:
            found[-1].add(text, around)
        elif node.tag not in HEADINGS:
            found[-1].marked.append(text_of(node))
        elif node.tag != "h1":
            above = {level: heading for level, heading in above.items() if level < node.tag}
            found.append(Section(node.attributes.get("id") or "", text_of(node), above=next(reversed(above.values()), "")))
            above[node.tag] = found[-1].heading
    for section in found:
        section.text = re.sub(r"\s+", " ", section.text).strip()
    return [section for section in found if (section.text or section.anchor) and section.heading != SOURCES]


def _pieces(parent: LexborNode, around: tuple[str, ...] = ()) -> Iterator[tuple[LexborNode | None, str, tuple[str, ...]]]:
    """In the order of reading: (heading or what is marked, …), or (None, text, the tags around it). Blocks are set apart by a space."""
    node = parent.child
    while node is not None:
        attributes = node.attributes if node.is_element_node else {}
        if node.is_text_node:
            yield None, node.text_content or "", around
        elif node.tag in HEADINGS and attributes.get("id"):
            yield node, "", around
        elif node.is_element_node and node.tag not in SKIPPED and "data-search-exclude" not in attributes and "headerlink" not in (attributes.get("class") or ""):
            gap = "" if node.tag in FLOWING or _in_mathematics(node.tag) else " "
            if node.tag == "strong" or "admonition-title" in (attributes.get("class") or ""):
                yield node, "", around
            yield None, gap, around
            yield from _pieces(node, (*around, node.tag))
            yield None, gap, around
        node = node.next


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


def synonyms(entries: Iterable[tuple[str, str, str]]) -> list[list[str]]:
    """Groups of words that mean the same: those of synonyms.txt, and each term of the glossary with its English names."""
    groups = [re.split(r"\s*=\s*", line) for line in _written() if ">" not in line]
    return groups + [[term, *re.split("[，,、]", english)] for term, english, _ in entries if " and " not in english]


def leads() -> list[list[str]]:
    """Words under which something else is found: what is asked, and what the notes say."""
    return [re.split(r"\s*[=>]\s*", line) for line in _written() if ">" in line]


def _written() -> list[str]:
    return [line.strip() for line in SYNONYMS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def _entry(section: Section, usual: set[str]) -> list[str | float]:
    """[anchor, heading, text, heading above, what is marked, share of links]; the last ones are left out where they say nothing."""
    marked = " / ".join(dict.fromkeys(text for text in section.marked if not usual & {text, section.heading} and len(text) <= A_NAME))
    entry = [section.anchor, section.heading, section.text, section.above, marked, round(section.linked / max(1, len(section.text)), 1)]
    while not entry[-1] and len(entry) > 3:
        entry.pop()
    return entry


def index(pages: Iterable[Page]) -> str:
    """The text of ``search.json``: pages as [address, title, [section…], description], terms, synonyms, leads."""
    notes = [(page, sections(page)) for page in pages]
    times = Counter(text for _, found in notes for section in found for text in (section.heading, *section.marked))
    usual = {text for text, number in times.items() if number > USUAL}
    entries = [entry for page, _ in notes if page.address == GLOSSARY for entry in terms(page)]
    values = {
        "pages": [[page.address, page.title, [_entry(section, usual) for section in found], page.description] for page, found in notes],
        "glossary": GLOSSARY,
        "appendices": APPENDICES,
        "terms": entries,
        "synonyms": synonyms(entries),
        "leads": leads(),
    }
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


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
