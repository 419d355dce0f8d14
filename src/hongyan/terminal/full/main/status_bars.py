"""What the one-line bars of the main screen say: the line on top, tabs, titles, the reply, the hints; they do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.terminal.clean import cells, clean, fit
from hongyan.terminal.full.chats.roster import TABS

if TYPE_CHECKING:
    from hongyan.terminal.full.main.main_screen import Main

__all__ = ["StatusBars"]

Piece = tuple[str, str]


class StatusBars:
    """The pieces of each bar, as the main screen is now."""

    def __init__(self, main: Main) -> None:
        self._main = main

    def top_left(self, _: int) -> list[Piece]:
        """Return who this is, how the connection is, and what is unread."""
        name = clean(self._main.account.me.name, newline=" ")
        rule = self._main.terminal.palette.marks["rule"]
        return [
            (f"{rule} ", "notice"),
            (self._main.say("wechat"), "title"),
            (f" · {name} ", ""),
            *self._main.status.pieces(self._main.terminal.palette.marks),
            *self.unread_pieces(),
            (" ", ""),
        ]

    def unread_pieces(self) -> list[Piece]:
        """Return how much is unread, nothing where it is nothing."""
        unread = self._main.roster.unread()
        return [(" · ", "notice"), (self._main.say("unread", count=unread), "unread")] if unread else []

    def top_right(self, _: int) -> list[Piece]:
        """Return how to find a chat and help."""
        keys = self._main.terminal.keys
        rule = self._main.terminal.palette.marks["rule"]
        return [
            (f" {self._main.say('search-hint', key=keys.shown('chat.go-to'))} ", "notice"),
            (rule * 2, "notice"),
            (f" {self._main.say('help-hint', key=keys.shown('app.help'))} ", "notice"),
            (rule, "notice"),
        ]

    def tabs(self, width: int) -> list[Piece]:
        """Return the tabs of the list, the present one marked."""
        pieces: list[Piece] = [(" ", "")]
        for tab, name in zip(TABS, self.tab_names(width), strict=True):
            pieces += [(name, "unread" if tab == self._main.roster.tab else "notice"), (" ", "")]
        return pieces

    def tab_names(self, width: int) -> list[str]:
        """Return how the tabs are called where there are so many cells: all whole, or short but for the present one."""
        names = [self._main.say(f"tab-{tab}") for tab in TABS]
        for most in (*range(12, 0, -1), 0):
            shown = [
                name
                if tab == self._main.roster.tab and most
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
        if self._main.chat is None:
            return []
        name = clean(self._main.chat.name, newline=" ", tab=" ")
        count = (
            f" ({self._main.chat.contact.member_count})"
            if self._main.chat.is_group and self._main.chat.contact.member_count
            else ""
        )
        return [(f" {name}", "title"), (count, "notice")]

    def title_right(self, _: int) -> list[Piece]:
        """Return the marks of the open chat."""
        if self._main.chat is None:
            return []
        marks = self._main.terminal.palette.marks
        flags = [marks["pinned"]] if self._main.chat.contact.pinned else []
        flags += [marks["muted"]] if self._main.roster.muted(self._main.chat) else []
        return [(" ".join([*flags, ""]), "notice")]

    def members_title(self, _: int) -> list[Piece]:
        """Return how many members there are."""
        count = self._main.chat.contact.member_count if self._main.chat is not None else 0
        return [(" " + self._main.say("members", count=count or len(self._main.members_shown)), "title")]

    def reply_left(self, _: int) -> list[Piece]:
        """Return what the entry answers and what goes with it."""
        if self._main.quoting is not None:
            what = " ".join(row.text for row in self._main.quoting.body[:1])
            return [(" " + self._main.say("reply-to", who=self._main.quoting.who, what=what), "quote")]
        names = "、".join(clean(path.name) for path in self._main.attached)
        return [(" " + self._main.say("attached", names=names), "quote")]

    def hint_left(self, width: int) -> list[Piece]:
        """Return what the keys do where one is."""
        shown = self._main.terminal.keys.shown
        pending = (
            self._main.sequences[self._main.pane].pending if self._main.pane in self._main.sequences else ""
        )
        if self._main.types_here and self._main.pane == "list" and self._main.chat is None:
            told = self._main.say("hint-choosing", find=shown("chat.go-to"), key=shown("app.commands"))
        elif self._main.types_here and self._main.pane in {"messages", "list"}:
            told = self._main.say("hint-typing", key=shown("app.commands"))
        elif self._main.pane == "messages":
            keys = {
                name: shown(f"messages.{name}") for name in ("reply", "forward", "recall", "copy", "details")
            }
            told = self._main.say("hint-messages", entry=shown("messages.to-entry"), **keys)
        elif self._main.pane == "list":
            keys = {name: shown(f"list.{name}") for name in ("open", "pin", "mute", "archive")}
            told = self._main.say("hint-list", read=shown("list.toggle-read"), **keys)
        else:
            names = {
                "send": "entry.send",
                "newline": "entry.newline",
                "faces": "entry.faces",
                "file": "entry.file",
            }
            parts = [self._main.say(f"hint-{name}", key=shown(action)) for name, action in names.items()]
            told = " · ".join([*parts, self._main.say("hint-mention"), self._main.say("hint-commands")])
        mode = f" {self._main.say('commanding')} " if self._main.commanding else ""
        room = max(width - cells(mode), 0)
        return [
            (mode, "badge"),
            (fit(f" {pending + ' ' if pending else ''}{told}", room), "notice"),
        ]

    def hint_right(self, _: int) -> list[Piece]:
        """Return how long the text is, and how long a send is held."""
        if self._main.pane != "entry":
            return []
        told = (
            [self._main.say("hint-count", count=len(self._main.entry.text))] if self._main.entry.text else []
        )
        hold = self._main.terminal.settings.hold
        told += [self._main.say("hint-hold", seconds=f"{hold:g}")] if hold else []
        return [(" · ".join(told) + " ", "notice")]
