"""Door for MkDocs, kept thin: MkDocs 1.x ends, Python-Markdown extensions travel."""

from notes.then_now import ThenNowExtension


def on_config(config):
    config.markdown_extensions.append(ThenNowExtension())
    return config
