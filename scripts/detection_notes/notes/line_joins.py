"""Markdown: the end of a source line inside Chinese text leaves no gap on the page.

Notes are written one sentence a line; browsers show a line's end as a space, which Chinese does not have between
sentences. Between Chinese and Latin the space stays.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

Element = ElementTree.Element
STOP = "、。，．：；！？）」』》】”…—"  # after these there is room enough, whatever follows
WIDE = STOP + "（「『《【“‘\u3400-\u9fff"
# A last line like { .class } is not text: attr_list reads it later, and only on a line of its own.
MARK = r"(?:\x02c+\x03)*"  # comments, which show nothing
LINE_END = re.compile(rf"(?<=[{STOP}]){MARK}(?P<stop>\n *)(?!\{{[: .#])|(?<=[{WIDE}]){MARK}(?P<wide>\n *)(?=[{WIDE}])")


def _texts(element: Element) -> Iterator[tuple[Element | None, str]]:
    """The places that hold text, in the order of reading; code is one opaque place (None)."""
    if element.tag in ("code", "pre"):
        yield None, ""
    else:
        yield element, "text"
        for child in element:
            yield from _texts(child)
            yield child, "tail"


class LineJoinsTreeprocessor(Treeprocessor):
    def run(self, root: Element) -> None:
        places = list(_texts(root))
        texts = ["x" if element is None else getattr(element, attribute) or "" for element, attribute in places]
        drop = {offset for found in LINE_END.finditer(self._comments_marked("".join(texts))) for offset in range(*found.span(found.lastgroup or 0))}
        offset = 0
        for (element, attribute), text in zip(places, texts):
            kept = "".join(letter for at, letter in enumerate(text, offset) if at not in drop)
            if element is not None and kept != text:
                setattr(element, attribute, kept)
            offset += len(text)

    def _comments_marked(self, text: str) -> str:
        """The text, as long as before, with the comments in it told from other raw HTML."""

        def marked(found: re.Match[str]) -> str:
            put_aside = self.md.htmlStash.rawHtmlBlocks[int(found[1])]
            return f"\x02{'c' * (len(found[0]) - 2)}\x03" if str(put_aside).startswith("<!--") else found[0]

        return HTML_PLACEHOLDER_RE.sub(marked, text)


class LineJoinsExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(LineJoinsTreeprocessor(md), "line_joins", 15)  # after inline, before prettify


def makeExtension(**kwargs: object) -> LineJoinsExtension:
    return LineJoinsExtension(**kwargs)
