"""Drives a machine with bytes: answers as the service gives them, and the way to every state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from hongyan.model.ids import LoginId, TransientName, Uin
from hongyan.webwx.credentials import Cookie, Credentials, Keepsake, SyncPosition
from hongyan.webwx.hosts import Hosts, emulator_at
from hongyan.webwx.http import Failure, FailureKind, Response
from hongyan.webwx.machine import Machine, State
from hongyan.webwx.machine_events import Batch, MachineEvent, Step
from hongyan.webwx.wire import KeyVal, SyncKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.webwx.http import Request

NOW = 1_546_214_741.0
EMULATOR = emulator_at("http://127.0.0.1:8081")
REDIRECT = "http://127.0.0.1:8081/cgi-bin/mmwebwx-bin/webwxnewloginpage?ticket=T@qrticket_0&uuid=u==&lang=zh_CN&scan=1"
PAGE = (
    "<error><ret>0</ret><message></message><skey>@crypt_1_2</skey><wxsid>sid</wxsid><wxuin>7</wxuin>"
    "<pass_ticket>a%2Bb</pass_ticket><isgrayscale>1</isgrayscale></error>"
)
ME = {"Uin": 7, "UserName": "@me", "NickName": "me"}


def text(body: str, status: int = 200, *cookies: str) -> Response:
    return Response(status=status, headers=tuple(("Set-Cookie", c) for c in cookies), body=body.encode())


def key(*values: int) -> dict[str, Any]:
    return {"Count": len(values), "List": [{"Key": n, "Val": v} for n, v in enumerate(values, 1)]}


def sync_key(*values: int) -> SyncKey:
    return SyncKey(len(values), tuple(KeyVal(n, v) for n, v in enumerate(values, 1)))


def answer(*cookies: str, ret: int = 0, **more: Any) -> Response:
    return text(json.dumps({"BaseResponse": {"Ret": ret, "ErrMsg": ""}, **more}), 200, *cookies)


def poll(code: int) -> Response:
    more = {200: f'\nwindow.redirect_uri="{REDIRECT}";', 201: "window.userAvatar = 'data:img/jpg;base64,AA';"}
    return text(f"window.code={code};{more.get(code, '')}")


def init(**more: Any) -> Response:
    told = {"User": ME, "SyncKey": key(10, 20), "SKey": "", "ChatSet": "@a,", "InviteStartCount": 40}
    return answer(**{**told, **more})


def check(retcode: int = 0, selector: int | str = 0) -> Response:
    return text(f'window.synccheck={{retcode:"{retcode}",selector:"{selector}"}}')


def message(number: int) -> dict[str, Any]:
    head = {"MsgId": str(number), "NewMsgId": number, "MsgType": 1, "Content": "hello"}
    return {**head, "FromUserName": "@a", "ToUserName": "@me", "CreateTime": 1500000000}


def sync(*values: int, messages: int = 1, more: int = 0, **other: Any) -> Response:
    listed = [message(n) for n in range(1, messages + 1)]
    told = {
        "AddMsgCount": messages,
        "AddMsgList": listed,
        "SyncKey": key(*values),
        "SyncCheckKey": key(*values),
    }
    return answer(**{**told, "ContinueFlag": more, **other})


CODE = text('window.QRLogin.code = 200; window.QRLogin.uuid = "u==";')
NO_CODE = text("window.QRLogin.code = 500;")
ASKED = text('{"ret":"0","msg":"all ok","uuid":"A_1_x=="}')
REFUSED = text('{"ret":"1","msg":"failed"}')
BARRED = text("<error><ret>1203</ret><message>no</message></error>")
STANDS = text('window.MMCgi = { isLogin : !!"1" }')
OVER = text('window.MMCgi = { isLogin : !!"" }')
BROKEN = text("", 503)
NOBODY = Failure(endpoint="any", problem="nobody listens", kind=FailureKind.UNREACHABLE)


def drawn(count: int) -> bytes:
    return bytes(range(count))


def saved(hosts: Hosts = EMULATOR) -> Credentials:
    return Credentials(
        login=LoginId("l"), hosts=hosts, uin=Uin(7), sid="sid", skey="@crypt_1_2", me=TransientName("@me"),
        cookies={"wxsid": Cookie(value="sid")},
    )  # fmt: skip


def keepsake(hosts: Hosts = EMULATOR) -> Keepsake:
    cookies = {name: Cookie(value="v") for name in ("wxuin", "webwxuvid", "webwx_auth_ticket")}
    return Keepsake(hosts=hosts, uin=Uin(7), cookies=cookies)


def asked(request: Request | None) -> tuple[str, dict[str, str]]:
    """Return the endpoint and the parameters of a request."""
    assert request is not None
    query = parse_qs(urlsplit(request.url).query, keep_blank_values=True)
    return request.endpoint, {name: values[0] for name, values in query.items()}


class Drive:
    """A machine and what it said; ``now`` moves with every answer."""

    def __init__(self, machine: Machine | None = None, *, now: float = NOW) -> None:
        self.machine = machine or Machine(EMULATOR, entropy=drawn, credentials=saved(), keepsake=keepsake())
        self.now = now
        self.step = Step()
        self.events: list[MachineEvent] = []

    def take(self, step: Step) -> Step:
        self.step = step
        self.events.extend(step.events)
        return step

    def begin(self) -> Step:
        return self.take(self.machine.begin(self.now))

    def push(self) -> Step:
        return self.take(self.machine.push(self.now))

    def restore(self, position: SyncPosition | None = None) -> Step:
        return self.take(self.machine.restore(self.now, position))

    def hear(self, *answers: Response | Failure) -> Step:
        """Hand over answers one after the other; a batch is committed at once."""
        for answer in answers:
            self.now += self.step.wait + 1.0
            if isinstance(answer, Failure):
                self.take(self.machine.failed(answer, self.now))
            else:
                self.take(self.machine.receive(answer, self.now))
        return self.step

    def commit(self) -> Step:
        batch = next(n for n in reversed(self.events) if isinstance(n, Batch))
        return self.take(self.machine.commit(batch, self.now))


def _scan(drive: Drive, *answers: Response) -> Drive:
    drive.begin()
    drive.hear(*answers)
    return drive


def _pushed(drive: Drive, *answers: Response) -> Drive:
    drive.push()
    drive.hear(*answers)
    return drive


WAYS: dict[State, Callable[[Drive], Drive]] = {
    State.NEW: lambda d: d,
    State.CODE: _scan,
    State.QR_WAIT: lambda d: _scan(d, CODE),
    State.SCANNED: lambda d: _scan(d, CODE, poll(201)),
    State.PUSH_ASK: _pushed,
    State.PUSH_WAIT: lambda d: _pushed(d, ASKED),
    State.TICKET: lambda d: _scan(d, CODE, poll(200)),
    State.INIT: lambda d: _scan(d, CODE, poll(200), text(PAGE)),
    State.NOTIFY: lambda d: _scan(d, CODE, poll(200), text(PAGE), init()),
    State.CHECKING: lambda d: _scan(d, CODE, poll(200), text(PAGE), init(), answer()),
    State.SYNCING: lambda d: _scan(d, CODE, poll(200), text(PAGE), init(), answer(), check(0, 2)),
    State.COMMITTING: lambda d: _scan(
        d, CODE, poll(200), text(PAGE), init(), answer(), check(0, 2), sync(11, 21)
    ),
    State.CONFIRMING: lambda d: _scan(d, CODE, poll(200), text(PAGE), init(), answer(), check(1101)),
    State.REVIEWING: lambda d: _scan(d, CODE, poll(200), text(PAGE), answer(ret=1100)),
    State.REFUSED: lambda d: _scan(d, CODE, poll(200), BARRED),
    State.ENDED: lambda d: _scan(
        d, CODE, poll(200), text(PAGE), init(), answer(), check(1101), OVER, answer(ret=1101)
    ),
}
"""How a machine comes into each state."""


def at(state: State) -> Drive:
    """Return a machine that was driven into ``state``."""
    drive = WAYS[state](Drive())
    assert drive.machine.state is state
    return drive
