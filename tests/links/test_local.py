"""What a checkout says of its own addresses: files and anchors that are there or not, pages that it builds or not."""

import os
from pathlib import Path

import pytest
from detection_notes.links.config import site as configured
from detection_notes.links.extract import extract
from detection_notes.links.local import said_here
from detection_notes.links.pages import collect


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def missing(*paths: str, html: bool = False) -> dict[str, str]:
    """Address → code of what leads nowhere."""
    found = extract(collect([Path(path) for path in paths], html=html).pages)
    assert not found.problems
    return {link.url: link.code for link in found.links if link.code}


# As GitHub follows them


def test_relative_addresses_that_lead_nowhere_are_missing(here: Path) -> None:
    write(here, {
        "README.md": "# Top\n\n[1](docs/a.md) [2](docs) [3](./docs/a.md?raw=true) [4](#top) [5](docs/%E4%B8%AD.md) [6](/docs/a.md) ![7](p.png)\n\n"
        "[a](no.md) [b](no/) [c](docs/b.md) [d](/docs/no.md) ![e](no.png) <img src='q.png'> [f](docs/A.md)\n",
        "docs/a.md": "[up](../README.md) [x](../no.md)\n", "docs/中.md": "", "p.png": "",
    })  # fmt: skip

    assert missing(".") == dict.fromkeys(["no.md", "no/", "docs/b.md", "/docs/no.md", "no.png", "q.png", "docs/A.md", "../no.md"], "missing-file")


def test_anchors_that_lead_nowhere_are_missing(here: Path) -> None:
    write(here, {
        "README.md": "# 安装 与 使用\n\n## FAQ\n\n## FAQ\n\n<a name='raw'></a>\n\n"
        "[1](#安装-与-使用) [2](#%E5%AE%89%E8%A3%85-%E4%B8%8E-%E4%BD%BF%E7%94%A8) [3](#faq-1) [4](#FAQ) [5](#user-content-faq) [6](#raw) [7](docs/a.md#one) [8](docs#readme-of-docs) [9](code.py#L3-L5) [10](#) [11](#:~:text=x) [12](#readme)\n\n"
        "[a](#安装与使用) [b](#faq-2) [c](docs/a.md#two) [d](docs#one)\n",
        "docs/a.md": "# One\n", "docs/README.md": "# Readme of docs\n", "code.py": "",
    })  # fmt: skip

    assert missing("README.md") == dict.fromkeys(["#安装与使用", "#faq-2", "docs/a.md#two", "docs#one"], "missing-anchor")


def test_what_lies_outside_of_the_checkout_is_not_judged(here: Path) -> None:
    write(here, {"repo/.git/config": "", "repo/README.md": "[issues](../../issues) [wiki](../../wiki/Home) [x](no.md)\n"})

    assert missing("repo/README.md") == {"no.md": "missing-file"}


def test_a_slash_at_the_beginning_is_the_root_of_the_repository_from_any_folder(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, {".git/config": "", "docs/a.md": "[x](/README.md) [y](/docs/no.md)\n", "README.md": ""})
    monkeypatch.chdir(here / "docs")

    assert missing("a.md") == {"/docs/no.md": "missing-file"}


def test_pictures_for_one_theme_only_are_no_anchors(here: Path) -> None:
    write(here, {"README.md": "![x](a.png#gh-dark-mode-only) ![y](b.svg#icon)\n", "a.png": "", "b.svg": ""})

    assert missing("README.md") == {}


def test_a_page_that_cannot_be_read_has_unknown_anchors(here: Path) -> None:
    write(here, {"README.md": "[x](gbk.md#any)\n"})
    (here / "gbk.md").write_bytes("# 中文\n".encode("gbk"))

    assert missing("README.md") == {}


# As browsers follow them


def test_addresses_of_built_pages_that_lead_nowhere_are_missing(here: Path) -> None:
    write(here, {
        "site/index.html": "<h1 id=top-id>x</h1><a href='a/'>1</a><a href='/a/#one'>2</a><a href=b.html>3</a><a href=b>4</a><a href='#top-id'>5</a><img src=a/p.png srcset='a/p.png 2x'><a href='?q=1'>6</a>"
        "<a href='mailto:x@y.z'>7</a><a href='a/index.html'>8</a><a href=#>9</a><a href='a'>10</a>"
        "<a href='no/'>a</a><a href='/a/#two'>b</a><script src='no.js'></script><a href='#no'>c</a><link rel=stylesheet href='no.css'>",
        "site/a/index.html": "<p id='one'>x</p><a href='../b.html#b'>1</a><a href='../../up'>2</a><a href='..'>3</a><a href='../c'>d</a>", "site/b.html": "<a name=b></a>", "site/a/p.png": "",
    })  # fmt: skip

    assert missing("site") == {"no/": "missing-file", "/a/#two": "missing-anchor", "no.js": "missing-file", "#no": "missing-anchor", "no.css": "missing-file", "../../up": "missing-file", "../c": "missing-file"}


def test_a_base_and_the_path_of_the_site_are_heeded(here: Path) -> None:
    write(here, {
        "mkdocs.yml": "site_name: x\nsite_url: https://me.dev/notes/\n", "docs/index.md": "",
        "site/index.html": "<a href='/notes/a/'>1</a><a href='/other/'>2</a><a href='/notes/no/'>a</a>", "site/a/index.html": "<base href='/notes/'><a href='a/'>1</a><a href='b/'>b</a><a href='#'>2</a>",
    })  # fmt: skip

    assert missing("site") == {"/notes/no/": "missing-file", "b/": "missing-file"}


def test_names_are_looked_for_as_they_are_written_first_and_decoded_then(here: Path) -> None:
    write(here, {"site/index.html": "<p id='a%20b'></p><p id='中'></p><a href='#a%20b'>1</a><a href='#%E4%B8%AD'>2</a><a href='#中'>3</a><a href='#a b'>4</a>"})

    assert missing("site") == {"#a b": "missing-anchor"}


def test_a_page_says_its_own_encoding(here: Path) -> None:
    (here / "site").mkdir()
    (here / "site/index.html").write_bytes("<meta charset=gbk><p id='中文'></p><a href='#中文'>1</a><a href='https://notes.dev/文'>2</a>".encode("gbk"))

    assert missing("site") == {}
    assert [link.url for link in extract(collect([Path("site")]).pages).links] == ["https://notes.dev/文"]


# The own site and repository


SITE = "site_name: x\nsite_url: https://me.dev/notes/\nrepo_url: https://github.com/me/notes\n"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://me.dev/notes/", "ok"), ("https://me.dev/notes", "ok"), ("http://ME.dev/notes/a/", "ok"), ("https://me.dev/notes/a", "ok"), ("https://me.dev/notes/a/index.html", "ok"), ("https://me.dev/notes/sub/", "ok"),
        ("https://me.dev/notes/sub/b/?q=1#x", "ok"), ("https://me.dev/notes/p.png", "ok"), ("https://me.dev/notes/%E4%B8%AD/", "ok"), ("https://me.dev/notes/sitemap.xml", "ok"),
        ("https://me.dev/notes/no/", "missing-file"), ("https://me.dev/notes/draft/", "missing-file"), ("https://me.dev/notes/a.md", "missing-file"), ("https://me.dev/notes/a.html", "missing-file"),
        ("https://me.dev/notes/assets/theme.css", None), ("https://me.dev/other/", None), ("https://me.dev/notesandmore/", None), ("https://me.dev.evil.dev/notes/", None),
        ("https://github.com/me/notes/blob/main/docs/a.md", "ok"), ("https://github.com/me/notes/edit/main/docs/a.md#L1", "ok"), ("https://github.com/me/notes/tree/main/docs/sub", "ok"),
        ("https://github.com/me/notes/blob/main/docs/no.md", None), ("https://github.com/me/notes/issues", None), ("https://github.com/me/notes", None),
    ],
)  # fmt: skip
def test_the_own_site_and_repository_are_known_without_asking(url: str, code: str | None, here: Path) -> None:
    write(here, {
        ".git/config": "", "mkdocs.yml": f"{SITE}draft_docs: draft.md\n", "docs/index.md": "", "docs/a.md": "", "docs/sub/README.md": "", "docs/sub/b.md": "", "docs/p.png": "", "docs/中.md": "", "docs/draft.md": "",
    })  # fmt: skip

    assert said_here(url, configured(Path("mkdocs.yml"))) == code


def test_where_pages_are_files_their_addresses_end_so(here: Path) -> None:
    write(here, {"mkdocs.yml": f"{SITE}use_directory_urls: false\n", "docs/index.md": "", "docs/a.md": ""})
    site = configured(Path("mkdocs.yml"))

    assert [said_here(f"https://me.dev/notes/{path}", site) for path in ("a.html", "", "index.html", "a/", "b.html")] == ["ok", "ok", "ok", "missing-file", "missing-file"]


@pytest.mark.parametrize("more", ["plugins: [search, gen-files]\n", "hooks: [h.py]\n"])
def test_a_page_that_a_plugin_may_make_is_asked_for(more: str, here: Path) -> None:
    write(here, {"mkdocs.yml": SITE + more, "docs/index.md": ""})

    assert said_here("https://me.dev/notes/made/", configured(Path("mkdocs.yml"))) is None
    assert said_here("https://me.dev/notes/", configured(Path("mkdocs.yml"))) == "ok"


def test_of_a_built_site_the_folder_is_the_truth(here: Path) -> None:
    write(here, {"mkdocs.yml": f"{SITE}hooks: [h.py]\n", "docs/index.md": "", "site/index.html": "", "site/made/index.html": ""})
    site = configured(Path("mkdocs.yml"))

    assert [said_here(f"https://me.dev/notes/{path}", site, Path("site")) for path in ("made/", "no/", "")] == ["ok", "missing-file", "ok"]


def test_a_local_address_of_the_own_site_is_its_own_before_it_is_a_placeholder(here: Path) -> None:
    write(here, {"mkdocs.yml": "site_name: x\nsite_url: http://127.0.0.1:8000/\n", "docs/index.md": "", "docs/a.md": ""})
    site = configured(Path("mkdocs.yml"))

    assert [said_here(f"http://127.0.0.1:{end}", site) for end in ("8000/a/", "8000/no/", "9000/")] == ["ok", "missing-file", "placeholder"]


def test_nothing_is_asked_of_very_long_paths(here: Path) -> None:
    write(here, {"README.md": f"[x]({'a/' * 3000}b.md) [y]({'c' * 300}.md)\n"})

    assert set(missing("README.md").values()) <= {"missing-file"}
    assert os.getcwd() == str(here)
