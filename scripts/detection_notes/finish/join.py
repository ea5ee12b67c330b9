"""Modules of JavaScript that are always loaded together, as one file: one request in place of many, and one dictionary for gzip.

Only what the site's own modules are written like is read: imports by name at the top, what is exported named where it is declared
or taken, all at the start of a line. The modules of a file share one scope, so that a name means the same in all of them; a name of the
browser that one module uses and another takes for its own is not seen here.
"""

import itertools
import os
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

IMPORT = re.compile(r'^(?:import|(export)) \{([^}]*)\} from "([^"]+)";\n', re.MULTILINE)
DECLARED = re.compile(r"^(export )?(?:async )?(?:const|let|function|class) (?:(\w+)|[\[{](.*?)[\]}] =)", re.MULTILINE)
EXPORTED = re.compile(r"^export \{([^}]*)\};\n", re.MULTILINE)
OTHER = re.compile(r"^(?:import\b(?!\()|export\b).*", re.MULTILINE)
PLACED = re.compile(r"\bimport\(|\bimport\.meta\b")


class JoinError(ValueError):
    """Modules that cannot share a file; the text says which name or module stands against it."""


class Import(NamedTuple):
    """A name that a module takes from another, and what it calls it."""

    module: Path
    name: str
    local: str


class Module:
    """What is read of a module: its imports, its own names, those it exports, and its text without the words of import and export."""

    def __init__(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        self.path = path
        self.imports = [taken for found in IMPORT.finditer(text) for taken in _taken(path, found[2], found[3])]
        declared = [(found[1], re.findall(r"\w+", found[2] or found[3])) for found in DECLARED.finditer(text)]
        self.names = [name for _, names in declared for name in names]
        listed = [found[1] for found in EXPORTED.finditer(text)] + [found[2] for found in IMPORT.finditer(text) if found[1]]
        self.exports = [name for told, names in declared if told for name in names] + [name for names in listed for name in re.findall(r"\w+", names)]
        self.body = re.sub(r"^export (?=(?:async|const|let|function|class)\b)", "", EXPORTED.sub("", IMPORT.sub("", text)), flags=re.MULTILINE)
        self.placed = PLACED.search(text) is not None
        if other := OTHER.search(self.body):
            raise JoinError(f"{path}: only imports by name, and exports of what is named, can be joined, not: {other[0]}")


def _taken(path: Path, names: str, place: str) -> Iterator[Import]:
    module = Path(os.path.normpath(path.parent / place))
    for one in filter(None, map(str.strip, names.split(","))):
        name, _, local = one.partition(" as ")
        yield Import(module, name, local or name)


def join(heads: dict[Path, list[Path]]) -> dict[Path, str]:
    """For each head the text of its file: the modules listed with it, all that these and it import and that is in no other file, and itself.

    A file exports what its head does, by name, and what only other files ask it for, by a short one. Raises JoinError where two files would hold the same module,
    where modules of a file name different things alike, where one that asks for its own place would move to another folder, and where
    an import or export is of another form.
    """
    files = {head: _order([*listed, head], heads) for head, listed in heads.items()}
    owner: dict[Path, Path] = {}
    for head, modules in files.items():
        for module in modules:
            if owner.setdefault(module.path, head) != head:
                raise JoinError(f"{module.path} is imported by {owner[module.path]} and by {head}: give it a file of its own, or list it with one of them")
    exports = {head: {name: name for module in modules if module.path == head for name in module.exports} for head, modules in files.items()}
    for head, modules in files.items():
        for taken in (taken for module in modules for taken in module.imports if owner[taken.module] != head):
            names = exports[owner[taken.module]]
            names.setdefault(taken.name, next(short for short in map(_short, itertools.count(len(names))) if short not in names.values()))
    return {head: _text(head, modules, owner, exports) for head, modules in files.items()}


def _short(place: int) -> str:
    """a, b … z, a1, b1 …: never a word of the language."""
    return string.ascii_lowercase[place % 26] + (str(place // 26) if place >= 26 else "")


def _order(roots: list[Path], heads: dict[Path, list[Path]]) -> list[Module]:
    """The modules of a file, each behind those that it imports."""
    order: list[Module] = []
    known = (set(heads) | {path for listed in heads.values() for path in listed}) - set(roots)

    def visit(path: Path) -> None:
        if path in known:
            return
        known.add(path)
        module = Module(path)
        for taken in module.imports:
            visit(taken.module)
        order.append(module)

    for root in roots:
        visit(root)
    return order


def _text(head: Path, modules: list[Module], owner: dict[Path, Path], exports: dict[Path, dict[str, str]]) -> str:
    """The text of a file. Names of other files are taken inside of the function, where the minifier may make them short."""
    meaning: dict[str, tuple[Path, str]] = {}
    outside: dict[Path, list[str]] = {}
    parts: list[str] = []
    for module in modules:
        if module.placed and module.path.parent != head.parent:
            raise JoinError(f"{module.path} asks for its own place, and {head} is elsewhere")
        here = [(name, (module.path, name)) for name in module.names] + [(taken.local, (taken.module, taken.name)) for taken in module.imports]
        for name, meant in here:
            if meaning.setdefault(name, meant) != meant:
                raise JoinError(f"{name} is {meaning[name][1]} of {meaning[name][0]} and {meant[1]} of {meant[0]}: in one file, {head}, it must mean one thing")
        for taken in module.imports:
            if owner[taken.module] != head:
                outside.setdefault(owner[taken.module], []).append(f"{exports[owner[taken.module]][taken.name]}: {taken.local}")
            elif taken.name != taken.local and (again := f"const {taken.local} = {taken.name};\n") not in parts:
                parts.append(again)
        parts.append(module.body)
    imports = "".join(f'import * as ${i} from "{_relative(file, head)}";\n' for i, file in enumerate(outside))
    taken_in = "".join(f"const {{ {', '.join(dict.fromkeys(names))} }} = ${i};\n" for i, names in enumerate(outside.values()))
    given = exports[head]
    start = f"export const {{ {', '.join(given.values())} }} = " if given else ""
    end = f"return {{ {', '.join(f'{short}: {name}' for name, short in given.items())} }};" if given else ""
    return f"{imports}{start}(() => {{\n{taken_in}{''.join(parts)}{end}\n}})();\n"


def _relative(file: Path, head: Path) -> str:
    place = Path(os.path.relpath(file, head.parent)).as_posix()
    return place if place.startswith(".") else f"./{place}"
