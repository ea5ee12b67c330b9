"""What this checkout itself says of an address: files and anchors that are there or not, pages that it builds or not.

Only what surely leads nowhere is said to be missing. No network, and no row in the lock.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from detection_notes.links.address import behind
from detection_notes.links.config import Site
from detection_notes.links.model import Link
from detection_notes.links.pages import Collection, Form, Page
from detection_notes.links.placeholders import settled
from detection_notes.links.walk import MARKDOWN

UNCHECKED = re.compile(r"(?i)(?:|top|readme|readme-ov-file|L\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)?|[!/].*|.*:~:.*|gh-(?:dark|light)-mode-only)\Z")  # lines, routes, text, themes
HTML = (".html", ".htm", ".xhtml")
ALWAYS_BUILT = {"sitemap.xml", "404.html"}  # by MkDocs
MADE = re.compile(r"(?:edit|blob|raw|tree|blame|src|-/(?:edit|blob|raw|tree))/[^/]+/(.+)")  # what a code host makes of a file


def missing_on_github(page: Page, links: Iterable[Link], anchors_of: Callable[[Path], frozenset[str] | None]) -> Iterator[Link]:
    """Those of a Markdown page's addresses that lead nowhere in the checkout, as GitHub follows them."""
    root = checkout(page.path.resolve().parent)
    for link in links:
        path, part = unquote(re.split(r"[?#]", link.url)[0]), unquote(link.url.partition("#")[2]).lower().removeprefix("user-content-")
        target = page.path if not path else (root or Path.cwd()) / path.lstrip("/") if path.startswith("/") else page.path.parent / path
        code = _missing(target, part, root, anchors_of)
        if code:
            yield replace(link, code=code)


def _missing(target: Path, part: str, root: Path | None, anchors_of: Callable[[Path], frozenset[str] | None]) -> str | None:
    if not os.path.exists(target):
        outside = not Path(os.path.normpath(target.absolute())).is_relative_to(root or Path.cwd())
        return None if outside else "missing-file"  # ../../issues is a page of GitHub
    page = next((file for file in (target / name for name in ("README.md", "readme.md")) if file.is_file()), target) if target.is_dir() else target
    if UNCHECKED.match(part) or page.suffix.lower() not in MARKDOWN:
        return None
    there = anchors_of(page.resolve())
    plain = part.replace("\ufe0f", "")
    return None if there is None or plain in {anchor.replace("\ufe0f", "") for anchor in there} else "missing-anchor"


@cache
def checkout(folder: Path) -> Path | None:
    """The root of the repository that a folder lies in."""
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), None)


def missing_as_built(page: Page, links: Iterable[Link], base: str | None, anchors_of: Callable[[Path], frozenset[str] | None]) -> Iterator[Link]:
    """Those of a built page's addresses that lead nowhere in its folder, as browsers follow them."""
    root = page.root or page.path.parent
    prefix = _prefix(page.site.url if page.site else None)
    here = prefix + os.path.relpath(page.path, root).replace(os.sep, "/")
    start = urljoin(f"//site{here}", base or "")
    for link in links:
        parts = urlsplit(urljoin(start, link.url.replace("\\", "/")))
        if parts.netloc != "site" or not parts.path.startswith(prefix):
            continue  # another site, or another one on the same host
        path = page.path if link.url.partition("#")[0] == "" and base is None else _file(root, unquote(parts.path.removeprefix(prefix)))
        code = _code(path, parts.fragment, anchors_of)
        if code:
            yield replace(link, code=code)


def _prefix(url: str | None) -> str:
    """The path under which a site is published, with a slash on both ends."""
    path = urlsplit(url).path.strip("/") if url else ""
    return f"/{path}/" if path else "/"


def _file(root: Path, path: str) -> Path | None:
    """The built file that a path leads to, as static hosts serve it; None if there is none."""
    there = root / path
    candidates = [there / "index.html"] if not path or path.endswith("/") else [there, there.with_name(f"{there.name}.html"), there / "index.html"]
    return next((file for file in candidates if os.path.isfile(file)), None)


def _code(path: Path | None, part: str, anchors_of: Callable[[Path], frozenset[str] | None]) -> str | None:
    if path is None:
        return "missing-file"
    if UNCHECKED.match(unquote(part)) or path.suffix.lower() not in HTML:
        return None
    there = anchors_of(path.resolve())
    return None if there is None or part in there or unquote(part) in there else "missing-anchor"


def settled_here(links: Iterable[Link], collection: Collection, private: bool) -> Iterator[Link]:
    """The links, with the code of each that needs no asking: placeholders, and what leads into the own site or repository."""
    owners = {page.name: page for page in collection.pages if page.site}
    sites = {site.name: site for site in collection.sites}
    for link in links:
        page = owners.get(link.page)
        site = page.site if page else sites.get(link.page)
        built = page.root if page and page.form is Form.BUILT else None
        code = said_here(link.url, site, built, private) if link.code is None else None
        yield replace(link, code=code) if code else link


def said_here(url: str, site: Site | None, built: Path | None = None, private: bool = False) -> str | None:
    """The code of a URL that is judged without being asked, or None.

    What this checkout makes is good: it may not be published yet. A page of the own site that it does not make is
    missing; where plugins or hooks that are not run here could make it, the web is asked. ``private``: this machine
    may be asked.
    """
    return (_own(url, site, built) if site else None) or settled(behind(url), private)


def _own(url: str, site: Site, built: Path | None) -> str | None:
    if site.url and (path := _below(url, site.url)) is not None:
        path = unquote(path)
        if built or path in ALWAYS_BUILT:
            return "ok" if path in ALWAYS_BUILT or (built and _file(built, path)) else "missing-file"
        if _made_from(site, path):
            return "ok"
        page = path.lower().endswith((*HTML, *MARKDOWN, "/")) or "." not in path.rpartition("/")[2]
        return "missing-file" if page and not site.unrun else None
    if site.repository and (path := _below(url, site.repository)) and (made := MADE.fullmatch(path)):
        root = checkout(site.docs.resolve())
        return "ok" if root and os.path.exists(root / unquote(made[1])) else None
    return None


def _below(url: str, home: str) -> str | None:
    """The path of a URL below another one, without query; None if it is not below it."""
    home = re.sub(r"^https?:", "", home).rstrip("/")
    address = re.sub(r"^https?:", "", re.split(r"[?#]", url)[0])
    if address.lower() == home.lower():
        return ""
    return address[len(home) + 1 :] if address.lower().startswith(f"{home.lower()}/") else None


def _made_from(site: Site, path: str) -> bool:
    """Whether MkDocs makes the file of this path from the docs."""
    docs = site.docs
    if path and not path.endswith("/") and _built_source(site, docs / path) and os.path.isfile(docs / path) and not path.lower().endswith(MARKDOWN):
        return True
    stem = path.removesuffix("index.html") if path.endswith(("/index.html",)) or path == "index.html" else path
    folder = stem.strip("/")
    candidates = [docs / folder / "index.md", docs / folder / "README.md"]
    if folder and site.folders:
        candidates.append(docs / f"{folder}.md")
    elif folder and not stem.endswith("/"):
        candidates = [docs / f"{folder.removesuffix('.html')}.md"]
    return any(os.path.isfile(file) and _built_source(site, file) for file in candidates)


@cache
def _spec(site: Site):  # type: ignore[no-untyped-def]
    from pathspec.gitignore import GitIgnoreSpec

    return GitIgnoreSpec.from_lines([".*", "/templates/", *site.excluded])


def _built_source(site: Site, file: Path) -> bool:
    return not _spec(site).match_file(os.path.relpath(file, site.docs).replace(os.sep, "/"))
