"""Which site a file belongs to."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from detection_notes.links.config import Site, site
from detection_notes.links.settings import PagesError, near


@dataclass(slots=True)
class Claims:
    """Which site a file belongs to: the configuration that was named, else the nearest one upwards that has the file in its docs."""

    named: Site | None = None
    problems: list[str] = field(default_factory=list)
    _sites: dict[Path, Site | None] = field(default_factory=dict)

    def of(self, path: Path) -> Site | None:
        if self.named:
            return self.named
        for folder in path.resolve().parents if path.is_file() else (path.resolve(), *path.resolve().parents):
            here = self.at(folder)
            if here and inside(path, here.docs):
                return here
            if (folder / ".git").exists():
                break
        return None

    def of_configuration(self, config: Path) -> Site:
        """The site of a mkdocs.yml. Raises PagesError."""
        if self.named:
            return self.named
        folder = config.resolve().parent
        if self._sites.get(folder) is None or config != near(folder):
            self._sites[folder] = site(config)
        return self._sites[folder] or site(config)

    def at(self, folder: Path) -> Site | None:
        """The site whose configuration lies in a folder."""
        if folder not in self._sites:
            config = near(folder)
            self._sites[folder] = None
            try:
                self._sites[folder] = site(config) if config else None
            except PagesError as error:
                self.problems.append(f"{error}; correct it, its pages are read as GitHub shows them")
        return self._sites[folder]


def inside(path: Path, folder: Path) -> bool:
    """Whether a path is in a folder, as it is written or as symbolic links resolve."""
    return written_inside(path, folder) or path.resolve().is_relative_to(folder.resolve())


def written_inside(path: Path, folder: Path) -> bool:
    return Path(os.path.abspath(path)).is_relative_to(os.path.abspath(folder))
