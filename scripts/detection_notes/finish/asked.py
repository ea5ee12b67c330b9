"""The front matter of a note → what it says to the search: how much it counts, and what readers ask that its sections answer.

    search: {boost: 0.3}
    asked:
      id-of-a-heading:
        - as a reader would say it

The phrases are for the search alone and shown to nobody. The id of the page's own heading stands for its opening.
"""

from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import yaml

from detection_notes.finish.site import HEADINGS, Page
from detection_notes.links.readers.source import FRONT_MATTER, front_matter, read

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the quick one, where it is built


class Said(NamedTuple):
    """``asked`` are the phrases by the anchor of their section, empty for the opening; ``problems`` a sentence for each that leads nowhere."""

    boost: float
    asked: dict[str, list[str]]
    problems: list[str]


def said(markdown: Path, page: Page) -> Said:
    """What a note says to the search. Raises PagesError if its file cannot be read."""
    text = read(markdown, markdown.name)
    matter = front_matter(text)[0]
    search, asked = matter.get("search"), matter.get("asked", {})
    boost = float(search.get("boost", 1)) if isinstance(search, dict) else 1.0
    if problem := misread(text):
        return Said(boost, {}, [problem])
    if not isinstance(asked, dict):
        return Said(boost, {}, ["asked: in the front matter is no map; write the id of a heading, and under it a list of phrases"])
    own = page.built.css_first("h1")
    opening = own.attributes.get("id") if own else None
    ids = {node.attributes["id"] or "": None for node in page.built.css(",".join(f"{heading}[id]" for heading in HEADINGS))}
    found, problems = {}, []
    for name, phrases in asked.items():
        if problem := _wrong(str(name), phrases, list(ids)):
            problems.append(f"asked: in the front matter: {problem}")
        else:
            found["" if name == opening else str(name)] = phrases
    return Said(boost, found, problems)


def _wrong(name: str, phrases: object, ids: list[str]) -> str:
    if name not in ids:
        near = get_close_matches(name, ids, 1, 0.4)
        return f"“{name}” is the id of no heading of this page" + (f"; is it “{near[0]}” now?" if near else "")
    if not isinstance(phrases, list) or not all(isinstance(phrase, str) and phrase.strip() for phrase in phrases):
        return f"under “{name}” there must be a list of texts; one with “: ” or “ #” in it, or a number, stands in quotes"
    return ""


def misread(text: str) -> str:
    """What YAML cannot read in a front matter, or would lose: the same name twice in one map. Empty where nothing is wrong, or nothing is there."""
    matter = FRONT_MATTER.match(text)
    if matter is None:
        return ""
    try:
        twice = _twice(yaml.compose(matter[1] or "", LOADER))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        return f"the front matter is not YAML: line {line}: {error.problem}; a text with signs in it stands in quotes"
    return f"the front matter says “{twice.value}” twice: line {twice.start_mark.line + 2}" if twice else ""


def _twice(node: yaml.Node | None) -> yaml.ScalarNode | None:
    """The first name that a map has twice."""
    if not isinstance(node, yaml.MappingNode):
        return None
    names = [name for name, _ in node.value]
    repeated = (name for at, name in enumerate(names) if any(name.value == other.value for other in names[:at]))
    return next(repeated, None) or next(filter(None, (_twice(value) for _, value in node.value)), None)
