"""Takes every request through its steps: read, struck by faults, identified, handled, written; independent of the calls.

Each module of `calls` lists its endpoints as `Route` values; this module turns them into handlers of aiohttp.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from hongyan.emulator.answers import HttpAnswer, refusal, script
from hongyan.emulator.auth import Proof, identify
from hongyan.emulator.call import IncomingCall, Refusal, read_body, read_cookies, read_query, whole_body
from hongyan.emulator.fault_injection import damage, replace
from hongyan.emulator.hosts import family_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from hongyan.emulator.faults import Fault
    from hongyan.emulator.service import Service

__all__ = ["PREFIX", "Origins", "Route", "attach", "json_refusal", "script_refusal"]

PREFIX = "/cgi-bin/mmwebwx-bin/"


def json_refusal(call: IncomingCall, no: Refusal) -> HttpAnswer:
    """The usual no: BaseResponse with Ret and ErrMsg, and what else the endpoint shows then."""
    return refusal(no.ret, no.text, no.extra or _EMPTY.get(call.endpoint))


_NO_KEYS: dict[str, object] = {"Count": 0, "List": []}
_NOT_SENT: dict[str, object] = {"MsgID": "", "LocalID": ""}

# Clients read these without looking at Ret: openwechat ends with an error where SyncKey is missing.
_EMPTY: dict[str, dict[str, object]] = {
    "webwxsync": {
        "AddMsgCount": 0,
        "AddMsgList": [],
        "ModContactCount": 0,
        "ModContactList": [],
        "DelContactCount": 0,
        "DelContactList": [],
        "ContinueFlag": 0,
        "SyncKey": _NO_KEYS,
        "SKey": "",
        "SyncCheckKey": _NO_KEYS,
    },
    "webwxgetcontact": {"MemberCount": 0, "MemberList": [], "Seq": 0},
    "webwxbatchgetcontact": {"Count": 0, "ContactList": []},
    "webwxstatusnotify": {"MsgID": ""},
    "webwxuploadmedia": {
        "MediaId": "",
        "StartPos": 0,
        "CDNThumbImgHeight": 0,
        "CDNThumbImgWidth": 0,
        "EncryFileName": "",
    },
    "webwxcheckupload": {"MediaId": "", "AESKey": "", "Signature": "", "EncryFileName": ""},
    "webwxsendmsg": _NOT_SENT,
    "webwxsendmsgimg": _NOT_SENT,
    "webwxsendvideomsg": _NOT_SENT,
    "webwxsendemoticon": _NOT_SENT,
    "webwxsendappmsg": _NOT_SENT,
}


class Origins(StrEnum):
    """Whose pages may read an answer across hosts, by the CORS headers of the captures (2016 to 2018)."""

    NONE = ""
    ALL = "*"
    MAIN = "main"
    """The page of the login's own host, with its cookies."""


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint: its address, the proof it needs, its handler, and its form of refusal."""

    path: str
    handler: Callable[[IncomingCall], Awaitable[HttpAnswer]]
    proof: Proof = Proof.COOKIES
    ticket: bool = True
    """Whether level `strict` requires the pass_ticket in the query, as the official page sends it."""
    no: Callable[[IncomingCall, Refusal], HttpAnswer] = json_refusal
    streams: bool = False
    """The handler reads the body itself (uploads)."""
    shared_with: Origins = Origins.NONE

    @property
    def endpoint(self) -> str:
        """The name of the endpoint: the last fixed part of its path."""
        parts = [part for part in self.path.split("/") if part and not part.startswith("{")]
        return parts[-1] if parts else "root"


def attach(service: Service, application: web.Application, routes: list[Route]) -> None:
    """Put the endpoints into an application.

    Any method is taken: clients differ in theirs. So is any number of slashes: some join an origin and a path with two.
    """
    handlers = [(route.path, _handler(service, route)) for route in routes]
    for path, handle in handlers:
        application.router.add_route("*", path, handle)
    for path, handle in handlers:
        application.router.add_route("*", _with_any_slashes(path), handle)


def _with_any_slashes(path: str) -> str:
    """A pattern of the router: each slash of a path, once or more."""
    parts = path.split("/")[1:]
    return "".join(f"/{{slashes{number}:/*}}{part}" for number, part in enumerate(parts))


def _handler(service: Service, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    endpoint = route.endpoint

    async def handle(request: web.Request) -> web.StreamResponse:
        call = IncomingCall(service, request, endpoint, read_query(request), read_cookies(request))
        if request.method == "OPTIONS":
            return _preflight(call, route).response()
        service.calls[endpoint] += 1
        try:
            answer = await _answer(call, route)
        except ConnectionError:  # the client disconnected before the request was complete
            return HttpAnswer(status=400).response()
        await service.persistence.settled()
        answer.headers += _sharing(call, route)
        for fault in service.faults.strike("after", endpoint, _account(call)):
            answer = await _damaged(call, route, answer, fault)
        return answer.response()

    return handle


def _sharing(call: IncomingCall, route: Route) -> list[tuple[str, str]]:
    """The CORS headers of an endpoint."""
    if route.shared_with is Origins.NONE:
        return []
    if route.shared_with is Origins.ALL:
        return [("Access-Control-Allow-Origin", "*")]
    family = family_of(call.request.host)
    page = f"https://{family}" if family else call.origin
    return [("Access-Control-Allow-Origin", page), ("Access-Control-Allow-Credentials", "true")]


def _preflight(call: IncomingCall, route: Route) -> HttpAnswer:
    """A browser's preflight before it sends a form to another host; nothing is done."""
    wanted = call.request.headers.get("Access-Control-Request-Headers", "Content-Type")
    headers = _sharing(call, route)
    if headers:
        headers += [
            ("Access-Control-Allow-Methods", "POST, GET, OPTIONS"),
            ("Access-Control-Allow-Headers", wanted),
        ]
    return HttpAnswer(headers=headers)


async def _damaged(call: IncomingCall, route: Route, answer: HttpAnswer, fault: Fault) -> HttpAnswer:
    try:
        return await damage(call, answer, fault)
    except Refusal as refused:
        return route.no(call, refused)


async def _answer(call: IncomingCall, route: Route) -> HttpAnswer:
    try:
        no = await _read(call, route)
        for fault in call.service.faults.strike("before", call.endpoint, _account(call)):
            replaced = await replace(call, fault)
            if replaced is not None:
                return replaced
        if no is not None:
            return route.no(call, no)
        return await route.handler(call)
    except Refusal as refused:
        return route.no(call, refused)


async def _read(call: IncomingCall, route: Route) -> Refusal | None:
    """Read and identify; the refusal is kept, because an ordered fault comes before it."""
    try:
        if not route.streams:
            call.body = read_body(await whole_body(call.request))
            call.found = identify(call, route.proof, ticket_in_query=route.ticket)
    except Refusal as refused:
        return refused
    return None


def _account(call: IncomingCall) -> str | None:
    return call.found.account_id if call.found is not None else None


def script_refusal(call: IncomingCall, no: Refusal) -> HttpAnswer:
    """The no of synccheck."""
    del call
    return script(f'window.synccheck={{retcode:"{no.ret}",selector:"0"}}')
