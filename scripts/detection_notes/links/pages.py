"""Which pages there are, and with which Markdown extensions they are rendered."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

SUFFIXES = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
USUAL = (
    "abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables",
    "pymdownx.caret", "pymdownx.details", "pymdownx.inlinehilite", "pymdownx.mark", "pymdownx.superfences",
    "pymdownx.tabbed", "pymdownx.tasklist", "pymdownx.tilde",
)  # fmt: skip
USUAL_CONFIGS = {"pymdownx.tabbed": {"alternate_style": True}}
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
MARKS = "detection_notes.links.site.mark"  # what it adds comes from the lock, and is not of the page
ALWAYS_EXCLUDED = (".*", "/templates/")  # by MkDocs


class PagesError(Exception):
    """Pages or configuration cannot be read; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Page:
    """``markdown`` is the text without its front matter; it begins on line ``first_line`` of the file."""

    name: str
    markdown: str
    first_line: int
    extensions: tuple[Any, ...] = USUAL
    configs: Mapping[str, dict] = field(default_factory=lambda: USUAL_CONFIGS)

    def included(self, line: str) -> Iterator[str]:
        """The text of the files that a snippet line includes."""
        said = self.configs.get("pymdownx.snippets", {}).get("base_path", ".")
        bases = said if isinstance(said, list) else [said]
        for name in re.findall(r"[\"']?([^\"'\s:]+\.\w+)", line.partition("--8<--")[2]):
            for base in bases:
                if os.path.isfile(path := os.path.join(base, name)):
                    yield Path(path).read_text(encoding="utf-8", errors="replace")


@dataclass(frozen=True, slots=True)
class Site:
    """What a mkdocs.yml says of its pages."""

    docs: Path
    extensions: tuple[Any, ...]
    configs: dict[str, dict]
    excluded: tuple[str, ...] = ()


def settings(config: Path) -> dict[str, Any]:
    """What a mkdocs.yml says, read as MkDocs reads it. Raises PagesError."""
    from mkdocs.utils.yaml import get_yaml_loader, yaml_load  # late: a folder of Markdown needs no MkDocs

    places = SimpleNamespace(config_file_path=str(config), docs_dir="docs", _current_page=None)  # what !relative asks for
    try:
        with open(config, encoding="utf-8") as file:
            values = yaml_load(file, get_yaml_loader(config=places))
    except Exception as error:  # PyYAML's many errors, and whatever a !!python tag raises
        raise PagesError(f"{config}: cannot be read: {error}") from error
    if not isinstance(values, dict):
        raise PagesError(f"{config}: cannot be read: it holds no settings")
    places.docs_dir = str(config.parent / values.get("docs_dir", "docs"))
    return values


def site(config: Path) -> Site:
    """The pages of a mkdocs.yml and their Markdown extensions. Raises PagesError."""
    values = settings(config)
    names: list[Any] = ["toc", "tables", "fenced_code"]  # MkDocs' own
    configs: dict[str, dict] = {}
    for entry in _extensions(values.get("markdown_extensions") or []):
        name, options = entry
        if name == MARKS:
            continue
        names += [] if name in names else [name]
        configs |= {name: options} if options else {}
    docs = config.parent / values.get("docs_dir", "docs")
    return Site(docs, tuple(names), configs, tuple(str(values.get("exclude_docs") or "").splitlines()))


def _extensions(entries: list | dict) -> Iterator[tuple[Any, dict]]:
    for entry in entries.items() if isinstance(entries, dict) else entries:
        if isinstance(entry, dict):
            yield from ((name, options or {}) for name, options in entry.items())
        else:
            yield entry if isinstance(entry, tuple) else (entry, {})


def collect(paths: Iterable[Path], site: Site | None, always: bool = False) -> list[Page]:
    """The pages among the paths (files or folders), sorted and each once.

    Those in the site's docs are rendered with the site's extensions, others with the usual ones; ``always`` takes the
    site's for all. Raises PagesError for a path that is not there or a page that is not UTF-8.
    """
    files: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise PagesError(f"{path}: there is no such file or folder")
        found = [path] if path.is_file() else _walk(path, site)
        files |= dict.fromkeys(found)
    return [_page(file, site if site and (always or _inside(file, site.docs)) else None) for file in files]


def _walk(folder: Path, site: Site | None) -> list[Path]:
    """The pages in a folder, through symbolic links too, as MkDocs walks; hidden ones are left out."""
    found, seen = [], set()
    for where, folders, files in os.walk(folder, followlinks=True):
        here = os.path.realpath(where)
        folders[:] = [] if here in seen else [name for name in folders if not name.startswith(".")]
        found += [] if here in seen else [Path(where, name) for name in files if name.lower().endswith(SUFFIXES) and not name.startswith(".")]
        seen.add(here)
    found = [file for file in found if file.is_file()]
    return sorted(_built(found, site) if site and _inside(folder, site.docs) else found)


def _built(files: list[Path], site: Site) -> list[Path]:
    """Those that MkDocs makes pages of: not the excluded, nor a README beside an index."""
    from pathspec.gitignore import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines([*ALWAYS_EXCLUDED, *site.excluded])
    kept = {file for file in files if not spec.match_file(os.path.relpath(file, site.docs).replace(os.sep, "/"))}
    return [file for file in kept if file.name != "README.md" or file.with_name("index.md") not in kept]


def _without_front_matter(source: str, like_mkdocs: bool) -> str:
    if like_mkdocs:
        from mkdocs.utils.meta import get_data

        return get_data(source)[0]
    matter = FRONT_MATTER.match(source)
    return source[matter.end() :] if matter and _is_mapping(matter[1] or "") else source


def _is_mapping(text: str) -> bool:
    """Whether text between two rules is front matter, and not a paragraph."""
    import yaml  # late: few pages need it

    try:
        return isinstance(yaml.safe_load(text), dict | None)
    except yaml.YAMLError:
        return False


def _inside(path: Path, folder: Path) -> bool:
    """Whether a path is in a folder, as it is written or as symbolic links resolve."""
    return Path(os.path.abspath(path)).is_relative_to(os.path.abspath(folder)) or path.resolve().is_relative_to(folder.resolve())


def _page(file: Path, site: Site | None) -> Page:
    try:
        source = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PagesError(f"{file}: cannot be read ({error}); a page is a UTF-8 text file") from error
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    text = _without_front_matter(source, like_mkdocs=site is not None)
    first = source.count("\n", 0, len(source) - len(text)) + 1
    name = os.path.relpath(file).replace(os.sep, "/") if _inside(file, Path.cwd()) else file.as_posix()
    if site:
        return Page(name, text, first, site.extensions, site.configs)
    return Page(name, text, first)
