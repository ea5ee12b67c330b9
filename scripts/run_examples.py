"""Write what the examples of the notes print into the ``.out`` files beside them.

    python scripts/run_examples.py [FILE …]     (default: every docs/**/code/*.py that has an .out)

Run it after changing an example, read the difference, and commit both files. A new example gets its first .out
by naming the file.
"""

import sys
from pathlib import Path

from detection_notes.notes.examples import fresh


def main(arguments: list[str]) -> int:
    named = [Path(argument) for argument in arguments]
    for path in named or sorted(out.with_suffix(".py") for out in Path("docs").glob("**/code/*.out")):
        out, text = path.with_suffix(".out"), fresh(path)
        changed = not out.exists() or out.read_text(encoding="utf-8") != text
        if changed:
            out.write_text(text, encoding="utf-8")
        print(f"{'wrote' if changed else 'same '} {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
