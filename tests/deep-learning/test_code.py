"""The files behind the listings of this section: readers download them and run them as they are."""

import ast

import pytest
from detection_notes.notes.examples import MARKER

from .notes import NOTES

CODE = sorted((NOTES / "code").glob("*.py"))


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.stem)
def test_a_file_does_not_stop_at_the_error_that_it_shows(path):
    """The examples run every statement; what must raise has to stand in a ``try`` that tells the reader what was raised."""
    source = path.read_text(encoding="utf-8")
    shown = [number for number, line in enumerate(source.split("\n"), 1) if (found := MARKER.search(line)) and found[2].endswith("-error")]
    caught = [
        statement
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Try) and any("print(" in ast.unparse(handler) for handler in statement.handlers)
    ]
    bare = [number for number in shown if not any(statement.lineno < number < statement.end_lineno for statement in caught)]
    assert not bare, f"{path.name}: put these sections into a try that prints the exception: lines {bare}"
