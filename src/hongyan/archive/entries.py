"""The entries of an exported chat as a reader sees them: times, names, words, files; independent of file formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from hongyan.model.commands import SendFile
from hongyan.model.events import CommandSettled, Gap, MessageReceived
from hongyan.model.ids import MsgId
from hongyan.model.messages import File, Recall, Text
from hongyan.model.summary import full
from hongyan.model.times import local, shown_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from hongyan.client.account import Account, Chat
    from hongyan.model.events import Recorded
    from hongyan.model.ids import Seq
    from hongyan.model.summary import LanguageTag

__all__ = ["ArchiveEntry", "entries"]

_PAGE: Final = 1000


class ArchiveEntry(Struct, frozen=True, kw_only=True):
    """One entry. ``at`` is Unix seconds; ``who`` is empty for the service's words; ``file`` is the attached file.

    ``name`` is the name that the sender gave the file, empty if there is none.
    """

    seq: int
    at: float
    who: str
    text: str
    mine: bool = False
    recalled: bool = False
    gap: bool = False
    file: Path | None = None
    name: str = ""

    @property
    def when(self) -> datetime:
        """The time by the local clock."""
        return local(self.at)


def entries(
    account: Account,
    chat: Chat,
    language: LanguageTag,
    *,
    since: float,
    until: float,
    media: bool = True,
    counted: Callable[[int], None] = lambda _: None,
) -> Iterator[ArchiveEntry]:
    """Yield the entries of a chat within two times, oldest first, with the files that are kept where ``media`` is True.

    A page of rows is held at a time, however long the chat is; ``counted`` hears how many rows each had.
    """
    after: Seq | None = None
    while page := account.archive.conversation(chat, after=after, limit=_PAGE):
        recalled = account.archive.recalled(*map(_number, page))
        for row in page:
            entry = _entry(account, row, language, recalled)
            if entry is not None and since <= entry.at < until:
                yield entry if media else replace(entry, file=None)
        after = page[-1].seq
        counted(len(page))


def _number(row: Recorded) -> MsgId:
    event = row.event
    if isinstance(event, CommandSettled):
        return MsgId(event.row.result) if event.row.command.is_message else MsgId("")
    return event.message.id if isinstance(event, MessageReceived) else MsgId("")


def _entry(account: Account, row: Recorded, language: LanguageTag, recalled: set[str]) -> ArchiveEntry | None:
    event = row.event
    if isinstance(event, Gap):
        return ArchiveEntry(seq=row.seq, at=event.until, who="", text=_gap(event, language), gap=True)
    if isinstance(event, CommandSettled):
        return _sent(account, row, event, recalled)
    if not isinstance(event, MessageReceived) or not event.message.shown:
        return None
    message = event.message
    incoming = account.incoming(row)
    return ArchiveEntry(
        seq=row.seq,
        at=shown_at(message.created_at, row.received_at),
        who=incoming.sender_name if incoming is not None and message.sender else "",
        text=full(message, language),
        mine=message.outgoing,
        recalled=bool(message.id) and message.id in recalled and not isinstance(message, Recall),
        file=None if isinstance(message, Text) else account.file(row),
        name=message.name if isinstance(message, File) else "",
    )


def _sent(account: Account, row: Recorded, event: CommandSettled, recalled: set[str]) -> ArchiveEntry | None:
    command = event.row.command
    if not event.row.outcome.may_have_happened:
        return None
    return ArchiveEntry(
        seq=row.seq,
        at=event.row.created_at,
        who=account.me.name,
        text=str(getattr(command, "text", "") or getattr(command, "name", ""))
        or str(command.__struct_config__.tag),
        mine=True,
        recalled=event.row.result in recalled,
        file=account.archive.copy_of(command) if isinstance(command, SendFile) else None,
        name=command.name if isinstance(command, SendFile) else "",
    )


def _gap(gap: Gap, language: LanguageTag) -> str:
    since, until = (local(at).strftime("%Y-%m-%d %H:%M") for at in (gap.since, gap.until))
    if language == "zh":
        return f"{since} 至 {until} 未连接：这段时间的消息只在手机上"
    if language == "zh-TW":
        return f"{since} 至 {until} 未連線：這段時間的訊息只在手機上"
    return f"{since} to {until} not connected: messages of that time are only on the phone"
