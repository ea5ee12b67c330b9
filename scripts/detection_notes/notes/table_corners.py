"""Markdown: a table with an empty corner is read across as well as down.

An empty heading cell is no heading: screen readers would announce nothing. What stands below an empty corner names its row.
"""

from xml.etree import ElementTree

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor

Element = ElementTree.Element


def _is_empty(cell: Element) -> bool:
    return not len(cell) and not (cell.text or "").strip()


class TableCornersTreeprocessor(Treeprocessor):
    def run(self, root: Element) -> None:
        for table in root.iter("table"):
            head, *body = table.iter("tr")
            if _is_empty(head[0]):
                for row in body:
                    row[0].tag = "th"
                    row[0].set("scope", "row")
            for cell in table.iter("th"):
                if _is_empty(cell):
                    cell.tag = "td"
                    cell.attrib.pop("scope", None)


class TableCornersExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(TableCornersTreeprocessor(md), "table_corners", 2)


def makeExtension(**kwargs: object) -> TableCornersExtension:
    return TableCornersExtension(**kwargs)
