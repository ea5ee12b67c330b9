"""Paths → the pages to read, each with the form in which it is read."""

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from detection_notes.links.address import external
from detection_notes.links.claims import Claims
from detection_notes.links.config import Site, site
from detection_notes.links.settings import PagesError, shown
from detection_notes.links.walk import MARKDOWN, walk

HTML = (".html", ".htm", ".xhtml")
YAML = (".yml", ".yaml")
STANDARD_INPUT = "-"


class Form(StrEnum):
    """How a page is read: as MkDocs renders it, as GitHub shows it, as it was built, or as a list of URLs."""

    MKDOCS = "mkdocs"
    GITHUB = "github"
    BUILT = "built"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Page:
    """``name`` is what people see. ``site`` is the one that claims it; ``root`` is the folder of a built page's site."""

    name: str
    path: Path
    form: Form
    site: Site | None = None
    root: Path | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """``sites`` are those of which all pages were asked for: their own links are read too."""

    pages: tuple[Page, ...]
    sites: tuple[Site, ...] = ()
    problems: tuple[str, ...] = ()


def collect(paths: Iterable[Path], config: Path | None = None, html: bool = False) -> Collection:
    """The pages among the paths (files or folders), each once.

    ``config`` is the configuration that was named: its extensions render all Markdown. ``html`` takes every folder for
    built pages. Raises PagesError for a path that is not there, and for a named configuration that cannot be read.
    """
    claims = Claims(site(config) if config else None)
    pages: dict[Path, Page] = {}
    sites: dict[Path, Site] = {}
    for path in paths:
        if str(path) == STANDARD_INPUT:
            pages[path] = Page("standard input", path, Form.LIST)
            continue
        if not path.exists():
            raise PagesError(f"{path}: there is no such file or folder")
        for page in _under(path, claims, html):
            pages.setdefault(page.path.resolve(), page)
        sites |= {found.docs: found for found in _whole(path, claims)}
    return Collection(tuple(pages.values()), tuple(sites.values()), tuple(claims.problems))


def _whole(path: Path, claims: Claims) -> Iterator[Site]:
    """The sites of which a path holds everything."""
    if path.suffix in YAML:
        yield claims.of_configuration(path)
    elif path.is_dir():
        owner = claims.at(path.resolve()) or claims.of(path)
        if owner and (path.resolve() == owner.docs.resolve() or not path.resolve().is_relative_to(owner.docs.resolve())):
            yield owner


def _under(path: Path, claims: Claims, html: bool) -> Iterator[Page]:
    if path.suffix in YAML:
        docs = claims.of_configuration(path).docs
        if not docs.is_dir():
            raise PagesError(f"{path}: there is no folder {docs} (docs_dir)")
        yield from (_page(file, claims) for file in walk(docs, claims))
    elif path.is_dir() and (html or is_built(path)):
        yield from _built(path, claims)
    elif path.is_dir():
        yield from (_page(file, claims) for file in walk(path, claims))
    else:
        yield _page(path, claims)


def _page(file: Path, claims: Claims) -> Page:
    owner = claims.of(file)
    if file.suffix.lower() in HTML:
        return Page(shown(file), file, Form.BUILT, owner, _root(file.parent))
    if file.suffix.lower() not in MARKDOWN and is_list(file):
        return Page(shown(file), file, Form.LIST)
    return Page(shown(file), file, Form.MKDOCS if owner else Form.GITHUB, owner)


def is_built(folder: Path) -> bool:
    """Whether a folder is the output of a site generator: an index.html and no Markdown."""
    return (folder / "index.html").is_file() and not any(name.lower().endswith(MARKDOWN) for _, _, files in os.walk(folder) for name in files)


def is_list(file: Path) -> bool:
    """Whether a file is a list of URLs: its first line that says something is one."""
    try:
        with open(file, encoding="utf-8-sig", errors="replace") as text:
            first = next((line.strip() for line in text if line.strip() and not line.startswith("#")), "")
    except OSError:
        return False
    return external(first) is not None


def _built(folder: Path, claims: Claims) -> list[Page]:
    """The built pages in a folder, with the site that they are built from if its configuration lies beside them."""
    owner = claims.named or next((found for parent in (folder.resolve(), *folder.resolve().parents[:3]) if (found := claims.at(parent))), None)
    files = [Path(where, name) for where, _, names in os.walk(folder) for name in names if name.lower().endswith(HTML)]
    return [Page(shown(file), file, Form.BUILT, owner, folder) for file in sorted(files)]


def _root(folder: Path) -> Path:
    """The folder of the built site that a page belongs to."""
    while (folder.parent / "index.html").is_file():
        folder = folder.parent
    return folder


def text_of_standard_input() -> str:
    return sys.stdin.buffer.read().decode("utf-8-sig", "replace")
