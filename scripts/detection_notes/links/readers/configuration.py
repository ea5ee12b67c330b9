"""The links that a mkdocs.yml itself puts on the pages: navigation, repository, social ones, copyright."""

from collections.abc import Iterator
from html import unescape
from typing import Any

from detection_notes.links.address import external
from detection_notes.links.model import Link
from detection_notes.links.readers.html import addresses


def links_of(values: dict[str, Any], name: str, text: str) -> Iterator[Link]:
    """What stands on every page without standing in its Markdown, with its line in the configuration."""
    extra = values.get("extra") or {}
    if not isinstance(extra, dict):
        extra = {}
    said = [*_navigation(values.get("nav")), values.get("repo_url"), extra.get("homepage")]
    said += [entry.get("link") for key in ("social", "alternate") for entry in extra.get(key) or [] if isinstance(entry, dict)]
    for key in ("extra_css", "extra_javascript"):
        said += [entry.get("path") if isinstance(entry, dict) else getattr(entry, "path", entry) for entry in values.get(key) or []]
    said += addresses(str(values.get("copyright") or ""))
    lines = [unescape(line) for line in text.splitlines()]
    for url in dict.fromkeys(url for address in said if isinstance(address, str) and (url := external(address))):
        rest = url.partition("//")[2]
        places = [(number, line.find(rest)) for number, line in enumerate(lines, 1) if rest in line and not line.lstrip().startswith("#")]
        number, start = places[0] if places else (1, -1)
        begin = lines[number - 1].rfind("http", 0, start) if start > 0 else -1
        yield Link(name, number, url, begin + 1 if begin >= 0 and text.splitlines()[number - 1][begin:].startswith(url) else 0)


def _navigation(nav: Any) -> Iterator[Any]:
    if isinstance(nav, dict):
        yield from (leaf for value in nav.values() for leaf in _navigation(value))
    elif isinstance(nav, list):
        yield from (leaf for value in nav for leaf in _navigation(value))
    else:
        yield nav
