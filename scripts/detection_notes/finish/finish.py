"""A built folder → the site as readers get it, and what keeps it from being published."""

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path

from detection_notes.finish import byline, code, counts, embed, feed, modules, pictures, policy, search, sharing, space, unrun
from detection_notes.finish.fill import fill, with_place
from detection_notes.finish.site import Page, Site, read_pages, read_site, write_pages
from detection_notes.links.site.gate import Gate

log = logging.getLogger("mkdocs.finish")  # under "mkdocs", so that its builds show it
Step = Callable[[Site, Page], Page]
CONFIG = re.compile(r'(<script id="__config" type="application/json">)(.*?)(</script>)', re.DOTALL)


def finish(config: Path, folder: Path | None = None, *, guarded: bool = True) -> list[str]:
    """Finish the built folder in place; the same again for a folder that is finished already.

    Returns a sentence for each thing that must not be published so: links that are dead or that the lock does not
    know, formulas that were not understood. ``guarded`` is as readers get it, with the content security policy in and
    the modules made short: without it while a writer looks, through a server that adds a script of its own to the pages. Raises LockError, PolicyError, PagesError.
    """
    site = read_site(config, folder)
    log.info(_addresses(site))
    built = read_pages(site)
    gate = Gate(site.home)
    notes = [page for page in built if site.source(page)]
    problems = [f"{site.source(page)}: {problem}" for page in notes for problem in _problems(gate, page)]
    pages = [unrun.with_anchors(page) for page in built]
    filled = Filled(site, gate, unrun.places(pages))
    pages = [filled.on(page) for page in pages]
    for step in STEPS:
        pages = [step(site, page) for page in pages]
    if guarded:
        said = policy.policy(pages)
        pages = [policy.with_policy(page, said) for page in pages]
        modules.write_short(site.docs, site.folder)
    write_pages(site, pages, built)
    write(site.folder / search.NAME, search.index((page, search.boost(site.docs / source)) for page in notes if (source := site.source(page))))
    write(site.folder / feed.NAME, feed.feed(site, notes))
    write(site.folder / "sitemap.xml", feed.sitemap(site, notes))
    write(site.folder / "robots.txt", sharing.robots(site))
    for address, picture in sharing.cards(site, notes).items():
        write(site.folder / address, picture)
    write(site.folder / "sitemap.xml.gz", None)  # MkDocs made it of a sitemap without days
    return problems + filled.problems


def _addresses(site: Site) -> str:
    """One line: which of the site's own two addresses is known, and what there is not without it."""
    url = site.url or "no SITE_URL: no canonical addresses, sitemap, feed or sharing tags"
    editors = site.editors.repository or "no EDIT_URI: no links to edit a page or to report a mistake"
    return f"Addresses: {url}; {editors}"


def _problems(gate: Gate, page: Page) -> list[str]:
    formulas = [f"formula not understood: {wrong.text().strip()}" for wrong in page.built.css(".math-error")]
    return gate.read(page.address, page.title, page.built.html or "") + formulas


class Filled:
    """What stands in the places that pages leave open."""

    def __init__(self, site: Site, gate: Gate, places: list[unrun.Place]) -> None:
        self._gate, self._places = gate, places
        evidence = [finding.evidence for finding in gate.found()]
        self._counts = counts.links(evidence) | counts.notes(site.docs) | counts.tests(site.home / "tests") | {"unrun": str(len(places))}
        self.problems: list[str] = []

    def on(self, page: Page) -> Page:
        def count(marker: str) -> str:
            name = marker.removeprefix("count:")
            if name not in self._counts:
                self.problems.append(f"{page.path}: nothing is counted as {name}; there are {', '.join(self._counts)}")
            return self._counts.get(name, "")

        html = fill(page.html, r"count:[\w-]+", count)
        html = fill(html, "link-status", lambda _: self._gate.page_of_all(page.relative))
        return page.with_html(fill(html, "unrun-list", lambda _: unrun.listed(self._places, page)))


def _with_head(site: Site, page: Page) -> Page:
    """What each page says of itself to programs, at the end of its head."""
    said = "".join(say(site, page) for say in HEAD)
    return page.with_html(fill(with_place(page.html, "head", r"(?=</head>)"), "head", lambda _: said))


def _without_instant_navigation(site: Site, page: Page) -> Page:
    """Material loads pages into one another by the addresses of the sitemap; without an address there is none."""
    if site.url:
        return page
    return page.with_html(CONFIG.sub(lambda found: found[1] + _without(found[2], "navigation.instant") + found[3], page.html))


def _without(config: str, feature: str) -> str:
    values = json.loads(config)
    values["features"] = [name for name in values.get("features", []) if not name.startswith(feature)]
    return json.dumps(values, ensure_ascii=False)


def _with_box(site: Site, page: Page) -> Page:
    return search.with_box(page)


HEAD: tuple[Callable[[Site, Page], str], ...] = (feed.link, sharing.tags)
STEPS: tuple[Step, ...] = (
    byline.with_byline,
    code.with_plain_names,
    embed.with_lines,
    pictures.with_sizes,
    _with_head,
    _with_box,
    _without_instant_navigation,
    space.with_little_space,
)


def write(path: Path, content: str | bytes | None) -> None:
    """Write a file of the site, or see to it that there is none."""
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
