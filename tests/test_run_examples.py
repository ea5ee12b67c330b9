"""The command that writes the outputs of examples, run as people run it."""

import subprocess
import sys

from .pages import ROOT

COMMAND = [sys.executable, str(ROOT / "scripts" / "run_examples.py")]


def run(folder, *arguments):
    return subprocess.run([*COMMAND, *arguments], cwd=folder, capture_output=True, encoding="utf-8")


def example(folder, text):
    code = folder / "docs" / "section" / "code"
    code.mkdir(parents=True, exist_ok=True)
    (code / "one.py").write_text(f"# --8<-- [start:one]\n{text}\n# --8<-- [end:one]\n", encoding="utf-8")
    return code / "one.py"


def test_a_named_example_gets_its_first_output(tmp_path):
    path = example(tmp_path, "print('一')")
    done = run(tmp_path, str(path))
    assert done.returncode == 0 and done.stdout.startswith("wrote ")
    assert path.with_suffix(".out").read_text(encoding="utf-8") == "# --8<-- [start:one]\n一\n# --8<-- [end:one]\n"


def test_without_a_name_every_example_that_keeps_an_output_is_run_and_told_same_or_wrote(tmp_path):
    path = example(tmp_path, "print(1)")
    assert run(tmp_path).stdout == ""
    run(tmp_path, str(path))
    assert run(tmp_path).stdout.startswith("same ")
    example(tmp_path, "print(2)")
    assert run(tmp_path).stdout.startswith("wrote ")
    assert "\n2\n" in path.with_suffix(".out").read_text(encoding="utf-8")


def test_a_failing_example_stops_with_its_error_and_keeps_the_old_output(tmp_path):
    path = example(tmp_path, "print(1)")
    run(tmp_path, str(path))
    example(tmp_path, "print(undefined)")
    done = run(tmp_path)
    assert done.returncode != 0 and "NameError" in done.stderr
    assert "\n1\n" in path.with_suffix(".out").read_text(encoding="utf-8")
