"""The site's own modules as short as a minifier makes them: readers load less, and the sources stay readable."""

from pathlib import Path

try:
    import minify
except ModuleNotFoundError:  # no wheel for this machine (pyproject.toml): the same site, its modules a quarter heavier
    minify = None


def write_short(docs: Path, folder: Path) -> None:
    """Write each module of ``docs`` into the built folder, made short. Raises ValueError where one does not parse."""
    for source in sorted(docs.rglob("*.mjs")):
        built = folder / source.relative_to(docs)
        if built.is_file():
            built.write_text(shortened(source.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


def shortened(module: str) -> str:
    """The text of a module without comments and spaces, its inner names made short; as it is where there is no minifier."""
    return minify.string("application/javascript", module) if minify else module
