import os
import subprocess
import sys
from pathlib import Path

import pytest
from detection_notes.notes.examples import fresh, render, run, sections

SOURCE = """\
base = 20
print("not kept")
# --8<-- [start:sum]
print(base + 1)
# --8<-- [end:sum]
# --8<-- [start:divide-error]
1 / 0
# --8<-- [end:divide-error]
# --8<-- [start:silent]
base += 1
# --8<-- [end:silent]
# --8<-- [start:warned]
import warnings
warnings.warn("old", FutureWarning)
print(base)
# --8<-- [end:warned]
"""


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "example.py"
    path.write_text(SOURCE, encoding="utf-8")
    return path


def test_sections_are_cut_in_order_and_keep_their_line_numbers():
    pieces = sections(SOURCE)
    assert [name for name, _ in pieces] == [None, "sum", "divide-error", "silent", "warned"]
    assert [statement.lineno for statement in pieces[1][1].body] == [4]


def test_each_section_keeps_what_it_printed_and_those_that_print_nothing_are_left_out(example):
    outputs = run(example)
    assert list(outputs) == ["sum", "divide-error", "warned"]
    assert outputs["sum"] == "21\n"


def test_an_error_section_ends_with_the_message_that_python_prints(example):
    assert run(example)["divide-error"] == "ZeroDivisionError: division by zero\n"


TRY = """\
print("before")
try:
    # --8<-- [start:divide-error]
    1 / 0
    # --8<-- [end:divide-error]
except ZeroDivisionError as error:
    print(error)
# --8<-- [start:after]
print("after")
# --8<-- [end:after]
"""


def test_a_try_around_an_error_section_lets_the_file_run_as_it_is(example):
    example.write_text(TRY, encoding="utf-8")
    assert run(example) == {"divide-error": "ZeroDivisionError: division by zero\n", "after": "after\n"}
    done = subprocess.run([sys.executable, str(example)], capture_output=True, text=True, check=True)
    assert done.stdout == "before\ndivision by zero\nafter\n"


def test_a_try_that_holds_no_section_is_an_ordinary_statement(example):
    example.write_text("try:\n    1 / 0\nexcept ZeroDivisionError:\n    x = 1\n# --8<-- [start:x]\nprint(x)\n# --8<-- [end:x]\n", encoding="utf-8")
    assert run(example) == {"x": "1\n"}


def test_an_error_section_in_a_try_must_raise_too(example):
    example.write_text(TRY.replace("1 / 0", "1 / 1"), encoding="utf-8")
    with pytest.raises(RuntimeError, match="expected to raise"):
        run(example)


def test_warnings_are_printed_with_their_category(example):
    assert run(example)["warned"] == "FutureWarning: old\n21\n"


def test_an_error_section_must_raise(tmp_path):
    path = tmp_path / "quiet.py"
    path.write_text("# --8<-- [start:quiet-error]\nprint(1)\n# --8<-- [end:quiet-error]\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match="expected to raise"):
        run(path)


def test_the_file_of_outputs_has_the_same_sections(example):
    text = render(run(example))
    assert text.startswith("# --8<-- [start:sum]\n21\n# --8<-- [end:sum]\n")
    assert text.count("[start:") == text.count("[end:") == 3


def test_a_fresh_run_prints_the_same_and_can_import_its_neighbours(example):
    (example.parent / "neighbour.py").write_text("value = 20\n", encoding="utf-8")
    example.write_text(SOURCE.replace("base = 20", "from neighbour import value as base"), encoding="utf-8")
    outputs = {"sum": "21\n", "divide-error": "ZeroDivisionError: division by zero\n", "warned": "FutureWarning: old\n21\n"}
    assert fresh(example) == render(outputs)


def test_a_fresh_run_has_the_standard_library_and_not_the_modules_beside_the_runner(example):
    example.write_text("# --8<-- [start:pi]\nimport math\nprint(math.pi)\n# --8<-- [end:pi]\n", encoding="utf-8")
    assert "3.14" in fresh(example)


def test_a_fresh_run_does_not_read_the_environment_that_pytest_changes_meanwhile(example, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(os, "environ", None)
        text = fresh(example)
    assert "21" in text


def test_a_failing_example_fails_with_its_own_error_and_line(example):
    example.write_text("x = 1\n\nx.missing\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match=r'example\.py", line 3[\s\S]*AttributeError'):
        fresh(example)
