"""Pictures of the site get their size in the page, so that text does not move when they come, and come when needed."""

import posixpath
import re
import struct
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from detection_notes.finish.site import Page, Site

PICTURE = re.compile(r"""<img\b(?P<attributes>(?:[^>"']|"[^"]*"|'[^']*')*?)\s*/?>""")
SOURCE = re.compile(r'\ssrc="([^"]+)"')
ROOT = re.compile(r"<svg\b[^>]*>")
FIRST = 1  # so many pictures of a page may stand in the first screen: they are not put off


def with_sizes(site: Site, page: Page) -> Page:
    """Width and height for each SVG and PNG of the site, and ``loading=lazy`` after the first."""
    seen = 0

    def sized(found: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        attributes, source = found["attributes"], SOURCE.search(found["attributes"])
        size = _size(_file(site, page, source[1])) if source else None
        if size and " width=" not in attributes:
            attributes += f' width="{size[0]}" height="{size[1]}"'
        if seen > FIRST and " loading=" not in attributes:
            attributes += ' loading="lazy"'
        return f"<img{attributes}>"

    return page.with_html(PICTURE.sub(sized, page.html))


def _file(site: Site, page: Page, source: str) -> Path:
    path = unquote(urlsplit(source).path)
    here = "" if path.startswith("/") else posixpath.dirname(page.path)
    return site.folder / posixpath.normpath(posixpath.join(here, path.lstrip("/")))


def _size(file: Path) -> tuple[int, int] | None:
    """Width and height of an SVG or a PNG, in pixels."""
    if file.suffix not in (".svg", ".png") or not file.is_file():
        return None
    return _size_of(file, file.stat().st_mtime_ns)


@cache
def _size_of(file: Path, changed: int) -> tuple[int, int] | None:
    if file.suffix == ".png":  # the two numbers at the head of its first chunk
        return struct.unpack(">II", file.read_bytes()[16:24])
    root = ROOT.search(file.read_text(encoding="utf-8"))  # as its root says, or as its viewBox does
    box = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', root[0]) if root else None
    if not root or not box:
        return None
    width = re.search(r'\swidth="([\d.]+)"', root[0])
    wide = float(width[1]) if width else float(box[1])
    return round(wide), round(wide * float(box[2]) / float(box[1]))
