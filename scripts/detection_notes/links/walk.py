"""A folder → the Markdown in it that is somebody's own writing, and of a site what MkDocs makes pages of."""

import os
from collections.abc import Iterator
from pathlib import Path

from detection_notes.links.claims import Claims, inside, written_inside
from detection_notes.links.ignored import Ignored

MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
ALWAYS_EXCLUDED = (".*", "/templates/")  # by MkDocs


def walk(folder: Path, claims: Claims) -> list[Path]:
    """The Markdown in a folder, sorted, each file under its own name.

    In the docs of a site it is what MkDocs makes pages of; elsewhere it is what GitHub would show: nothing that git
    ignores, and no packages and environments of others.
    """
    ignored = Ignored(folder)
    found: list[Path] = []
    todo, seen = [folder], set()
    while todo:
        for where, folders, files in os.walk(todo.pop(0)):
            if (here := os.path.realpath(where)) in seen:
                folders.clear()
                continue
            seen.add(here)
            left_out = _hidden if claims.of(Path(where)) else ignored.holds
            folders[:] = sorted(name for name in folders if not left_out(Path(where, name)))
            todo += [Path(where, name) for name in folders if os.path.islink(Path(where, name))]  # after what is no link
            found += [Path(where, name) for name in files if name.lower().endswith(MARKDOWN) and not left_out(Path(where, name))]
    real: dict[str, Path] = {}
    for file in sorted(found, key=lambda file: (os.path.realpath(file) != os.path.abspath(file), file)):
        if file.is_file():
            real.setdefault(os.path.realpath(file), file)
    return sorted(_made_pages(list(real.values()), claims))


def _hidden(path: Path) -> bool:
    return path.name.startswith(".")


def markdown_in(folder: Path) -> list[Path]:
    """The Markdown in a folder that is somebody's own writing."""
    return walk(folder, Claims())


def _made_pages(files: list[Path], claims: Claims) -> Iterator[Path]:
    """Without what MkDocs makes no page of: the excluded, drafts, and a README beside an index."""
    from pathspec.gitignore import GitIgnoreSpec

    specs: dict[Path, GitIgnoreSpec] = {}
    kept = set(files)
    for file in files:
        owner = claims.of(file)
        if owner and inside(file, owner.docs):
            spec = specs.setdefault(owner.docs, GitIgnoreSpec.from_lines([*ALWAYS_EXCLUDED, *owner.excluded]))
            if spec.match_file(os.path.relpath(file.resolve() if not written_inside(file, owner.docs) else file, owner.docs).replace(os.sep, "/")):
                kept.discard(file)
    for file in kept:
        owner = claims.of(file)
        if not (owner and inside(file, owner.docs) and file.name == "README.md" and file.with_name("index.md") in kept):
            yield file
