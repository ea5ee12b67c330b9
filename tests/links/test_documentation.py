"""Extraction held against documentation that nobody here wrote: what is found is what the rendered page links to.

The pages come from the source packages that documentation.txt pins. They are fetched once, into .cache/.
"""

import hashlib
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from detection_notes.links.config import Site
from detection_notes.links.model import Link
from detection_notes.links.pages import Form, Page, collect
from detection_notes.links.readers import mkdocs
from detection_notes.links.readers.source import Source, read, without_front_matter
from markdown import Markdown
from usual import USUAL, USUAL_CONFIGS

ROOT = Path(__file__).parents[2]
PINNED = Path(__file__).with_name("documentation.txt")
CACHE = ROOT / ".cache" / "documentation"
ADDRESSES = {
    ("a", "href"), ("area", "href"), ("link", "href"), ("img", "src"), ("source", "src"), ("iframe", "src"), ("script", "src"), ("video", "src"),
    ("video", "poster"), ("audio", "src"), ("track", "src"), ("embed", "src"), ("object", "data"), ("input", "src"),
}  # fmt: skip
RICH = (
    "toc", "tables", "smarty", "attr_list", "def_list", "abbr", "footnotes", "md_in_html", "admonition",
    "pymdownx.betterem", "pymdownx.superfences", "pymdownx.highlight", "pymdownx.inlinehilite", "pymdownx.magiclink", "pymdownx.tilde", "pymdownx.caret",
    "pymdownx.smartsymbols", "pymdownx.escapeall", "pymdownx.tasklist", "pymdownx.progressbar", "pymdownx.arithmatex", "pymdownx.mark", "pymdownx.striphtml",
    "pymdownx.snippets", "pymdownx.keys", "pymdownx.details", "pymdownx.tabbed", "pymdownx.saneheaders", "pymdownx.fancylists", "pymdownx.critic",
    "pymdownx.blocks.admonition", "pymdownx.blocks.details", "pymdownx.blocks.html", "pymdownx.blocks.definition", "pymdownx.blocks.tab",
)  # fmt: skip
MAGIC = {"repo_url_shortener": True, "repo_url_shorthand": True, "social_url_shorthand": True, "social_url_shortener": True, "user": "o", "repo": "r", "provider": "github"}


class Reader(HTMLParser):
    """The http(s) addresses in a piece of HTML, read in another way than the checker does."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in dict(reversed(attrs)).items():
            value = (value or "").strip()
            if (tag, name) in ADDRESSES and re.match(r"(?i)(?:https?:)?//[^/]", value):
                scheme, _, rest = value.partition("//")
                self.found.append(f"{scheme.lower() or 'https:'}//{rest}")
            assert name != "srcset", "no page of these uses srcset; split it here if one does"


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the unpacked packages."""
    folder = tmp_path_factory.mktemp("documentation")
    wanted = set(re.findall(r"sha256:(\w+)", PINNED.read_text(encoding="utf-8")))
    if wanted - {hashlib.sha256(file.read_bytes()).hexdigest() for file in CACHE.glob("*.tar.gz")}:
        download = ["download", "--quiet", "--no-deps", "--no-binary", ":all:", "--require-hashes", "-r", str(PINNED), "-d", str(CACHE)]
        done = subprocess.run([sys.executable, "-m", "pip", *download], capture_output=True, text=True)
        if done.returncode:
            pytest.fail(f"the packages of {PINNED} could not be fetched; is there a package index?\n{done.stderr}", pytrace=False)
    for file in CACHE.glob("*.tar.gz"):
        if hashlib.sha256(file.read_bytes()).hexdigest() in wanted:
            with tarfile.open(file) as archive:
                archive.extractall(folder, filter="data")
    return folder


def check(source: Source, site: Site, html: str) -> int:
    """Hold the links of a page against its HTML and its source; returns how many there are."""
    links, problems = mkdocs.read(Page(source.name, Path(source.name), Form.MKDOCS, site), source)
    assert not problems
    pictures = [url for url in Reader(html).found if "/twemoji@" in url and url not in source.text]  # what :tada: becomes
    assert sorted([link.url for link in links] + pictures) == sorted(Reader(html).found), source.name
    lines = source.text.split("\n")
    for link in links:
        assert stands(lines[link.line - source.first_line], link), link
    return len(links)


def stands(line: str, link: Link) -> bool:
    """Whether the URL of a link begins at its column; a link without a column is made by an extension, from no URL."""
    if not link.column:
        return True
    source = unescape(line[link.column - 1 :])
    url = link.url.partition("//")[2].partition(" ")[0]
    return any(text.partition("//")[2].startswith(url) for text in (source, re.sub(r"\\([\\_*{}#.()!\[\]`>+-])", r"\1", source)))


def rendered(source: Source, site: Site) -> str:
    return Markdown(extensions=list(site.extensions), extension_configs=dict(site.configs)).convert(source.text)


def test_the_examples_of_commonmark_link_to_what_they_are_rendered_to(packages: Path) -> None:
    spec = next(packages.glob("commonmark-*/spec.txt")).read_text(encoding="utf-8")
    examples = re.findall(r"^`{32} example\n(.*?)^\.\n", spec, re.MULTILINE | re.DOTALL)
    count, site = 0, Site("mkdocs.yml", Path("docs"), ())
    for number, example in enumerate(examples, 1):
        text = re.sub(r"(?<=[(< \n])/(?=u)", "https://example.org/", example.replace("→", "\t"))
        source = Source(f"example {number}", text)
        count += check(source, site, rendered(source, site))
    assert len(examples) == 649 and count > 80


@pytest.mark.parametrize(
    ("package", "extensions", "configs"),
    [("markdown", USUAL, USUAL_CONFIGS), ("pymdown_extensions", ("footnotes", "pymdownx.magiclink"), {"pymdownx.magiclink": MAGIC})],
)
def test_the_tests_of_the_renderer_link_to_what_they_are_rendered_to(package: str, extensions: tuple, configs: dict, packages: Path) -> None:
    count, site = 0, Site("mkdocs.yml", Path("docs"), extensions, configs)
    for file in sorted(packages.glob(f"{package}-*/tests/**/*.txt")):
        source = Source(file.name, file.read_text(encoding="utf-8-sig").replace("\r\n", "\n"))
        count += check(source, site, rendered(source, site))
    assert count > 60


def built(project: Path, configuration: str, folder: Path) -> Iterator[tuple[Source, Site, str]]:
    """The pages of a project and what MkDocs makes of them: their content, in a theme that adds nothing."""
    (folder / "theme").mkdir()
    (folder / "theme" / "main.html").write_text("{{ page.content }}", encoding="utf-8")
    config = project / "plain.yml"
    config.write_text(configuration, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(config), "-d", str(folder / "site")],
        cwd=project, capture_output=True, text=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    collection = collect([config], config)
    assert not collection.problems
    here = collection.sites[0]
    for page in collection.pages:
        name = os.path.relpath(page.name, here.docs).removesuffix(".md").replace("README", "index")
        html = folder / "site" / f"{name}.html"
        yield without_front_matter(page.name, read(page.path, page.name), like_mkdocs=True), here, html.read_text(encoding="utf-8") if html.exists() else ""  # MkDocs writes no empty page


PLAIN = "use_directory_urls: false\nplugins: []\nstrict: false\nnav: null\ntheme:\n  name: null\n  custom_dir: {theme}\n"


def test_a_site_of_others_links_to_what_its_pages_link_to(packages: Path, tmp_path: Path) -> None:
    (project,) = packages.glob("starlette-*")
    plain = "INHERIT: mkdocs.yml\n" + PLAIN.format(theme=tmp_path / "theme")

    counts = {source.name: check(source, site, html) for source, site, html in built(project, plain, tmp_path)}

    assert len(counts) >= 25 and sum(counts.values()) > 400


def test_a_site_with_every_extension_links_to_what_its_pages_link_to(packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project,) = packages.glob("pymdown_extensions-*")
    monkeypatch.chdir(project)  # as people do: snippets are looked for from here
    options = {"pymdownx.magiclink": MAGIC, "pymdownx.snippets": {"base_path": ["docs/src/markdown/.snippets", "."], "auto_append": ["refs.md"]}}
    extensions = "".join(f"  - {name}: {options.get(name, {})}\n" for name in RICH)
    plain = PLAIN.format(theme=tmp_path / "theme") + f"site_name: x\ndocs_dir: docs/src/markdown\nmarkdown_extensions:\n{extensions}"

    counts = {source.name: check(source, site, html) for source, site, html in built(project, plain, tmp_path)}

    assert len(counts) >= 50 and sum(counts.values()) > 200
