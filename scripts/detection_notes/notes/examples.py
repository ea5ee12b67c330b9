"""Run the code that the notes show, and keep what it prints in a file beside it.

An example is ``docs/<section>/code/<name>.py`` with a ``<name>.out`` beside it. Both are divided into named
sections by the markers of pymdownx.snippets, so that a page cuts code and output from the two files:

    # --8<-- [start:scalar]
    print(1 + 1)
    # --8<-- [end:scalar]

The sections run in order in one namespace. Code outside of sections runs too; what it prints is dropped.
A section whose name ends in ``-error`` must raise; its output then ends with the exception, as Python prints it.
So that the file can also be run as it is, such a section stands in a ``try`` that prints the exception:

    try:
        # --8<-- [start:divide-error]
        1 / 0
        # --8<-- [end:divide-error]
    except ZeroDivisionError as error:
        print(error)

Warnings are printed as ``Category: message``.
"""

import ast
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
Pieces = list[tuple[str | None, ast.Module]]
# Read once, not at each run: examples run in threads, and os.environ cannot be copied while another thread changes it.
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}


def _names(source: str) -> list[str | None]:
    """The section that each line belongs to."""
    names: list[str | None] = []
    name: str | None = None
    for line in source.split("\n"):
        marker = MARKER.search(line)
        if marker:
            name = marker[2] if marker[1] == "start" else None
        names.append(name)
    return names


def sections(source: str) -> Pieces:
    """Cut a program into (section name or None, statements) in order.

    A ``try`` around an ``-error`` section, which lets the file run to its end as it is, gives its body alone.
    """
    names = _names(source)
    pieces: Pieces = []
    for statement in ast.parse(source).body:
        name, body = names[statement.lineno - 1], [statement]
        inside = set(names[statement.lineno : statement.end_lineno]) - {None}
        if isinstance(statement, ast.Try) and name is None and len(inside) == 1:
            name, body = inside.pop(), statement.body
        if not pieces or pieces[-1][0] != name:
            pieces.append((name, ast.Module([], [])))
        pieces[-1][1].body.extend(body)
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
    done = subprocess.run(
        [sys.executable, "-P", __file__, path.name],  # -P: a module beside this one never hides the standard library's
        cwd=path.parent,
        env=ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise RuntimeError(f"{path} failed:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())
    sys.stdout.write(render(run(Path(sys.argv[1]))))
