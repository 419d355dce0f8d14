"""Reads a request whatever its labels are; independent of what it requests.

Real clients post JSON without a Content-Type or as a form, write parameter names in several cases, put a blank pair in
front of a query and leave a `+` in a sid unescaped (recorded from nine of them). All of that reads the same here.
"""

from __future__ import annotations

import json
import logging
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

if TYPE_CHECKING:
    from hongyan.emulator.account import HostedAccount
    from hongyan.emulator.logins import Login
    from hongyan.emulator.service import Service

__all__ = [
    "UNREADABLE",
    "IncomingCall",
    "Refusal",
    "as_number",
    "as_words",
    "log",
    "read_body",
    "read_cookies",
    "read_query",
    "whole_body",
]

PARSER_REQUEST = 1200

_DIGITS = re.compile(r"-?[0-9]{1,30}")


class Refusal(Exception):
    """The service refuses: `ret` for BaseResponse, `text` for ErrMsg, `extra` further keys of the answer."""

    def __init__(self, ret: int, text: str = "", extra: dict[str, Any] | None = None) -> None:
        super().__init__(ret, text)
        self.ret = ret
        self.text = text
        self.extra = extra or {}


@dataclass(slots=True)
class IncomingCall:
    """One request, read."""

    service: Service
    request: web.Request
    endpoint: str
    query: dict[str, str]
    cookies: dict[str, str]
    body: dict[str, Any] = field(default_factory=dict)
    found: Login | None = None

    @property
    def login(self) -> Login:
        """The login that calls; only for endpoints that need one."""
        assert self.found is not None
        return self.found

    @property
    def account(self) -> HostedAccount:
        """The account of the login that calls."""
        return self.service.account_of_login(self.login)

    @property
    def origin(self) -> str:
        """Scheme and host as the client of this request has them."""
        return f"{self.request.scheme}://{self.request.host}"

    def text(self, name: str) -> str:
        """A field of the JSON body as text; `""` where it is missing. Raises Refusal 1200 for a list, an object or a Boolean."""
        value = self.body.get(name)
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else as_words(value)

    def number(self, name: str) -> int:
        """A field of the JSON body as a number, sent as one or as digits; 0 for anything else."""
        return as_number(self.body.get(name))

    def records(self, name: str) -> list[dict[str, Any]]:
        """A field of the JSON body as a list of objects; other values are left out."""
        value = self.body.get(name)
        return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def as_words(value: object) -> str:
    """A text that a person wrote; `""` if missing. Raises Refusal 1200 for a value that is not a text."""
    if value is None or isinstance(value, str):
        return value or ""
    raise Refusal(PARSER_REQUEST)


def as_number(value: object) -> int:
    """An integer written as a number or as digits; 0 for anything else."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if math.isfinite(value) else 0
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        return int(value)
    return 0


UNREADABLE = (web.RequestPayloadError, HttpProcessingError)
"""The web server's exceptions for a body that does not match its head: broken chunks, no gzip in spite of its label."""


def _is_fault_of_ours(record: logging.LogRecord) -> bool:
    """Whether the web server reports more than a request that is not HTTP, which is answered 400 and nothing else."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, UNREADABLE)


log = logging.getLogger("hongyan.emulator.server")
"""The web server's report."""
log.addFilter(_is_fault_of_ours)


async def whole_body(request: web.Request) -> bytes:
    """The bytes of a request. Raises Refusal 1200 where they cannot be had."""
    try:
        return await request.read()
    except UNREADABLE as error:
        raise Refusal(PARSER_REQUEST, "the body does not match its head") from error


def read_query(request: web.Request) -> dict[str, str]:
    """The query with lower-case names; of a repeated name the first value counts."""
    found: dict[str, str] = {}
    for name, value in request.rel_url.query.items():
        found.setdefault(name.lower(), value)
    return found


def read_cookies(request: web.Request) -> dict[str, str]:
    """The cookies as sent, without the quotes that some stacks put around values with `/`, `+` and `=`."""
    pairs = (
        pair.partition("=") for header in request.headers.getall("Cookie", []) for pair in header.split(";")
    )
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs if name.strip()}


def read_body(raw: bytes) -> dict[str, Any]:
    """A JSON object, a form, or nothing. Raises Refusal 1200 for anything else."""
    text = raw.strip()
    if not text:
        return {}
    if text[:1] not in b"{[":
        return dict(parse_qsl(text.decode("utf-8", "replace")))
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        value = _read_leniently(text)
    if not isinstance(value, dict):
        raise Refusal(PARSER_REQUEST)
    return cast("dict[str, Any]", value)


def _read_leniently(text: bytes) -> object:
    try:
        return _without_surrogates(json.loads(text.decode("utf-8", "replace"), strict=False))
    except (ValueError, RecursionError):
        raise Refusal(PARSER_REQUEST) from None


def _without_surrogates(value: object) -> object:
    """The same value with half surrogate pairs as question marks: they could not be written down or sent on."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {str(_without_surrogates(key)): _without_surrogates(item) for key, item in value.items()}
    return value
