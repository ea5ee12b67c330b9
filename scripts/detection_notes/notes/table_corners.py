"""Markdown: an empty heading cell (the corner of a table) is no heading: screen readers would announce nothing."""

from xml.etree import ElementTree

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor


class TableCornersTreeprocessor(Treeprocessor):
    def run(self, root: ElementTree.Element) -> None:
        for cell in root.iter("th"):
            if not len(cell) and not (cell.text or "").strip():
                cell.tag = "td"


class TableCornersExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(TableCornersTreeprocessor(md), "table_corners", 2)


def makeExtension(**kwargs: object) -> TableCornersExtension:
    return TableCornersExtension(**kwargs)
