"""What git ignores, and what is nobody's own writing: packages, environments, hidden folders."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec.gitignore import GitIgnoreSpec

OF_OTHERS = {"node_modules", "bower_components", "site-packages", "__pycache__", "venv"}
SHOWN = {".github"}  # hidden, and yet shown by GitHub


class Ignored:
    """The .gitignore files that hold in a folder and below it: the deepest one that says something decides."""

    def __init__(self, folder: Path) -> None:
        top = Path(os.path.abspath(folder))
        above = (top, *top.parents)
        root = next((parent for parent in above if (parent / ".git").exists()), top)
        self._root = str(root)
        self._specs: dict[str, GitIgnoreSpec | None] = {}

    def holds(self, path: Path) -> bool:
        """Whether a file or folder is left out."""
        if path.name.startswith(".") and path.name not in SHOWN:
            return True
        if not path.is_dir():
            return self._by_git(path, "")
        return path.name in OF_OTHERS or os.path.isfile(path / "pyvenv.cfg") or self._by_git(path, "/")

    def _by_git(self, path: Path, end: str) -> bool:
        absolute = os.path.abspath(path)
        folder = os.path.dirname(absolute)
        while folder.startswith(self._root):
            spec = self._spec(folder)
            said = spec.check_file(os.path.relpath(absolute, folder).replace(os.sep, "/") + end).include if spec else None
            if said is not None:
                return said
            if folder == self._root:
                break
            folder = os.path.dirname(folder)
        return False

    def _spec(self, folder: str) -> "GitIgnoreSpec | None":
        if folder not in self._specs:
            files = [Path(folder, ".gitignore"), *([Path(folder, ".git/info/exclude")] if folder == self._root else [])]
            lines = [line for file in files if os.path.isfile(file) for line in file.read_text(encoding="utf-8", errors="replace").splitlines()]
            self._specs[folder] = _of(lines) if lines else None
        return self._specs[folder]


def _of(lines: list[str]) -> "GitIgnoreSpec":
    from pathspec.gitignore import GitIgnoreSpec  # late: where nothing is ignored it need not be read

    return GitIgnoreSpec.from_lines(lines)
