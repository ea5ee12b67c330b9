"""A small site as a builder leaves it."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>{title} - s</title><meta name="description" content="About {title}"></head>
<body><header><nav class="md-header__inner"></nav></header><article><a class="md-content__button" rel="edit" href="https://edit.notes.dev/x">e</a>
{body}</article><footer><a href="https://footer.notes.dev/">f</a></footer></body></html>"""


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """``make({"a.md": "<h1 id='a'>A</h1>…"})``: the configuration, each page in docs and built in site; → tmp_path."""

    def run(pages: dict[str, str], url: str = "", **files: str) -> Path:
        (tmp_path / "mkdocs.yml").write_text(f"site_name: 站\nsite_url: '{url}'\ntheme: {{name: material, language: zh}}\n", encoding="utf-8")
        for name, text in {"pyproject.toml": "", "links.lock": "", **{key.replace("__", "."): text for key, text in files.items()}}.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        for name, body in pages.items():
            source = tmp_path / "docs" / name
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_text(body, encoding="utf-8")
            address = name.removesuffix("index.md") if name.endswith("index.md") else name.removesuffix(".md") + "/"
            built = tmp_path / "site" / address / "index.html"
            built.parent.mkdir(parents=True, exist_ok=True)
            built.write_text(PAGE.format(title=name, body=body), encoding="utf-8")
        return tmp_path

    return run


@pytest.fixture
def git() -> Callable[..., None]:
    """``git(folder, "commit", …)`` as somebody, on a day: ``day="2026-01-02"``."""

    def run(folder: Path, *words: str, day: str = "2026-01-02") -> None:
        who = ("-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false")
        when = f"{day}T10:00:00+00:00"
        subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, env={**os.environ, "GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when})

    return run
