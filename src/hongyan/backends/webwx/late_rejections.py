"""Finds the message that a late rejection means: the service sends it as a system message after it had accepted the send.

It knows which sentences reject and whom they may mean, and neither sends nor reads sentences itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from hongyan.errors import Blocked, HongyanError, NotFriends, TooFast
from hongyan.model.commands import ActionKind, Outcome, Settlement, chat_of
from hongyan.model.error_codec import PERHAPS, failed
from hongyan.model.events import MessageReceived
from hongyan.model.ids import Seq
from hongyan.model.messages import NotAFriend, Notice, SendBlocked, SendTooFast
from hongyan.model.times import shown_at

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from hongyan.model.commands import CommandRow
    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey
    from hongyan.ports import Store

__all__ = ["LateRejections"]

_WITHIN_S: Final = 30.0  # a refusal follows the yes within seconds
_SKEW_S: Final = 5.0  # the service stamps whole seconds, by its own clock
_ASTRAY_S: Final = (
    120.0  # clocks may differ so much; an older one was waiting at the service and means another message
)
_LOOK_BACK: Final = 300  # journal rows before a crash that may hold an unhandled rejection

_ERRORS: Final[Mapping[type, Callable[[str], HongyanError]]] = {
    NotAFriend: NotFriends,
    SendBlocked: Blocked,
    SendTooFast: lambda said: TooFast("webwxsync", said),
}


class _Rejection(NamedTuple):
    chat: ChatKey
    heard_at: float
    created_at: float
    error: HongyanError


class LateRejections:
    """Settles messages by the system messages that follow them. ``widen`` closes a bucket and returns until when.

    ``skew()`` is how many seconds our clock is ahead of the service's, which dates the rejections.
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], float],
        widen: Callable[[ActionKind], Awaitable[float]],
        skew: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._skew = skew
        self._store = store
        self._now = clock
        self._widen = widen
        self._pending: list[_Rejection] = []

    async def catch_up(self) -> None:
        """Handle rejections that a killed program had written into the journal and not acted upon."""
        after = Seq(max(0, self._store.journal.latest() - _LOOK_BACK))
        await self.heard(self._store.journal.read(after, limit=_LOOK_BACK))

    async def heard(self, written: Sequence[Recorded]) -> None:
        """Find rejections in new journal rows; handling one twice changes nothing."""
        for recorded in written:
            if (refusal := _refusal(recorded)) is not None:
                self._pending.append(refusal._replace(created_at=refusal.created_at + self._skew()))
                await self.settled(refusal.chat)

    async def settled(self, chat: ChatKey) -> None:
        """Handle the rejections of a chat in which no message is on its way: one on its way may be the one that is meant."""
        mine = [refusal for refusal in self._pending if refusal.chat == chat]
        if not mine or any(
            row.command.is_message and chat_of(row.command) == chat
            for row, *_ in self._store.outbox.in_doubt()
        ):
            return
        self._pending = [refusal for refusal in self._pending if refusal.chat != chat]
        for refusal in mine:
            await self._blame(refusal)

    async def _blame(self, refusal: _Rejection) -> None:
        """Let the newest accepted message of the chat have failed; the others become unconfirmed."""
        earliest = min(refusal.heard_at, refusal.created_at) - _WITHIN_S
        suspects = [
            row
            for row in self._store.outbox.accepted(refusal.chat, since=earliest)
            if _may_mean(refusal, row)
        ]
        until = await self._slow_down(refusal, suspects)
        for number, row in enumerate(suspects):
            settlement = failed(row.id, refusal.error, until)._replace(result=row.result)
            if number:
                text_of_error = str(getattr(refusal.error, "said", ""))
                settlement = Settlement(row.id, Outcome.UNCONFIRMED, row.result, PERHAPS, text_of_error)
            await self._store.settle(settlement, now=self._now())

    async def _slow_down(self, refusal: _Rejection, suspects: Sequence[CommandRow]) -> float | None:
        """Close the bucket if the rate was the reason; an old rejection means nothing for the present rate."""
        error = refusal.error
        if not isinstance(error, TooFast) or self._now() - refusal.created_at > _ASTRAY_S:
            return None
        error.retry_at = await self._widen(
            (suspects[0].command.action if suspects else None) or ActionKind.SEND
        )
        return error.retry_at


def _refusal(recorded: Recorded) -> _Rejection | None:
    """Return the rejection in a journal row; only the service's own system messages have one, whatever people write."""
    match recorded.event:
        case MessageReceived(message=Notice(event=event) as notice) if type(event) in _ERRORS:
            error = _ERRORS[type(event)](notice.plain or notice.text)
            created = shown_at(notice.created_at, recorded.received_at)
            return _Rejection(recorded.chat, recorded.received_at, created, error)
        case _:
            return None


def _may_mean(refusal: _Rejection, row: CommandRow) -> bool:
    """Whether a message was sent shortly before the rejection, by our clock or by the service's."""
    if row.settled_at is None or (row.sent_at or row.settled_at) > refusal.heard_at:
        return False
    later = refusal.created_at - row.settled_at
    by_ours = refusal.heard_at - row.settled_at <= _WITHIN_S and later > -_ASTRAY_S
    return by_ours or -_SKEW_S <= later <= _WITHIN_S
