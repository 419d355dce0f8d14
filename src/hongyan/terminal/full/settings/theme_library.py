"""The themes that can be chosen: the built-in ones and those of a person's own files, which count as soon as they are saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.terminal.full.settings.themes import built_in, chosen, own_themes, palette_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from textual.theme import Theme

    from hongyan.errors import HongyanError

__all__ = ["ThemeLibrary"]


class ThemeLibrary:
    """Themes by name. ``name`` is the one in use, ``palette`` its styles, ``own`` are those of the folder's files.

    ``problems`` are what was wrong in those files when they were read last.
    """

    def __init__(self, folder: Path, wanted: str, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._stamps: dict[Path, int] = {}
        self._read()
        self.choose(wanted)

    def _read(self) -> None:
        self.own: dict[str, Theme]
        self.problems: Sequence[HongyanError]
        self.own, self.problems = own_themes(self._folder)
        self.themes = {**built_in(), **self.own}

    def names(self) -> list[str]:
        """Return the names of the themes."""
        return sorted(self.themes)

    def choose(self, wanted: str) -> None:
        """Use a theme; where there is none of this name, or the environment wants no colours, the one that fits."""
        self.name = chosen(wanted, self._environment, self.themes)
        self.palette = palette_of(self.themes[self.name])

    def reload(self) -> bool:
        """Read the person's own files again where one was saved since; return whether one was."""
        folder = self._folder
        stamps = {path: path.stat().st_mtime_ns for path in folder.glob("*.toml")} if folder.is_dir() else {}
        if stamps == self._stamps:
            return False
        self._stamps = stamps
        self._read()
        return True
