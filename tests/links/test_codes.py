"""Every code is of one kind, has words, and is produced somewhere."""

import ast
from functools import cache
from pathlib import Path

import pytest
from detection_notes.links.codes import CODES, DEAD, FINE, SILENT, WALLED, about, kind_of
from detection_notes.links.visits.signatures import table

LINKS = Path(__file__).parents[2] / "scripts" / "detection_notes" / "links"


@cache
def words() -> set[str]:
    """The string literals of all modules but codes.py itself, and the codes of the signatures."""
    found = set()
    for path in LINKS.rglob("*.py"):
        if path.name != "codes.py":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return found | {signature.code for signature in table()}


@pytest.mark.parametrize("code", [code for code in CODES if not code.isdecimal()])
def test_every_code_is_produced_somewhere(code: str) -> None:
    assert code in words()


def test_every_code_has_words_and_every_verdict_but_good_an_advice() -> None:
    for code in (*CODES, "401", "403", "407", "418", "429", "451", "500", "503", "521", "999"):
        assert about(code).meaning and (about(code).advice or code == "ok")


def test_every_status_is_of_one_kind() -> None:
    for status in range(100, 1000):
        expected = DEAD if status in (404, 410) else FINE if 200 <= status < 300 else SILENT if status in (504, 521, 522, 523, 524, 530) else WALLED
        assert kind_of(str(status)) == expected
