"""Door for MkDocs, kept thin: MkDocs 1.x ends, Python-Markdown extensions travel."""

from notes.line_joins import LineJoinsExtension
from notes.math import MathExtension
from notes.reading_time import ReadingTimeExtension
from notes.then_now import ThenNowExtension


def on_config(config):
    config.markdown_extensions += [LineJoinsExtension(), ThenNowExtension(), ReadingTimeExtension(), MathExtension()]
    return config
