"""Changes of groups and friendships, by any person; independent of who requests them and how.

Every change reaches the account's logins as the service sends it: a grey line in the chat if one is known (MsgType 10000) and
the changed record.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from hongyan.emulator import compose
from hongyan.emulator.events import EventKind
from hongyan.emulator.world import Group, Member

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.emulator.account import HostedAccount
    from hongyan.emulator.messages import StoredMessage

__all__ = ["add", "ask", "befriend", "create", "leave", "pin", "remark", "remove", "rename", "unfriend"]


def create(account: HostedAccount, topic: str, others: Sequence[str]) -> Group:
    """The account opens a group with some others."""
    room_id = f"{10_000_000_000 + secrets.randbelow(10**10)}@chatroom"
    members = [Member(each) for each in (account.id, *others)]
    room = Group(room_id, topic, account.id, members)
    account.world.groups[room_id] = room
    account.changed(room_id, EventKind.ADDED)
    account.say(room_id, "", compose.system(f'你邀请"{_names(account, others)}"加入了群聊'))
    return room


def add(account: HostedAccount, room: Group, newcomers: Sequence[str], by: str) -> None:
    """Add newcomers brought in by `by`; present members are skipped."""
    newcomers = [each for each in dict.fromkeys(newcomers) if not room.has(each)]
    if not newcomers:
        return
    room.members.extend(Member(each) for each in newcomers)
    names = _names(account, newcomers)
    line = (
        f'你邀请"{names}"加入了群聊'
        if by == account.id
        else f'"{account.name_of(by)}"邀请"{names}"加入了群聊'
    )
    if account.id in newcomers:
        rest = _names(account, [each.id for each in room.members if each.id not in {account.id, by}])
        line = f'"{account.name_of(by)}"邀请你加入了群聊，群聊参与人还有：{rest}'
    account.changed(room.id)
    account.say(room.id, "", compose.system(line))


def remove(account: HostedAccount, room: Group, gone: Sequence[str], by: str) -> None:
    """`by` puts members out; only those who did it and those who go read a line about it."""
    room.members = [each for each in room.members if each.id not in gone]
    if by == account.id:
        account.say(room.id, "", compose.system(f'你将"{_names(account, gone)}"移出了群聊'))
    elif account.id in gone:
        account.say(room.id, "", compose.system(f'你被"{account.name_of(by)}"移出群聊'))
    account.changed(room.id)


def leave(account: HostedAccount, room: Group, who: str) -> None:
    """Let a member leave: no line; if it is the account, the group disappears from its book."""
    room.members = [each for each in room.members if each.id != who]
    if who != account.id:
        account.changed(room.id)
        return
    room.saved = False
    account.removed(room.id)


def rename(account: HostedAccount, room: Group, topic: str, by: str) -> None:
    """`by` gives the group a name."""
    room.name = topic
    actor = "你" if by == account.id else f'"{account.name_of(by)}"'
    account.changed(room.id)
    account.say(room.id, "", compose.system(f"{actor}修改群名为“{topic}”"))


def remark(account: HostedAccount, person: str, name: str) -> None:
    """Set the account's remark for a friend."""
    account.world.people[person].remark = name
    account.changed(person)


def pin(account: HostedAccount, permanent_id: str, *, pinned: bool) -> None:
    """A chat goes to the top of the list, or back."""
    world = account.world
    target = world.groups.get(permanent_id) or world.people[permanent_id]
    target.pinned = pinned
    account.changed(permanent_id)


def ask(account: HostedAccount, person: str, words: str) -> StoredMessage:
    """Post a stranger's friend request."""
    ticket = f"v2_{secrets.token_hex(80)}@stranger"
    account.requests[person] = ticket
    who = account.world.people[person]
    return account.say("fmessage", "fmessage", compose.friend_request(who, words, ticket))


def befriend(account: HostedAccount, person: str, *, by_account: bool) -> None:
    """Two become friends: the account accepted (or followed), or the other side did."""
    account.requests.pop(person, None)
    account.asked.pop(person, None)
    account.world.people[person].friend = True
    account.world.people[person].refuses = ""
    account.changed(person, EventKind.ADDED)
    name = account.name_of(person)
    if by_account:
        account.say(person, "", compose.system(f"你已添加了{name}，现在可以开始聊天了。"))
    else:
        account.say(person, person, compose.text("我通过了你的朋友验证请求，现在我们可以开始聊天了"))


def unfriend(account: HostedAccount, person: str) -> None:
    """The account deletes a friend on the phone."""
    account.world.people[person].friend = False
    account.removed(person)


def _names(account: HostedAccount, people: Sequence[str]) -> str:
    return "、".join(account.name_of(each) for each in people)
