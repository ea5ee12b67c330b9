"""Door for MkDocs, kept thin: MkDocs 1.x ends, Python-Markdown extensions travel. It never touches the network."""

import logging
from pathlib import Path

from detection_notes.links.gate import Gate
from detection_notes.links.lock import LockError
from detection_notes.links.mark import LinkMarksExtension
from detection_notes.links.policy import PolicyError
from mkdocs.exceptions import PluginError
from mkdocs.utils import get_relative_url
from detection_notes.notes.line_joins import LineJoinsExtension
from detection_notes.notes.listing_links import ListingLinksExtension
from detection_notes.notes.math import MathExtension
from detection_notes.notes.reading_time import ReadingTimeExtension
from detection_notes.notes.table_corners import TableCornersExtension
from detection_notes.notes.then_now import ThenNowExtension

log = logging.getLogger("mkdocs.hooks.links")  # --strict counts what is warned of here


def on_config(config):
    try:
        config.extra["gate"] = gate = Gate(Path(config.config_file_path).parent)
    except (LockError, PolicyError) as error:
        raise PluginError(str(error)) from error
    config.markdown_extensions += [
        LineJoinsExtension(),
        ListingLinksExtension(),
        ThenNowExtension(),
        TableCornersExtension(),
        ReadingTimeExtension(),
        MathExtension(),
        LinkMarksExtension(gate.known),
    ]
    return config


def on_page_content(html, page, config, files):
    for problem in config.extra["gate"].read(page.url, page.title, html):
        log.warning("%s: %s", page.file.src_uri, problem)


def on_page_context(context, page, config, nav):
    page.content = config.extra["gate"].fill(page.content, lambda address: get_relative_url(address, page.url))


def on_serve(server, config, builder):
    server.watch(str(config.extra["gate"].path))
