r"""What every call shares: the caller, the common parts of a request, and what an answer's code means; it knows no call.

Encoding rules, captured from the browser 2018: JSON is raw UTF-8 with nothing escaped that JSON does not require, since
receivers see ``\uXXXX`` literally; ``pass_ticket`` is kept as received and percent-encoded once in a query; numbers
such as ``r`` are never checked by the server.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct, field

from hongyan.errors import NoAnswer, ProtocolChanged, Refused, TooFast, UnreadableJson
from hongyan.webwx.credentials import Credentials, device_id
from hongyan.webwx.hosts import HostClass, Hosts
from hongyan.webwx.http import ApiCall, Lane, Multipart, Request, Response, encode_query
from hongyan.webwx.lenient_json import BROKEN_OFF, mend, read_object
from hongyan.webwx.wire import WireResponse

__all__ = [
    "BY_INVITATION",
    "PATH",
    "USER_AGENT",
    "Answered",
    "Caller",
    "Entropy",
    "Pairs",
    "accepted",
    "answered",
    "complement",
    "encode_json",
    "milliseconds",
    "reading",
    "require",
    "require_whole",
]

T = TypeVar("T")

Entropy = Callable[[int], bytes]
Pairs = Iterable[tuple[str, str | int]]

PATH: Final = "/cgi-bin/mmwebwx-bin/"
USER_AGENT: Final = "Hongyan (Web WeChat client)"
BY_INVITATION: Final = -2013  # done, some members must accept first: the front-end treats it as success
_JSON: Final = (("Content-Type", "application/json;charset=UTF-8"),)
_PAUSE: Final = 60.0  # seconds before anything is tried again after 1205; the pacing widens it further


class Caller(Struct, frozen=True):
    """Who calls (``credentials``), at what Unix time, and where random bytes come from."""

    credentials: Credentials
    now: float
    entropy: Entropy

    def base_request(self) -> dict[str, Any]:
        """Return the object that every JSON body starts with."""
        c = self.credentials
        return {"Uin": int(c.uin), "Sid": c.sid, "Skey": c.skey, "DeviceID": device_id(self.entropy)}

    def headers(self, *, posting: bool = False) -> tuple[tuple[str, str], ...]:
        """Return the headers of a request to this login's hosts."""
        return common_headers(self.credentials.hosts, self.credentials.cookie_header, posting=posting)

    @property
    def tickets(self) -> tuple[tuple[str, str], ...]:
        """The two parameters that the front-end appends to every call."""
        return (("lang", self.credentials.language), ("pass_ticket", self.credentials.pass_ticket))

    def url(self, endpoint: str, query: Pairs = (), host: HostClass = HostClass.MAIN) -> str:
        """Return the address of an endpoint below the common path."""
        encoded = encode_query(query)
        return f"{self.credentials.hosts.origin(host)}{PATH}{endpoint}{'?' if encoded else ''}{encoded}"

    def post(
        self,
        endpoint: str,
        body: dict[str, Any],
        read: Callable[[Response], T],
        *,
        query: Pairs = (),
        timeout: float = 20.0,
        lane: Lane = Lane.COMMAND,
    ) -> ApiCall[T]:
        """Return a call that posts ``body`` with the base request in it; the tickets follow ``query``."""
        request = Request(
            endpoint=endpoint,
            method="POST",
            url=self.url(endpoint, (*query, *self.tickets)),
            headers=(*self.headers(posting=True), *_JSON),
            body=encode_json({"BaseRequest": self.base_request(), **body}),
            timeout=timeout,
            lane=lane,
        )
        return ApiCall(request, read)

    def get(
        self,
        endpoint: str,
        query: Pairs,
        read: Callable[[Response], T],
        *,
        host: HostClass = HostClass.MAIN,
        timeout: float = 20.0,
        lane: Lane = Lane.COMMAND,
        extra: tuple[tuple[str, str], ...] = (),
    ) -> ApiCall[T]:
        """Return a call that gets ``endpoint`` with exactly ``query``."""
        request = Request(
            endpoint=endpoint,
            method="GET",
            url=self.url(endpoint, query, host),
            headers=(*self.headers(), *extra),
            timeout=timeout,
            lane=lane,
        )
        return ApiCall(request, read)

    def form(
        self, endpoint: str, form: Multipart, read: Callable[[Response], T], *, timeout: float
    ) -> ApiCall[T]:
        """Return a call that posts a form to the FILE host."""
        request = Request(
            endpoint=endpoint,
            method="POST",
            url=self.url(endpoint, (("f", "json"),), HostClass.FILE),
            headers=self.headers(posting=True),
            body=form,
            timeout=timeout,
            lane=Lane.FILE,
        )
        return ApiCall(request, read)


def common_headers(hosts: Hosts, cookies: str = "", *, posting: bool = False) -> tuple[tuple[str, str], ...]:
    """Return the headers that the browser sends and the service may check."""
    main = hosts.origin(HostClass.MAIN)
    pairs = (
        ("User-Agent", USER_AGENT),
        ("Referer", f"{main}/"),
        ("Origin", main if posting else ""),
        ("Cookie", cookies),
    )
    return tuple(pair for pair in pairs if pair[1])


def encode_json(value: Any) -> bytes:
    """Return JSON as raw UTF-8; half a code point, which a Python string may hold, becomes U+FFFD."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return mend(json.dumps(value, ensure_ascii=False)).encode()


def milliseconds(now: float) -> int:
    """Return a Unix time in whole milliseconds."""
    return int(now * 1000)


def complement(now: float) -> int:
    """Return the browser's ``~new Date()``: the bitwise complement of the milliseconds, in 32 bits."""
    low = milliseconds(now) & 0xFFFFFFFF
    return -(low - (1 << 32) if low >= 1 << 31 else low) - 1


def answered(endpoint: str, response: Response) -> bytes:
    """Return the body of a JSON answer; NoAnswer for a gateway error or an empty body, ProtocolChanged for a page."""
    if response.malformed or response.status >= 500:
        raise NoAnswer(endpoint, f"the server answered {response.status}")
    if not response.body.strip():
        raise NoAnswer(endpoint, "the answer is empty")
    if response.status >= 300:
        raise ProtocolChanged(endpoint, f"HTTP status {response.status}")
    return response.body


def require(
    endpoint: str, ret: int | None, err_msg: str, now: float, *, also: frozenset[int] = frozenset()
) -> None:
    """Return if the server accepted (0 or a code of ``also``), else raise what its code means."""
    if ret == 0 or ret in also:
        return
    if ret is None:
        raise ProtocolChanged(endpoint, "it has no Ret")
    if ret in {1205, 1105}:  # one client's table lists 1105 with the same meaning
        raise TooFast(endpoint, err_msg, retry_at=now + _PAUSE)
    raise Refused(endpoint, ret, err_msg)


def require_whole(endpoint: str, rung: str) -> None:
    """Raise NoAnswer for an answer that was cut short; a repeated request may get the whole one."""
    if rung == BROKEN_OFF:
        raise NoAnswer(endpoint, "the answer broke off")


class Answered(Struct):
    """What every JSON answer has; a call's own struct adds its fields."""

    base_response: WireResponse | None = field(default=None, name="BaseResponse")


A = TypeVar("A", bound=Answered)


def reading(
    endpoint: str, kind: type[A], now: float, also: frozenset[int] = frozenset()
) -> Callable[[Response], A]:
    """Return a reader for answers of the form ``kind``, which raises what a refusal means."""
    names = frozenset(f.encode_name for f in msgspec.structs.fields(kind))

    def read(response: Response) -> A:
        try:
            answer, rung = read_object(answered(endpoint, response), kind, names)
        except UnreadableJson as failure:
            raise ProtocolChanged(endpoint, failure.problem) from failure
        head = answer.base_response or WireResponse()
        if not head.ret:
            require_whole(endpoint, rung)
        require(endpoint, head.ret, head.err_msg, now, also=also)
        return answer

    return read


def accepted(endpoint: str, now: float, also: frozenset[int] = frozenset()) -> Callable[[Response], None]:
    """Return a reader for answers of which only the code matters."""
    read = reading(endpoint, Answered, now, also)

    def accept(response: Response) -> None:
        read(response)

    return accept
