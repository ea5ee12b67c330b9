"""Findings → text in one of several formats. Pure: each format is a function of a Report, in the table FORMATS.

Nothing that a server or a page says may act where the text is shown: each format escapes for its own medium.
"""

from collections.abc import Callable

from detection_notes.links.report.annotations import github
from detection_notes.links.report.machine import as_json, junit, sarif
from detection_notes.links.report.people import markdown, text
from detection_notes.links.report.words import Report

FORMATS: dict[str, Callable[[Report], str]] = {
    "text": text,
    "json": as_json,
    "markdown": markdown,
    "github": github,
    "junit": junit,
    "sarif": sarif,
}
