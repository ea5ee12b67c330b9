"""The site's own modules, and the style of the widgets, as a reader loads them: in few files and short. The sources stay many and readable."""

from pathlib import Path

from detection_notes.finish.join import join

try:
    import minify
except ModuleNotFoundError:  # no wheel for this machine (pyproject.toml): the same site, its modules a quarter heavier
    minify = None

WIDGETS = Path("assets", "widgets")
ALONE = ["index.mjs", "shared/page.mjs", "shared/takeaway.mjs", "kernel/convolution.mjs", "kernel/network.mjs"]
EVERYWHERE = ["kernel/input.mjs", "shared/draw.mjs", "shared/html.mjs", "shared/view.mjs", "kernel/boxes.mjs", "shared/moving.mjs"]  # what every widget loads


def write_short(docs: Path, folder: Path) -> None:
    """Write each module of ``docs`` into the built folder, made short; those of the widgets joined, and what is in another's file taken away.

    Raises ValueError where one does not parse, JoinError where modules cannot share a file.
    """
    joined = join(heads(docs / WIDGETS))
    for source in sorted(docs.rglob("*.mjs")):
        built = folder / source.relative_to(docs)
        if not built.is_file():
            continue
        if docs / WIDGETS in source.parents and source not in joined:
            built.unlink()
        else:
            built.write_text(shortened(joined.get(source) or source.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    for sheet in sorted((folder / WIDGETS).rglob("*.css")):
        sheet.write_text(shortened(sheet.read_text(encoding="utf-8"), "text/css"), encoding="utf-8", newline="\n")


def heads(widgets: Path) -> dict[Path, list[Path]]:
    """The files that the widgets are written into: each element with its view and kernel, what all elements share, and what two of them or a click load."""
    if not widgets.is_dir():
        return {}
    alone: list[Path] = [*(widgets / name for name in ALONE), *sorted(widgets.glob("*/element.mjs"))]
    return {**{path: [] for path in alone}, widgets / "shared" / "widget.mjs": [widgets / name for name in EVERYWHERE]}


def shortened(text: str, kind: str = "application/javascript") -> str:
    """The text of a module (or of another media type) without comments and spaces, its inner names made short; as it is where there is no minifier."""
    return minify.string(kind, text) if minify else text
