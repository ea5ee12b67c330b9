"""Markdown: below each listing that is cut from a code file stands a link to the whole file.

A cut hides imports and helpers; with the file beside it nothing has to be guessed. What counts as a listing is a
fenced block that holds one snippet line naming a section of a file under ``code/``:

    ```python
    --8<-- "deep-learning/code/conv_sizes.py:functions"
    ```

The address is relative, ``../<section>/code/<name>``: pages lie one folder below the root, as the code does.

A file that needs others of its folder names them once on a page, at its first listing: see companions.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

OPENING = re.compile(r"^(?P<indent>[ ]*)(?P<fence>`{3,})[ ]*\w+")
CUT = re.compile(r'^[ ]*--8<-- "(?P<path>[^":]+/code/(?P<name>[^":/]+)):[^"]+"[ ]*$')
OUTPUTS = (".out", ".txt")  # printed here, or recorded elsewhere


def whole_file(listing: list[str]) -> re.Match[str] | None:
    """The snippet line of a listing, when the listing is nothing else; outputs are not listings."""
    found = CUT.match(listing[0]) if len(listing) == 1 else None
    return found if found and not found["name"].endswith(OUTPUTS) else None


def needed(program: Path) -> Iterator[str]:
    """The names that a program may mean files of its own folder by: modules it imports, and its string constants."""
    for node in ast.walk(ast.parse(program.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (f"{alias.name.split('.')[0]}.py" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{(node.module or '').split('.')[0]}.py"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "/" not in node.value:
            yield node.value


@cache
def companions(program: Path) -> tuple[str, ...]:
    """The files beside a Python program without which it does not run, sorted: imports of imports and data they name.

    What a program writes is not there to be found; recorded outputs (``.out``) are nobody's input.
    """
    beside = {file.name for file in program.parent.iterdir() if file.suffix not in OUTPUTS}
    found: set[str] = set()
    waiting = [program.name]
    while waiting:
        name = waiting.pop()
        found.add(name)
        if name.endswith(".py"):
            waiting += (beside & set(needed(program.parent / name))) - found
    return tuple(sorted(found - {program.name}))


def link_below(cut: re.Match[str], others: tuple[str, ...]) -> str:
    """The line of Markdown below a listing: its file, and those that it needs."""
    link = f"[完整代码 {cut['name']}](../{cut['path']}){{ .whole-file data-search-exclude }}"
    if not others:
        return link
    folder = cut["path"].removesuffix(cut["name"])
    named = "、".join(f"[{name}](../{folder}{name})" for name in others)
    return f'{link}<span class="companions" data-search-exclude>，还要同一文件夹里的 {named}</span>'


class ListingLinksPreprocessor(Preprocessor):
    def __init__(self, md: Markdown, base: Path) -> None:
        super().__init__(md)
        self.base = base

    def others(self, path: str) -> tuple[str, ...]:
        """What the file of a listing needs beside it; nothing when snippets will find no such file."""
        program = self.base / path
        return companions(program) if program.suffix == ".py" and program.is_file() else ()

    def run(self, lines: list[str]) -> list[str]:
        shown: list[str] = []
        told: set[str] = set()
        opened: re.Match[str] | None = None
        start = 0
        for line in lines:
            shown.append(line)
            if opened is None:
                opened, start = OPENING.match(line), len(shown)
            elif line.strip() == opened["fence"]:
                cut = whole_file(shown[start:-1])
                if cut:
                    others = () if cut["path"] in told else self.others(cut["path"])
                    told.add(cut["path"])
                    link = [link_below(cut, others), "{ .program }"]  # the class of the paragraph
                    shown += ["", *(opened["indent"] + line for line in link), ""]
                opened = None
        return shown


class ListingLinksExtension(Extension):
    def __init__(self, **kwargs: object) -> None:
        self.config = {"base_path": ["docs", "the folder that the paths of snippets start from"]}
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:
        links = ListingLinksPreprocessor(md, Path(self.getConfig("base_path")))
        md.preprocessors.register(links, "listing_links", 33)  # before snippets, which are at 32


def makeExtension(**kwargs: object) -> ListingLinksExtension:
    return ListingLinksExtension(**kwargs)
