"""Calls by which a client loads its state after login: init, the ready notice, the contact book, batches."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hongyan.emulator import encode as wire
from hongyan.emulator import records
from hongyan.emulator.answers import HttpAnswer, joined, json_answer
from hongyan.emulator.call import IncomingCall, Refusal, as_number
from hongyan.emulator.core import AuthLevel
from hongyan.emulator.dispatch import PREFIX, Route
from hongyan.emulator.events import key_json

if TYPE_CHECKING:
    from hongyan.emulator.account import HostedAccount
    from hongyan.emulator.logins import Login

__all__ = ["INVITE_START", "ROUTES"]

INVITE_START = 40
"""From this many members on a group takes new ones by invitation only (InviteStartCount)."""

_INIT_CHATS = 10
_CHAT_SET = 20
_BATCH_LIMIT = 50
_SEQ_BASE = 620_000_000  # captured Seq values have nine digits; the place in the book is added
READ, READY = 1, 3
_TOO_OFTEN = 1205


async def init(call: IncomingCall) -> HttpAnswer:
    """The account itself, the latest chats, and the key of *now*: earlier events are skipped."""
    login = call.login
    account = call.account
    chats = account.conversations()
    position = login.log.last
    articles = records.articles(login, reversed(account.messages.values()))
    listed = [records.init_record(login, chat) for chat in chats[:_INIT_CHATS]]
    return json_answer(
        {
            "Count": len(listed),
            "ContactList": joined(listed),
            "SyncKey": key_json(login.keys.first(position, login.log.changed(position))),
            "User": wire.user(account.world.me, account.uin, login.names, login.secrets.skey),
            "ChatSet": "".join(login.names(chat) + "," for chat in chats[:_CHAT_SET]),
            "SKey": login.secrets.skey,
            "ClientVersion": 385876258,
            "SystemTime": int(call.service.clock.now()),
            "GrayScale": 1,
            "InviteStartCount": INVITE_START,
            "MPSubscribeMsgCount": len(articles),
            "MPSubscribeMsgList": articles,
            "ClickReportInterval": 600000,
        }
    )


async def status_notify(call: IncomingCall) -> HttpAnswer:
    """Code 3: the client is ready, and gets the conversation list. Code 1: a chat was read."""
    if "ClientMsgId" not in call.body:
        raise Refusal(1, "ClientMsgId is missing", {"MsgID": ""})
    account, login = call.account, call.login
    code = call.number("Code")
    if code == READY:
        login.notified = True
        account.send_conversations(login)
    elif code == READ:
        chat = login.names.permanent(call.text("ToUserName"))
        if chat is not None:
            account.read_by_client(chat)
    return json_answer({"MsgID": str(call.service.numbers.msg_id())})


async def get_contact(call: IncomingCall) -> HttpAnswer:
    """One page of the contact book; `Seq` of the answer leads to the next, 0 ends."""
    login = call.login
    begin = max(as_number(call.query.get("seq", "0")) - _SEQ_BASE, 0)
    if begin == 0 or not login.book:
        login.book = records.book_ids(login)
    ids = login.book  # later pages show the book as it was at the first page
    end = begin + call.service.options.contact_page
    page = [records.list_record(login, each) for each in ids[begin:end]]
    following = _SEQ_BASE + end if end < len(ids) else 0
    return json_answer({"MemberCount": len(page), "MemberList": joined(page), "Seq": following})


async def batch_get_contact(call: IncomingCall) -> HttpAnswer:
    """Records of up to 50 names, in the requested order. Unknown names give empty records."""
    login = call.login
    if not call.service.limits.allows(login.account_id, "batch"):
        raise Refusal(_TOO_OFTEN)
    asked = call.records("List")
    if len(asked) > _BATCH_LIMIT and call.service.options.auth is AuthLevel.STRICT:
        raise Refusal(1, "more than 50 names")
    found = []
    for item in asked[:_BATCH_LIMIT]:
        found.append(_batch_item(call.account, login, item))
        await asyncio.sleep(0)  # fifty groups of five hundred take long: let other polls run in between
    return json_answer({"Count": len(found), "ContactList": joined(found)})


def _batch_item(account: HostedAccount, login: Login, item: dict[str, object]) -> bytes:
    name = str(item.get("UserName") or "")
    permanent_id = login.names.permanent(name)
    world = login.world
    if permanent_id is None or not account.knows(permanent_id):
        return records.unknown_record(name)
    room_key = str(item.get("EncryChatRoomId") or item.get("ChatRoomId") or "")
    room_id = login.names.group_of(room_key) if room_key and permanent_id not in world.groups else None
    room = world.groups.get(room_id or "")
    if room is not None and room.has(permanent_id):
        return records.member_record(login, permanent_id, room)
    return records.batch_record(login, permanent_id)


ROUTES = [
    Route(PREFIX + "webwxinit", init),
    Route(PREFIX + "webwxstatusnotify", status_notify),
    Route(PREFIX + "webwxgetcontact", get_contact),
    Route(PREFIX + "webwxbatchgetcontact", batch_get_contact),
]
