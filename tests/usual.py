"""A site with the Markdown extensions that most sites have, for tests of what is read as MkDocs renders it."""

from pathlib import Path

from detection_notes.links.config import Site
from detection_notes.links.model import Link
from detection_notes.links.pages import Form, Page
from detection_notes.links.readers import mkdocs
from detection_notes.links.readers.source import Source, read, without_front_matter

USUAL = (
    "abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables",
    "pymdownx.caret", "pymdownx.details", "pymdownx.inlinehilite", "pymdownx.mark", "pymdownx.superfences",
    "pymdownx.tabbed", "pymdownx.tasklist", "pymdownx.tilde",
)  # fmt: skip
USUAL_CONFIGS = {"pymdownx.tabbed": {"alternate_style": True}}


def read_text(source: Source, extensions=USUAL, configs=USUAL_CONFIGS, **site) -> tuple[list[Link], list[str]]:
    """Links and problems of Markdown."""
    here = Site("mkdocs.yml", Path("docs"), tuple(extensions), dict(configs), **site)
    return mkdocs.read(Page(source.name, Path("docs", source.name), Form.MKDOCS, here), source)


def read_file(path: Path) -> list[Link]:
    """The links of a file."""
    links, problems = read_text(without_front_matter(str(path), read(path, str(path)), like_mkdocs=False))
    assert not problems
    return links
