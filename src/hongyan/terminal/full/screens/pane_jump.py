"""Go to a pane by one letter: each pane that is on the screen is named with the letter that leads there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.widgets import Static

from hongyan.terminal.full.screens.dialogs import Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from hongyan.terminal.full.context import ScreenContext

__all__ = ["PaneJump"]

_LETTERS: Final = "asdf"


class PaneJump(Dialog["str | None"]):
    """The panes, each with its letter."""

    def __init__(self, context: ScreenContext, panes: Sequence[str]) -> None:
        super().__init__(context)
        self._panes = dict(zip(_LETTERS, panes, strict=False))

    def compose(self) -> ComposeResult:
        """Show the letters."""
        names = {
            "list": "context-list",
            "messages": "context-messages",
            "entry": "context-entry",
            "members": "field-members",
        }
        with Vertical():
            yield self.title_line(self.say("jump"))
            text = "\n".join(f"  {letter}  {self.say(names[pane])}" for letter, pane in self._panes.items())
            yield Static(text, markup=False)
            yield self.hint_line("close-hint")

    def pressed(self, key: str) -> bool:
        """Go to the letter's pane."""
        if key in self._panes:
            self.dismiss(self._panes[key])
            return True
        return False
