"""mkdocs.yml → Site: where its pages lie, with which Markdown extensions they are rendered, what it links to itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from detection_notes.links.model import Link
from detection_notes.links.readers.configuration import links_of
from detection_notes.links.settings import Absent, PagesError, near, settings, shown

OWN = ("toc", "tables", "fenced_code")  # extensions that MkDocs adds
MARKS = "detection_notes.links.site.mark"  # what it adds comes from the lock, and is not of the page
CHANGE_NO_LINK = {"search", "offline", "minify", "optimize"}  # plugins after which the pages link to what they linked to


@dataclass(frozen=True, eq=False, slots=True)
class Site:
    """``name`` is the configuration as it is shown to people.

    ``extensions`` are names or objects of Python-Markdown with their options in ``configs``. ``excluded`` are patterns
    of files that are not built. ``unrun`` are the hooks and plugins that may add links and are not run here. ``links``
    are those of the configuration itself. ``current`` is what ``!relative`` asks for: set it before a page is rendered.
    """

    name: str
    docs: Path
    extensions: tuple[Any, ...] = OWN
    configs: dict[str, dict[str, Any]] = field(default_factory=dict)
    excluded: tuple[str, ...] = ()
    url: str | None = None
    repository: str | None = None
    folders: bool = True  # a page is a folder with an index.html
    built: Path | None = None
    unrun: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    current: SimpleNamespace = field(default_factory=SimpleNamespace)


def site(config: Path) -> Site:
    """Read a mkdocs.yml as MkDocs does, without what it needs to be installed beside it. Raises PagesError."""
    current = SimpleNamespace(config_file_path=str(config.absolute()), docs_dir="docs", _current_page=None)
    values = settings(config, current)
    docs = config.parent / _text(values, "docs_dir", config, "docs")
    current.docs_dir = str(docs)
    extensions, configs = _extensions(values.get("markdown_extensions") or [], config)
    text = config.read_text(encoding="utf-8-sig", errors="replace")
    name = shown(config)
    return Site(
        name=name,
        docs=docs,
        extensions=extensions,
        configs=configs,
        excluded=tuple(f"{values.get('exclude_docs') or ''}\n{values.get('draft_docs') or ''}".splitlines()),
        url=_text(values, "site_url", config).strip() or None,
        repository=_text(values, "repo_url", config).strip().rstrip("/") or None,
        folders=values.get("use_directory_urls") is not False,
        built=config.parent / _text(values, "site_dir", config, "site"),
        unrun=tuple(_unrun(values)),
        links=tuple(links_of(values, name, text)),
        current=current,
    )


def of(folder: Path) -> Site | None:
    """The site whose configuration lies in a folder; None if there is none, or one that cannot be read."""
    config = near(folder)
    try:
        return site(config) if config else None
    except PagesError:
        return None


def _text(values: dict[str, Any], key: str, config: Path, default: str = "") -> str:
    value = values.get(key)
    if value is None:
        return default
    if not isinstance(value, str):
        raise PagesError(f"{config}: {key} is {value!r}, but it must be text")
    return value


def _extensions(entries: Any, config: Path) -> tuple[tuple[Any, ...], dict[str, dict[str, Any]]]:
    if not isinstance(entries, dict | list):
        raise PagesError(f"{config}: markdown_extensions must be a list")
    names: list[Any] = list(OWN)
    configs: dict[str, dict[str, Any]] = {}
    pairs = entries.items() if isinstance(entries, dict) else [pair for entry in entries for pair in (entry.items() if isinstance(entry, dict) else [(entry, {})])]
    for name, options in pairs:
        if isinstance(name, Absent):
            name, options = name.name, {}
        if name == MARKS:
            continue
        names += [] if name in names else [name]
        present = {key: value for key, value in options.items() if not _has_absent(value)} if isinstance(options, dict) else {}
        configs |= {name: present} if present else {}
    snippets = configs.get("pymdownx.snippets")
    if snippets and "base_path" in snippets:
        said = snippets["base_path"]
        snippets["base_path"] = [_from(config.parent, base) for base in (said if isinstance(said, list) else [said])]
    elif "pymdownx.snippets" in names:
        configs.setdefault("pymdownx.snippets", {})["base_path"] = [str(config.parent)]
    return tuple(names), configs


def _has_absent(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_has_absent, value.values() if isinstance(value, dict) else value))
    return isinstance(value, Absent)


def _from(folder: Path, base: Any) -> Any:
    """A folder of snippets: MkDocs is run where its configuration lies, the checker anywhere."""
    return str(folder / base) if isinstance(base, str) and (folder / base).exists() else base


def _unrun(values: dict[str, Any]) -> Iterator[str]:
    hooks = values.get("hooks") or []
    yield from (f"hook {hook}" for hook in (hooks if isinstance(hooks, list) else [hooks]))
    plugins = values.get("plugins") or []
    named = plugins if isinstance(plugins, dict) else [plugins] if isinstance(plugins, str) else [name for entry in plugins for name in (entry if isinstance(entry, dict) else [entry])]
    yield from (f"plugin {name}" for name in named if str(name).rpartition("/")[2] not in CHANGE_NO_LINK)
