"""Markdown: LaTeX found by pymdownx.arithmatex becomes MathML while the site is built, so readers need no script.

Beside each formula stands its LaTeX, unseen and unread: the stylesheet makes it what a copied selection holds.
A formula that math-core refuses, or that browsers would show wrongly, is a warning with page and line, and a
strict build stops at it.
"""

import html
import logging
import re
from xml.etree import ElementTree

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from math_core import LatexError, LatexToMathML

from detection_notes.notes.place import place

log = logging.getLogger("mkdocs.notes.math")  # under "mkdocs", so that --strict counts it
Element = ElementTree.Element

CLASSES = {  # a declaration that math-core writes into a table cell → our class; site.css has the same list
    "text-align: left": "m-left",
    "text-align: right": "m-right",
    "justify-items: start": "",
    "justify-items: end": "",
    "padding-left: 0": "m-l0",
    "padding-left:1em": "m-l1",
    "padding-right: 0": "m-r0",
    "padding-top: 0": "m-t0",
    "padding-bottom: 0": "m-b0",
    "border-top: 0.05em solid currentcolor": "m-line-above",
    "border-right: 0.05em solid currentcolor": "m-line-right",
}

NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)\w+;")  # names of HTML that XML does not know: &ApplyFunction;
LINEAR = {"math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "mtext", "mspace"}


class FormulaError(Exception):
    """A formula cannot be shown: what is wrong with it, and the offset of the place in its LaTeX."""

    def __init__(self, problem: str, offset: int = 0) -> None:
        super().__init__(problem)
        self.problem, self.offset = problem, offset


def mathml(latex: str, *, display: bool) -> Element:
    """The ``math`` element of a formula. Raises FormulaError."""
    comment = re.search(r"(?<!\\)(?:\\\\)*%", latex)
    if comment:
        raise FormulaError(r"% hides the rest of the line: write \%", comment.start())
    try:
        text = LatexToMathML(annotation=True, fancy_error=False).convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        offset, _, problem = str(error).partition(": ")
        raise FormulaError(problem, int(offset)) from None
    math = ElementTree.fromstring(NAMED.sub(lambda found: html.unescape(found[0]), text))
    for element in math.iter():
        _check_and_mend(element)
    return math


def _check_and_mend(element: Element) -> None:
    """What browsers would draw wrongly. Raises FormulaError for what has no cure."""
    if element.tag == "menclose":
        raise FormulaError("boxes and strokes are not in MathML Core: browsers leave them out")
    if element.tag == "munder" and element[1].text == "\u0332":
        raise FormulaError("Chromium draws \\underline beside its letters: leave it out")
    if element.tag == "mover" and element[1].text == "\u0332":  # a combining sign: its line starts left of the letters
        element[1].text = "\u203e"
    if element.tag == "msup" and element[1].tag == "mo" and set(element[1].text or "") <= set("′″‴⁗"):
        element.tag = "mrow"  # the font's prime is raised already; as an exponent it would fly
    _replace_style(element)


def _replace_style(element: Element) -> None:
    declarations = [part.strip() for part in element.attrib.pop("style", "").split(";") if part.strip()]
    unknown = [declaration for declaration in declarations if declaration not in CLASSES]
    if unknown:
        raise FormulaError(f"it needs the style “{unknown[0]}”, for which scripts/detection_notes/notes/math.py has no class")
    classes = [CLASSES[declaration] for declaration in declarations if CLASSES[declaration]]
    if classes:
        element.set("class", " ".join(classes))


def formula(latex: str, *, display: bool) -> Element:
    """What stands on the page: the LaTeX for copying, then the MathML. Raises FormulaError."""
    dollars = "$$" if display else "$"
    wrapper = Element("div", {"class": "math", "tabindex": "0"}) if display else Element("span", {"class": "math"})
    copied = ElementTree.SubElement(wrapper, "span", {"class": "latex", "aria-hidden": "true"})
    copied.text = f"{dollars}{latex.strip()}{dollars}"
    math = mathml(latex, display=display)
    wrapper.append(math)
    # One of the two is searched: the MathML where its text reads as a line, else the LaTeX.
    linear = {element.tag for element in math.iter()} <= LINEAR
    for hidden in (copied, *math.iter("annotation")) if linear else (math,):
        hidden.set("data-search-exclude", "")
    return wrapper


class MathTreeprocessor(Treeprocessor):
    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for index, child in enumerate(parent):
                if child.get("class") == "arithmatex":
                    parent[index] = self._shown(child)

    def _shown(self, found: Element) -> Element:
        display, latex = found.tag == "div", (found.text or "")[2:-2]  # \(…\) or \[…\]
        if display:
            latex = html.unescape(latex)  # arithmatex escapes blocks only
        try:
            shown = formula(latex, display=display)
        except FormulaError as error:
            where = place(self.md, latex, error.offset)
            log.warning("%s: formula not understood: %s\n    %s", where, error.problem, latex.strip())
            shown = Element("code", {"class": "math-error"})
            shown.text = latex
        shown.tail = found.tail
        return shown


class MathExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(MathTreeprocessor(md), "math", 3)  # after toc, which reads headings as text


def makeExtension(**kwargs: object) -> MathExtension:
    return MathExtension(**kwargs)
