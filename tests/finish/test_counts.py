"""What is counted is what there is."""

from pathlib import Path

from detection_notes.finish import counts
from detection_notes.links.model import Evidence


def test_links_are_counted_with_the_days_of_their_visits() -> None:
    rows = [Evidence("https://a.notes.dev/", "2026-11-02", 200), Evidence("https://b.notes.dev/", "2026-10-30", 404), Evidence("https://c.notes.dev/")]

    assert counts.links(rows) == {"links": "3", "links-checked": "2", "links-unchecked": "1", "links-days": "最早的一次在 2026-10-30，最近的一次在 2026-11-02。"}


def test_of_links_that_were_never_visited_no_day_is_said() -> None:
    said = counts.links([Evidence("https://c.notes.dev/")])

    assert said["links-checked"] == "0" and said["links-days"] == ""


def test_code_and_outputs_are_counted_once_each(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text('```\n--8<-- "x/code/a.py:one"\n```\n    --8<-- "x/code/a.py:two"\n--8<-- "x/code/a.out:one"\n')
    (tmp_path / "b.md").write_text('--8<-- "x/code/a.py:one"\n--8<-- "x/code/b.py"\n--8<-- "x/code/c.sh"\ntext --8<-- "x/code/d.py:one"\n')

    assert counts.notes(tmp_path) == {"pages": "2", "programs": "2", "listings": "3", "outputs": "1"}


def test_test_functions_are_counted(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text("def test_one(): ...\ndef helper(): ...\nclass C:\n    def test_two(self): ...\n")
    (tmp_path / "helper.py").write_text("def test_three(): ...\n")

    assert counts.tests(tmp_path) == {"tests": "2"}
