"""A file of the checkout → its text, as a renderer gets it."""

import re
from pathlib import Path
from typing import NamedTuple

from detection_notes.links.settings import PagesError

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


class Source(NamedTuple):
    """The text without its front matter; it begins on line ``first_line`` of the file."""

    name: str
    text: str
    first_line: int = 1


def read(path: Path, name: str) -> str:
    """The text of a file, its line ends as ``\\n``. Raises PagesError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise PagesError(f"{name}: cannot be read: it is not UTF-8 (byte {error.start}); convert it (iconv -f {_encoding(error.object)} -t UTF-8)") from error
    except OSError as error:
        raise PagesError(f"{name}: cannot be read ({error.strerror})") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _encoding(data: bytes) -> str:
    """A guess, for the advice only."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return "LATIN1"
    return "GB18030"


def without_front_matter(name: str, text: str, like_mkdocs: bool) -> Source:
    if like_mkdocs:
        from mkdocs.utils.meta import get_data

        rest = get_data(text)[0]
    else:
        rest = text[front_matter(text)[1] :]
    return Source(name, rest, text.count("\n", 0, len(text) - len(rest)) + 1)


def front_matter(text: str) -> tuple[dict[str, object], int]:
    """What a page says of itself between two rules at its head, and where its text begins: ({}, 0) where that is a paragraph, or nothing."""
    matter = FRONT_MATTER.match(text)
    if matter is None:
        return {}, 0
    import yaml  # late: few pages need it

    try:
        said = yaml.safe_load(matter[1] or "")
    except yaml.YAMLError:
        return {}, 0
    return (said or {}, matter.end()) if isinstance(said, dict | None) else ({}, 0)
