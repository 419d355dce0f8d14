"""Calls that read people and groups, and those that report to the phone what was read."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from msgspec import Struct, field

from hongyan.errors import UsageError
from hongyan.model.ids import TransientName
from hongyan.webwx.calls.caller import (
    Answered,
    Caller,
    Pairs,
    accepted,
    answered,
    milliseconds,
    reading,
    require,
    require_whole,
)
from hongyan.webwx.http import ApiCall, Response
from hongyan.webwx.parse import BatchAnswer, ContactsAnswer, parse_batch, parse_contacts

__all__ = ["BATCH", "ContactQuery", "Notify", "batch", "contacts_page", "notify", "search"]

BATCH: Final = 50
"""Names that one batch may request; the front-end never requests more."""


class Notify(IntEnum):
    """What webwxstatusnotify reports to the phone (front-end's names: READED, INITED)."""

    READ = 1
    READY = 3


class ContactQuery(Struct, frozen=True):
    """One name of a batch; ``group`` is the group's handle when a member's own record is wanted."""

    name: TransientName
    group: str = ""


def notify(caller: Caller, code: Notify, to: TransientName) -> ApiCall[None]:
    """Report to the phone that the web client is ready (``to`` is the account itself), or that a chat was read."""
    body = {
        "Code": int(code),
        "FromUserName": caller.credentials.me,
        "ToUserName": to,
        "ClientMsgId": milliseconds(caller.now),
    }
    return caller.post("webwxstatusnotify", body, accepted("webwxstatusnotify", caller.now), timeout=10.0)


def contacts_page(caller: Caller, seq: int = 0) -> ApiCall[ContactsAnswer]:
    """Request a page of the contact list; the next page is requested with the answer's ``seq`` while it is not 0."""

    def read(response: Response) -> ContactsAnswer:
        answer = parse_contacts(answered("webwxgetcontact", response), caller.credentials.me)
        require_whole("webwxgetcontact", answer.rung)
        require("webwxgetcontact", answer.ret, answer.err_msg, caller.now)
        return answer

    query: Pairs = (
        *caller.tickets,
        ("r", milliseconds(caller.now)),
        ("seq", seq),
        ("skey", caller.credentials.skey),
    )
    return caller.get("webwxgetcontact", query, read, timeout=180.0)


def batch(caller: Caller, wanted: Sequence[ContactQuery]) -> ApiCall[BatchAnswer]:
    """Request full records of at most 50 people or groups; groups come with their members."""
    if not 0 < len(wanted) <= BATCH:
        raise UsageError(f"a batch takes 1 to {BATCH} names, not {len(wanted)}")

    def read(response: Response) -> BatchAnswer:
        answer = parse_batch(answered("webwxbatchgetcontact", response), caller.credentials.me)
        require_whole("webwxbatchgetcontact", answer.rung)
        require("webwxbatchgetcontact", answer.ret, answer.err_msg, caller.now)
        return answer

    listed = [
        {"UserName": w.name, **({"EncryChatRoomId": w.group} if w.group else {"ChatRoomId": ""})}
        for w in wanted
    ]
    query = (("type", "ex"), ("r", milliseconds(caller.now)))
    return caller.post(
        "webwxbatchgetcontact", {"Count": len(listed), "List": listed}, read, query=query, timeout=60.0
    )


class _Found(Struct, rename="pascal"):
    encry_user_name: str = ""


class _Search(Answered):
    list: tuple[_Found, ...] = field(default=(), name="List")


def search(caller: Caller, keyword: str) -> ApiCall[tuple[TransientName, ...]]:
    """Search the own address book on the server; the front-end has the call and does not use it."""
    read = reading("webwxsearchcontact", _Search, caller.now)

    def names(response: Response) -> tuple[TransientName, ...]:
        return tuple(TransientName(f.encry_user_name) for f in read(response).list if f.encry_user_name)

    return caller.post("webwxsearchcontact", {"KeyWord": keyword}, names)
