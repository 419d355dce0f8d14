"""Recalls messages of this account: a queued one is canceled, a sent one is recalled, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.client.arguments import require_sendable
from hongyan.errors import UsageError
from hongyan.model.commands import CANCELLED, IdempotencyKey, Outcome, RecallMessage, chat_of
from hongyan.model.events import CommandSettled, MessageReceived
from hongyan.model.ids import MsgId, Seq
from hongyan.model.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hongyan.client.archive import AccountArchive
    from hongyan.client.chats import Chat
    from hongyan.client.outbox import AccountOutbox
    from hongyan.client.receipts import Receipt
    from hongyan.model.commands import Command, CommandRow
    from hongyan.model.events import Recorded

__all__ = ["recall", "recall_last"]

_LOOK_BACK: Final = 200
_RECALL: Final = "hongyan recall"


async def recall(outbox: AccountOutbox, archive: AccountArchive, chat: Chat, message: MsgId) -> Receipt:
    """Recall a message of this account, which the service allows for two minutes; UsageError where it is recalled already."""
    _require_standing(archive, message)
    if (row := _open_recall(outbox, message)) is not None:
        return outbox.command(row.id)  # repeated, it happens once
    require_sendable(chat)
    return await _recall_once(outbox, chat, message)


async def _recall_once(outbox: AccountOutbox, chat: Chat, message: MsgId) -> Receipt:
    """Ask to take a message back; programs that ask at once share one command, and after a failure it is tried anew."""
    command, number, attempt = RecallMessage(chat=chat.key, message=message), whole(message, 0), 0
    while number > 0:
        idempotency_key = IdempotencyKey(_RECALL, Seq(number), attempt)
        before = outbox.asked(idempotency_key)
        receipt = await outbox.add(command, idempotency_key=idempotency_key)
        if before is None or not receipt.row.outcome.went_wrong:
            return receipt
        attempt += 1
    return await outbox.add(command)


def _open_recall(outbox: AccountOutbox, message: MsgId) -> CommandRow | None:
    """Return the command that is recalling a message now, None if there is none."""
    return next(
        (row for row in outbox(_LOOK_BACK) if row.open and row.command == _recall_of(row, message)),
        None,
    )


def _recall_of(row: CommandRow, message: MsgId) -> Command:
    return RecallMessage(chat=chat_of(row.command), message=message)


async def recall_last(
    outbox: AccountOutbox,
    archive: AccountArchive,
    chat: Chat,
    message: MsgId | None = None,
    limit: float | None = None,
    *,
    patience: float | None = None,
    since: float | None = None,
) -> CommandRow:
    """Recall a message of this account (the last one if none is named) and return the row of the recall.

    One that still waits is dropped instead; one that is on its way is waited for, ``limit`` seconds at most. Messages put
    off to a later time are not meant by "the last one". Raises what ``Receipt.accepted`` raises, UsageError where there
    is nothing to recall; ``patience`` is that of ``Receipt.settled``. The service refuses what is older than two minutes.

    ``since`` (Unix seconds) is when it was asked for: what others took back after that is still the last one, so that the
    same wish of several programs at once costs one message; the row of the one that was faster is returned.
    """
    if message is None and since is not None and (done := _done_since(outbox, chat, since)) is not None:
        return await outbox.command(done.id).accepted(limit, patience=patience) if done.open else done
    if message is None and (waiting := _last_open(outbox, chat)) is not None:
        if waiting.outcome is Outcome.QUEUED:
            return await outbox.drop(waiting.id)
        message = MsgId((await outbox.command(waiting.id).accepted(limit, patience=patience)).result)
    number = message or _last_own(archive, chat)
    return await (await recall(outbox, archive, chat, number)).accepted(limit, patience=patience)


def _require_standing(archive: AccountArchive, message: MsgId) -> None:
    """UsageError for a message that is known to be recalled; the service decides whether it is too late.

    Its age here is a difference of two wall times, and the clock may have been set between them.
    """
    if archive.recalled(message):
        raise UsageError(f"the message {message} has already been recalled")


def _done_since(outbox: AccountOutbox, chat: Chat, since: float) -> CommandRow | None:
    """Return the command by which a message of a chat was recalled, or the send that was dropped, after ``since``."""
    for row in outbox(_LOOK_BACK):
        if chat_of(row.command) != chat.key:
            continue
        if isinstance(row.command, RecallMessage):
            happened = row.created_at if row.open or row.outcome.happened else 0.0
        else:
            happened = (row.settled_at or 0.0) if row.command.is_message and row.reason == CANCELLED else 0.0
        if happened >= since:
            return row
    return None


def _last_open(outbox: AccountOutbox, chat: Chat) -> CommandRow | None:
    rows = (row for row in outbox(_LOOK_BACK) if chat_of(row.command) == chat.key)
    return next((row for row in rows if row.open and row.due_at is None and row.command.is_message), None)


def _last_own(archive: AccountArchive, chat: Chat) -> MsgId:
    """Return the number of the account's newest message in a chat that was not recalled."""
    for number in _own(archive, chat):
        if not archive.recalled(number):
            return number
    raise UsageError(f"no message of yours is known in {chat.name!r}", "Give the number that send printed.")


def _own(archive: AccountArchive, chat: Chat) -> Iterator[MsgId]:
    """Yield the numbers of this account's messages, newest first."""
    for recorded in reversed(archive.history(chat, _LOOK_BACK)):
        if number := _own_number(recorded):
            yield MsgId(number)


def _own_number(recorded: Recorded) -> str:
    event = recorded.event
    if isinstance(event, MessageReceived):
        return str(event.message.id) if event.message.outgoing else ""
    if isinstance(event, CommandSettled) and event.row.outcome.happened and event.row.command.is_message:
        return event.row.result
    return ""
