"""Door for MkDocs and ProperDocs: finishes each build as scripts/finish_site.py does. It never touches the network.

While a writer looks (`serve`), a page whose text and surroundings are as they were is not rendered again.
"""

import logging
import os
from collections.abc import Callable, Hashable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from detection_notes.finish.finish import finish
from detection_notes.links.lock import LockError
from detection_notes.links.policy import PolicyError
from detection_notes.links.settings import PagesError
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler

log = logging.getLogger("mkdocs.hooks.links")  # --strict counts what is warned of here
serving = False


class Rendered(NamedTuple):
    """What MkDocs keeps of a rendered page, and all that it was made of."""

    source: Hashable
    values: dict[str, Any]
    targets: dict[str, dict[str, str]]  # of links to anchors: by path, because each build has its own File objects


WATCHED = ("links.lock", "pyproject.toml")
KEPT = ("content", "toc", "_title_from_render", "present_anchor_ids")
rendered: dict[str, Rendered] = {}
surroundings: Hashable = None


def on_startup(command: str, dirty: bool) -> None:
    global serving
    serving = command == "serve"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    os.chdir(Path(config.config_file_path).parent)  # extensions know no other place for their relative paths
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """What every page may be made of beside its own text: which files there are, and all that is no page."""
    global surroundings
    if not serving:
        return files
    settings = [Path(config.config_file_path), *(Path(config.config_file_path).with_name(name) for name in WATCHED)]
    cut = (path for path in Path(config.docs_dir).rglob("*") if path.suffix != ".md")
    stamps = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in sorted({*cut, *settings}) if path.is_file()]
    surroundings = (*sorted(files.src_uris), *stamps)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    if serving:
        page.render = partial(_render_once, page)  # type: ignore[method-assign]
    return markdown


def _render_once(page: Page, config: MkDocsConfig, files: Files) -> None:
    name, source = page.file.src_uri, (page.markdown, surroundings)
    known = rendered.get(name)
    if known and known.source == source:
        vars(page).update(known.values)
        page.links_to_anchors = {file: links for path, links in known.targets.items() if (file := files.get_file_from_path(path))}
        return
    warnings, builder = CountHandler(), logging.getLogger(type(page).__module__.partition(".")[0])  # "mkdocs", or what else builds
    builder.addHandler(warnings)
    try:
        type(page).render(page, config, files)
    finally:
        builder.removeHandler(warnings)
    rendered.pop(name, None)
    if not warnings.get_counts():  # what is warned of is said again at each build until it is mended
        targets = {file.src_uri: links for file, links in (page.links_to_anchors or {}).items()}
        rendered[name] = Rendered(source, {name: getattr(page, name) for name in KEPT}, targets)


def on_post_build(config: MkDocsConfig) -> None:
    try:
        problems = finish(Path(config.config_file_path), Path(config.site_dir), guarded=not serving)
    except (LockError, PolicyError, PagesError) as error:
        raise PluginError(str(error)) from error
    for problem in problems:
        log.warning(problem)


def on_serve(server: LiveReloadServer, config: MkDocsConfig, builder: Callable[..., None]) -> None:
    for name in WATCHED:
        server.watch(str(Path(config.config_file_path).with_name(name)))
