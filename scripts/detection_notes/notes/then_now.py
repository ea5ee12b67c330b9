"""Markdown: a ``then`` admonition directly followed by a ``now`` admonition becomes one side-by-side comparison.

A record that holds next to nothing (one paragraph, few words) makes the pair ``data-brief``: the record is shown as one quiet line, so that the answer stands in the first screen.
A longer one between a note's answer (its ``abstract``) and its first section can be folded, and a phone shows it so:
whoever has the answer goes on to the first section. Where both stand side by side the style sheet keeps it open.
"""

from xml.etree import ElementTree

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor

BRIEF = 60  # characters


def _is(element: ElementTree.Element, kind: str) -> bool:
    classes = element.get("class", "").split()
    return element.tag == "div" and "admonition" in classes and kind in classes


def _brief(then: ElementTree.Element) -> bool:
    """Whether a ``then`` box holds its title and one short paragraph, and nothing else."""
    return len(then) == 2 and then[1].tag == "p" and len("".join(then[1].itertext())) <= BRIEF


def _between_answer_and_first_section(before: list[ElementTree.Element]) -> bool:
    return any(_is(element, "abstract") for element in before) and not any(element.tag == "h2" for element in before)


def _fold(box: ElementTree.Element) -> None:
    box.tag, box[0].tag = "details", "summary"


class ThenNow(Treeprocessor):
    def run(self, root: ElementTree.Element) -> None:
        for parent in list(root.iter()):
            for then, now in zip(list(parent), list(parent)[1:]):
                if _is(then, "then") and _is(now, "now"):
                    self._pair(parent, then, now)

    def _pair(self, parent: ElementTree.Element, then: ElementTree.Element, now: ElementTree.Element) -> None:
        place = list(parent).index(then)
        pair = ElementTree.Element("div", {"class": "then-now"})
        if _brief(then):
            pair.set("data-brief", "")
        elif _between_answer_and_first_section(list(parent)[:place]):
            _fold(then)
        parent.insert(place, pair)
        for half in (then, now):
            parent.remove(half)
            pair.append(half)


class ThenNowExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(ThenNow(md), "then_now", 4)


def makeExtension(**kwargs: object) -> ThenNowExtension:
    return ThenNowExtension(**kwargs)
