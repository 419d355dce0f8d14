"""Finds what can be looked at in a chat, one after the other: pictures, videos, stickers, files; it fetches nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hongyan.model.commands import SendFile
from hongyan.model.display_text import clean
from hongyan.model.events import CommandSettled
from hongyan.model.ids import Seq
from hongyan.model.messages import File, Picture, Sticker, Video
from hongyan.terminal.full.messages.items import looks_like_picture, message_of

if TYPE_CHECKING:
    from hongyan.client.account import Account, Chat
    from hongyan.model.events import Recorded
    from hongyan.terminal.full.messages.items import Item, ItemBuilder

__all__ = ["Medium", "medium_of", "neighbour"]

_PAGE: Final = 200  # rows looked through at a time
_KINDS: Final = (Picture, Video, Sticker, File)


@dataclass(frozen=True, slots=True)
class Medium:
    """Something to look at: ``kind`` is ``picture``, ``sticker``, ``video`` or ``file``; ``name`` is clean, often empty.

    ``own`` is a message sent from here, None for a received one. ``size`` is in bytes, 0 where it is unknown.
    """

    row: Recorded
    kind: str
    name: str = ""
    size: int = 0
    own: SendFile | None = None

    @property
    def is_drawn(self) -> bool:
        """Whether it is a still picture."""
        return self.kind in {"picture", "sticker"} or looks_like_picture(self.name)


def medium_of(row: Recorded | None) -> Medium | None:
    """Return what there is to look at in a row, None where there is nothing."""
    if row is None:
        return None
    if isinstance(row.event, CommandSettled) and isinstance(row.event.row.command, SendFile):
        return _own(row, row.event.row.command)
    message = message_of(row)
    if not isinstance(message, _KINDS) or (isinstance(message, Sticker) and message.in_store):
        return None
    name = clean(message.name, newline=" ", tab=" ") if isinstance(message, File) else ""
    return Medium(row, message.kind, name, getattr(message, "size", 0))


def _own(row: Recorded, sent: SendFile) -> Medium:
    name = clean(sent.name, newline=" ", tab=" ")
    return Medium(row, sent.sent_as, name, sent.size, sent)


def neighbour(account: Account, builder: ItemBuilder, chat: Chat, seq: Seq, by: int) -> Medium | None:
    """Return the medium before a row of the chat (``by`` below 0) or behind it, None where there is no more.

    Messages hidden at this machine, and recalled ones that are not to be shown, are skipped.
    """
    while True:
        rows = (
            account.history(chat, _PAGE, before=seq)
            if by < 0
            else account.archive.conversation(chat, after=seq, limit=_PAGE)
        )
        rows = [row for row in rows if (row.seq < seq if by < 0 else row.seq > seq)]
        if not rows:
            return None
        found = [medium for row in rows if (medium := medium_of(row)) is not None]
        hidden = account.local.hidden([medium.row.seq for medium in found])
        shown = {item.seq for item in builder.items([m.row for m in found]) if _is_shown(item, builder)}
        found = [medium for medium in found if medium.row.seq in shown - hidden]
        if found:
            return found[-1] if by < 0 else found[0]
        seq = Seq(rows[0].seq if by < 0 else rows[-1].seq)


def _is_shown(item: Item, builder: ItemBuilder) -> bool:
    return not item.recalled or builder.tells(item.seq)
