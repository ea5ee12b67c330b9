"""The lines that a branch touched, asked of a real git."""

import subprocess
from pathlib import Path

import pytest
from detection_notes.links.changed import GitError, since
from detection_notes.links.model import Link


class Repository:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self("init", "-q", "-b", "main")

    def __call__(self, *arguments: str) -> None:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *arguments], cwd=self.folder, check=True, capture_output=True)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(text.encode("utf-8"))

    def commit(self, name: str, text: str) -> None:
        self.write(name, text)
        self("add", ".")
        self("commit", "-q", "-m", "x")


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.chdir(tmp_path)
    return Repository(tmp_path)


def touched(revision: str = "main") -> dict[str, list[int]]:
    return {name: sorted(numbers) for name, numbers in since(revision).lines.items()}


def test_added_and_changed_lines_are_touched(git: Repository) -> None:
    git.commit("a.md", "1\n2\n3\n4\n5\n")
    git.write("a.md", "1\nnew\n2\n3 changed\n4\nlast")

    assert touched() == {"a.md": [2, 4, 6]}


def test_removed_lines_touch_nothing(git: Repository) -> None:
    git.commit("a.md", "1\n2\n3\n")
    git.write("a.md", "1\n3\n")

    assert touched() == {"a.md": []}


def test_new_files_are_touched_whole_whether_git_knows_them_or_not(git: Repository) -> None:
    git.commit("a.md", "1\n")
    git.write("known.md", "1\n2\n")
    git("add", "known.md")
    git.write("unknown.md", "1\n2\n3")
    git.write(".gitignore", "ignored.md\n")
    git.write("ignored.md", "1\n")

    assert touched() == {"known.md": [1, 2], "unknown.md": [1, 2, 3], ".gitignore": [1]}


def test_what_others_did_meanwhile_is_not_the_branchs(git: Repository) -> None:
    git.commit("a.md", "1\n2\n3\n")
    git("checkout", "-q", "-b", "branch")
    git.commit("b.md", "mine\n")
    git("checkout", "-q", "main")
    git.commit("a.md", "1\ntheirs\n3\n")
    git("checkout", "-q", "branch")

    assert touched() == {"b.md": [1]}


@pytest.mark.parametrize("name", ["笔记/第 一.md", 'qu"ote.md', "back\\slash.md", "tab\t.md", "space at end .md"])
def test_files_of_any_name_are_found(name: str, git: Repository) -> None:
    git.commit(name, "1\n2\n")
    git.write(name, "1\nnew\n2\n")

    assert touched() == {name: [2]}


def test_a_line_that_looks_like_a_diff_is_a_line(git: Repository) -> None:
    git.commit("a.md", "1\n")
    git.commit("b.md", "1\n")
    git.write("a.md", "1\n++ b/b.md\n@@ -1 +1,99 @@\ndiff --git a/b.md b/b.md\n-- a/x")
    git.write("b.md", "1\n2\n")

    assert touched() == {"a.md": [2, 3, 4, 5], "b.md": [2]}


def test_a_line_without_an_end_is_a_line(git: Repository) -> None:
    git.commit("a.md", "1\n2")
    git.commit("b.md", "1\n")
    git.write("a.md", "1\n2 changed")
    git.write("b.md", "0\n1\n")

    assert touched() == {"a.md": [2], "b.md": [1]}


def test_paths_are_those_of_the_repository_wherever_one_stands(git: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    git.commit("docs/a.md", "1\n")
    git.write("docs/a.md", "0\n1\n")
    git.write("other.md", "1\n")
    monkeypatch.chdir(git.folder / "docs")

    assert touched() == {"docs/a.md": [1], "other.md": [1]}


def test_files_that_cannot_be_read_are_no_trouble(git: Repository) -> None:
    git.commit("a.md", "1\n")
    (git.folder / "dangling.md").symlink_to("nowhere")
    (git.folder / "binary.md").write_bytes(b"\xff\x00\n\xfe")

    assert touched() == {"dangling.md": [], "binary.md": [1, 2]}


@pytest.mark.parametrize("revision", ["no-such-branch", "--output=owned", "-p", "HEAD~99"])
def test_a_revision_that_is_none_is_told_with_what_git_says(revision: str, git: Repository) -> None:
    git.commit("a.md", "1\n")

    with pytest.raises(GitError, match="--since: git says: .*fetch-depth: 0"):
        since(revision)

    assert not (git.folder / "owned").exists()


def test_a_folder_that_is_no_repository_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    with pytest.raises(GitError, match="not a git repository"):
        since("main")


def test_a_machine_without_git_is_told(git: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(git.folder))

    with pytest.raises(GitError, match="git, which is not installed"):
        since("main")


def test_a_link_is_touched_from_any_folder_of_the_repository(git: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    git.commit("docs/a.md", "1\n2\n")
    git.commit("tools/x.py", "1\n")
    git.write("docs/a.md", "1\n2\n3\n")
    monkeypatch.chdir(git.folder / "tools")

    changes = since("main")

    assert [changes.touch(Link("../docs/a.md", line, "u")) for line in (2, 3)] == [False, True]
    assert changes.touch(Link(str(git.folder / "docs/a.md"), 3, "u"))


def test_a_link_from_a_snippet_is_touched_with_the_snippet(git: Repository) -> None:
    git.commit("a.md", "1\n")
    git.commit("part.md", "1\n")
    git.write("part.md", "1\n2\n")

    assert since("main").touch(Link("a.md", 1, "u", via="part.md"))
    assert not since("main").touch(Link("a.md", 1, "u", via="site/a/index.html"))


def test_a_page_outside_of_the_repository_is_told(git: Repository, tmp_path_factory: pytest.TempPathFactory) -> None:
    git.commit("a.md", "1\n")
    outside = tmp_path_factory.mktemp("outside") / "b.md"

    with pytest.raises(GitError, match="is not in the repository"):
        since("main").touch(Link(str(outside), 1, "u"))


def test_a_file_without_a_line_end_is_counted_right_to_its_end(git: Repository) -> None:
    """git says so on a line of its own, in the old part and in the new one."""
    git.commit("a.md", "1\n2")
    git.write("a.md", "1\n2 changed\n+++ b/c.md\n@@ -1 +1 @@")
    git.commit("b.md", "1\n")
    git.write("b.md", "0\n1\n")

    assert touched("HEAD~1") == {"a.md": [2, 3, 4], "b.md": [1, 2]}
