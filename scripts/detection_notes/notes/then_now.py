"""Markdown: a ``then`` admonition directly followed by a ``now`` admonition becomes one side-by-side comparison.

A record that holds next to nothing (one paragraph, few words) makes the pair ``data-brief``: the record is shown as one quiet line, so that the answer stands in the first screen.
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


class ThenNow(Treeprocessor):
    def run(self, root: ElementTree.Element) -> None:
        for parent in list(root.iter()):
            for then, now in zip(list(parent), list(parent)[1:]):
                if _is(then, "then") and _is(now, "now"):
                    pair = ElementTree.Element("div", {"class": "then-now"})
                    parent.insert(list(parent).index(then), pair)
                    if _brief(then):
                        pair.set("data-brief", "")
                    for half in (then, now):
                        parent.remove(half)
                        pair.append(half)


class ThenNowExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(ThenNow(md), "then_now", 4)


def makeExtension(**kwargs: object) -> ThenNowExtension:
    return ThenNowExtension(**kwargs)
