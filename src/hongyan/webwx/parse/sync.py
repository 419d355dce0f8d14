"""A sync answer turned into its items in the order in which they are to be handled, each with its own bytes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec import Raw, Struct
from msgspec.structs import replace

from hongyan.errors import UnreadableJson
from hongyan.model.events import ContactChanged, ContactGone, MessageReceived, ProfileChanged, UnknownEvent
from hongyan.model.ids import TransientName
from hongyan.model.messages import Unparsed
from hongyan.redaction import redacted
from hongyan.webwx.boundary import contained
from hongyan.webwx.contacts import avatar_path, change_of
from hongyan.webwx.lenient_json import BROKEN_OFF, read_item, read_object
from hongyan.webwx.markup import decode
from hongyan.webwx.parse.answers import usable_key
from hongyan.webwx.parse.messages import read_message
from hongyan.webwx.salvage import cut_list, cut_members
from hongyan.webwx.wire import SyncKey, WireContact, WireGone, WireProfile, WireSync

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["SyncAnswer", "SyncEvent", "SyncItem", "parse_sync"]

_NAMES: Final = frozenset(
    {
        "BaseResponse",
        "AddMsgCount",
        "AddMsgList",
        "ModContactCount",
        "ModContactList",
        "DelContactCount",
        "DelContactList",
        "ModChatRoomMemberCount",
        "ModChatRoomMemberList",
        "Profile",
        "ContinueFlag",
        "SyncKey",
        "SKey",
        "SyncCheckKey",
    }
)

SyncEvent = MessageReceived | ContactChanged | ContactGone | ProfileChanged | UnknownEvent


class SyncItem(Struct, frozen=True):
    """One item of a sync answer: the event, the bytes it was read from, and a fault of ours in reading them."""

    event: SyncEvent
    raw: bytes
    fault: Exception | None = None


@redacted
class SyncAnswer(Struct, frozen=True, kw_only=True):
    """webwxsync. Items come in the order profile, deletions, changes, messages.

    A key is None where it is missing, empty or lost; only then must the old one stay in use. ``rung`` is how the
    answer could be read (``strict``, ``lenient``, ``cut``, ``broken-off``, ``lost``); ``short``: it counts more messages than it has; ``unreadable`` is set when neither items nor key
    could, and the only item then holds the whole answer. ``fault`` is the fault of ours for which it is.
    """

    ret: int | None = None
    err_msg: str = ""
    items: tuple[SyncItem, ...] = ()
    sync_key: SyncKey | None = None
    sync_check_key: SyncKey | None = None
    skey: str = ""
    more: bool = False
    rung: str = "strict"
    short: bool = False
    unreadable: str = ""
    fault: Exception | None = None

    def __repr__(self) -> str:
        return f"SyncAnswer(ret={self.ret}, {len(self.items)} items, more={self.more}, rung={self.rung!r})"

    @property
    def key_readable(self) -> bool:
        """Whether the next key is there, so that the cycle can continue."""
        return self.sync_key is not None

    @property
    def comes_again(self) -> bool:
        """Whether to request it again: its end is missing, or it is damaged and the key is lost.

        Then nothing of it is to be kept, for the pieces would be taken for the whole things that are still to come.
        """
        damaged = self.rung in {"cut", "lost"}
        return self.rung == BROKEN_OFF or (damaged and not self.key_readable)

    @property
    def doubtful(self) -> bool:
        """Whether something is missing or damaged that might be sound in another copy: worth asking for again, not for ever."""
        return self.short or self.rung == "cut"


def parse_sync(body: bytes, me: str = "") -> SyncAnswer:
    """Read webwxsync's answer; never raises. One damaged item costs no other."""
    answer, fault = contained(lambda: _read(body, me), lambda problem: _lost(body, problem))
    return replace(answer, fault=fault) if fault else answer


def _lost(body: bytes, problem: str) -> SyncAnswer:
    lost = SyncItem(MessageReceived(message=Unparsed(reason=problem, raw=body)), body)
    return SyncAnswer(items=(lost,), rung="lost", unreadable=problem)


def _read(body: bytes, me: str) -> SyncAnswer:
    wire, rung = read_object(body, WireSync, _NAMES)
    if rung == "lenient":
        _keep_bytes(wire, body)
    response = wire.base_response
    return SyncAnswer(
        ret=response.ret if response else None,
        err_msg=response.err_msg if response else "",
        items=tuple(_items(wire, me, damaged=rung in {"cut", BROKEN_OFF})),
        sync_key=usable_key(wire.sync_key),
        sync_check_key=usable_key(wire.sync_check_key),
        skey=wire.s_key,
        more=wire.continue_flag != 0,
        short=wire.add_msg_count > len(wire.add_msg_list),
        rung=rung,
    )


def _keep_bytes(wire: WireSync, body: bytes) -> None:
    """Put the original bytes of each item back where a lenient reading has written them anew."""
    pieces = cut_members(body, _NAMES)
    for name, listed in (
        ("AddMsgList", wire.add_msg_list),
        ("ModContactList", wire.mod_contact_list),
        ("DelContactList", wire.del_contact_list),
    ):
        originals = cut_list(pieces.get(name, b"")) if listed else []
        if len(originals) == len(listed):
            listed[:] = [Raw(o) for o in originals]


def _items(wire: WireSync, me: str, *, damaged: bool) -> Iterator[SyncItem]:
    if bytes(wire.profile) not in {b"", b"null"}:
        yield from _item(bytes(wire.profile), "a profile", _profile)
    for raw in wire.del_contact_list:
        yield from _item(bytes(raw), "a deletion", _gone)
    for raw in wire.mod_contact_list:
        yield from _item(bytes(raw), "a contact", partial(_changed, me=me, damaged=damaged))
    for raw in wire.add_msg_list:
        kept = bytes(raw)
        message, fault = read_message(kept, me)
        yield SyncItem(MessageReceived(message=message), kept, fault)


def _item(raw: bytes, what: str, read: Callable[[bytes], SyncEvent | None]) -> Iterator[SyncItem]:
    """Yield the results of ``read`` on ``raw``: nothing if there are none, and never an exception."""
    event, fault = contained(
        lambda: read(raw), lambda problem: UnknownEvent(said=f"{what} that cannot be read: {problem}")
    )
    if event is not None:
        yield SyncItem(event, raw, fault)


def _profile(raw: bytes) -> ProfileChanged | None:
    """Return a change of the account itself; with ``BitFlag`` 0 the profile is empty padding."""
    profile = read_item(raw, WireProfile)
    if not profile.bit_flag:
        return None
    nickname = decode(profile.nick_name.buff) if profile.nick_name else ""
    return ProfileChanged(nickname=nickname, avatar=avatar_path(profile.head_img_url))


def _gone(raw: bytes) -> ContactGone:
    return ContactGone(name=TransientName(read_item(raw, WireGone).user_name))


def _changed(raw: bytes, me: str, *, damaged: bool) -> ContactChanged:
    if damaged and WireContact.telling not in raw:  # a member of a group whose record is damaged
        raise UnreadableJson("a piece of a record")
    return ContactChanged(change=change_of(read_item(raw, WireContact), me))
