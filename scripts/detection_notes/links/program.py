"""The program itself: how it was called, and its version."""

import sys
from pathlib import Path

PACKAGE = "detection-notes"


def program() -> str:
    """The program as it was called, for help."""
    name = Path(sys.argv[0]).name
    return "python -m detection_notes.links" if name == "__main__.py" else name or "check-links"


def command() -> str:
    """The command by which the program was called, for advice that can be typed again."""
    return program() if Path(sys.argv[0]).suffix != ".py" or program().startswith("python") else f"python {sys.argv[0]}"


def version() -> str:
    from importlib import metadata  # late, as it takes a tenth of the start

    try:
        return f"check-links {metadata.version(PACKAGE)}"
    except metadata.PackageNotFoundError:
        return "check-links (not installed: it runs from its folder)"
