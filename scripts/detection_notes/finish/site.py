"""A configuration and a built folder → a Site and its Pages."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from html import unescape
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from detection_notes.finish.editors import Editors, read_editors
from detection_notes.finish.fill import emptied
from detection_notes.finish.history import changed
from detection_notes.links.settings import PagesError, settings

OF_THE_THEME = "[rel=edit], .md-content__button, .md-source-file, .md-feedback"  # stands in the article and is not of the note
ARTICLE = ("article", "[role=main]", "main", "body")  # where a theme puts the note, the surest first
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True)
class Page:
    """A built page: ``path`` is its place under the site's folder, with slashes; ``html`` its whole text."""

    path: str
    html: str

    @property
    def address(self) -> str:
        """Relative to the root of the site: ``detection/map/``; the home page's is empty."""
        return self.path.removesuffix("index.html")

    @property
    def to_root(self) -> str:
        """The way from this page to the root of the site: ``../../``, or ``./``."""
        return "../" * self.path.count("/") or "./"

    def relative(self, address: str) -> str:
        """The way from this page to another address of the site."""
        return self.to_root + address

    def with_html(self, html: str) -> "Page":
        return replace(self, html=html)

    @cached_property
    def built(self) -> LexborNode:
        """The note as the builder made it, without what was filled in."""
        tree = LexborHTMLParser(emptied(self.html))
        for node in tree.css(OF_THE_THEME):
            node.decompose()
        return next(found for selector in ARTICLE if (found := tree.css_first(selector)))

    @cached_property
    def description(self) -> str:
        """What it says of itself in its front matter, or what the configuration says of the site."""
        found = re.search(r'<meta name="description" content="([^"]*)"', self.html)
        return unescape(found[1]) if found else ""

    @cached_property
    def title(self) -> str:
        """The text of its first heading; without one, of its ``<title>``."""
        if heading := self.built.css_first("h1"):
            return text_of(heading)
        found = re.search(r"<title>(.*?)</title>", self.html, re.DOTALL)
        return unescape(found[1]).strip() if found else self.path


def text_of(node: LexborNode) -> str:
    """What a reader sees of an element: no permalink sign, no LaTeX beside a formula, one space for many."""
    copy = LexborHTMLParser(node.html or "")
    for hidden in copy.css(".headerlink, .latex, annotation, script, style"):
        hidden.decompose()
    return " ".join(copy.text().split())


@dataclass(frozen=True)
class Site:
    """``folder`` is the built site; ``home`` the folder of mkdocs.yml, links.lock and pyproject.toml.

    ``url`` is the address that it will be published under, or empty; ``changed`` the day of each file under ``docs``;
    ``editors`` the way back to those who write.
    """

    folder: Path
    home: Path
    docs: Path
    name: str
    url: str
    description: str
    language: str
    changed: dict[str, datetime]
    editors: Editors

    def source(self, page: Page) -> str | None:
        """The page's Markdown file, under ``docs``; None for a page of the theme's own (404.html)."""
        stem = page.address.removesuffix(".html").rstrip("/") or "index"
        return next((name for name in (f"{stem}.md", f"{stem}/index.md") if (self.docs / name).is_file()), None)

    def changed_on(self, page: Page) -> datetime | None:
        """When its Markdown was last changed, if git knows."""
        source = self.source(page)
        return self.changed.get(source) if source else None


def read_site(config: Path, folder: Path | None = None) -> Site:
    """``folder`` is by default the one that the configuration names. Raises PagesError."""
    values = settings(config)
    home = config.resolve().parent
    docs = home / values.get("docs_dir", "docs")
    return Site(
        folder=folder or home / values.get("site_dir", "site"),
        home=home,
        docs=docs,
        name=str(values.get("site_name") or ""),
        url=str(values.get("site_url") or ""),
        description=str(values.get("site_description") or ""),
        language=str((values.get("theme") or {}).get("language", "en")) if isinstance(values.get("theme"), dict) else "en",
        changed=changed(docs),
        editors=read_editors(home),
    )


def read_pages(site: Site) -> list[Page]:
    """Every page of the built folder, by path. Raises PagesError when there is none."""
    files = sorted(site.folder.rglob("*.html"))
    if not files:
        raise PagesError(f"{site.folder}: there is no built page; build the site first")
    return [Page(file.relative_to(site.folder).as_posix(), file.read_text(encoding="utf-8")) for file in files]


def write_pages(site: Site, pages: list[Page], before: list[Page]) -> None:
    """Write those pages whose text is another than before."""
    for page, old in zip(pages, before, strict=True):
        if page.html != old.html:
            (site.folder / page.path).write_text(page.html, encoding="utf-8", newline="\n")
