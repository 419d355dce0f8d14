"""The server's JSON answers to everything but a sync, read into values; it decides nothing.

Every function raises ``ProtocolChanged`` for bytes that are not such an answer, and nothing else. A refusal (a ``ret`` other
than 0) is a value here: its meaning depends on the call. Secrets are in no repr.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final, TypeVar

from msgspec import Struct

from hongyan.errors import ProtocolChanged, UnreadableJson
from hongyan.model.contacts import ContactChange, Member
from hongyan.model.ids import TransientName, Uin
from hongyan.redaction import redacted
from hongyan.webwx.boundary import contained, only_errors
from hongyan.webwx.contacts import change_of, change_of_user, member_of
from hongyan.webwx.lenient_json import read_object
from hongyan.webwx.parse.answer import Answer
from hongyan.webwx.wire import (
    SyncKey,
    WireBatch,
    WireContact,
    WireContacts,
    WireInit,
    WireNewGroup,
    WireResponse,
    WireUser,
)

__all__ = [
    "BareAnswer",
    "BatchAnswer",
    "ContactsAnswer",
    "InitAnswer",
    "NewGroup",
    "parse_batch",
    "parse_contacts",
    "parse_init",
    "parse_new_group",
    "parse_receipt",
]

S = TypeVar("S", bound=Struct)

_HEAD: Final = frozenset({"BaseResponse"})
_INIT: Final = _HEAD | {"ContactList", "SyncKey", "User", "ChatSet", "SKey", "ClientVersion", "SystemTime"}
_INIT_ALL: Final = _INIT | {"GrayScale", "InviteStartCount", "MPSubscribeMsgList", "ClickReportInterval"}


@redacted
class InitAnswer(Answer, frozen=True, kw_only=True):
    """webwxinit. ``ret`` is None if the answer has none; only with 0 are the other fields to be used.

    ``recent`` is the list of recent chats as sent, repeats included. ``sync_key`` is None where it is missing or empty.
    """

    secret_fields = frozenset({"skey", "uin"})

    ret: int | None = None
    err_msg: str = ""
    me: ContactChange
    uin: Uin = Uin(0)
    contacts: tuple[ContactChange, ...] = ()
    recent: tuple[TransientName, ...] = ()
    sync_key: SyncKey | None = None
    skey: str = ""
    system_time: int = 0
    invite_start_count: int = 0
    rung: str = "strict"

    @property
    def usable(self) -> bool:
        """Whether the server accepted: a refusal can look like a complete, empty answer."""
        return self.ret == 0


class ContactsAnswer(Answer, frozen=True, kw_only=True):
    """webwxgetcontact: one page. ``seq`` asks for the next one while it is not 0; ``count`` is the server's figure.

    ``figures`` is False where either was left out; a ``broken`` page was cut apart, and its end may be lost.
    """

    ret: int | None = None
    err_msg: str = ""
    contacts: tuple[ContactChange, ...] = ()
    count: int = 0
    seq: int = 0
    figures: bool = True
    rung: str = "strict"

    @property
    def broken(self) -> bool:
        """Whether the answer was not whole JSON."""
        return self.rung == "cut"

    @property
    def entries(self) -> int:
        """How many records were received, and how many of them this version could not read."""
        return len(self.contacts) + len(self.faults)

    @property
    def usable(self) -> bool:
        """Whether the server accepted: a refusal is not an empty address book."""
        return self.ret == 0


class BatchAnswer(Answer, frozen=True, kw_only=True):
    """webwxbatchgetcontact: full records, groups with their members.

    A ``broken`` answer was cut apart: what looks like a record in it may be a member of a group.
    """

    ret: int | None = None
    err_msg: str = ""
    contacts: tuple[ContactChange, ...] = ()
    count: int = 0
    rung: str = "strict"

    @property
    def broken(self) -> bool:
        """Whether the answer was not whole JSON."""
        return self.rung == "cut"


class NewGroup(Answer, frozen=True, kw_only=True):
    """webwxcreatechatroom: the new group's name and the people who were added."""

    ret: int | None = None
    err_msg: str = ""
    name: str = ""
    topic: str = ""
    members: tuple[Member, ...] = ()
    count: int = 0


class BareAnswer(Answer, frozen=True, kw_only=True):
    """Any answer of which only ``BaseResponse`` matters."""

    ret: int | None = None
    err_msg: str = ""


def _read(endpoint: str, body: bytes, kind: type[S], names: frozenset[str]) -> tuple[S, str]:
    try:
        return read_object(body, kind, names)
    except UnreadableJson as failure:
        raise ProtocolChanged(endpoint, failure.problem) from failure


def _ret(response: WireResponse | None) -> tuple[int | None, str]:
    return (response.ret, response.err_msg) if response else (None, "")


def _changes(
    records: Sequence[WireContact], me: str, *, full: bool = False
) -> tuple[tuple[ContactChange, ...], tuple[Exception, ...]]:
    """Return the values read from the records, without those that could not be read, and the faults of ours among these."""
    read = [contained(partial(change_of, record, me, full=full), lambda _: None) for record in records]
    return tuple(c for c, _ in read if c is not None), tuple(f for _, f in read if f is not None)


def usable_key(key: SyncKey | None) -> SyncKey | None:
    """Return a key that may replace the one in use; an empty one may not, nor one with pairs missing."""
    return key if key and key.list and key.count in {0, len(key.list)} else None


@only_errors("webwxinit")
def parse_init(body: bytes) -> InitAnswer:
    """Read webwxinit's answer."""
    wire, rung = _read("webwxinit", body, WireInit, _INIT_ALL)
    user = wire.user or WireUser()
    ret, err_msg = _ret(wire.base_response)
    contacts, faults = _changes(wire.contact_list, user.user_name)
    return InitAnswer(
        ret=ret,
        err_msg=err_msg,
        me=change_of_user(user),
        uin=Uin(user.uin),
        contacts=contacts,
        faults=faults,
        recent=tuple(TransientName(n) for n in wire.chat_set.split(",") if n),
        sync_key=usable_key(wire.sync_key),
        skey=wire.s_key,
        system_time=wire.system_time,
        invite_start_count=wire.invite_start_count,
        rung=rung,
    )


@only_errors("webwxgetcontact")
def parse_contacts(body: bytes, me: str = "") -> ContactsAnswer:
    """Read one page of webwxgetcontact."""
    # Not cut at MemberCount, which every contact has as well; the list ends where Seq begins.
    wire, rung = _read("webwxgetcontact", body, WireContacts, _HEAD | {"MemberList", "Seq"})
    ret, err_msg = _ret(wire.base_response)
    contacts, faults = _changes(wire.member_list, me, full=True)
    return ContactsAnswer(
        ret=ret,
        err_msg=err_msg,
        contacts=contacts,
        faults=faults,
        count=max(wire.member_count, 0),
        seq=max(wire.seq, 0),
        figures=wire.member_count >= 0 and wire.seq >= 0,
        rung=rung,
    )


@only_errors("webwxbatchgetcontact")
def parse_batch(body: bytes, me: str = "") -> BatchAnswer:
    """Read webwxbatchgetcontact's answer."""
    wire, rung = _read("webwxbatchgetcontact", body, WireBatch, _HEAD | {"Count", "ContactList"})
    ret, err_msg = _ret(wire.base_response)
    contacts, faults = _changes(wire.contact_list, me, full=True)
    return BatchAnswer(
        ret=ret,
        err_msg=err_msg,
        contacts=contacts,
        faults=faults,
        count=wire.count,
        rung=rung,
    )


@only_errors("webwxcreatechatroom")
def parse_new_group(body: bytes) -> NewGroup:
    """Read webwxcreatechatroom's answer."""
    names = _HEAD | {"Topic", "MemberList", "ChatRoomName", "BlackList"}
    wire, _ = _read("webwxcreatechatroom", body, WireNewGroup, names)
    ret, err_msg = _ret(wire.base_response)
    members = tuple(member_of(m) for m in wire.member_list)
    return NewGroup(
        ret=ret,
        err_msg=err_msg,
        name=TransientName(wire.chat_room_name),
        topic=wire.topic,
        members=members,
        count=wire.member_count,
    )


class _WireReceipt(Struct, rename="pascal"):
    base_response: WireResponse | None = None


@only_errors("the service")
def parse_receipt(body: bytes, endpoint: str = "the service") -> BareAnswer:
    """Read the ``BaseResponse`` of any JSON answer."""
    wire, _ = _read(endpoint, body, _WireReceipt, _HEAD)
    ret, err_msg = _ret(wire.base_response)
    return BareAnswer(ret=ret, err_msg=err_msg)
