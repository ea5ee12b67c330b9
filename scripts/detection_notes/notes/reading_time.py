"""Markdown: how many minutes a page takes to read, prose and code told apart, as small text under its title."""

import math
import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE, INLINE_PLACEHOLDER_RE

Element = ElementTree.Element
CHARACTERS, WORDS, LINES = 350, 200, 25  # a minute: Chinese characters and Latin words of prose, lines of code
CODE = re.compile(r'<div class="(?!language-text )[^"]*\bhighlight">.*?<code>(.*?)</code>', re.DOTALL)  # to type; what programs answer is "text"
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


def lines(blocks: Iterable[str]) -> int:
    """Lines of code that are not empty, in the blocks of HTML that other extensions have put aside."""
    return sum(bool(line.strip()) for block in blocks for code in CODE.findall(block) for line in re.sub("<[^>]+>", "", code).split("\n"))


class ReadingTimeTreeprocessor(Treeprocessor):
    def run(self, root: Element) -> None:
        for index, child in enumerate(root):
            if child.tag == "h1":
                text = "\n".join(prose(root))
                text = HTML_PLACEHOLDER_RE.sub(" ", INLINE_PLACEHOLDER_RE.sub(" ", text))
                line = Element("p", {"class": "reading-time", "data-search-exclude": ""})
                line.text = f"约 {minutes(text)} 分钟"
                blocks = (block for block in self.md.htmlStash.rawHtmlBlocks if isinstance(block, str))
                if code := math.ceil(lines(blocks) / LINES):
                    line.text += f"，代码另约 {code} 分钟"
                root.insert(index + 1, line)
                return


class ReadingTimeExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(ReadingTimeTreeprocessor(md), "reading_time", 3.5)  # before math


def makeExtension(**kwargs: object) -> ReadingTimeExtension:
    return ReadingTimeExtension(**kwargs)
