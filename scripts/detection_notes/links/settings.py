"""mkdocs.yml → what it says, also where what it names is not installed."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

NAMES = ("mkdocs.yml", "mkdocs.yaml")


class PagesError(Exception):
    """Pages or configuration cannot be read; the text says which and what to do."""


class Absent:
    """Stands for a Python object that a mkdocs.yml names and this environment does not have."""

    def __init__(self, name: str) -> None:
        self.name = name


def near(folder: Path) -> Path | None:
    """The configuration that lies in a folder."""
    return next((folder / name for name in NAMES if (folder / name).is_file()), None)


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
