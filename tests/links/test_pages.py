"""Which pages are read and how; and that what is extracted from our own is what their built pages link to."""

import os
from pathlib import Path

import pytest
from detection_notes.links.extract import addresses, external, extract
from detection_notes.links.pages import USUAL, PagesError, collect
from detection_notes.links.pages import site as configured
from selectolax.lexbor import LexborHTMLParser

ROOT = Path(__file__).parents[2]


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode("utf-8"))
    return folder


def names(folder: Path, config: str | None = None) -> list[str]:
    """The pages that are found under a folder, with the site of a configuration in it."""
    here = None
    if config is not None:
        (folder / "mkdocs.yml").write_text(config, encoding="utf-8")
        here = configured(folder / "mkdocs.yml")
    return [os.path.relpath(page.name, folder) for page in collect([here.docs if here else folder], here)]


def test_what_is_extracted_from_our_pages_is_what_their_built_pages_link_to(site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    here = configured(ROOT / "mkdocs.yml")
    pages = collect([here.docs], here)
    count = 0
    for page in pages:
        name = os.path.relpath(page.name, here.docs).removesuffix(".md").removesuffix("index")
        html = LexborHTMLParser((site.folder / name / "index.html").read_text(encoding="utf-8"))
        (article,) = html.css("article")
        for added in article.css("a.archive-copy, a.md-content__button, tr"):
            if added.tag != "tr" or name == "links":  # the page of all links is filled by the gate
                added.decompose()
        built = [url for address in addresses(article.html) if (url := external(address))]
        assert sorted(link.url for link in extract(page)) == sorted(built), page.name
        count += len(built)
    assert len(pages) > 20 and count > 150


def test_a_folder_without_configuration_is_read_with_the_usual_extensions(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "x", "b/c.markdown": "x", "b/D.MD": "x", "e.txt": "x", ".hidden/f.md": "x", ".g.md": "x"})

    pages = collect([tmp_path], None)

    assert [os.path.relpath(page.name, tmp_path) for page in pages] == ["a.md", "b/D.MD", "b/c.markdown"]
    assert {page.extensions for page in pages} == {USUAL}


def test_files_and_folders_that_overlap_are_read_once(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "x", "b.md": "x"})

    assert len(collect([tmp_path, tmp_path / "a.md", tmp_path / "." / "b.md"], None)) == 2


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PagesError, match=r"missing\.md: there is no such file or folder"):
        collect([tmp_path / "missing.md"], None)


def test_a_page_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.md").write_bytes("é".encode("latin-1"))

    with pytest.raises(PagesError, match=r"latin\.md: cannot be read .*UTF-8"):
        collect([tmp_path], None)


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "dangling.md").symlink_to(tmp_path / "nowhere")

    assert collect([tmp_path], None) == []


def test_folders_behind_symbolic_links_are_read_once_even_in_a_circle(tmp_path: Path) -> None:
    write(tmp_path, {"docs/a.md": "x", "elsewhere/b.md": "x"})
    (tmp_path / "docs" / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "docs" / "circle").symlink_to(tmp_path / "docs")

    assert names(tmp_path, "site_name: x") == ["docs/a.md", "docs/linked/b.md"]


def test_pages_that_mkdocs_leaves_out_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, {"docs/index.md": "x", "docs/README.md": "x", "docs/sub/README.md": "x", "docs/drafts/a.md": "x", "docs/templates/b.md": "x", "docs/sub/templates/c.md": "x"})

    assert names(tmp_path, "site_name: x\nexclude_docs: |\n  drafts/\n") == ["docs/index.md", "docs/sub/README.md", "docs/sub/templates/c.md"]


def test_the_pages_found_are_those_that_mkdocs_builds(site, monkeypatch: pytest.MonkeyPatch) -> None:
    here = configured(ROOT / "mkdocs.yml")
    found = {os.path.relpath(page.name, here.docs).removesuffix(".md").removesuffix("index").strip("/") for page in collect([here.docs], here)}

    assert found == {file.parent.relative_to(site.folder).as_posix().strip(".") for file in site.folder.rglob("index.html")}


@pytest.mark.parametrize(
    ("source", "first_line", "text"),
    [
        ("text", 1, "text"),
        ("---\ntitle: x\n---\ntext", 4, "text"),
        ("---\ntitle: x\n---\n\n\ntext", 6, "text"),
        ("---\ntitle: x\nurl: https://example.org\n...\ntext", 5, "text"),
        ("title: x\n\ntext", 3, "text"),
        ("---\nno mapping\n---\ntext", 1, "---\nno mapping\n---\ntext"),
        ("---\n[x](https://example.org)\n\n---\ntext", 1, "---\n[x](https://example.org)\n\n---\ntext"),
        ("\ufefftext", 1, "text"),
        ("---\r\ntitle: x\r\n---\r\ntext\r\nmore", 4, "text\nmore"),
        ("one\rtwo", 1, "one\ntwo"),
    ],
)
def test_front_matter_is_left_out_as_mkdocs_does(source: str, first_line: int, text: str, tmp_path: Path) -> None:
    write(tmp_path, {"docs/page.md": source, "mkdocs.yml": "site_name: x"})
    here = configured(tmp_path / "mkdocs.yml")

    (page,) = collect([here.docs], here)

    assert (page.first_line, page.markdown) == (first_line, text)


@pytest.mark.parametrize(
    ("source", "first_line"),
    [("---\ntitle: x\n---\ntext", 4), ("---\n---\ntext", 3), ("---\nSee [x](https://example.org).\n---\n", 1), ("Note: text\n\nmore", 1), ("---\na: [\n---\n", 1)],
)
def test_front_matter_in_a_folder_without_configuration_is_what_lies_between_two_rules(source: str, first_line: int, tmp_path: Path) -> None:
    write(tmp_path, {"page.md": source})

    (page,) = collect([tmp_path], None)

    assert page.first_line == first_line


def test_extensions_of_a_configuration_are_understood_in_all_their_forms(tmp_path: Path) -> None:
    write(tmp_path, {"parent.yml": "markdown_extensions: [abbr]", "docs/a.md": "x"})
    for text in ("markdown_extensions:\n  - footnotes\n  - toc: {permalink: true}\n  - pymdownx.snippets:\n      base_path: !relative $docs_dir\n", "markdown_extensions:\n  footnotes:\n  toc: {permalink: true}\n"):
        (tmp_path / "mkdocs.yml").write_text(f"INHERIT: parent.yml\nsite_name: !ENV [NO_SUCH, x]\n{text}", encoding="utf-8")
        here = configured(tmp_path / "mkdocs.yml")
        assert {"toc", "tables", "fenced_code", "footnotes"} <= set(here.extensions)
        assert here.configs["toc"] == {"permalink": True}


def test_snippets_are_found_relative_to_the_docs(tmp_path: Path) -> None:
    config = "site_name: x\nmarkdown_extensions:\n  - pymdownx.snippets:\n      base_path: !relative $docs_dir\n"
    write(tmp_path, {"docs/a.md": '\n--8<-- "part.txt"\n', "docs/part.txt": "[x](https://example.org/)", "mkdocs.yml": config})
    here = configured(tmp_path / "mkdocs.yml")

    (link,) = extract(collect([here.docs], here)[0])

    assert (link.line, link.url) == (2, "https://example.org/")


@pytest.mark.parametrize("text", ["a: [", "- a\n- b", "markdown_extensions: !!python/name:no.such.thing\n"])
def test_a_configuration_that_cannot_be_read_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text(text, encoding="utf-8")

    with pytest.raises(PagesError, match=r"mkdocs\.yml: cannot be read"):
        configured(tmp_path / "mkdocs.yml")
