"""Markdown as MkDocs renders it: with the extensions of its site, so what is a link is decided by nobody but the renderer.

Where a mark could change what is a link, the page is rendered without marks too, and that decides.
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any

from markdown import Markdown

from detection_notes.links.config import Site
from detection_notes.links.model import Link
from detection_notes.links.pages import Page
from detection_notes.links.placeholders import template
from detection_notes.links.readers.places import MARK, PLAIN_HOST, SLASHES, Search, carry_over, found, marked
from detection_notes.links.readers.source import Source

LABEL = re.compile(r"(?m)\]\s?\[[^\]\n]*//|^ {0,3}\[[^\]\n]*//[^\]\n]*\]:")  # it must be the same in use and definition
BARE = "http://m0m0m.example.org"
HIGHLIGHTERS = ("pymdownx.highlight", "markdown.extensions.codehilite")
RESETTING = ("markdown.extensions.", "pymdownx.")
BUILT_IN = {
    "abbr", "admonition", "attr_list", "codehilite", "def_list", "extra", "fenced_code", "footnotes", "legacy_attrs", "legacy_em", "md_in_html",
    "meta", "nl2br", "sane_lists", "smarty", "tables", "toc", "wikilinks",
}  # fmt: skip
PACKAGES = {  # that have Markdown extensions under another name
    "callouts": "markdown-callouts", "github-callouts": "markdown-callouts", "mdx_math": "python-markdown-math", "mdx_truly_sane_lists": "mdx-truly-sane-lists",
    "mdx_gh_links": "mdx-gh-links", "mdx_include": "mdx-include", "mdx_breakless_lists": "mdx-breakless-lists", "markdown_include": "markdown-include",
    "material": "mkdocs-material", "markdown_katex": "markdown-katex", "plantuml_markdown": "plantuml-markdown", "document-offsets-injection": "python-markdown-document-offsets-injection-extension",
}  # fmt: skip


class RenderError(Exception):
    """A page that its own Markdown extensions cannot render; the text names the page and the remedy."""


def read(page: Page, source: Source) -> tuple[list[Link], list[str]]:
    """The external links of a page, in the order of the page, each occurrence once; and what went wrong, in words."""
    assert page.site
    renderer = rendering(page.site)
    page.site.current._current_page = SimpleNamespace(file=SimpleNamespace(abs_src_path=os.path.abspath(page.path)))
    problems = list(renderer.problems)
    try:
        links = _links(page, source, renderer)
    except RenderError as error:
        problems.append(str(error))
        try:  # once more without the pieces that are not there
            links = _links(page, source, rendering(page.site, lenient=True)) if "pymdownx.snippets" in page.site.extensions else []
        except RenderError:
            links = []
    return links, problems


def _links(page: Page, source: Source, renderer: "Renderer") -> list[Link]:
    text, places = marked(source.text, source.first_line)
    links = list(found(renderer.convert(text, source.name), places))
    if _decided_by_marks(source.text, renderer):
        links = carry_over(links, found(renderer.convert(source.text, source.name), []))
    search = Search(source.text, source.first_line, renderer.snippets)
    unrun = page.site.unrun if page.site else ()
    out = []
    for link in links:
        if unrun and template(link.url):
            continue  # no address yet: a plugin or a hook that is not run here makes it one
        line, column, via = search.where(link)
        out.append(Link(source.name, line, link.url, column, via=via))
    return out


def _decided_by_marks(text: str, renderer: "Renderer") -> bool:
    """Whether a mark could change what is a link."""
    if "//" not in text:
        return False
    if LABEL.search(text) or MARK.search(text):
        return True
    return renderer.links_bare and any(not PLAIN_HOST.match(text, slashes.start()) for slashes in SLASHES.finditer(text))


class Renderer:
    """The Markdown extensions of a site, without those that are not there, and without work that changes no link."""

    def __init__(self, site: Site, lenient: bool) -> None:
        self.problems: list[str] = []
        self._configs = _cheap(site, lenient)
        self._extensions = self._present(site, list(site.extensions))
        self._resets = all(isinstance(name, str) and (name in BUILT_IN or name.startswith(RESETTING)) for name in self._extensions)
        self._markdown: Markdown | None = None
        bases = self._configs.get("pymdownx.snippets", {}).get("base_path", ())
        self.snippets = [str(base) for base in (bases if isinstance(bases, list | tuple) else [bases]) if isinstance(base, str)]
        self.links_bare = self._links_bare()

    def convert(self, text: str, name: str) -> str:
        """The HTML of a page. Raises RenderError."""
        try:
            if not self._markdown or not self._resets:
                self._markdown = self._make(self._extensions)
            with _plain_code():
                return self._markdown.reset().convert(text)
        except Exception as error:  # whatever an extension raises: it is the page's own trouble, and has a name
            self._markdown = None
            raise RenderError(_words(error, name)) from error

    def _make(self, extensions: list[Any]) -> Markdown:
        return Markdown(extensions=extensions, extension_configs={name: self._configs[name] for name in extensions if name in self._configs})

    def _present(self, site: Site, extensions: list[Any]) -> list[Any]:
        try:
            self._make(extensions)
            return extensions
        except Exception:  # one of them: which?
            return [extension for extension in extensions if self._works(site, extension)]

    def _works(self, site: Site, extension: Any) -> bool:
        try:
            self._make([extension])
            return True
        except ImportError:
            package = PACKAGES.get(str(extension)) or PACKAGES.get(str(extension).partition(".")[0]) or f"the package that has {extension}"
            self.problems.append(f"{site.name}: the Markdown extension {extension} is not installed, so pages were read without it; install {package} beside the checker (in the action: packages)")
        except Exception as error:  # whatever it raises for its options
            self.problems.append(f"{site.name}: the Markdown extension {extension} cannot be used ({type(error).__name__}: {error}), so pages were read without it; correct its options")
        return False

    def _links_bare(self) -> bool:
        try:
            return "<a" in self.convert(BARE, "")
        except RenderError:  # take no chance
            return True


@cache
def rendering(site: Site, lenient: bool = False) -> Renderer:
    return Renderer(site, lenient)


def _cheap(site: Site, lenient: bool) -> dict[str, dict[str, Any]]:
    """The options of a site, but emoji stay words: their table is copied for each page, and they make no link."""
    configs = {name: dict(options) for name, options in site.configs.items()}
    if "linenums" in configs.get("pymdownx.highlight", {}):
        configs["pymdownx.highlight"]["linenums"] = False
    if "pymdownx.emoji" in site.extensions:
        configs["pymdownx.emoji"] = {"emoji_index": _no_emoji}
    if lenient:
        configs["pymdownx.snippets"] = configs.get("pymdownx.snippets", {}) | {"check_paths": False}
    return configs


@contextmanager
def _plain_code() -> Iterator[None]:
    """Code is not coloured meanwhile: that takes longer than all else and makes no link.

    Not by ``use_pygments: false``, which changes what is a fence.
    """
    from pygments.lexers.special import TextLexer

    def plain(*_: object, **options: Any) -> TextLexer:
        return TextLexer(**options)

    modules = [sys.modules[name] for name in HIGHLIGHTERS if name in sys.modules]
    kept = [(module, name, getattr(module, name)) for module in modules for name in ("get_lexer_by_name", "guess_lexer") if hasattr(module, name)]
    for module, name, _ in kept:
        setattr(module, name, plain)
    try:
        yield
    finally:
        for module, name, function in kept:
            setattr(module, name, function)


def _no_emoji(options: dict[str, Any], md: Markdown) -> dict[str, Any]:
    return {"name": "none", "emoji": {}, "aliases": {}}


def _words(error: Exception, name: str) -> str:
    if type(error).__name__ == "SnippetMissingError" and "section" in str(error):
        return f"{name}: {error}; mark that section in the included file (--8<-- [start:NAME]), or correct its name"
    if type(error).__name__ == "SnippetMissingError":
        return f"{name}: {error}; create that file, correct the path, or add its folder to base_path of pymdownx.snippets"
    return f"{name}: cannot be rendered: {type(error).__name__}: {error}; MkDocs stops at this page too"
