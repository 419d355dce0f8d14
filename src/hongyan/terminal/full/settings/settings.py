"""What a person may choose about the full screen, as values: the ``[terminal]`` table of the settings; it reads no file."""

from __future__ import annotations

import re
from typing import Final, Literal

import msgspec

from hongyan.errors import UsageError

__all__ = ["NotifySettings", "TerminalSettings"]

Level = Literal["full", "sender", "count", "none"]
"""How much a notification shows: text and sender, the sender, that something was received, or nothing."""

_HOURS: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")


class NotifySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to notify of. The three tables say how much is shown of ``private``, ``mention``, ``group`` and ``muted``:

    ``current`` while the chat in question is open before the person, ``other`` while the terminal has the focus,
    ``away`` while it has not. What a table leaves out is as in the defaults of ``full/notify.py``. ``by`` are the ways,
    in this order of preference: ``desktop`` (notify-send, osascript), ``osc`` (the terminal's own: OSC 9, 777, 99);
    ``bell`` rings as well. ``quiet`` are hours like ``23:00-07:00`` without notifications. ``command`` is a program
    with its arguments that is started for each call; the details are in its environment.
    """

    current: dict[str, Level] = {}
    other: dict[str, Level] = {}
    away: dict[str, Level] = {}
    by: tuple[Literal["desktop", "osc"], ...] = ("osc", "desktop")
    bell: bool = True
    quiet: str = ""
    command: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known = {"private", "mention", "group", "muted"}
        for table in (self.current, self.other, self.away):
            if unknown := set(table) - known:
                raise UsageError(
                    f"{min(unknown)!r} is not a kind of notification",
                    f"There are {', '.join(sorted(known))}.",
                )
        if self.quiet and not _HOURS.fullmatch(self.quiet):
            raise UsageError(f"{self.quiet!r} are not quiet hours", 'Write them like "23:00-07:00".')


class TerminalSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the full screen looks and behaves.

    ``language`` is ``zh``, ``zh-TW``, ``en`` or empty for the machine's. ``keys`` names a preset, ``keymap`` changes single
    keys by action id (``"chat.next-unread" = "alt+a,u"``; an empty text takes all keys away). ``read`` says when a
    chat counts as read: when it is looked at, when its end is on the screen, when something is sent to it, or never by
    itself; ``sync_read`` notifies the phone. ``recalled`` is what happens to the text of a message that others took
    back. ``hold`` is how many seconds a send waits, during which Esc takes it back. ``pictures`` and ``picture_size``
    (columns, rows) are those inside the history. ``times`` is ``dynamic`` (09:12) or ``iso``.
    """

    theme: str = "wechat-dark"
    language: Literal["", "zh", "zh-TW", "en"] = ""
    keys: Literal["default", "vim", "emacs", "nchat"] = "default"
    keymap: dict[str, str] = {}
    send_key: Literal["enter", "alt+enter", "ctrl+x"] = "enter"
    auto_focus: bool = True
    read: Literal["view", "bottom", "send", "never"] = "view"
    sync_read: bool = True
    recalled: Literal["keep", "hide", "erase"] = "keep"
    emoji: Literal["unicode", "text", "both"] = "unicode"
    hold: float = 0.0
    pictures: Literal["auto", "kitty", "sixel", "halfcell", "off"] = "auto"
    picture_size: tuple[int, int] = (40, 12)
    times: Literal["dynamic", "iso"] = "dynamic"
    list_width: int = 24
    mouse: bool = True
    notify: NotifySettings = NotifySettings()

    def __post_init__(self) -> None:
        columns, rows = self.picture_size
        if not (4 <= columns <= 200 and 2 <= rows <= 60):
            raise UsageError("picture_size is out of range", "Columns from 4 to 200 and rows from 2 to 60.")
        if not 0 <= self.hold <= 60:
            raise UsageError("hold is out of range", "Seconds from 0 to 60.")
        if not 12 <= self.list_width <= 80:
            raise UsageError("list_width is out of range", "Columns from 12 to 80.")
