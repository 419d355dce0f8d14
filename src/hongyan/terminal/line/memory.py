"""What a running terminal remembers of what it showed: numbered lists, messages by number, own sends, requests."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hongyan.model.events import CommandSettled, MessageReceived
from hongyan.model.ids import ChatKey, MsgId
from hongyan.model.messages import FriendRequest
from hongyan.model.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.client.account import Chat
    from hongyan.model.events import Recorded

__all__ = ["Memory", "Own"]

_ROWS: Final = 5000  # rows that can be named by number; older ones are left to /hist


@dataclass(frozen=True, slots=True)
class Own:
    """A message of this account: its journal row, its number on the server and its chat."""

    seq: int
    id: MsgId
    chat: ChatKey


@dataclass(slots=True)
class Memory:
    """``picks`` is the last numbered list, ``requests`` the friend requests by the number they were shown with."""

    picks: list[Chat] = field(default_factory=list)
    requests: dict[int, Recorded] = field(default_factory=dict)
    _rows: OrderedDict[int, Recorded] = field(default_factory=OrderedDict)
    _seq_of: dict[str, int] = field(default_factory=dict)

    def keep(self, recorded: Recorded) -> int:
        """Remember a row; return the number of a friend request, 0 for anything else."""
        self._rows[recorded.seq] = recorded
        self._rows.move_to_end(recorded.seq)
        self._seq_of[_id_of(recorded)] = recorded.seq
        while len(self._rows) > _ROWS:
            _, oldest = self._rows.popitem(last=False)
            self._seq_of.pop(_id_of(oldest), None)
        return self._numbered(recorded)

    def _numbered(self, recorded: Recorded) -> int:
        if not isinstance(recorded.event, MessageReceived) or not isinstance(
            recorded.event.message, FriendRequest
        ):
            return 0
        known = next((n for n, row in self.requests.items() if row.seq == recorded.seq), 0)
        number = known or len(self.requests) + 1
        self.requests[number] = recorded
        return number

    def find(self, number: str) -> Recorded | None:
        """Return the row with a journal number or with a message's number on the server."""
        return self._rows.get(whole(number, -1)) or self._rows.get(self._seq_of.get(number, 0))

    def own(
        self, number: str, chat: str = "", *, gone: Callable[[MsgId], bool] = lambda _: False
    ) -> Own | None:
        """Return the account's message with that number; without one the last (in ``chat``, where given) that is not ``gone``."""
        if number:
            recorded = self.find(number)
            return _own(recorded) if recorded else None
        owned = filter(None, (_own(self._rows[seq]) for seq in sorted(self._rows, reverse=True)))
        return next((own for own in owned if chat in {"", own.chat} and not gone(own.id)), None)


def _id_of(recorded: Recorded) -> str:
    own, event = _own(recorded), recorded.event
    return own.id if own else event.message.id if isinstance(event, MessageReceived) else ""


def _own(recorded: Recorded) -> Own | None:
    event = recorded.event
    if isinstance(event, MessageReceived) and event.message.outgoing and event.message.id:
        return Own(recorded.seq, event.message.id, recorded.chat)
    if isinstance(event, CommandSettled) and event.row.command.is_message:
        # Only a message that the server took has a number, and only with it can it be recalled.
        chat = getattr(event.row.command, "chat", recorded.chat)
        taken = event.row.outcome.happened and event.row.result
        return Own(recorded.seq, MsgId(event.row.result), chat) if taken else None
    return None
