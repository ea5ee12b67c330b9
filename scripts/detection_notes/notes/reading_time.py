"""Markdown: how many minutes a page takes to read, as small text under its title."""

import math
import re
from collections.abc import Iterator
from xml.etree import ElementTree

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE, INLINE_PLACEHOLDER_RE

Element = ElementTree.Element
CHARACTERS, WORDS = 350, 200  # a minute
NOT_READ = {"code", "pre", "table", "math", "style", "script"}


def minutes(text: str) -> int:
    """Minutes for a text: Chinese characters at 350 and Latin words at 200 a minute, rounded up, at least 1."""
    characters = len(re.findall(r"[\u3400-\u9fff]", text))
    words = len(re.findall(r"[A-Za-z][\w’'+.-]*", text, re.ASCII))
    return max(1, math.ceil(characters / CHARACTERS + words / WORDS))


def prose(element: Element) -> Iterator[str]:
    """The pieces of text in an element that are read as sentences: no code, no tables, no formulas."""
    if element.tag not in NOT_READ and "arithmatex" not in element.get("class", ""):
        yield element.text or ""
        for child in element:
            yield from prose(child)
            yield child.tail or ""


class ReadingTimeTreeprocessor(Treeprocessor):
    def run(self, root: Element) -> None:
        for index, child in enumerate(root):
            if child.tag == "h1":
                text = "\n".join(prose(root))
                text = HTML_PLACEHOLDER_RE.sub(" ", INLINE_PLACEHOLDER_RE.sub(" ", text))
                line = Element("p", {"class": "reading-time", "data-search-exclude": ""})
                line.text = f"约 {minutes(text)} 分钟"
                root.insert(index + 1, line)
                return


class ReadingTimeExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(ReadingTimeTreeprocessor(md), "reading_time", 3.5)  # before math


def makeExtension(**kwargs: object) -> ReadingTimeExtension:
    return ReadingTimeExtension(**kwargs)
