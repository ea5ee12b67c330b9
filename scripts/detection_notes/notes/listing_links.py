"""Markdown: below each listing that is cut from a code file stands a link to the whole file.

A cut hides imports and helpers; with the file beside it nothing has to be guessed. What counts as a listing is a
fenced block that holds one snippet line naming a section of a file under ``code/``:

    ```python
    --8<-- "deep-learning/code/conv_sizes.py:functions"
    ```

The address is relative, ``../<section>/code/<name>``: pages lie one folder below the root, as the code does.
"""

import re

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

OPENING = re.compile(r"^(?P<indent>[ ]*)(?P<fence>`{3,})[ ]*\w+")
CUT = re.compile(r'^[ ]*--8<-- "(?P<path>[^":]+/code/(?P<name>[^":/]+)):[^"]+"[ ]*$')
OUTPUTS = (".out", ".txt")  # printed here, or recorded elsewhere


def whole_file(listing: list[str]) -> re.Match[str] | None:
    """The snippet line of a listing, when the listing is nothing else; outputs are not listings."""
    found = CUT.match(listing[0]) if len(listing) == 1 else None
    return found if found and not found["name"].endswith(OUTPUTS) else None


class ListingLinksPreprocessor(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        shown: list[str] = []
        opened: re.Match[str] | None = None
        start = 0
        for line in lines:
            shown.append(line)
            if opened is None:
                opened, start = OPENING.match(line), len(shown)
            elif line.strip() == opened["fence"]:
                cut = whole_file(shown[start:-1])
                if cut:
                    link = f"[完整代码 {cut['name']}](../{cut['path']}){{ .whole-file data-search-exclude }}"
                    shown += ["", opened["indent"] + link, ""]
                opened = None
        return shown


class ListingLinksExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(ListingLinksPreprocessor(md), "listing_links", 33)  # before snippets, which are at 32


def makeExtension(**kwargs: object) -> ListingLinksExtension:
    return ListingLinksExtension(**kwargs)
