"""The friend requests that the journal holds, for the full screen and for line mode; it asks no server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.model.events import MessageReceived
from hongyan.model.messages import FriendRequest
from hongyan.model.search import Query

if TYPE_CHECKING:
    from hongyan.client.account import Account
    from hongyan.model.events import Recorded

__all__ = ["requests_of"]

_LOOK_BACK_S: Final = 30 * 86_400  # requests end after some time; older ones are only history
_MOST: Final = 100


async def requests_of(account: Account, now: float) -> list[tuple[Recorded, FriendRequest]]:
    """Return the requests of the last weeks, newest first, one for each person."""
    query = Query(kinds=(str(FriendRequest.__struct_config__.tag),), since=now - _LOOK_BACK_S, limit=_MOST)
    rows = await account.search(query)
    hidden = account.local.hidden([row.seq for row in rows])
    found: dict[str, tuple[Recorded, FriendRequest]] = {}
    for row in rows:
        message = row.event.message if isinstance(row.event, MessageReceived) else None
        if isinstance(message, FriendRequest) and row.seq not in hidden:
            found.setdefault(message.username or message.requester or message.nickname, (row, message))
    return list(found.values())
