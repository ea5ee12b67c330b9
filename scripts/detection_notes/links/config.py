"""mkdocs.yml → Site: where its pages lie, with which Markdown extensions they are rendered, what it links to itself."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from detection_notes.links.address import external
from detection_notes.links.model import Link

NAMES = ("mkdocs.yml", "mkdocs.yaml")
OWN = ("toc", "tables", "fenced_code")  # extensions that MkDocs adds
MARKS = "detection_notes.links.site.mark"  # what it adds comes from the lock, and is not of the page
CHANGE_NO_LINK = {"search", "offline", "minify", "optimize"}  # plugins after which the pages link to what they linked to


class PagesError(Exception):
    """Pages or configuration cannot be read; the text says which and what to do."""


class Absent:
    """Stands for a Python object that a mkdocs.yml names and this environment does not have."""

    def __init__(self, name: str) -> None:
        self.name = name


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


def near(folder: Path) -> Path | None:
    """The configuration that lies in a folder."""
    return next((folder / name for name in NAMES if (folder / name).is_file()), None)


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
        links=tuple(_links(values, name, text)),
        current=current,
    )


def of(folder: Path) -> Site | None:
    """The site whose configuration lies in a folder; None if there is none, or one that cannot be read."""
    config = near(folder)
    try:
        return site(config) if config else None
    except PagesError:
        return None


def shown(path: Path) -> str:
    """A path as it is shown to people: from the working folder if it lies in it."""
    absolute, here = os.path.abspath(path), os.getcwd()
    return os.path.relpath(absolute).replace(os.sep, "/") if Path(absolute).is_relative_to(here) else path.as_posix()


def settings(config: Path, current: SimpleNamespace | None = None) -> dict[str, Any]:
    """What a mkdocs.yml says. ``current`` is what ``!relative`` asks for. Raises PagesError."""
    from mkdocs.utils.yaml import get_yaml_loader, yaml_load  # late: a folder of Markdown needs no MkDocs

    current = current or SimpleNamespace(config_file_path=str(config), docs_dir=str(config.parent / "docs"), _current_page=None)

    class Loader(get_yaml_loader(config=current)):  # type: ignore[misc]
        """A name that cannot be imported is no reason not to read the rest."""

    def tolerant(kind: str) -> Any:
        def construct(loader: Any, suffix: str, node: Any) -> Any:
            try:
                if kind == "name":
                    return loader.find_python_name(suffix, node.start_mark)
                return loader.construct_python_object_apply(suffix, node)
            except Exception:  # PyYAML's, and whatever the import or the call raises
                return Absent(suffix)

        return construct

    for kind in ("name", "object/apply"):
        Loader.add_multi_constructor(f"tag:yaml.org,2002:python/{kind}:", tolerant(kind))
    try:
        with open(config, encoding="utf-8-sig") as file:
            values = yaml_load(file, Loader)
    except Exception as error:  # PyYAML's many errors, and whatever a !!python tag raises
        raise PagesError(f"{shown(config)}: cannot be read: {error}") from error
    if not isinstance(values, dict) or not values:
        raise PagesError(f"{shown(config)}: cannot be read: it holds no settings")
    return values


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


def _links(values: dict[str, Any], name: str, text: str) -> Iterator[Link]:
    """What stands on every page without standing in its Markdown, with its line in the configuration."""
    from detection_notes.links.readers.html import addresses

    extra = values.get("extra") or {}
    if not isinstance(extra, dict):
        extra = {}
    said = [*_navigation(values.get("nav")), values.get("repo_url"), extra.get("homepage")]
    said += [entry.get("link") for key in ("social", "alternate") for entry in extra.get(key) or [] if isinstance(entry, dict)]
    for key in ("extra_css", "extra_javascript"):
        said += [entry.get("path") if isinstance(entry, dict) else getattr(entry, "path", entry) for entry in values.get(key) or []]
    said += addresses(str(values.get("copyright") or ""))
    lines = [unescape(line) for line in text.splitlines()]
    for url in dict.fromkeys(url for address in said if isinstance(address, str) and (url := external(address))):
        rest = url.partition("//")[2]
        places = [(number, line.find(rest)) for number, line in enumerate(lines, 1) if rest in line and not line.lstrip().startswith("#")]
        number, start = places[0] if places else (1, -1)
        begin = lines[number - 1].rfind("http", 0, start) if start > 0 else -1
        yield Link(name, number, url, begin + 1 if begin >= 0 and text.splitlines()[number - 1][begin:].startswith(url) else 0)


def _navigation(nav: Any) -> Iterator[Any]:
    if isinstance(nav, dict):
        yield from (leaf for value in nav.values() for leaf in _navigation(value))
    elif isinstance(nav, list):
        yield from (leaf for value in nav for leaf in _navigation(value))
    else:
        yield nav
