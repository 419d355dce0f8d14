"""Calls beside the chat: root page, link check, reports, preview, log-out."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from hongyan.errors import NoAnswer
from hongyan.webwx.calls.caller import Caller, accepted, common_headers
from hongyan.webwx.credentials import device_id
from hongyan.webwx.hosts import HostClass
from hongyan.webwx.http import ApiCall, Request, Response, encode_query
from hongyan.webwx.parse import RootPage, parse_root_page

__all__ = ["Report", "check_url", "feedback", "logout", "root_page", "stat_report"]


def root_page(caller: Caller) -> ApiCall[RootPage]:
    """Request the root page: the cheapest check, without side effects, that the login still holds (Mojo-Weixin)."""

    def read(response: Response) -> RootPage:
        if response.malformed or response.status >= 500:
            raise NoAnswer("root_page", f"the server answered {response.status}")
        return parse_root_page(response.body)

    url = caller.credentials.hosts.origin(HostClass.MAIN) + "/"
    return ApiCall(
        Request(endpoint="root_page", method="GET", url=url, headers=caller.headers(), timeout=15.0), read
    )


def check_url(caller: Caller, link: str) -> ApiCall[str]:
    """Ask the redirector where a link leads; return the address, or an empty string for a page of warning."""

    def target(response: Response) -> str:
        if response.malformed or response.status >= 500:
            raise NoAnswer("webwxcheckurl", f"the server answered {response.status}")
        return response.header("Location")

    query = (
        ("requrl", link),
        ("skey", caller.credentials.skey),
        ("deviceid", device_id(caller.entropy)),
        ("pass_ticket", caller.credentials.pass_ticket),
        ("opcode", 2),
        ("scene", 1),
        ("username", caller.credentials.me),
    )
    return caller.get("webwxcheckurl", query, target)


class Report(Struct, frozen=True):
    """One entry of the browser's telemetry: 1 normal, 2 error, 16 send error; ``text`` is itself JSON."""

    type: int
    text: str


def stat_report(caller: Caller, reports: Sequence[Report]) -> ApiCall[None]:
    """Report telemetry as the browser does. Nothing in Hongyan sends it by itself."""
    body = {"Count": len(reports), "List": [{"Type": r.type, "Text": r.text} for r in reports]}
    read = accepted("webwxstatreport", caller.now)
    return caller.post("webwxstatreport", body, read, query=(("fun", "new"),))


def feedback(caller: Caller, text: str) -> ApiCall[None]:
    """Send the feedback form."""
    body = {"MachineType": "webwx", "Content": text, "ReportType": 0}
    return caller.post("webwxsendfeedback", body, accepted("webwxsendfeedback", caller.now))


def logout(caller: Caller) -> ApiCall[None]:
    """End the login. The answer (mostly a redirect) is ignored."""
    c = caller.credentials
    query = encode_query((("redirect", 1), ("type", 0), ("skey", c.skey)))
    request = Request(
        endpoint="webwxlogout",
        method="POST",
        url=f"{caller.url('webwxlogout')}?{query}",
        headers=(
            *common_headers(c.hosts, c.cookie_header, posting=True),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ),
        body=encode_query((("sid", c.sid), ("uin", int(c.uin)))).encode(),
        timeout=10.0,
    )
    return ApiCall(request, lambda _: None)
