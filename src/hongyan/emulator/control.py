"""Knows the JSON control API under `/_control/`; refuses to know anything the Python objects cannot do.

It is no part of the protocol and answers loopback peers only. A body is a JSON object; an answer is one too, with
`error` and status 400 where the order was wrong. `account` (a permanent id) chooses among several.
"""

from __future__ import annotations

import base64
import inspect
import ipaddress
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from hongyan.emulator import compose, compose_media
from hongyan.emulator.answers import encode
from hongyan.emulator.faults import ACTIONS, LIES, POISONS
from hongyan.emulator.kinds import UnknownKind, make
from hongyan.emulator.limits import Bucket
from hongyan.emulator.speakers import Room, Speaker, find_group, find_person

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hongyan.emulator.account import Account
    from hongyan.emulator.compose import Composed
    from hongyan.emulator.messages import Message
    from hongyan.emulator.phone import Phone
    from hongyan.emulator.service import Emulator

    Order = dict[str, Any]

__all__ = ["attach_control"]

PREFIX = "/_control/"

_PHONE_ACTS = frozenset(
    {
        "scan", "confirm", "cancel", "log_web_out", "bar", "go_offline", "come_online", "reads", "opens", "leaves",
        "creates_group", "renames", "adds", "removes", "quits", "saves", "remarks", "pins", "deletes", "calls_itself",
        "accepts",
    }
)  # fmt: skip


def attach_control(service: Emulator, application: web.Application) -> None:
    """Put the control API into an application."""
    for method, path, handler in _ROUTES:
        application.router.add_route(method, PREFIX + path, _guarded(service, handler))


def _guarded(
    service: Emulator, handler: Callable[[Emulator, web.Request, Order], Awaitable[object]]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        if not _is_loopback(request.remote):
            return _json({"error": "the control API answers this machine only"}, 403)
        if "Origin" in request.headers:
            return _json({"error": "the control API answers programs, not web pages"}, 403)
        try:
            order = msgspec.json.decode(await request.read() or b"{}", type=dict[str, Any])
            result = await handler(service, request, dict(request.query) | order)
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            return _json({"error": str(error)}, 400)
        await service.ledger.settled()
        return _json({} if result is None else result, 200)

    return handle


def _is_loopback(remote: str | None) -> bool:
    try:
        return ipaddress.ip_address((remote or "").partition("%")[0]).is_loopback
    except ValueError:
        return False


def _json(value: object, status: int) -> web.Response:
    return web.Response(body=encode(value) + b"\n", status=status, content_type="application/json")


def _account(service: Emulator, order: Order) -> Account:
    wanted = order.get("account")
    return service.accounts[0] if wanted is None else service.account_of(str(wanted))


def _phone(service: Emulator, order: Order) -> Phone:
    return service.phones[service.accounts.index(_account(service, order))]


def _one(found: list[str], name: object) -> str:
    if len(found) != 1:
        msg = f"{len(found)} are called {name!r}"
        raise LookupError(msg)
    return found[0]


def _speaker(service: Emulator, order: Order) -> Speaker:
    account = _account(service, order)
    return Speaker(account, _one(find_person(account.world, str(order["from"])), order["from"]))


def _room(service: Emulator, order: Order) -> Room | None:
    if "group" not in order:
        return None
    account = _account(service, order)
    return Room(account, _one(find_group(account.world, str(order["group"])), order["group"]))


def _shown(message: Message) -> dict[str, Any]:
    return {
        "msg_id": str(message.msg_id),
        "chat": message.chat,
        "from": message.sender,
        "time": message.time,
        "type": message.content.msg_type,
        "text": message.text,
        "recalled": message.recalled,
        "client_id": message.client_id,
        "media": message.media,
    }


async def _phone_act(service: Emulator, request: web.Request, order: Order) -> object:
    name = request.match_info["act"]
    if name not in _PHONE_ACTS:
        msg = f"the phone cannot {name!r}; it can: {', '.join(sorted(_PHONE_ACTS))}"
        raise LookupError(msg)
    act = getattr(_phone(service, order), name)
    known = inspect.signature(act).parameters
    result = act(**{key: value for key, value in order.items() if key in known})
    return {"group": result.id} if result is not None else None


async def _say(service: Emulator, _: web.Request, order: Order) -> object:
    """`{"from": who, "text": …, "group"?: …}`; `"from": "me"` with `"to"` writes from the phone."""
    return await _send_content(service, order, compose.text(str(order["text"])))


async def _send(service: Emulator, _: web.Request, order: Order) -> object:
    """`{"from": …, "kind": …, "values": {…}}`: any kind of the table of kinds; or own bytes.

    With `data_base64`, `kind` is one of picture, voice, video, sticker, file and the other keys are its arguments.
    """
    kind = str(order["kind"])
    if "data_base64" not in order:
        content = make(kind, order.get("values", {}), _account(service, order).world)
        return await _send_content(service, order, content)
    composer = getattr(compose_media, kind, None)
    if kind not in compose_media.__all__ or composer is None:
        raise UnknownKind(f"no kind {kind!r} carries bytes")
    known = inspect.signature(composer).parameters
    given = {key: value for key, value in order.items() if key in known}
    content = composer(data=base64.b64decode(order["data_base64"]), **given)
    return await _send_content(service, order, content)


async def _send_content(service: Emulator, order: Order, content: Composed) -> object:
    times = int(order.get("times", 1))
    if order["from"] == "me":
        phone = _phone(service, order)
        sent = [phone.sends(content, str(order["to"])) for _ in range(times)]
    else:
        speaker, room = _speaker(service, order), _room(service, order)
        sent = [speaker.sends(content, room) for _ in range(times)]
    return _shown(sent[-1]) | {"times": times}


async def _recall(service: Emulator, _: web.Request, order: Order) -> object:
    account = _account(service, order)
    return _shown(account.recall(account.messages[int(order["msg_id"])]))


async def _person_act(service: Emulator, request: web.Request, order: Order) -> object:
    """What people do besides writing: ask and accept friendship, join, quit, rename, add, remove."""
    name = request.match_info["act"]
    speaker, room = _speaker(service, order), _room(service, order)
    people = [
        Speaker(speaker.account, _one(find_person(speaker.account.world, str(each)), each))
        for each in order.get("people", [])
    ]
    acts: dict[str, Callable[[], object]] = {
        "asks": lambda: speaker.asks(str(order.get("text", ""))),
        "accepts": speaker.accepts,
        "joins": lambda: speaker.joins(_given(room)),
        "quits": lambda: speaker.quits(_given(room)),
        "renames": lambda: speaker.renames(_given(room), str(order["topic"])),
        "adds": lambda: speaker.adds(_given(room), people),
        "removes": lambda: speaker.removes(_given(room), people),
    }
    acts[name]()
    return None


def _given(room: Room | None) -> Room:
    if room is None:
        raise LookupError("which group?")
    return room


async def _sent(service: Emulator, _: web.Request, order: Order) -> object:
    """What clients sent: oldest first, from `since` (a count) on."""
    account = _account(service, order)
    own = [each for each in account.messages.values() if each.sender == account.id and each.client_id]
    return {"sent": [_shown(message) for message in own[int(order.get("since", 0)) :]]}


async def _add_fault(service: Emulator, _: web.Request, order: Order) -> object:
    known = {key: order[key] for key in ("count", "skip", "text", "account", "done") if key in order}
    fault = service.faults.add(order["action"], order.get("endpoint", "*"), order.get("value"), **known)
    return msgspec.to_builtins(fault)


async def _list_faults(service: Emulator, _: web.Request, order: Order) -> object:
    del order
    actions = {name: f"{group}: {what}" for name, (group, what) in ACTIONS.items()}
    return {
        "faults": msgspec.to_builtins(list(service.faults)),
        "actions": actions,
        "poisons": dict(POISONS),
        "lies": dict(LIES),
    }


async def _clear_faults(service: Emulator, _: web.Request, order: Order) -> object:
    del order
    service.faults.clear()
    return None


async def _advance(service: Emulator, _: web.Request, order: Order) -> object:
    service.clock.advance(float(order["seconds"]))
    return {"now": service.clock.now()}


async def _kick(service: Emulator, _: web.Request, order: Order) -> object:
    account = _account(service, order)
    ended = len(account.living())
    account.end_all(int(order.get("retcode", 1101)))
    return {"ended": ended}


async def _limit(service: Emulator, _: web.Request, order: Order) -> object:
    """`{"reported": true}`, or `{"kind": …, "burst": …, "per_second": …}`; `{"as_text": true}` for grey lines."""
    if order.get("reported"):
        service.limits.use_reported()
    if "kind" in order:
        bucket = Bucket(float(order["burst"]), float(order["per_second"])) if "burst" in order else None
        service.limits.set(str(order["kind"]), bucket)
    service.limits.as_text = bool(order.get("as_text", service.limits.as_text))
    return None


async def _touch(service: Emulator, _: web.Request, order: Order) -> object:
    _account(service, order).touch()
    return None


async def _state(service: Emulator, _: web.Request, order: Order) -> object:
    """Everything at a glance, without secrets."""
    del order
    return {
        "origin": service.origin,
        "auth": service.auth,
        "now": service.clock.now(),
        "codes": [
            {"uuid": code.uuid, "state": code.state, "account": code.account} for code in service.codes
        ],
        "accounts": [_account_state(account) for account in service.accounts],
        "faults": len(list(service.faults)),
    }


def _account_state(account: Account) -> dict[str, Any]:
    world = account.world
    return {
        "id": account.id,
        "nickname": world.me.nickname,
        "uin": account.uin,
        "family": account.family,
        "offline": account.offline,
        "people": len(world.people),
        "groups": len(world.groups),
        "messages": len(account.messages),
        "reads": account.reads,
        "friend_requests": sorted(account.requests),
        "asked": account.asked,
        "invitations": account.invitations,
        "reports": account.reports,
        "logins": [
            {
                "ended": login.ended,
                "events": len(login.log),
                "desktop": login.desktop,
                "synced": login.synced,
                "cookies_until": login.cookies_until,
            }
            for login in account.logins.values()
        ],
    }


async def _people(service: Emulator, _: web.Request, order: Order) -> object:
    """Who is there, by permanent id: what `from`, `to` and `group` may say."""
    world = _account(service, order).world
    return {
        "people": [
            {"id": each.id, "nickname": each.nickname, "remark": each.remark}
            for each in world.people.values()
        ],
        "groups": [
            {"id": each.id, "name": each.name, "members": len(each.members)} for each in world.groups.values()
        ],
    }


_ROUTES: list[tuple[str, str, Callable[[Emulator, web.Request, Order], Awaitable[object]]]] = [
    ("POST", "phone/{act}", _phone_act),
    ("POST", "person/{act}", _person_act),
    ("POST", "say", _say),
    ("POST", "send", _send),
    ("POST", "recall", _recall),
    ("GET", "sent", _sent),
    ("POST", "fault", _add_fault),
    ("GET", "fault", _list_faults),
    ("DELETE", "fault", _clear_faults),
    ("POST", "clock", _advance),
    ("POST", "kick", _kick),
    ("POST", "limit", _limit),
    ("POST", "touch", _touch),
    ("GET", "state", _state),
    ("GET", "people", _people),
]
