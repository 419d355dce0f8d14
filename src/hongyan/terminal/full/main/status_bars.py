"""What the one-line bars of the main screen say: the line on top, tabs, title and hints; they do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.model.display_text import cells, clean, fit
from hongyan.terminal.full.chats.roster import TABS
from hongyan.terminal.full.main.connection_status import ConnectionStatus

if TYPE_CHECKING:
    from hongyan.terminal.full.context import ScreenContext
    from hongyan.terminal.full.main.state import MainState

__all__ = ["StatusBars"]

_ENTRY_HINTS: Final = ("send", "newline", "faces", "file")

Piece = tuple[str, str]


class StatusBars:
    """The pieces of each bar, as the main screen is now."""

    def __init__(self, context: ScreenContext, state: MainState) -> None:
        self._context = context
        self._state = state
        self._connection = ConnectionStatus(context.account, context.language, context.clock.now)

    def top_left(self, _: int) -> list[Piece]:
        """Return who this is, how the connection is, and what is unread."""
        name = clean(self._context.account.me.name, newline=" ")
        rule = self._context.palette.marks["rule"]
        return [
            (f"{rule} ", "notice"),
            (self._context.say("wechat"), "title"),
            (f" · {name} ", ""),
            *self._connection.pieces(self._context.palette.marks),
            *self.unread_pieces(),
            (" ", ""),
        ]

    def unread_pieces(self) -> list[Piece]:
        """Return how much is unread, nothing where it is nothing."""
        unread = self._context.roster.unread()
        return [(" · ", "notice"), (self._context.say("unread", count=unread), "unread")] if unread else []

    def top_right(self, _: int) -> list[Piece]:
        """Return how to find a chat and help."""
        keys = self._context.keys
        rule = self._context.palette.marks["rule"]
        return [
            (f" {self._context.say('search-hint', key=keys.shown('chat.go-to'))} ", "notice"),
            (rule * 2, "notice"),
            (f" {self._context.say('help-hint', key=keys.shown('app.help'))} ", "notice"),
            (rule, "notice"),
        ]

    def tabs(self, width: int) -> list[Piece]:
        """Return the tabs of the list, the present one marked."""
        pieces: list[Piece] = [(" ", "")]
        for tab, name in zip(TABS, self.tab_names(width), strict=True):
            pieces += [(name, "unread" if tab == self._context.roster.tab else "notice"), (" ", "")]
        return pieces

    def tab_names(self, width: int) -> list[str]:
        """Return how the tabs are called where there are so many cells: all whole, or short but for the present one."""
        names = [self._context.say(f"tab-{tab}") for tab in TABS]
        for most in (*range(12, 0, -1), 0):
            shown = [
                name
                if tab == self._context.roster.tab and most
                else fit(name, max(most, 2))
                if most
                else name[:1]
                for tab, name in zip(TABS, names, strict=True)
            ]
            if sum(map(cells, shown)) + len(shown) + 1 <= width:
                return shown
        return [name[:1] for name in names]

    def title(self, _: int) -> list[Piece]:
        """Return the name of the open chat."""
        if self._state.chat is None:
            return []
        name = clean(self._state.chat.name, newline=" ", tab=" ")
        count = (
            f" ({self._state.chat.contact.member_count})"
            if self._state.chat.is_group and self._state.chat.contact.member_count
            else ""
        )
        return [(f" {name}", "title"), (count, "notice")]

    def title_right(self, _: int) -> list[Piece]:
        """Return the marks of the open chat."""
        if self._state.chat is None:
            return []
        marks = self._context.palette.marks
        flags = [marks["pinned"]] if self._state.chat.contact.pinned else []
        flags += [marks["muted"]] if self._context.roster.muted(self._state.chat) else []
        return [(" ".join([*flags, ""]), "notice")]

    def hint_left(self, width: int) -> list[Piece]:
        """Return what the keys do where one is."""
        say, state = self._context.say, self._state
        mode = f" {say('commanding')} " if state.commanding else ""
        pending = f"{state.pending} " if state.pending else ""
        room = max(width - cells(mode), 0)
        return [(mode, "badge"), (fit(f" {pending}{self._hint()}", room), "notice")]

    def _hint(self) -> str:
        say, shown, state = self._context.say, self._context.keys.shown, self._state
        types = self._context.settings.auto_focus and not state.commanding
        if types and state.pane == "list" and state.chat is None:
            return say("hint-choosing", find=shown("chat.go-to"), key=shown("app.commands"))
        if types and state.pane in {"messages", "list"}:
            return say("hint-typing", key=shown("app.commands"))
        if state.pane == "messages":
            names = ("reply", "forward", "recall", "copy", "details")
            keys = {name: shown(f"messages.{name}") for name in names}
            return say("hint-messages", entry=shown("messages.to-entry"), **keys)
        if state.pane == "list":
            keys = {name: shown(f"list.{name}") for name in ("open", "pin", "mute", "archive")}
            return say("hint-list", read=shown("list.toggle-read"), **keys)
        parts = [say(f"hint-{name}", key=shown(f"entry.{name}")) for name in _ENTRY_HINTS]
        return " · ".join([*parts, say("hint-mention"), say("hint-commands")])

    def hint_right(self, _: int) -> list[Piece]:
        """Return how long the text is, and how long a send is held."""
        say, state, hold = self._context.say, self._state, self._context.settings.hold
        if state.pane != "entry":
            return []
        parts = [say("hint-count", count=state.written)] if state.written else []
        parts += [say("hint-hold", seconds=f"{hold:g}")] if hold else []
        return [(" · ".join(parts) + " ", "notice")]
