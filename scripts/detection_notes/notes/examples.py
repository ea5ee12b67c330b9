"""Run the code that the notes show, and keep what it prints in a file beside it.

An example is ``docs/<section>/code/<name>.py`` with a ``<name>.out`` beside it. Both are divided into named
sections by the markers of pymdownx.snippets, so that a page cuts code and output from the two files:

    # --8<-- [start:scalar]
    print(1 + 1)
    # --8<-- [end:scalar]

The sections run in order in one namespace. Code outside of sections runs too; what it prints is dropped.
A section whose name ends in ``-error`` must raise; its output then ends with the exception, as Python prints it.
Warnings are printed as ``Category: message``.
"""

import contextlib
import io
import os
import re
import subprocess
import sys
import traceback
import warnings
from pathlib import Path

MARKER = re.compile(r"--8<-- \[(start|end):([\w-]+)\]")


def sections(source: str) -> list[tuple[str | None, str]]:
    """Cut a source text into (section name or None, code) in order; line numbers are kept by leading newlines."""
    pieces: list[tuple[str | None, str]] = []
    name, first, lines = None, 0, source.split("\n")
    for number, line in enumerate([*lines, "# --8<-- [end:]"]):
        marker = MARKER.search(line)
        if marker or number == len(lines):
            code = "\n".join(lines[first:number])
            if code.strip():
                pieces.append((name, "\n" * first + code))
            name, first = (marker[2] if marker and marker[1] == "start" else None), number + 1
    return pieces


def run(path: Path) -> dict[str, str]:
    """Run an example in this process: section name → what it printed (sections that print nothing are left out).

    Raises RuntimeError when an ``-error`` section does not raise, and whatever another section raises.
    """
    namespace: dict[str, object] = {"__name__": "__main__", "__file__": str(path)}
    outputs: dict[str, str] = {}
    for name, code in sections(path.read_text(encoding="utf-8")):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = lambda message, category, *_: print(f"{category.__name__}: {message}")
            try:
                exec(compile(code, str(path), "exec"), namespace)
            except Exception as error:
                if name is None or not name.endswith("-error"):
                    raise
                print("".join(traceback.format_exception_only(error)), end="")
            else:
                if name is not None and name.endswith("-error"):
                    raise RuntimeError(f"{path}: section {name} was expected to raise and did not")
        if name is not None and printed.getvalue().strip():
            outputs[name] = outputs.get(name, "") + printed.getvalue()
    return outputs


def render(outputs: dict[str, str]) -> str:
    """The text of the ``.out`` file."""
    return "\n".join(f"# --8<-- [start:{name}]\n{text.rstrip()}\n# --8<-- [end:{name}]\n" for name, text in outputs.items())


def fresh(path: Path) -> str:
    """Run an example in a Python of its own, one thread, in its folder, and return the text for its ``.out``.

    Raises RuntimeError with the program's own error text when it fails.
    """
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-P", __file__, path.name],  # -P: a module beside this one never hides the standard library's
        cwd=path.parent,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise RuntimeError(f"{path} failed:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())
    sys.stdout.write(render(run(Path(sys.argv[1]))))
