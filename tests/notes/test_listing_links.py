import re
import shutil
import subprocess
import sys
from pathlib import Path

import markdown
import pytest
from detection_notes.notes.listing_links import ListingLinksExtension, companions
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from ..conftest import Site
from ..pages import PAGES


DOCS = Path(__file__).parents[2] / "docs"


def render(text: str, base: Path = DOCS) -> str:
    return markdown.markdown(text, extensions=["attr_list", "pymdownx.superfences", ListingLinksExtension(base_path=str(base))])


def listing(line: str, indent: str = "", language: str = "python") -> str:
    return f"{indent}```{language}\n{indent}{line}\n{indent}```\n"


CUT = '--8<-- "deep-learning/code/sizes.py:functions"'


def test_a_cut_listing_is_followed_by_a_link_to_its_file():
    html = render(f"前。\n\n{listing(CUT)}\n后。")
    assert html.index("</code>") < html.index('href="../deep-learning/code/sizes.py"') < html.index("后。")
    assert html.count("whole-file") == 1


def test_the_link_stays_inside_the_block_that_holds_the_listing():
    html = render(f"- 项\n\n{listing(CUT, indent='    ')}")
    assert html.index("<li>") < html.index("whole-file") < html.index("</li>")


@pytest.mark.parametrize(
    "block",
    [
        listing("print(1)"),
        listing('--8<-- "deep-learning/code/sizes.py"'),
        listing('--8<-- "deep-learning/code/sizes.out:functions"', language="text"),
        listing(f"{CUT}\nprint(1)"),
        f"````markdown\n{listing(CUT)}````\n",
    ],
    ids=["typed", "whole", "output", "mixed", "shown as text"],
)
def test_what_hides_nothing_gets_no_link(block):
    assert "whole-file" not in render(block)


def test_on_the_site_each_link_leads_to_the_file_and_there_is_one_for_each_cut(site: Site):
    for page in PAGES:
        alone = [block.lines[0] for block in page.blocks if block.cut and len(block.lines) == 1]
        sections = [line for line in alone if re.search(r'/code/[^":/]+:[^":]+"', line) and not re.search(r"\.(out|txt):", line)]
        links = HTMLParser(site.page(page.name).html).css("a.whole-file")
        assert len(links) == len(sections), page.name
        address = page.name.removesuffix("index.md").removesuffix(".md")
        for link in links:
            assert (site.folder / address / link.attributes["href"]).resolve().is_file(), f"{page.name}: {link.html}"


# Files that need others of their folder


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """docs/s/code/ with a program that needs b.py, which needs c.py and data.json, which needs a.py again."""
    folder = tmp_path / "s" / "code"
    folder.mkdir(parents=True)
    (folder / "a.py").write_text("import json\nimport os.path\n\ndef f():\n    from b import g\n", encoding="utf-8")
    (folder / "b.py").write_text("import c as d\nimport a\n'a.out'\n", encoding="utf-8")
    (folder / "c.py").write_text("open('data.json')\nopen('made.json', 'w')\n", encoding="utf-8")
    for name in ("data.json", "a.out", "other.py"):
        (folder / name).write_text("", encoding="utf-8")
    return tmp_path


def test_a_file_names_what_it_needs_beside_it_however_far_away(base):
    assert companions(base / "s/code/a.py") == ("b.py", "c.py", "data.json")
    html = render(listing('--8<-- "s/code/a.py:x"'), base)
    assert re.findall(r'href="\.\./s/code/([^"]+)"', html) == ["a.py", "b.py", "c.py", "data.json"]
    assert "还要同一文件夹里的" in html


def test_a_file_that_needs_nothing_says_nothing(base):
    assert "还要" not in render(listing('--8<-- "s/code/other.py:x"'), base)


def test_a_page_names_them_once_for_each_file(base):
    first, second = listing('--8<-- "s/code/a.py:x"'), listing('--8<-- "s/code/c.py:x"')
    html = render(f"{first}\n{first}\n{second}", base)
    assert html.count("whole-file") == 3 and html.count("companions") == 2
    assert html.index("companions") < html.index("whole-file", html.index("whole-file") + 1)
    assert "companions" in render(first, base)  # the next page starts anew


LINKED = sorted({path for page in PAGES for path, section in page.snippets if section and re.search(r"/code/[^/]+\.py$", path)})


def test_with_its_companions_and_no_other_file_each_linked_program_finds_its_imports(tmp_path):
    """As a reader has them who downloads what the line names: every import of a sibling is found, in every file."""
    checked = 0
    for path in LINKED:
        program = DOCS / path
        folder = tmp_path / path.replace("/", "+")
        folder.mkdir()
        for name in (program.name, *companions(program)):
            shutil.copy(program.parent / name, folder)
        siblings = {file.stem for file in program.parent.glob("*.py")}
        for file in folder.glob("*.py"):
            wanted = set(re.findall(r"^[ ]*(?:from|import) (\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)) & siblings
            missing = {name for name in wanted if not (folder / f"{name}.py").exists()}
            assert not missing, f"{path}: {file.name} misses {missing}"
            checked += len(wanted)
    assert checked > 40


@pytest.mark.parametrize("path", ["deep-learning/code/lenet_tools.py", "detection/code/merge_example.py", "detection/code/roi_example.py"])
def test_a_program_downloaded_with_its_companions_runs(tmp_path, path):
    program = DOCS / path
    for name in (program.name, *companions(program)):
        shutil.copy(program.parent / name, tmp_path)
    done = subprocess.run([sys.executable, program.name], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


def test_no_link_below_a_listing_sticks_out_of_its_paragraph(site: Site, page):
    """Far down a page content-visibility clips what does: the upper half of the text was missing."""
    page.goto(f"{site.url}pytorch/fine-tuning/")
    out = page.evaluate("[...document.querySelectorAll('a.whole-file')].filter(a => a.getBoundingClientRect().top < a.parentElement.getBoundingClientRect().top - 0.5).length")
    assert out == 0 and page.locator("a.whole-file").count() > 5
