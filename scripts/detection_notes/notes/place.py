"""Where on which page a piece of Markdown stands, for messages that an editor can follow."""

import re

from markdown import Markdown


def place(md: Markdown, text: str, offset: int = 0) -> str:
    """``page.md:LINE`` of the character at ``offset`` in ``text``; without the line when the source holds it otherwise.

    MkDocs tells the page by the processor that it adds for relative links; other builders get ``Markdown``.
    """
    file = getattr(md.treeprocessors["relpath"], "file", None) if "relpath" in md.treeprocessors else None
    if file is None:
        return "Markdown"
    pieces = [re.escape(piece) for piece in text.split()]
    found = re.search(r"\s+".join(pieces), file.content_string) if pieces else None
    if found is None:
        return str(file.src_uri)
    line = file.content_string.count("\n", 0, found.start()) + text.lstrip().count("\n", 0, offset) + 1
    return f"{file.src_uri}:{line}"
