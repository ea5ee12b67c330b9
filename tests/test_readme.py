"""README says what is so: the two commands first, verbs that exist, a layout that is the one on disk."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LAYOUT = re.search(r"```text\n(mkdocs\.yml.*?)```", README, re.DOTALL)[1]


def shown() -> set[str]:
    """Paths of the layout: a line that begins with a branch belongs to the last folder of the first column."""
    folder, paths = "", set()
    for line in LAYOUT.splitlines():
        branch, name = re.match(r"([├└]── )?(\S+)", line).groups()
        folder = folder if branch else (name if name.endswith("/") else "")
        paths.add(folder + name if branch else name)
    return paths


def tracked() -> list[str]:
    listed = subprocess.run(["git", "-c", "core.quotepath=false", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


def children(folder: str) -> set[str]:
    """The tracked files and folders directly in a folder ("" for the root), without hidden ones."""
    inside = [path.removeprefix(folder) for path in tracked() if path.startswith(folder)]
    return {folder + head + slash for head, slash, _ in (path.partition("/") for path in inside) if head[0] != "."}


def test_every_path_of_the_layout_exists():
    for path in shown():
        assert (ROOT / path).exists(), path
        assert (ROOT / path).is_dir() == path.endswith("/"), path


def test_the_layout_leaves_nothing_out():
    expected = children("") | children("docs/") | children("scripts/")
    assert expected - {"README.md"} == shown()


def test_the_two_commands_come_before_everything_else_that_is_typed():
    first = re.search(r"```shell\n(.*?)```", README, re.DOTALL)
    assert [line.split("#")[0].strip() for line in first[1].splitlines()] == ["make serve", "make test"]
    assert first.start() == README.index("```")


def test_a_short_chinese_paragraph_stands_on_top():
    beginning = README.partition("## ")[0]
    assert 50 < len(re.findall(r"[\u4e00-\u9fff]", beginning)) < 200


def test_every_verb_of_the_makefile_is_explained_and_no_other():
    verbs = set(re.search(r"^\.PHONY: (.*)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split())
    assert set(re.findall(r"^\| `make ([\w-]+)`", README, re.MULTILINE)) == verbs - {"help"}
    assert set(re.findall(r"make ([a-z]+)(?=[`\s])", README)) <= verbs | {"and"}


def test_the_plain_equivalents_are_what_the_makefile_runs():
    makefile = (ROOT / "Makefile").read_text()
    version = re.search(r"^TORCH +:= (\S+)", makefile, re.MULTILINE)[1]
    for command in (
        "-m pip install --require-hashes --no-deps -r requirements.txt",
        "-m pip install --require-hashes --no-deps -r requirements-test.txt",
        "-m pip install --no-build-isolation --no-deps -e .",
        "scripts/finish_site.py site",
        "-m mkdocs serve",
        "-m mkdocs build --strict",
        "scripts/check_links.py",
        "scripts/find_browser.py --install",
    ):
        assert f".venv\\Scripts\\python {command}" in README, command
        assert command in makefile.replace("$(INSTALL)", "-m pip install"), command
    assert f"pip install torch=={version}\n" in README


def test_links_into_the_repository_lead_somewhere():
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert targets
    for target in targets:
        assert (ROOT / target).is_file(), target


def test_the_order_is_serve_link_note_check_publish():
    headings = re.findall(r"^## (.*)", README, re.MULTILINE)
    assert headings[:5] == ["Two commands", "Add a link", "Add a note", "Check", "Publish"]


def test_both_licences_are_named_with_their_texts():
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
    assert "Creative Commons Attribution 4.0 International Public License" in (ROOT / "LICENSE-notes").read_text()
    footer = re.search(r"^copyright: (.*)", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)[1]
    assert "MIT" in footer and "CC BY 4.0" in footer
    assert "](LICENSE)" in README and "](LICENSE-notes)" in README
