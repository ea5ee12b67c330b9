"""The Markdown pages as the tests of the notes read them: lines with their numbers, code blocks, prose."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^(?P<indent>[ >]*)(?P<mark>`{3,}|~{3,})[ ]*(?P<language>[\w+-]*)")
SNIPPET = re.compile(r'^\s*--8<-- "(?P<path>[^":]+)(?::(?P<section>[^"]+))?"\s*$')


@dataclass(frozen=True)
class Block:
    """A fenced code block: its language, the line it opens on, and its lines."""

    language: str
    line: int
    lines: tuple[str, ...]

    @property
    def cut(self) -> bool:
        """Whether everything in it is cut from files by snippets."""
        filled = [line for line in self.lines if line.strip()]
        return bool(filled) and all(SNIPPET.match(line) for line in filled)


@dataclass(frozen=True)
class Page:
    path: Path

    @property
    def name(self) -> str:
        """The path under docs/, with slashes."""
        return self.path.relative_to(DOCS).as_posix()

    def at(self, line: int) -> str:
        """``docs/page.md:LINE``, as editors and terminals follow it."""
        return f"docs/{self.name}:{line}"

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def front_matter(self) -> str:
        found = re.match(r"---\n(.*?)\n---\n", self.source, re.DOTALL)
        return found[1] if found else ""

    @cached_property
    def blocks(self) -> list[Block]:
        return [part for part in self._parts() if isinstance(part, Block)]

    @cached_property
    def lines(self) -> list[tuple[int, str]]:
        """The lines of Markdown that are neither front matter nor code blocks, with their numbers."""
        return [part for part in self._parts() if not isinstance(part, Block)]

    def _parts(self) -> Iterator[Block | tuple[int, str]]:
        lines = self.source.split("\n")
        at = self.front_matter.count("\n") + 3 if self.front_matter else 0
        while at < len(lines):
            fence = FENCE.match(lines[at])
            if fence:
                first, mark = at, re.compile(rf"^[ >]*{fence['mark']}\s*$")
                at += 1
                while at < len(lines) and not mark.match(lines[at]):
                    at += 1
                yield Block(fence["language"], first + 1, tuple(lines[first + 1 : at]))
            else:
                yield at + 1, lines[at]
            at += 1

    @cached_property
    def snippets(self) -> set[tuple[str, str | None]]:
        """What the page cuts in: (path under docs/, section or None)."""
        return {(found["path"], found["section"]) for line in self.source.split("\n") if (found := SNIPPET.match(line))}


PAGES = [Page(path) for path in sorted(DOCS.rglob("*.md"))]
