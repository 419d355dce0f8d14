"""The names of people and groups in a login; independent of who they are.

The real names look like block-cipher texts of the permanent id: an id of at most 15 bytes gives 32 hex digits, a longer
one 64 (inferred from the 99 pairs of a captured MsgType 51, kept by wechat4u's test answers). A keyed hash of the right
length keeps that rule, is different for every login and costs less than a microsecond.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["SPECIAL_NAMES", "TransientNames", "is_group_id", "is_special"]

SPECIAL_NAMES = frozenset(
    {
        "filehelper",
        "fmessage",
        "weixin",
        "weibo",
        "qqmail",
        "qmessage",
        "qqsync",
        "qqfriend",
        "tmessage",
        "floatbottle",
        "lbsapp",
        "shakeapp",
        "medianote",
        "readerapp",
        "blogapp",
        "blogappweixin",
        "facebookapp",
        "masssendapp",
        "meishiapp",
        "feedsapp",
        "voip",
        "brandsessionholder",
        "newsapp",
        "officialaccounts",
        "weixinreminder",
        "wxid_novlwrv3lqwv11",
        "gh_22b87fa7cb3c",
        "notification_messages",
        "notifymessage",
        "userexperience_alarm",
        "wxitil",
    }
)
"""Accounts that keep their literal name in every login (the front-end's list and those seen in clients)."""

_LITERAL_SUFFIXES = ("@qqim", "@lbsroom", "@talkroom")
_SHORT_ID_BYTES = 15


def is_special(permanent_id: str) -> bool:
    """Whether the service shows this id as it is, in every login."""
    return permanent_id in SPECIAL_NAMES or permanent_id.endswith(_LITERAL_SUFFIXES)


def is_group_id(permanent_id: str) -> bool:
    """Whether this permanent id names a group."""
    return permanent_id.endswith("@chatroom")


class TransientNames:
    """The bijection between permanent ids and the UserNames of one login.

    `names(id)` and `names[id]` give the UserName; `permanent(name)` goes back, None for a name of another login.
    `universe` lists every permanent id that may be requested, so that names handed out before a restart stay known.
    """

    def __init__(self, key: bytes, universe: Callable[[], Iterable[str]]) -> None:
        self._key = key
        self._universe = universe
        self._forward: dict[str, str] = {}
        self._backward: dict[str, str] = {}
        self._rooms: dict[str, str] = {}
        self._complete = False

    def __call__(self, permanent_id: str) -> str:
        """The UserName of a permanent id in this login."""
        return self._forward.get(permanent_id) or self._learn(permanent_id)

    __getitem__ = __call__

    def permanent(self, name: str) -> str | None:
        """The permanent id behind a UserName, or None where this login never had that name."""
        known = self._backward.get(name)
        if known is not None or self._complete:
            return known
        for permanent_id in self._universe():
            self(permanent_id)
        self._complete = True
        return self._backward.get(name)

    def forget_completeness(self) -> None:
        """Note that the universe has grown; the next unknown name searches it again."""
        self._complete = False

    def room_key(self, group_id: str) -> str:
        """`EncryChatRoomId` of a group: `@` and 32 hex digits, another one in every login."""
        key = "@" + blake2b(group_id.encode(), key=self._key, person=b"roomkey", digest_size=16).hexdigest()
        self._rooms[key] = group_id
        return key

    def group_of(self, key: str) -> str | None:
        """The permanent id of a group, by its EncryChatRoomId or its UserName: clients send either."""
        if key.startswith("@@"):
            return self.permanent(key)
        if key not in self._rooms:
            for permanent_id in self._universe():
                if is_group_id(permanent_id):
                    self.room_key(permanent_id)
        return self._rooms.get(key)

    def _learn(self, permanent_id: str) -> str:
        name = permanent_id if is_special(permanent_id) else self._cipher(permanent_id)
        self._forward[permanent_id] = name
        self._backward[name] = permanent_id
        return name

    def _cipher(self, permanent_id: str) -> str:
        raw = permanent_id.encode()
        size = 16 if len(raw) <= _SHORT_ID_BYTES and not is_group_id(permanent_id) else 32
        digits = blake2b(raw, key=self._key, digest_size=size).hexdigest()
        return ("@@" if is_group_id(permanent_id) else "@") + digits
