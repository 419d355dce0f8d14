"""Decides who sends a request and whether its proof is enough; independent of what it requests.

Three levels. `real` accepts what unmodified clients are recorded to send and what therefore must pass: Uin as text, an
empty Skey, no or a wrong pass_ticket, sends and polls and uploads without cookies. `strict` wants every part right.
`lax` takes a request with no proof at all for the only (or the latest) login.
"""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import unquote

from hongyan.emulator.call import IncomingCall, Refusal, as_number
from hongyan.emulator.core import AuthLevel
from hongyan.emulator.hosts import family_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hongyan.emulator.logins import Login

__all__ = ["Proof", "identify", "same_ticket"]

NO_LOGIN, LOGIN_INVALID, COOKIES_INVALID = 1100, 1101, 1102

# The page itself has no skey yet when it restores from cookies alone, and leaves it out of its reports.
_SKEY_MAY_BE_MISSING = frozenset({"webwxinit", "webwxstatreport"})

_DEVICE_ID = re.compile(r"e\d{15}")


class Proof(StrEnum):
    """What an endpoint needs at level `real`; `strict` wants cookies everywhere."""

    NOTHING = "nothing"
    SID = "sid"
    """The sid, wherever it is sent: polls, sends and uploads reach the service without cookies in some clients."""
    COOKIES = "cookies"


def identify(call: IncomingCall, proof: Proof, *, ticket_in_query: bool) -> Login | None:
    """The login behind a call. Raises Refusal 1100, 1101 or 1102 where the proof is not enough."""
    if proof is Proof.NOTHING:
        return None
    level = call.service.options.auth
    login = _find(call) or (call.service.latest_login() if level is AuthLevel.LAX else None)
    if login is None:
        raise Refusal(NO_LOGIN)
    if login.ended:
        raise Refusal(login.ended)
    if login.cookies_until <= call.service.clock.now():
        raise Refusal(COOKIES_INVALID)
    if level is not AuthLevel.LAX:
        _check(call, login, proof)
    if level is AuthLevel.STRICT:
        _check_strictly(call, login, ticket_in_query=ticket_in_query)
    return login


def _find(call: IncomingCall) -> Login | None:
    service, query = call.service, call.query
    stated = str(_base_request(call).get("Sid") or "")
    if stated:
        return service.login_of_sid(stated)
    sids = (call.cookies.get("wxsid", ""), query.get("sid", ""), str(call.body.get("sid") or ""))
    for sid in sids:
        login = service.login_of_sid(sid.replace(" ", "+"))
        if login is not None:
            return login
    ticket = query.get("webwx_data_ticket", "") or str(call.body.get("webwx_data_ticket") or "")
    return service.login_of_data_ticket(ticket or call.cookies.get("webwx_data_ticket", ""))


def _base_request(call: IncomingCall) -> Mapping[str, object]:
    value = call.body.get("BaseRequest")
    if value is None and isinstance(call.body.get("uploadmediarequest"), str):
        try:
            inner = json.loads(call.body["uploadmediarequest"])
        except ValueError:
            return {}
        value = inner.get("BaseRequest") if isinstance(inner, dict) else None
    return value if isinstance(value, dict) else {}


def _check(call: IncomingCall, login: Login, proof: Proof) -> None:
    """Reject wrong values; missing ones may pass."""
    request = _base_request(call)
    secrets = login.secrets
    uin = request.get("Uin") or call.query.get("uin")
    if uin and as_number(uin) != secrets.uin:
        raise Refusal(NO_LOGIN)
    skey = str(request.get("Skey") or call.query.get("skey") or "")
    if skey and skey.replace(" ", "+") != secrets.skey:
        raise Refusal(LOGIN_INVALID)
    if _wrong_family(call.request.host, login) and proof is not Proof.SID:
        raise Refusal(NO_LOGIN)
    if proof is Proof.COOKIES:
        _check_cookie(call, "wxsid", secrets.sid)


def _wrong_family(host: str, login: Login) -> bool:
    """Whether a request was sent to a real host name of another family than the login's."""
    family = family_of(host)
    return bool(family and login.host) and family != login.host


def _check_strictly(call: IncomingCall, login: Login, *, ticket_in_query: bool) -> None:
    secrets = login.secrets
    for name, right in (
        ("wxuin", str(secrets.uin)),
        ("wxsid", secrets.sid),
        ("webwx_data_ticket", secrets.data_ticket),
    ):
        _check_cookie(call, name, right)
    request = _base_request(call)
    if request:
        complete = as_number(request.get("Uin")) == secrets.uin and request.get("Sid") == secrets.sid
        if not complete:
            raise Refusal(NO_LOGIN)
        skey = request.get("Skey")
        if skey != secrets.skey and (skey or call.endpoint not in _SKEY_MAY_BE_MISSING):
            raise Refusal(LOGIN_INVALID)
        if not _DEVICE_ID.fullmatch(str(request.get("DeviceID"))):
            raise Refusal(1, "DeviceID is not e and 15 digits")
    if ticket_in_query and not same_ticket(call.query.get("pass_ticket", ""), secrets.pass_ticket):
        raise Refusal(NO_LOGIN, "pass_ticket")


def _check_cookie(call: IncomingCall, name: str, right: str) -> None:
    value = call.cookies.get(name)
    if value is None:
        raise Refusal(NO_LOGIN)
    if value != right and unquote(value) != right:
        raise Refusal(COOKIES_INVALID)


def same_ticket(given: str, right: str) -> bool:
    """Whether a pass_ticket is right after decoding it once or twice: clients differ in whether they encode it again."""
    return given in {right, unquote(right)} or unquote(given) in {right, unquote(right)}
