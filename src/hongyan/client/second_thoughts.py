"""What a person does about a command that is already in the outbox: once more, or taken back; the server is not asked here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.errors import UsageError
from hongyan.model.commands import CANCELLED, AcceptFriend, IdempotencyKey, Outcome, RecallMessage, chat_of
from hongyan.model.events import CommandSettled, MessageReceived
from hongyan.model.ids import MsgId, Seq
from hongyan.model.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hongyan.client.account import Account, Chat, Receipt
    from hongyan.model.commands import Command, CommandRow
    from hongyan.model.events import Recorded
    from hongyan.model.ids import CommandId

__all__ = ["accept_friend", "open_recall", "recall_once", "require_standing", "retry", "take_back"]

_LOOK_BACK: Final = 200
_AGAIN: Final = "hongyan outbox retry"
_ACCEPT: Final = "hongyan accept"
_RECALL: Final = "hongyan recall"


async def retry(account: Account, command: CommandId) -> Receipt:
    """Do once more what failed or of which nobody knows, as a new command with a number of its own, and return it.

    The old one is put aside. Asked twice about the same command it happens once. UsageError for one that is open or done.
    """
    row = account.command(command).row
    if row.outcome is Outcome.UNCONFIRMED or row.outcome is Outcome.FAILED:
        receipt = await account.do(row.command, origin=IdempotencyKey(_AGAIN, Seq(row.id), 0))
        await account.drop(command)
        return receipt
    advice = "It goes by itself." if row.open else "Send the message anew if it is to come twice."
    raise UsageError(f"command {command} is {row.outcome}; there is nothing to do again", advice)


async def accept_friend(account: Account, recorded: Recorded) -> Receipt:
    """Accept the friend request of a journal row; asked twice it happens once, and after a failure it is tried anew."""
    attempt = 0
    while True:
        origin = IdempotencyKey(_ACCEPT, recorded.seq, attempt)
        before = account.asked(origin)
        receipt = await account.do(AcceptFriend(seq=recorded.seq), origin=origin)
        if before is None or receipt.row.outcome is not Outcome.FAILED:
            return receipt
        attempt += 1


async def recall_once(account: Account, chat: Chat, message: MsgId) -> Receipt:
    """Ask to take a message back; programs that ask at once share one command, and after a failure it is tried anew."""
    command, number, attempt = RecallMessage(chat=chat.key, message=message), whole(message, 0), 0
    while number > 0:
        origin = IdempotencyKey(_RECALL, Seq(number), attempt)
        before = account.asked(origin)
        receipt = await account.do(command, origin=origin)
        if before is None or receipt.row.outcome not in {Outcome.FAILED, Outcome.UNCONFIRMED}:
            return receipt
        attempt += 1
    return await account.do(command)


def open_recall(account: Account, message: MsgId) -> CommandRow | None:
    """Return the command by which a message is just being taken back, None where there is none."""
    return next(
        (row for row in account.outbox(_LOOK_BACK) if row.open and row.command == _recall_of(row, message)),
        None,
    )


def _recall_of(row: CommandRow, message: MsgId) -> Command:
    return RecallMessage(chat=chat_of(row.command), message=message)


async def take_back(
    account: Account,
    chat: Chat,
    message: MsgId | None = None,
    limit: float | None = None,
    *,
    patience: float | None = None,
    since: float | None = None,
) -> CommandRow:
    """Take back an own message (the last one where none is named) and return the row that tells of it.

    One that still waits is dropped instead; one that is on its way is waited for, ``limit`` seconds at most. Messages put
    off to a later time are not meant by "the last one". Raises what ``Receipt.accepted`` raises, UsageError where there
    is nothing to take back; ``patience`` is that of ``Receipt.settled``. The service refuses what is older than two minutes.

    ``since`` (Unix seconds) is when it was asked for: what others took back after that is still the last one, so that the
    same wish of several programs at once costs one message; the row of the one that was faster is returned.
    """
    if message is None and since is not None and (done := _done_since(account, chat, since)) is not None:
        return await account.command(done.id).accepted(limit, patience=patience) if done.open else done
    if message is None and (waiting := _last_open(account, chat)) is not None:
        if waiting.outcome is Outcome.QUEUED:
            return await account.drop(waiting.id)
        message = MsgId((await account.command(waiting.id).accepted(limit, patience=patience)).result)
    number = message or _last_own(account, chat)
    return await (await account.recall(chat, number)).accepted(limit, patience=patience)


def require_standing(account: Account, message: MsgId) -> None:
    """UsageError where a message is known to be taken back; whether it is too late the service decides.

    Its age here is a difference of two wall times, and the clock may have been set between them.
    """
    if account.recalled(message):
        raise UsageError(f"the message {message} has been taken back already")


def _done_since(account: Account, chat: Chat, since: float) -> CommandRow | None:
    """Return the command by which somebody took back a message of a chat, or the send that was dropped, after ``since``."""
    for row in account.outbox(_LOOK_BACK):
        if chat_of(row.command) != chat.key:
            continue
        if isinstance(row.command, RecallMessage):
            happened = (
                row.created_at if row.open or row.outcome in {Outcome.ACCEPTED, Outcome.ECHOED} else 0.0
            )
        else:
            happened = (row.settled_at or 0.0) if row.command.is_message and row.reason == CANCELLED else 0.0
        if happened >= since:
            return row
    return None


def _last_open(account: Account, chat: Chat) -> CommandRow | None:
    rows = (row for row in account.outbox(_LOOK_BACK) if chat_of(row.command) == chat.key)
    return next((row for row in rows if row.open and row.due_at is None and row.command.is_message), None)


def _last_own(account: Account, chat: Chat) -> MsgId:
    """Return the number of the newest own message in a chat that was not taken back."""
    for number in _own(account, chat):
        if not account.recalled(number):
            return number
    raise UsageError(f"nothing of yours is known in {chat.name!r}", "Give the number that send printed.")


def _own(account: Account, chat: Chat) -> Iterator[MsgId]:
    """Yield the numbers of own messages, newest first."""
    for recorded in reversed(account.history(chat, _LOOK_BACK)):
        if number := _own_number(recorded):
            yield MsgId(number)


def _own_number(recorded: Recorded) -> str:
    event = recorded.event
    if isinstance(event, MessageReceived):
        return str(event.message.id) if event.message.outgoing else ""
    if isinstance(event, CommandSettled) and event.row.outcome.happened and event.row.command.is_message:
        return event.row.result
    return ""
