"""Calls that deliver events to a client: the parked poll and the slices behind a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from hongyan.emulator import encode as wire
from hongyan.emulator.answers import HttpAnswer, encode, joined, json_answer, script
from hongyan.emulator.auth import Proof
from hongyan.emulator.call import IncomingCall, Refusal
from hongyan.emulator.calls.login import sync_cookies
from hongyan.emulator.core import AuthLevel
from hongyan.emulator.dispatch import PREFIX, Origins, Route, script_refusal
from hongyan.emulator.events import EventKind, key_json, position_in_pairs, position_in_text
from hongyan.emulator.fault_injection import bend_messages

if TYPE_CHECKING:
    from hongyan.emulator.events import Slice
    from hongyan.emulator.logins import Login

__all__ = ["ROUTES"]

_NO_PROFILE = encode(wire.no_profile())


async def sync_check(call: IncomingCall) -> HttpAnswer:
    """Hold the poll until there is an event behind its key; a second poll of the same login ends the first."""
    login = call.login
    position = _checked_position(call, login)
    if not login.log.selector(position) and not login.ended and not call.service.stopping:
        await login.log.park(call.service.options.poll_seconds)
    retcode, selector = (login.ended, 0) if login.ended else (0, login.log.selector(position))
    return script(f'window.synccheck={{retcode:"{retcode}",selector:"{selector}"}}')


def _checked_position(call: IncomingCall, login: Login) -> int:
    position = position_in_text(call.query.get("synckey", ""))
    if position is None:
        return login.log.start
    if call.service.options.check_key_lags:
        position = login.log.one_behind(position)
    return min(position, login.log.last)


async def sync(call: IncomingCall) -> HttpAnswer:
    """Everything behind the key, 50 events at most, and the next keys, which advance even without events."""
    login = call.login
    position = position_in_pairs(call.body.get("SyncKey"))
    if position is None and call.service.options.auth is AuthLevel.STRICT:
        raise Refusal(1, "SyncKey")
    got = login.log.after(login.log.start if position is None else position)
    call.account.renew(login)
    answer = json_answer(_fields(call, login, got))
    answer.headers.extend(cookie.header() for cookie in sync_cookies(login, call))
    return answer


def _fields(call: IncomingCall, login: Login, got: Slice) -> dict[str, object]:
    service = call.service
    messages = [body for kind, _, body in got.events if kind in {EventKind.MESSAGE, EventKind.STATUS}]
    messages = bend_messages(messages, service.faults.strike("sync", call.endpoint, login.account_id))
    modified = _latest(got, EventKind.CONTACT, EventKind.ADDED)
    removed = _latest(got, EventKind.REMOVED)
    profiles = _latest(got, EventKind.PROFILE)
    changed = login.log.changed(got.position)
    keys = login.keys.later(got.position, changed, service.clock.now())
    checked = login.log.one_before(got.position) if service.options.check_key_lags else got.position
    check_keys = [(key, checked if key == 2 else value) for key, value in keys]
    return {
        "AddMsgCount": len(messages),
        "AddMsgList": joined(messages),
        "ModContactCount": len(modified),
        "ModContactList": joined(modified),
        "DelContactCount": len(removed),
        "DelContactList": joined(removed),
        "ModChatRoomMemberCount": 0,
        "ModChatRoomMemberList": [],
        "Profile": msgspec.Raw(profiles[-1] if profiles else _NO_PROFILE),
        "ContinueFlag": int(got.more),
        "SyncKey": key_json(keys),
        "SKey": "",
        "SyncCheckKey": key_json(check_keys),
    }


def _latest(got: Slice, *kinds: EventKind) -> list[bytes]:
    """Of several changes of the same contact in one slice only the last is sent."""
    return list({subject: body for kind, subject, body in got.events if kind in kinds}.values())


ROUTES = [
    Route(
        PREFIX + "synccheck",
        sync_check,
        Proof.SID,
        ticket=False,
        no=script_refusal,
        shared_with=Origins.ALL,
    ),
    Route(PREFIX + "webwxsync", sync),
]
