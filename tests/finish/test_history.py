"""git → the day of a file's last change, or nothing rather than a lie."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from detection_notes.finish.history import changed


@pytest.fixture
def repository(tmp_path: Path, git: Callable[..., None]) -> Path:
    home = tmp_path / "home"
    docs = home / "docs"
    docs.mkdir(parents=True)
    git(home, "init")
    (docs / "old.md").write_text("1")
    (docs / "中文 名.md").write_text("1")
    git(home, "add", ".")
    git(home, "commit", "-m", "one", day="2026-01-02")
    (docs / "中文 名.md").write_text("2")
    (home / "elsewhere.txt").write_text("2")
    git(home, "add", ".")
    git(home, "commit", "-m", "two", day="2026-03-04")
    return home


def test_each_file_has_the_day_of_the_last_commit_that_touched_it(repository: Path) -> None:
    assert changed(repository / "docs") == {
        "old.md": datetime(2026, 1, 2, 10, tzinfo=UTC),
        "中文 名.md": datetime(2026, 3, 4, 10, tzinfo=UTC),
    }


def test_a_shallow_clone_says_nothing(repository: Path, git: Callable[..., None]) -> None:
    git(repository.parent, "clone", "--depth", "1", repository.as_uri(), "shallow")

    assert (repository.parent / "shallow" / "docs" / "old.md").exists()
    assert changed(repository.parent / "shallow" / "docs") == {}


def test_a_folder_that_is_in_no_repository_says_nothing(tmp_path: Path) -> None:
    assert changed(tmp_path) == {}


def test_a_machine_without_git_says_nothing(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert changed(repository / "docs") == {}
