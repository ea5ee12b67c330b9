"""The feed of changed notes and the sitemap: with an address, or not at all."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

from detection_notes.finish.feed import ATOM, feed, link, sitemap
from detection_notes.finish.site import read_pages, read_site

NS = {"a": ATOM, "s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
URL = "https://notes.notes.dev/x/"


def committed(make: Callable[..., Path], git: Callable[..., None], url: str = URL) -> Path:
    home = make({"index.md": "<h1>Home & <code>Garden</code></h1>", "a/b.md": "<h1>B<a class='headerlink'>¶</a></h1>", "new.md": "<h1>N</h1>"}, url)
    git(home, "init")
    for name, day in (("docs/index.md", "2026-01-02"), ("docs/a/b.md", "2026-03-04")):
        git(home, "add", name)
        git(home, "commit", "-m", name, day=day)
    return home


def test_notes_stand_in_the_feed_the_newest_first(make: Callable[..., Path], git: Callable[..., None]) -> None:
    site = read_site(committed(make, git) / "mkdocs.yml")

    root = ElementTree.fromstring(feed(site, read_pages(site)) or "")

    assert [entry.findtext("a:title", namespaces=NS) for entry in root.findall("a:entry", NS)] == ["B", "Home & Garden"]
    assert [entry.findtext("a:id", namespaces=NS) for entry in root.findall("a:entry", NS)] == [URL + "a/b/", URL]
    assert root.findtext("a:entry/a:summary", namespaces=NS) == "About a/b.md"
    assert root.findtext("a:updated", namespaces=NS) == "2026-03-04T10:00:00+00:00"
    assert root.find("a:link[@rel='self']", NS).get("href") == URL + "feed.xml"


def test_the_sitemap_names_every_note_with_the_day_that_is_known(make: Callable[..., Path], git: Callable[..., None]) -> None:
    site = read_site(committed(make, git) / "mkdocs.yml")

    root = ElementTree.fromstring(sitemap(site, read_pages(site)) or "")

    assert {url.findtext("s:loc", namespaces=NS): url.findtext("s:lastmod", namespaces=NS) for url in root} == {
        URL + "a/b/": "2026-03-04", URL: "2026-01-02", URL + "new/": None,
    }  # fmt: skip


def test_without_an_address_there_is_neither(make: Callable[..., Path], git: Callable[..., None]) -> None:
    site = read_site(committed(make, git, url="") / "mkdocs.yml")
    pages = read_pages(site)

    assert feed(site, pages) is None and sitemap(site, pages) is None and link(site, pages[0]) == ""


def test_without_history_there_is_no_feed_and_the_sitemap_has_no_days(make: Callable[..., Path]) -> None:
    site = read_site(make({"index.md": "<h1>H</h1>"}, URL) / "mkdocs.yml")
    pages = read_pages(site)

    assert feed(site, pages) is None and link(site, pages[0]) == ""
    assert "lastmod" not in (sitemap(site, pages) or "") and URL in (sitemap(site, pages) or "")


def test_the_link_to_the_feed_is_found_by_readers_and_not_taken_for_a_language(make: Callable[..., Path], git: Callable[..., None]) -> None:
    site = read_site(committed(make, git) / "mkdocs.yml")
    (page,) = [page for page in read_pages(site) if page.address == "a/b/"]

    assert 'rel="alternate feed"' in link(site, page) and 'href="../../feed.xml"' in link(site, page)
