"""Suggestions above the entry while a person writes: members after @, emoticons and emoji after : or [, commands after /."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from hongyan.model.display_text import cells, clean, fit

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events

    from hongyan.model.contacts import Contact, Member
    from hongyan.terminal.full.composer.entry import MessageEntry
    from hongyan.terminal.full.settings.themes import Palette

__all__ = ["Completion", "asked_for"]

_MOST: Final = 8
_AFTER_NAME: Final = "\u2005"  # what WeChat puts behind the name of a person who is mentioned
_ASKS: Final = re.compile(
    r"(?:(?P<mention>[@＠])(?P<name>[^@＠\s]{0,32})|(?:(?<=\s)|(?<=^)|(?<=[一-鿿。，！？]))(?P<colon>:)(?P<emoji>[A-Za-z一-鿿_]{1,20})"
    r"|(?P<bracket>\[)(?P<face>[^\[\]\s]{0,12})|^(?P<slash>/)(?P<command>[\w.-]{0,24}))$"
)


class Offer(NamedTuple):
    """One suggestion: its display, and the text it inserts."""

    shown: str
    more: str
    text: str


def asked_for(before: str) -> tuple[str, str, int] | None:
    """Return what the text before the caret asks for (``mention``, ``face``, ``emoji`` or ``command``), by what, and how long that is.

    A colon within a word or a time suggests nothing, and neither does the one of Chinese texts.
    """
    found = _ASKS.search(before)
    if found is None:
        return None
    if found["mention"] is not None:
        at = found.start()
        if at and before[at - 1].isascii() and before[at - 1].isalnum():  # an address of mail
            return None
        return "mention", found["name"], len(found[0])
    if found["slash"] is not None:
        return "command", found["command"], len(found[0])
    if found["bracket"] is not None:
        return "face", found["face"], len(found[0])
    return "emoji", found["emoji"], len(found[0])


def _mention(member: Member, known: Contact | None) -> Offer:
    """Return a member under my own word for them; the text calls them as the group does, to which my word means nothing."""
    shown, remark = clean(member.shown, newline=" "), clean(known.remark if known else "", newline=" ")
    return Offer(remark or shown, shown if remark and remark != shown else "", f"@{shown}{_AFTER_NAME}")


class Completion(Widget):
    """A short list above the entry, there while something can be completed."""

    DEFAULT_CSS = "Completion { height: auto; max-height: 8; width: 1fr; display: none; }"

    def __init__(
        self,
        palette: Palette,
        sources: Callable[[], tuple[list[tuple[Member, Contact | None]], list[tuple[str, str]]]],
    ) -> None:
        super().__init__()
        self.palette = palette
        self.entry: MessageEntry | None = None
        self._sources = sources
        self._offers: list[Offer] = []
        self._selected = 0
        self._length = 0
        self._closed_for = ""

    @property
    def is_open(self) -> bool:
        """Whether something is offered."""
        return bool(self._offers)

    def look(self) -> None:
        """See what the text before the caret asks for."""
        before = self.entry.before_caret() if self.entry is not None else ""
        asked = asked_for(before)
        if (
            asked is not None
            and asked[0] == "command"
            and self.entry is not None
            and not self.entry.is_first_line()
        ):
            asked = None
        if asked is None or before == self._closed_for:
            self._show([])
            return
        self._closed_for = ""
        kind, wanted, self._length = asked
        self._show(_OFFERED[kind](self, wanted))

    def _show(self, offers: list[Offer]) -> None:
        self._offers = offers[:_MOST]
        self._selected = 0
        self.display = bool(offers)
        self.styles.height = max(len(self._offers), 1)
        self.refresh(layout=True)

    def _members(self, wanted: str) -> list[Offer]:
        from hongyan.terminal.full.chats.fuzzy import Finder, keys_of

        members, _ = self._sources()
        entries = []
        for member, known in members:
            names, pinyin = keys_of(known) if known is not None else ((), ())
            if member.shown:
                entries.append(((member, known), (member.shown, member.nickname, *names), pinyin))
        return [_mention(*hit.item) for hit in Finder(entries).find(wanted, _MOST)]

    @staticmethod
    def _faces(wanted: str) -> list[Offer]:
        from hongyan.terminal.full.composer.emoji import find_emoji

        faces = [face for face in find_emoji(wanted, 500) if face.text.startswith("[")]
        return [Offer(f"{face.look} {face.name}", "", face.text) for face in faces[:_MOST]]

    @staticmethod
    def _emoji(wanted: str) -> list[Offer]:
        from hongyan.terminal.full.composer.emoji import find_emoji

        return [Offer(f"{face.look} {face.name}", "", face.text) for face in find_emoji(wanted, _MOST)]

    def _commands(self, wanted: str) -> list[Offer]:
        _, commands = self._sources()
        wanted = wanted.casefold()
        fitting = [c for c in commands if c[0].startswith(wanted)] or [c for c in commands if wanted in c[0]]
        return [Offer(f"/{name}", text, f"/{name} ") for name, text in fitting]

    def takes(self, key: str) -> bool:
        """Take a key that moves in the list, chooses or closes; return whether it was taken."""
        if not self.is_open:
            return False
        if key in {"up", "down"}:
            self._selected = (self._selected + (1 if key == "down" else -1)) % len(self._offers)
            self.refresh()
        elif key in {"tab", "enter"}:
            return self._choose(key)
        elif key == "escape":
            self._closed_for = self.entry.before_caret() if self.entry is not None else ""
            self._show([])
        else:
            return False
        return True

    def _choose(self, key: str) -> bool:
        assert self.entry is not None
        offer = self._offers[self._selected]
        whole = self.entry.before_caret() == offer.text.rstrip()
        self._show([])
        if key == "enter" and whole and offer.text.startswith("/"):
            return False  # it is written out already: Enter carries it out
        self.entry.replace_before_caret(self._length, offer.text)
        return True

    def render_line(self, y: int) -> Strip:
        """Return the line of an offer."""
        width = self.size.width
        plain = self.palette.style("")
        if y >= len(self._offers):
            return Strip([Segment(" " * width, plain)], width)
        offer = self._offers[y]
        back = self.palette.style("selected") if y == self._selected else Style.null()
        gutter = self.palette.marks["selected"] if y == self._selected else " "
        shown = fit(offer.shown, max(width // 2, 4))
        more = fit(offer.more, max(width - cells(shown) - 4, 0))
        return Strip(
            [
                Segment(f"{gutter} {shown}", plain + back),
                Segment(f"  {more}", self.palette.style("notice") + back),
            ]
        ).adjust_cell_length(width, plain + back)

    def on_click(self, event: events.Click) -> None:
        """Choose what is clicked."""
        if int(event.y) < len(self._offers):
            self._selected = int(event.y)
            self._choose("tab")


_OFFERED: Final[dict[str, Callable[[Completion, str], list[Offer]]]] = {
    "mention": Completion._members,  # noqa: SLF001  # the table of the class's own methods
    "face": lambda completion, wanted: completion._faces(wanted),  # noqa: SLF001  # as above
    "emoji": lambda completion, wanted: completion._emoji(wanted),  # noqa: SLF001  # as above
    "command": Completion._commands,  # noqa: SLF001  # as above
}
