"""Markdown: each column of a table says how much text it holds, so that none is squeezed to a word a line.

Chinese may break after any character, so browsers make a column of sentences as narrow as one character when another
one wants the room. A heading's class names the least width of its column; site.css gives it. A cell that holds a short
name or number and no Chinese is marked too: browsers would end a line behind its dash, its hyphen or its unit.
"""

import re
import unicodedata
from html import unescape
from xml.etree import ElementTree

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

Element = ElementTree.Element
BREAKS = set(" -–—")  # behind these a line may end
WHOLE = 14  # letters: 256–64–64–256, ResNet-50, 21.1 GB
TAG = re.compile(r"<[^>]*>")
WIDTHS = ((10, "broad"), (6, "middle"), (3, "narrow"), (1, "short"))  # a column whose longest text is wider than so many em → its class


def width(text: str) -> float:
    """How wide a text is, in em: a Chinese character is as wide as high, another letter about half."""
    return sum(1.0 if _wide(letter) else 0.55 for letter in text)


def _wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def _breaks(text: str) -> bool:
    """Whether a line may end inside of it: numbers and single words keep their room by themselves."""
    return any(letter.isspace() or _wide(letter) for letter in text)


def _whole(text: str) -> bool:
    """Whether it is a name or a number that one line has room for and that browsers would break."""
    return len(text) <= WHOLE and bool(BREAKS & set(text)) and not any(_wide(letter) for letter in text)


def _text(cell: Element) -> str:
    return "".join(cell.itertext()).strip()


def _room(column: list[Element]) -> str:
    texts = [_text(cell) for cell in column]
    longest = max(map(width, texts))
    return next((name for least, name in WIDTHS if longest > least), "") if any(map(_breaks, texts)) else ""


class TableColumnsTreeprocessor(Treeprocessor):
    def run(self, root: Element) -> None:
        for table in root.iter("table"):
            rows = [list(row) for row in table.iter("tr")]
            for heading, *cells in zip(*rows):
                if name := _room(cells or [heading]):
                    heading.set("class", name)
                for cell in cells:
                    if _whole(self._shown(cell)):
                        cell.set("class", "whole")

    def _shown(self, cell: Element) -> str:
        """Its text, with the code that was put aside."""

        def brought_back(found: re.Match[str]) -> str:
            put_aside = self.md.htmlStash.rawHtmlBlocks[int(found[1])]
            return put_aside if isinstance(put_aside, str) else ElementTree.tostring(put_aside, encoding="unicode")

        return unescape(TAG.sub("", HTML_PLACEHOLDER_RE.sub(brought_back, _text(cell))))


class TableColumnsExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(TableColumnsTreeprocessor(md), "table_columns", 2.5)  # after inline: cells hold their text


def makeExtension(**kwargs: object) -> TableColumnsExtension:
    return TableColumnsExtension(**kwargs)
