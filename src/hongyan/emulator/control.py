"""The JSON control API under `/_control/`; it does nothing that the Python objects cannot do.

It is not part of the protocol and answers programs on this machine only: no other addresses, no web pages, and no requests
for a host name that only pretends to be here (DNS rebinding). `orders` has the fields of each call; an answer is a JSON
object, with `error` and a status from 400 on where the order was wrong.
"""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import logging
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec
from aiohttp import web

from hongyan.emulator import compose, compose_media, orders
from hongyan.emulator.answers import encode
from hongyan.emulator.call import UNREADABLE
from hongyan.emulator.faults import ACTIONS, LIES, POISONS
from hongyan.emulator.kinds import UnknownKind, make
from hongyan.emulator.limits import KINDS_OF_CALLS, RequestLimit
from hongyan.emulator.personas import Persona, Room, find_group, find_person

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hongyan.emulator.account import HostedAccount
    from hongyan.emulator.compose import Composed
    from hongyan.emulator.messages import StoredMessage
    from hongyan.emulator.orders import Order
    from hongyan.emulator.phone import Phone
    from hongyan.emulator.service import Service

    Handler = Callable[[Service, web.Request, Any], Awaitable[object]]

__all__ = ["attach_control"]

PREFIX = "/_control/"
_BREATH = 50  # messages of one order after which others are served

_log = logging.getLogger(__name__)


def attach_control(service: Service, application: web.Application) -> None:
    """Put the control API into an application."""
    for call, kind in orders.ORDERS.items():
        method, _, path = call.partition(" ")
        handler = _HANDLERS[call] if call in _HANDLERS else _ACTS[path.partition("/")[0]]
        pattern = path.replace("MSG_ID", "{msg_id}")
        application.router.add_route(method, PREFIX + pattern, _guarded(service, kind, handler))
    application.router.add_route("*", PREFIX + "{path:.*}", _guarded(service, orders.Order, _unknown))


def _guarded(
    service: Service, kind: type[Order], handler: Handler
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        no = _stranger(request)
        if no:
            return _json({"error": no}, 403)
        try:
            order = orders.read(kind, dict(request.query), await request.read())
            result = await handler(service, request, order)
        except (ConnectionError, *UNREADABLE):
            return _json({"error": "the body does not match its head"}, 400)
        except web.HTTPRequestEntityTooLarge:
            return _json({"error": "the body is too large"}, 413)
        except web.HTTPException as refused:
            return _json({"error": refused.text}, refused.status)
        except (LookupError, ValueError, RecursionError) as error:
            words = error.args[0] if isinstance(error, LookupError) and error.args else error
            return _json({"error": str(words)}, 400)
        except Exception as error:  # noqa: BLE001 - a failed order is reported to its sender, and the service goes on
            _log.exception("an order could not be carried out")
            return _json({"error": f"a fault of the emulator: {type(error).__name__}"}, 500)
        await service.persistence.settled()
        return result if isinstance(result, web.StreamResponse) else _json(result or {}, 200)

    return handle


def _stranger(request: web.Request) -> str:
    """Why a request is not answered at all; "" where it is."""
    if not _is_loopback(request.remote):
        return "the control API answers this machine only"
    if "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") != "none":
        return "the control API answers programs, not web pages"
    if not _is_address(request.headers.get("Host", "")):
        return "the control API answers to an address or localhost, not to any other name"
    return ""


def _is_loopback(remote: str | None) -> bool:
    try:
        return ipaddress.ip_address((remote or "").partition("%")[0]).is_loopback
    except ValueError:
        return False


def _is_address(host: str) -> bool:
    """Whether a Host header holds an address: a page's own name may be led here by its owner's name server, these cannot."""
    bare, bracket, _ = host[1:].partition("]") if host.startswith("[") else (host.partition(":")[0], "]", "")
    if bare.lower() == "localhost":
        return True
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return False
    return bool(bracket)


def _json(value: object, status: int) -> web.Response:
    return web.Response(body=encode(value) + b"\n", status=status, content_type="application/json")


async def _unknown(_: Service, request: web.Request, __: Order) -> object:
    path = request.match_info["path"]
    if not path:
        return {"calls": orders.described()}
    methods = [call.partition(" ")[0] for call in orders.ORDERS if call.partition(" ")[2] == path]
    if methods:
        raise web.HTTPMethodNotAllowed(request.method, methods, text=f"{path} wants {' or '.join(methods)}")
    family = path.partition("/")[0]
    near = [call for call in orders.ORDERS if call.partition(" ")[2].startswith(family + "/")]
    raise web.HTTPNotFound(text=f"there is no {path!r}; there are: {', '.join(near or orders.ORDERS)}")


def _account(service: Service, order: Order) -> HostedAccount:
    if order.account is None:
        return service.accounts[0]
    try:
        return service.account_of(order.account)
    except KeyError:
        there = ", ".join(account.id for account in service.accounts)
        raise LookupError(f"there is no account {order.account!r}; there are: {there}") from None


def _phone(service: Service, order: Order) -> Phone:
    return service.phones[service.accounts.index(_account(service, order))]


def _one(found: list[str], name: str) -> str:
    if len(found) != 1:
        raise LookupError(f"{len(found) or 'no person'} {'are' if found else 'is'} called {name!r}")
    return found[0]


def _speaker(service: Service, order: Any, name: str = "") -> Persona:
    account = _account(service, order)
    who = name or order.from_
    return Persona(account, _one(find_person(account.world, who), who))


def _room(service: Service, order: Any) -> Room | None:
    if order.group is None:
        return None
    account = _account(service, order)
    return Room(account, _one(find_group(account.world, order.group), order.group))


def _shown(message: StoredMessage) -> dict[str, Any]:
    return {
        "msg_id": str(message.msg_id),
        "chat": message.chat,
        "from": message.sender,
        "time": message.time,
        "type": message.content.msg_type,
        "app_type": message.content.fields.get("AppMsgType", 0),
        "text": message.text,
        "content": message.content.content,
        "recalled": message.recalled,
        "client_id": message.client_id,
        "media": message.media,
    }


def _files(service: Service, message: StoredMessage) -> dict[str, Any]:
    """Name, size, digests and address of each file of a message."""
    found = {variant: service.media.find(media_id) for variant, media_id in message.media.items()}
    return {
        variant: {
            "name": media.name,
            "size": media.size,
            "md5": media.md5,
            "sha256": media.sha256,
            "url": f"{service.origin}{PREFIX}media/{message.msg_id}?variant={quote(variant)}",
        }
        for variant, media in found.items()
        if media is not None
    }


async def _phone_act(service: Service, request: web.Request, order: Order) -> object:
    act = getattr(_phone(service, order), request.path.rpartition("/")[2])
    words = {name: value for name, value in msgspec.structs.asdict(order).items() if name != "account"}
    if words.get("words", "") is None:
        del words["words"]
    result = act(**words)
    return {"group": result.id} if result is not None else None


async def _say(service: Service, _: web.Request, order: orders.Say) -> object:
    return await _send_content(service, order, lambda: compose.text(order.text))


async def _send(service: Service, _: web.Request, order: orders.Send) -> object:
    world = _account(service, order).world
    if order.data_base64 is None:
        return await _send_content(service, order, lambda: make(order.kind, order.values, world))
    words = _CARRIERS.get(order.kind)
    if words is None:
        raise UnknownKind(f"no kind {order.kind!r} carries bytes; these do: {', '.join(_CARRIERS)}")
    data = base64.b64decode(order.data_base64, validate=True)
    given = {word: value for word in words if (value := getattr(order, word)) is not None}
    if order.kind == "file":
        given.setdefault("name", "file.bin")
    composer = getattr(compose_media, order.kind)
    return await _send_content(service, order, lambda: composer(data=data, **given))


_CARRIERS = {
    "picture": ("name",),
    "voice": ("milliseconds",),
    "video": ("seconds", "short"),
    "sticker": ("width", "height"),
    "file": ("name",),
}
"""Kinds that carry bytes given by the caller, with the fields that describe them."""


async def _send_content(
    service: Service, order: orders.Say | orders.Send, compose_it: Callable[[], Composed]
) -> object:
    send = _way(service, order, compose_it)
    sent = send()
    for number in range(1, order.times):
        sent = send()
        if number % _BREATH == 0:
            await service.persistence.settled()
            await asyncio.sleep(0)
    return _shown(sent) | {"files": _files(service, sent), "times": order.times}


def _way(
    service: Service, order: orders.Say | orders.Send, compose_it: Callable[[], Composed]
) -> Callable[[], StoredMessage]:
    """Send one message: from the phone, or from a person."""
    if order.from_ == "me":
        return partial(_phone(service, order).sends, compose_it(), _given(order.to, "to"))
    if order.to is not None:
        raise ValueError('"to" goes with from "me"; others write to the account, or into a "group"')
    return partial(_speaker(service, order).sends, compose_it(), _room(service, order))


async def _recall(service: Service, _: web.Request, order: orders.RecallOrder) -> object:
    return _shown(_account(service, order).recall(_message(service, order, order.msg_id)))


def _message(service: Service, order: Order, msg_id: str | int) -> StoredMessage:
    message = _account(service, order).messages.get(int(msg_id))
    if message is None:
        raise LookupError(f"there is no message {msg_id}")
    return message


async def _person_act(service: Service, request: web.Request, order: orders.PersonAct) -> object:
    """Acts of people besides writing: request and accept friendship, join, quit, rename, add, remove, delete and block."""
    speaker, room = _speaker(service, order), _room(service, order)
    people = [_speaker(service, order, each) for each in order.people]
    acts: dict[str, Callable[[], object]] = {
        "asks": lambda: speaker.asks(order.text),
        "accepts": speaker.accepts,
        "joins": lambda: speaker.joins(_given(room, "group")),
        "quits": lambda: speaker.quits(_given(room, "group")),
        "renames": lambda: speaker.renames(_given(room, "group"), _given(order.topic, "topic")),
        "adds": lambda: speaker.adds(_given(room, "group"), _given(people, "people")),
        "removes": lambda: speaker.removes(_given(room, "group"), _given(people, "people")),
        "deletes_me": speaker.deletes_me,
        "blocks_me": speaker.blocks_me,
    }
    acts[request.path.rpartition("/")[2]]()
    return None


def _given(value: Any, word: str) -> Any:
    if not value:
        raise ValueError(f"this wants {word!r}")
    return value


async def _sent(service: Service, _: web.Request, order: orders.SentOrder) -> object:
    account = _account(service, order)
    end = asyncio.get_running_loop().time() + order.wait
    while True:
        own = [each for each in account.messages.values() if each.sender == account.id and each.client_id]
        left = end - asyncio.get_running_loop().time()
        if len(own) > order.since or left <= 0 or service.stopping:
            return {"sent": [_shown(each) | {"files": _files(service, each)} for each in own[order.since :]]}
        await account.inbox_event.wait(left)


async def _media(service: Service, request: web.Request, order: orders.MediaOf) -> object:
    number = request.match_info["msg_id"]
    message = _message(service, order, number if number.isdecimal() and len(number) < 21 else -1)
    media = service.media.find(message.media.get(order.variant, ""))
    if media is None:
        raise LookupError(
            f"message {number} has no file {order.variant!r}; it has: {', '.join(message.media)}"
        )
    named = f"attachment; filename*=UTF-8''{quote(media.name, safe='')}"
    return web.FileResponse(service.media.path(media), headers={"Content-Disposition": named})


async def _calls(service: Service, _: web.Request, __: Order) -> object:
    return {"calls": dict(service.calls), "total": service.calls.total()}


async def _forget_calls(service: Service, _: web.Request, __: Order) -> object:
    service.calls.clear()
    return None


async def _add_fault(service: Service, _: web.Request, order: orders.AddFault) -> object:
    if order.account is not None:
        _account(service, order)
    return msgspec.to_builtins(service.faults.add(**msgspec.structs.asdict(order)))


async def _list_faults(service: Service, _: web.Request, __: Order) -> object:
    return {
        "faults": msgspec.to_builtins(list(service.faults)),
        "actions": {name: f"{group}: {what}" for name, (group, what) in ACTIONS.items()},
        "poisons": dict(POISONS),
        "lies": dict(LIES),
        "endpoints": list(service.endpoints),
    }


async def _clear_faults(service: Service, _: web.Request, __: Order) -> object:
    service.faults.clear()
    return None


async def _advance(service: Service, _: web.Request, order: orders.Advance) -> object:
    if service.clock.now() + order.seconds > _LAST_YEAR:
        raise ValueError("the clock ends with the year 2500")
    service.clock.advance(order.seconds)
    return {"now": service.clock.now()}


_LAST_YEAR = 16_725_225_600.0  # 1 January 2500 in Unix seconds


async def _kick(service: Service, _: web.Request, order: orders.Kick) -> object:
    account = _account(service, order)
    ended = len(account.living())
    account.end_all(order.retcode)
    return {"ended": ended}


async def _limit(service: Service, _: web.Request, order: orders.Limit) -> object:
    if order.kind is not None and order.kind not in KINDS_OF_CALLS:
        raise ValueError(f"there is no limit {order.kind!r}; there are: {', '.join(KINDS_OF_CALLS)}")
    if order.reported:
        service.limits.use_reported()
    if order.kind is not None:
        bucket = RequestLimit(order.burst, order.per_second) if order.burst is not None else None
        service.limits.set(order.kind, bucket)
    if order.as_text is not None:
        service.limits.as_text = order.as_text
    return None


async def _touch(service: Service, _: web.Request, order: Order) -> object:
    _account(service, order).touch()
    return None


async def _state(service: Service, _: web.Request, __: Order) -> object:
    """Everything at a glance, without secrets."""
    return {
        "origin": service.origin,
        "auth": service.options.auth,
        "now": service.clock.now(),
        "codes": [
            {"uuid": code.uuid, "state": code.state, "account": code.account} for code in service.codes
        ],
        "accounts": [_account_state(account) for account in service.accounts],
        "faults": len(list(service.faults)),
    }


def _account_state(account: HostedAccount) -> dict[str, Any]:
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


async def _people(service: Service, _: web.Request, order: Order) -> object:
    """The people and groups, by permanent id: the values that `from`, `to` and `group` take."""
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


_ACTS: dict[str, Handler] = {"phone": _phone_act, "person": _person_act}
_HANDLERS: dict[str, Handler] = {
    "POST say": _say,
    "POST send": _send,
    "POST recall": _recall,
    "GET sent": _sent,
    "GET media/MSG_ID": _media,
    "GET calls": _calls,
    "DELETE calls": _forget_calls,
    "POST fault": _add_fault,
    "GET fault": _list_faults,
    "DELETE fault": _clear_faults,
    "POST clock": _advance,
    "POST kick": _kick,
    "POST limit": _limit,
    "POST touch": _touch,
    "GET state": _state,
    "GET people": _people,
}
