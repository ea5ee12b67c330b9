"""Door for MkDocs and ProperDocs: finishes each build as scripts/finish_site.py does. It never touches the network."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

from detection_notes.finish.finish import finish
from detection_notes.links.lock import LockError
from detection_notes.links.policy import PolicyError
from detection_notes.links.settings import PagesError
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer

log = logging.getLogger("mkdocs.hooks.links")  # --strict counts what is warned of here
serving = False


def on_startup(command: str, dirty: bool) -> None:
    global serving
    serving = command == "serve"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    os.chdir(Path(config.config_file_path).parent)  # extensions know no other place for their relative paths
    return config


def on_post_build(config: MkDocsConfig) -> None:
    try:
        problems = finish(Path(config.config_file_path), Path(config.site_dir), guarded=not serving)
    except (LockError, PolicyError, PagesError) as error:
        raise PluginError(str(error)) from error
    for problem in problems:
        log.warning(problem)


def on_serve(server: LiveReloadServer, config: MkDocsConfig, builder: Callable[..., None]) -> None:
    for name in ("links.lock", "pyproject.toml"):
        server.watch(str(Path(config.config_file_path).with_name(name)))
