"""Which pages are read and how; and that what is extracted from our own is what their built pages link to."""

import os
from pathlib import Path

import pytest
from detection_notes.finish.site import Page as Built
from detection_notes.links.address import external
from detection_notes.links.settings import PagesError
from detection_notes.links.config import site as configured
from detection_notes.links.extract import extract, one
from detection_notes.links.pages import Form, collect
from detection_notes.links.readers.html import addresses
from detection_notes.links.readers.source import read, without_front_matter
from selectolax.lexbor import LexborHTMLParser

ROOT = Path(__file__).parents[2]


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode("utf-8"))
    return folder


def names(folder: Path, config: str | None = None) -> list[str]:
    """The pages that are found in a folder, or in the docs of a configuration that is put there."""
    if config is not None:
        (folder / "mkdocs.yml").write_text(config, encoding="utf-8")
    return [os.path.relpath(page.name, folder) for page in collect([folder / "mkdocs.yml" if config else folder]).pages]


def test_what_is_extracted_from_our_pages_is_what_their_built_pages_link_to(site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    here = configured(ROOT / "mkdocs.yml")
    pages = collect([ROOT / "mkdocs.yml"]).pages
    count = 0
    for page in pages:
        name = os.path.relpath(page.name, here.docs).removesuffix(".md").removesuffix("index")
        built_page = Built(name, (site.folder / name / "index.html").read_text(encoding="utf-8"))
        article = built_page.built  # the note itself, without what was filled in
        for copy in article.css("a.archive-copy"):
            copy.decompose()
        built = [url for address in addresses(article.html) if (url := external(address))]
        assert sorted(link.url for link in one(page).links) == sorted(built), page.name
        count += len(built)
    assert len(pages) > 20 and count > 150


def test_markdown_that_no_configuration_claims_is_read_as_github_shows_it(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "x", "b/c.markdown": "x", "b/D.MD": "x", "e.txt": "x", ".hidden/f.md": "x", ".g.md": "x"})

    pages = collect([tmp_path]).pages

    assert [os.path.relpath(page.name, tmp_path) for page in pages] == ["a.md", "b/D.MD", "b/c.markdown"]
    assert {page.form for page in pages} == {Form.GITHUB}


def test_files_and_folders_that_overlap_are_read_once(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "x", "b.md": "x"})

    assert len(collect([tmp_path, tmp_path / "a.md", tmp_path / "." / "b.md"]).pages) == 2


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PagesError, match=r"missing\.md: there is no such file or folder"):
        collect([tmp_path / "missing.md"])


@pytest.mark.parametrize(("text", "encoding", "advice"), [("é", "latin-1", "LATIN1"), ("中文", "gbk", "GB18030"), ("x", "utf-16", "UTF-16")])
def test_a_page_that_is_not_utf8_is_named_with_the_remedy_and_the_others_are_read(text: str, encoding: str, advice: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(text.encode(encoding))
    (tmp_path / "b.md").write_text("[x](https://e.org/)")

    found = extract(collect([tmp_path]).pages)

    assert [link.url for link in found.links] == ["https://e.org/"]
    assert len(found.problems) == 1 and "a.md: cannot be read: it is not UTF-8" in found.problems[0] and f"iconv -f {advice}" in found.problems[0]


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "dangling.md").symlink_to(tmp_path / "nowhere")

    assert collect([tmp_path]).pages == ()


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
    found = {os.path.relpath(page.name, here.docs).removesuffix(".md").removesuffix("index").strip("/") for page in collect([ROOT / "mkdocs.yml"]).pages}

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
    write(tmp_path, {"page.md": source})

    found = without_front_matter("page.md", read(tmp_path / "page.md", "page.md"), like_mkdocs=True)

    assert (found.first_line, found.text) == (first_line, text)


@pytest.mark.parametrize(
    ("source", "first_line"),
    [("---\ntitle: x\n---\ntext", 4), ("---\n---\ntext", 3), ("---\nSee [x](https://example.org).\n---\n", 1), ("Note: text\n\nmore", 1), ("---\na: [\n---\n", 1)],
)
def test_front_matter_in_a_folder_without_configuration_is_what_lies_between_two_rules(source: str, first_line: int) -> None:
    assert without_front_matter("page.md", source, like_mkdocs=False).first_line == first_line


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

    (link,) = extract(collect([tmp_path / "mkdocs.yml"]).pages).links

    assert (link.line, link.url) == (2, "https://example.org/")


@pytest.mark.parametrize("text", ["a: [", "- a\n- b", "markdown_extensions: !!python/name:no.such.thing\n", "markdown_extensions: 3\n", "docs_dir: [a]\n", "markdown_extensions: [{toc: [}]\n"])
def test_a_configuration_that_cannot_be_read_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text(text, encoding="utf-8")

    with pytest.raises(PagesError, match=r"mkdocs\.yml: "):
        configured(tmp_path / "mkdocs.yml")


def test_a_configuration_that_names_what_is_not_installed_is_read_without_it(tmp_path: Path) -> None:
    text = "markdown_extensions:\n  - pymdownx.emoji:\n      emoji_index: !!python/name:no.such.index\n  - toc:\n      permalink: true\n      slugify: !!python/object/apply:no.such.slugify {kwds: {case: lower}}\n"
    (tmp_path / "mkdocs.yml").write_text(text, encoding="utf-8")

    assert configured(tmp_path / "mkdocs.yml").configs == {"toc": {"permalink": True}}


def test_the_links_of_a_configuration_are_found_with_their_lines(tmp_path: Path) -> None:
    text = (
        "site_name: x\nrepo_url: https://e.org/repo\nnav:\n  - a.md\n  - Deep:\n      - There: https://e.org/nav\n"
        "extra:\n  homepage: https://e.org/home\n  social:\n    - link: https://e.org/social\ncopyright: <a href='https://e.org/copy?a=1&amp;b=2'>c</a>\n"
        "extra_javascript:\n  - https://e.org/a.js\n  - path: https://e.org/b.mjs\n"
    )
    write(tmp_path, {"mkdocs.yml": text, "docs/a.md": ""})

    (site,) = collect([tmp_path / "mkdocs.yml"]).sites

    assert [(link.line, link.url.removeprefix("https://e.org/")) for link in sorted(site.links, key=lambda link: link.line)] == [
        (2, "repo"), (6, "nav"), (8, "home"), (10, "social"), (11, "copy?a=1&b=2"), (13, "a.js"), (14, "b.mjs"),
    ]  # fmt: skip


def test_each_page_belongs_to_the_nearest_site_that_has_it_in_its_docs(tmp_path: Path) -> None:
    write(tmp_path, {"mkdocs.yml": "site_name: r", "docs/a.md": "", "README.md": "", "zh/mkdocs.yaml": "site_name: zh", "zh/docs/b.md": "", "zh/README.md": ""})

    pages = {os.path.relpath(page.path, tmp_path): page for page in collect([tmp_path]).pages}

    assert {name: os.path.relpath(page.site.name, tmp_path) if page.site else None for name, page in pages.items()} == {
        "README.md": None, "docs/a.md": "mkdocs.yml", "zh/README.md": None, "zh/docs/b.md": "zh/mkdocs.yaml",
    }  # fmt: skip


def test_a_named_configuration_renders_all_markdown(tmp_path: Path) -> None:
    write(tmp_path, {"other.yml": "site_name: x", "a.md": ""})

    (page,) = collect([tmp_path / "a.md"], tmp_path / "other.yml").pages

    assert (page.form, page.site.docs) == (Form.MKDOCS, tmp_path / "docs")


def test_a_configuration_that_cannot_be_read_is_a_problem_of_its_pages_only(tmp_path: Path) -> None:
    write(tmp_path, {"mkdocs.yml": "a: [", "docs/a.md": ""})

    found = collect([tmp_path / "docs"])

    assert [page.form for page in found.pages] == [Form.GITHUB]
    assert len(found.problems) == 1 and "mkdocs.yml: cannot be read" in found.problems[0]


def test_what_git_ignores_and_what_others_wrote_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, {
        ".gitignore": "build/\n*.out.md\n!kept.out.md\n", "sub/.gitignore": "/private.md\n!/again.out.md\n",
        "a.md": "", "b.out.md": "", "kept.out.md": "", "build/c.md": "", "sub/private.md": "", "sub/again.out.md": "", "sub/deep/private.md": "",
        "node_modules/x/README.md": "", "env/pyvenv.cfg": "", "env/lib/x.md": "", ".hidden/x.md": "", ".github/SUPPORT.md": "",
    })  # fmt: skip

    assert names(tmp_path) == [".github/SUPPORT.md", "a.md", "kept.out.md", "sub/again.out.md", "sub/deep/private.md"]


def test_a_folder_below_the_root_of_a_repository_obeys_what_stands_above_it(tmp_path: Path) -> None:
    write(tmp_path, {".git/info/exclude": "secret.md\n", ".gitignore": "notes/drafts/\n", "notes/a.md": "", "notes/secret.md": "", "notes/drafts/b.md": ""})

    assert names(tmp_path / "notes") == ["a.md"]


def test_drafts_are_no_pages(tmp_path: Path) -> None:
    write(tmp_path, {"docs/index.md": "", "docs/drafts/a.md": "", "docs/b.md": ""})

    assert names(tmp_path, "site_name: x\ndraft_docs: |\n  drafts/\nexclude_docs: |\n  b.md\n") == ["docs/index.md"]


def test_a_page_has_its_own_name_and_not_that_of_a_link_to_it(tmp_path: Path) -> None:
    write(tmp_path, {"v1.6/index.md": ""})
    for alias in ("current", "stable", "v1.6.0", "a"):
        (tmp_path / alias).symlink_to("v1.6")
    (tmp_path / "alias.md").symlink_to("v1.6/index.md")

    assert names(tmp_path) == ["v1.6/index.md"]


def test_a_folder_is_built_html_if_it_has_an_index_and_no_markdown(tmp_path: Path) -> None:
    write(tmp_path, {"site/index.html": "", "site/a/index.html": "", "site/b.css": "", "mixed/index.html": "", "mixed/deep/c.md": ""})

    assert [(page.form, page.path.relative_to(tmp_path).as_posix()) for page in collect([tmp_path / "site"]).pages] == [(Form.BUILT, "site/a/index.html"), (Form.BUILT, "site/index.html")]
    assert [page.form for page in collect([tmp_path / "mixed"]).pages] == [Form.GITHUB]
    assert [page.form for page in collect([tmp_path / "mixed"], html=True).pages] == [Form.BUILT]


def test_a_list_of_urls_is_told_by_its_first_line(tmp_path: Path) -> None:
    write(tmp_path, {"urls.txt": "# ours\n\nhttps://e.org/\n", "notes.txt": "Notes\nhttps://e.org/\n", "list.md": "https://e.org/\n"})

    assert {page.path.name: page.form for page in collect([tmp_path / name for name in ("urls.txt", "notes.txt", "list.md")]).pages} == {
        "urls.txt": Form.LIST, "notes.txt": Form.GITHUB, "list.md": Form.GITHUB,
    }  # fmt: skip
