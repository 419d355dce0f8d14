"""Calls that change friends and groups. Several are withdrawn on the real service since 2018 and answer 1 there."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, StrEnum
from typing import Final

from msgspec import Struct

from hongyan.errors import UsageError
from hongyan.model.contacts import Member
from hongyan.model.ids import TransientName
from hongyan.webwx.calls.caller import BY_INVITATION, Caller, accepted, answered, milliseconds, require
from hongyan.webwx.http import ApiCall, Response
from hongyan.webwx.parse import parse_new_group

__all__ = [
    "CreatedGroup",
    "MembersCall",
    "Verify",
    "change_group",
    "create_group",
    "must_invite",
    "pin",
    "remark",
    "verify",
]

_WEB: Final = 33  # the scene of a request that was made on the web
_ALSO: Final = frozenset({BY_INVITATION})
_REMARK: Final = 2
_PIN: Final = 3


class Verify(IntEnum):
    """What webwxverifyuser does; the front-end knows 4 to 6 as well and never sends them."""

    FOLLOW = 1  # follow an official account, or add without a question
    REQUEST = 2
    ACCEPT = 3
    REJECT = 4


def verify(
    caller: Caller, what: Verify, person: TransientName, *, ticket: str = "", text: str = ""
) -> ApiCall[None]:
    """Send a friend request (``text`` is the greeting), or answer one with the ticket that came with it.

    ``VerifyUserList`` must be an array: since June 2017 an object is answered with 1 (vbot).
    """
    body = {
        "Opcode": int(what),
        "VerifyUserListSize": 1,
        "VerifyUserList": [{"Value": person, "VerifyUserTicket": ticket}],
        "VerifyContent": text,
        "SceneListCount": 1,
        "SceneList": [_WEB],
        "skey": caller.credentials.skey,
    }
    read = accepted("webwxverifyuser", caller.now)
    return caller.post("webwxverifyuser", body, read, query=(("r", milliseconds(caller.now)),))


def remark(caller: Caller, person: TransientName, name: str) -> ApiCall[None]:
    """Give a friend a name of mine. Since about 2023 the real service accepts this and changes nothing."""
    body = {"UserName": person, "CmdId": _REMARK, "RemarkName": name}
    return caller.post("webwxoplog", body, accepted("webwxoplog", caller.now))


def pin(caller: Caller, chat: TransientName, *, on: bool, present_remark: str) -> ApiCall[None]:
    """Pin a chat to the top or not. The present remark must be repeated: leaving it out wipes it (wechat4u)."""
    body = {"UserName": chat, "CmdId": _PIN, "OP": int(on), "RemarkName": present_remark}
    return caller.post("webwxoplog", body, accepted("webwxoplog", caller.now))


class CreatedGroup(Struct, frozen=True):
    """A new group. ``by_invitation``: some members must accept first."""

    name: TransientName
    members: tuple[Member, ...]
    by_invitation: bool


def create_group(caller: Caller, members: Sequence[TransientName], topic: str = "") -> ApiCall[CreatedGroup]:
    """Make a group with at least two others. The most limited call of all: 1 or 1205 after a few."""
    if len(members) < 2:
        raise UsageError("a group needs at least two others", "Name two or more friends.")

    def read(response: Response) -> CreatedGroup:
        answer = parse_new_group(answered("webwxcreatechatroom", response))
        require("webwxcreatechatroom", answer.ret, answer.err_msg, caller.now, also=_ALSO)
        return CreatedGroup(TransientName(answer.name), answer.members, answer.ret == BY_INVITATION)

    body = {"MemberCount": len(members), "MemberList": [{"UserName": m} for m in members], "Topic": topic}
    return caller.post("webwxcreatechatroom", body, read, query=(("r", milliseconds(caller.now)),))


class MembersCall(StrEnum):
    """What webwxupdatechatroom does (its ``fun``)."""

    ADD = "addmember"
    INVITE = "invitemember"
    REMOVE = "delmember"
    RENAME = "modtopic"
    QUIT = "quitchatroom"


_FIELD: Final = {
    MembersCall.ADD: "AddMemberList",
    MembersCall.INVITE: "InviteMemberList",
    MembersCall.REMOVE: "DelMemberList",
    MembersCall.RENAME: "NewTopic",
}


def change_group(caller: Caller, group: TransientName, change: MembersCall, value: str = "") -> ApiCall[None]:
    """Change a group; ``value`` is the new name, or member names joined by commas."""
    extra = {_FIELD[change]: value} if change in _FIELD else {}
    read = accepted("webwxupdatechatroom", caller.now, _ALSO)
    body = {"ChatRoomName": group, **extra}
    return caller.post("webwxupdatechatroom", body, read, query=(("fun", str(change)),))


def must_invite(caller: Caller, present: int, new: int) -> bool:
    """Whether new members can only be invited: present and new together reach the server's limit (front-end, 40)."""
    return present + new >= caller.credentials.invite_start_count
