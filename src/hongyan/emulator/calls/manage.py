"""Calls by which a client changes things: recalls, friend requests, remarks, pins, groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hongyan.emulator import compose, groups
from hongyan.emulator import encode as wire
from hongyan.emulator.answers import HttpAnswer, json_answer
from hongyan.emulator.call import IncomingCall, Refusal
from hongyan.emulator.calls.contacts import INVITE_START
from hongyan.emulator.core import AuthLevel
from hongyan.emulator.dispatch import PREFIX, Route
from hongyan.emulator.world import Group, Member

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["RECALL_SECONDS", "ROUTES"]

RECALL_SECONDS = 120.0
"""A message can be recalled for two minutes."""

FAILED, BAD_PARAMETER, TOO_OFTEN, TO_BE_INVITED = -1, 1, 1205, -2013
_TOO_OFTEN_TEXT = "操作太频繁，请稍后再试。"
FOLLOW, REQUEST, ACCEPT, REJECT = 1, 2, 3, 4
REMARK, PIN = 2, 3
_OFFICIAL = 8
_DELETED_ME, _BLOCKED_ME = 4, 3
_MEMBER_CALLS = frozenset({"addmember", "invitemember", "delmember"})


async def revoke(call: IncomingCall) -> HttpAnswer:
    """Recall a message of the account, within two minutes, in the chat it was sent to."""
    if not call.text("ClientMsgId"):
        raise Refusal(BAD_PARAMETER)
    login = call.login
    account = call.account
    message = account.messages.get(call.number("SvrMsgId"))
    chat = login.names.permanent(call.text("ToUserName"))
    if message is None or message.sender != account.id or message.chat != chat or message.recalled:
        raise Refusal(BAD_PARAMETER)
    if call.service.clock.now() - message.time > RECALL_SECONDS:
        raise Refusal(FAILED, "消息发送时间超过2分钟，不能被撤回。")
    account.recall(message, but=login)
    return json_answer({"Introduction": "", "SysWording": "你撤回了一条消息"})


async def verify_user(call: IncomingCall) -> HttpAnswer:
    """Request, follow, accept or reject; `VerifyUserList` must be a list."""
    listed = call.records("VerifyUserList")
    if not listed:
        raise Refusal(BAD_PARAMETER)
    act = _VERIFY.get(call.number("Opcode"))
    if act is None:
        raise Refusal(BAD_PARAMETER)
    for item in listed:
        person = call.login.names.permanent(str(item.get("Value") or ""))
        if person is None or person not in call.account.world.people:
            raise Refusal(BAD_PARAMETER)
        act(call, person, str(item.get("VerifyUserTicket") or ""))
    return json_answer({})


def _request_friend(call: IncomingCall, person: str, ticket: str) -> None:
    del ticket
    account = call.account
    if not call.service.limits.allows(account.id, "verify"):
        raise Refusal(TOO_OFTEN, _TOO_OFTEN_TEXT)
    if account.world.people[person].verify_flag & _OFFICIAL:
        groups.befriend(account, person, by_account=True)
    else:
        account.asked[person] = call.text("VerifyContent")
        account.inbox_event.ring()


def _accept_friend(call: IncomingCall, person: str, ticket: str) -> None:
    """Recorded clients accept without the ticket and succeed; a wrong one is refused, and `strict` needs the right one."""
    account = call.account
    right = account.requests.get(person)
    missing_is_fine = call.service.options.auth is not AuthLevel.STRICT and not ticket
    if right is None or (ticket != right and not missing_is_fine):
        raise Refusal(FAILED)
    groups.befriend(account, person, by_account=True)


def _reject_friend(call: IncomingCall, person: str, ticket: str) -> None:
    del ticket
    call.account.requests.pop(person, None)


_VERIFY: dict[int, Callable[[IncomingCall, str, str], None]] = {
    FOLLOW: _request_friend,
    REQUEST: _request_friend,
    ACCEPT: _accept_friend,
    REJECT: _reject_friend,
}


async def oplog(call: IncomingCall) -> HttpAnswer:
    """Remark (CmdId 2) and pin (CmdId 3). A pin that does not repeat the remark wipes it."""
    account = call.account
    target = call.login.names.permanent(call.text("UserName"))
    command = call.number("CmdId")
    if target is None or not account.knows(target) or command not in {REMARK, PIN}:
        raise Refusal(BAD_PARAMETER)
    person = account.world.people.get(target)
    if command == REMARK:
        if person is None or not person.friend or not call.service.limits.allows(account.id, "remark"):
            raise Refusal(TOO_OFTEN)
        if call.service.options.remarks_work:
            groups.remark(account, target, call.text("RemarkName"))
        return json_answer({})
    if person is not None:
        person.remark = call.text("RemarkName")
    groups.pin(account, target, pinned=call.number("OP") == 1)
    return json_answer({})


async def create_group(call: IncomingCall) -> HttpAnswer:
    """A new group with at least two others. Those beyond the threshold would have to be invited: Ret -2013."""
    account, names = call.account, call.login.names
    if not call.service.limits.allows(account.id, "create_group"):
        raise Refusal(TOO_OFTEN, _TOO_OFTEN_TEXT)
    people = [names.permanent(str(item.get("UserName") or "")) for item in call.records("MemberList")]
    others = [each for each in dict.fromkeys(people) if each is not None and each != account.id]
    if None in people or len(others) < 2 or any(each not in account.world.people for each in others):
        raise Refusal(BAD_PARAMETER)
    status = {each: _member_status(call, each) for each in others}
    joining = [each for each in others if not status[each]]
    if not joining:
        raise Refusal(BAD_PARAMETER)
    room = groups.create(account, call.text("Topic"), joining[: INVITE_START - 1])
    members = [_member(call, each, status[each]) for each in others]
    left_out = len(joining) > INVITE_START - 1
    fields = {
        "Topic": compose.escaped(room.name),
        "PYInitial": "",
        "QuanPin": "",
        "MemberCount": len(members),
        "MemberList": members,
        "ChatRoomName": names(room.id),
        "BlackList": "",
    }
    return json_answer(fields, TO_BE_INVITED if left_out else 0)


def _member_status(call: IncomingCall, person: str) -> int:
    """0 joins; 4 is not a friend (any more), 3 has blocked the account: those are not added."""
    who = call.account.world.people[person]
    if who.refuses == "blocked":
        return _BLOCKED_ME
    return 0 if who.friend and not who.refuses else _DELETED_ME


def _member(call: IncomingCall, person: str, status: int) -> dict[str, Any]:
    room = Group("", "", person, [Member(person)])
    record = wire.group_members(room, call.account.world, call.login.names)[0]
    return record | {"MemberStatus": status}


async def update_group(call: IncomingCall) -> HttpAnswer:
    """Add, invite, remove, rename, quit. Without `fun` (openwechat) the body decides."""
    room = _room(call)
    name = call.query.get("fun", "")
    if not name and call.service.options.auth is not AuthLevel.STRICT:
        name = next((fun for fun, (key, _) in _UPDATES.items() if key in call.body), "")
    if name not in _UPDATES or (name in _MEMBER_CALLS and not call.service.options.member_calls_work):
        raise Refusal(BAD_PARAMETER)
    key, act = _UPDATES[name]
    ret = await act(call, room, call.text(key))
    members = wire.group_members(room, call.account.world, call.login.names)
    return json_answer({"MemberCount": len(members), "MemberList": members}, ret)


def _room(call: IncomingCall) -> Group:
    account = call.account
    room = account.world.groups.get(call.login.names.permanent(call.text("ChatRoomName")) or "")
    if room is None or not room.has(account.id):
        raise Refusal(BAD_PARAMETER)
    return room


def _people(call: IncomingCall, listed: str) -> list[str]:
    """Permanent ids of a comma list. Raises Refusal where one is unknown, so that the call fails as a whole."""
    found = [call.login.names.permanent(name) for name in listed.split(",") if name]
    known = [each for each in found if each is not None and each in call.account.world.people]
    if not found or len(known) != len(found):
        raise Refusal(BAD_PARAMETER)
    return known


async def _add(call: IncomingCall, room: Group, listed: str) -> int:
    people = _people(call, listed)
    account = call.account
    friends = all(account.world.people[each].friend for each in people)
    if (
        not friends
        or any(room.has(each) for each in people)
        or len(room.members) + len(people) >= INVITE_START
    ):
        raise Refusal(BAD_PARAMETER)
    groups.add(account, room, people, account.id)
    return 0


async def _invite(call: IncomingCall, room: Group, listed: str) -> int:
    people = _people(call, listed)
    if any(room.has(each) for each in people):
        raise Refusal(BAD_PARAMETER)
    call.account.invitations.extend((room.id, each) for each in people)
    return 0


async def _remove(call: IncomingCall, room: Group, listed: str) -> int:
    people = _people(call, listed)
    account = call.account
    if room.owner != account.id or not all(room.has(each) for each in people):
        raise Refusal(BAD_PARAMETER)
    groups.remove(account, room, people, account.id)
    return 0


async def _rename(call: IncomingCall, room: Group, topic: str) -> int:
    if not topic:
        raise Refusal(BAD_PARAMETER)
    groups.rename(call.account, room, topic, call.account.id)
    return 0


async def _quit(call: IncomingCall, room: Group, _: str) -> int:
    groups.leave(call.account, room, call.account.id)
    return 0


_UPDATES: dict[str, tuple[str, Callable[[IncomingCall, Group, str], Awaitable[int]]]] = {
    "addmember": ("AddMemberList", _add),
    "invitemember": ("InviteMemberList", _invite),
    "delmember": ("DelMemberList", _remove),
    "modtopic": ("NewTopic", _rename),
    "quitchatroom": ("", _quit),
}


ROUTES = [
    Route(PREFIX + "webwxrevokemsg", revoke),
    Route(PREFIX + "webwxverifyuser", verify_user),
    Route(PREFIX + "webwxoplog", oplog),
    Route(PREFIX + "webwxcreatechatroom", create_group),
    Route(PREFIX + "webwxupdatechatroom", update_group),
]
