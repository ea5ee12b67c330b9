"""Notes and the days on which they changed → an Atom feed; the sitemap, with those days, where an address is known."""

from collections.abc import Iterable
from datetime import datetime
from html import escape
from xml.etree import ElementTree

from detection_notes.finish.site import Page, Site

ATOM = "http://www.w3.org/2005/Atom"
NAME = "feed.xml"
ENTRIES = 20


def dated(site: Site, pages: Iterable[Page]) -> list[tuple[datetime, Page]]:
    """The notes whose last change is known, the newest first."""
    known = [(day, page) for page in pages if (day := site.changed_on(page))]
    return sorted(known, key=lambda found: (found[0], found[1].path), reverse=True)


def feed(site: Site, pages: Iterable[Page]) -> str | None:
    """The feed, or None where there is no address to name entries by, or no day is known."""
    entries = dated(site, pages)[:ENTRIES]
    if not site.url or not entries:
        return None
    ElementTree.register_namespace("", ATOM)
    root = _element(None, "feed", {"{http://www.w3.org/XML/1998/namespace}lang": site.language})
    _element(root, "id").text = site.url
    _element(root, "title").text = site.name
    _element(root, "subtitle").text = site.description
    _element(root, "updated").text = entries[0][0].isoformat()
    _element(root, "link", {"href": site.url})
    _element(root, "link", {"rel": "self", "href": site.url + NAME})
    _element(_element(root, "author"), "name").text = site.name
    for day, page in entries:
        entry = _element(root, "entry")
        _element(entry, "id").text = site.url + page.address
        _element(entry, "title").text = page.title
        _element(entry, "link", {"href": site.url + page.address})
        _element(entry, "updated").text = day.isoformat()
        _element(entry, "summary").text = page.description
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _element(parent: ElementTree.Element | None, name: str, attributes: dict[str, str] | None = None) -> ElementTree.Element:
    if parent is None:
        return ElementTree.Element(f"{{{ATOM}}}{name}", attributes or {})
    return ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes or {})


def link(site: Site, page: Page) -> str:
    """For the head of a page; nothing where there is no feed. Material's script takes each ``link[rel=alternate]`` for a site in another language and
    asks for its sitemap; with a second word in ``rel`` it does not, and readers of feeds find it all the same."""
    if not site.url or not site.changed:
        return ""
    return f'<link rel="alternate feed" type="application/atom+xml" title="{escape(site.name)}" href="{page.relative(NAME)}">'


def sitemap(site: Site, pages: Iterable[Page]) -> str | None:
    """The sitemap, or None without an address."""
    if not site.url:
        return None
    ElementTree.register_namespace("", "http://www.sitemaps.org/schemas/sitemap/0.9")
    root = ElementTree.Element("{http://www.sitemaps.org/schemas/sitemap/0.9}urlset")
    for page in pages:
        url = ElementTree.SubElement(root, f"{root.tag[:-6]}url")
        ElementTree.SubElement(url, f"{root.tag[:-6]}loc").text = site.url + page.address
        if day := site.changed_on(page):
            ElementTree.SubElement(url, f"{root.tag[:-6]}lastmod").text = day.date().isoformat()
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


