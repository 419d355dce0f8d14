"""Our requests beside those that real clients were recorded sending.

For every endpoint seen in the recordings, and every variant of it (a remark is not a pin):

* the method and the path are ones that some client uses;
* what *all* clients send, query parameters and body keys, we send too: that is the least that is known to work;
* what we send, some client sends too, or the official front-end does (the index of endpoints lists its names):
  we invent nothing;
* words and numbers of a fixed vocabulary (``fun``, ``Msg.Type``, ``Scene`` …) have a value that some client sends.

Names of query parameters are compared without case, since the clients differ in it (``MsgID``, ``msgid``).
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest

from hongyan.model.ids import ClientMsgId, LoginId, MsgId, TransientName, Uin
from hongyan.webwx.calls import contacts, manage, media, misc, send
from hongyan.webwx.calls.caller import Caller
from hongyan.webwx.credentials import Cookie, Credentials, SyncPosition
from hongyan.webwx.hosts import official
from hongyan.webwx.http import Multipart, Request
from hongyan.webwx.login import (
    ask_check,
    ask_code,
    ask_init,
    ask_page,
    ask_phone,
    ask_poll,
    ask_sync,
    image_url,
)
from hongyan.webwx.wire import KeyVal, SyncKey

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED = Path(os.environ.get("HONGYAN_SHARED", Path(__file__).parents[3] / "shared"))
RECORDINGS = SHARED / "recordings"

pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are kept outside the project")

NOW = 1_546_214_741.416
ME = TransientName("@me")
PEER = TransientName("@peer")
GROUP = TransientName("@@group")
ID = ClientMsgId("15462147414160521")
TO = send.To(PEER, ID)
ON = send.To(PEER, ID, forwarded=True)

# Where a value comes from a small vocabulary; "Msg.Type" also of messages that are app messages.
FIXED = (
    *("?fun", "?f", "?type", "?opcode", "?redirect", "?loginicon", "?pictype", "?version"),
    *("Code", "Msg.Type", "Msg.EmojiFlag", "Scene", "CmdId", "Opcode", "SceneList[]", "FileType", "OP"),
    *("mediatype", "uploadmediarequest.UploadType", "uploadmediarequest.MediaType"),
    "uploadmediarequest.StartPos",
)

# Sent by all who were recorded, and yet no part of the call.
OPTIONAL = {"webwxgetheadimg": {"?type"}}  # two bots on one library, which always wants the large picture


def zeros(count: int) -> bytes:
    return bytes(count)


def caller() -> Caller:
    cookies = {name: Cookie(value="v") for name in ("wxuin", "wxsid", "webwx_data_ticket")}
    credentials = Credentials(
        login=LoginId("l"), hosts=official("wx2.qq.com"), uin=Uin(155217704), sid="a/b+c", skey="@crypt_1_2",
        pass_ticket="a%2Bb", cookies=cookies, me=ME,
    )  # fmt: skip
    return Caller(credentials, NOW, zeros)


def chunk(chunks: int) -> media.Chunk:
    return media.Chunk(
        to=PEER, name="a.png", content_type="image/png", media_type="pic" if chunks == 1 else "doc", media=1, file_number=0, size=5,
        md5="0" * 32, chunks=chunks, chunk=0, offset=0, length=5,
    )  # fmt: skip


class Ours(NamedTuple):
    """A request of ours, the endpoint's name in the recordings, and the variant it is to be compared with."""

    endpoint: str
    request: Request
    variant: str = ""


def login_requests() -> Iterator[Ours]:
    hosts = official("wx2.qq.com")
    redirect = "https://wx2.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage?ticket=t&uuid=u&lang=zh_CN&scan=1"
    position = SyncPosition(sync_key=SyncKey(1, (KeyVal(1, 2),)))
    c = caller()
    yield Ours("jslogin", ask_code(official(), NOW, "zh_CN"))
    yield Ours("login", ask_poll(hosts, "u==", NOW, first=True))
    yield Ours("webwxpushloginurl", ask_phone(c.credentials.keepsake()))
    yield Ours("webwxnewloginpage", ask_page(hosts, redirect, "zh_CN")[1])
    yield Ours("webwxinit", ask_init(c))
    yield Ours("synccheck", ask_check(c, position))
    yield Ours("webwxsync", ask_sync(c, position))


def ours() -> Iterator[Ours]:
    c = caller()
    yield from login_requests()
    yield Ours("root", misc.root_page(c).request)
    yield Ours("webwxstatusnotify", contacts.notify(c, contacts.Notify.READY, ME).request, "3")
    yield Ours("webwxstatusnotify", contacts.notify(c, contacts.Notify.READ, PEER).request, "1")
    yield Ours("webwxgetcontact", contacts.contacts_page(c).request)
    yield Ours("webwxbatchgetcontact", contacts.batch(c, [contacts.ContactQuery(GROUP)]).request, "group")
    yield Ours(
        "webwxbatchgetcontact", contacts.batch(c, [contacts.ContactQuery(PEER, "@id")]).request, "member"
    )
    yield Ours("webwxsendmsg", send.send_text(c, TO, "hello").request)
    yield Ours("webwxsendmsgimg", send.send_picture(c, TO, "@media").request, "new")
    yield Ours("webwxsendmsgimg", send.send_picture(c, ON, "", "<msg/>").request, "forwarded")
    yield Ours("webwxsendvideomsg", send.send_video(c, TO, "@media").request, "new")
    yield Ours("webwxsendemoticon", send.send_emoticon(c, TO, media_id="@media").request, "uploaded")
    yield Ours("webwxsendemoticon", send.send_emoticon(c, TO, md5="0" * 32).request, "known")
    yield Ours("webwxsendappmsg", send.send_file(c, TO, "<appmsg/>").request, "small")
    yield Ours("webwxsendappmsg", send.send_file(c, TO, "<appmsg/>", "signature").request, "large")
    yield Ours("webwxcheckupload", media.check_upload(c, PEER, "a.zip", 1 << 25, "0" * 32).request)
    yield Ours("webwxuploadmedia", media.upload_chunk(c, chunk(1)).request, "whole")
    yield Ours("webwxuploadmedia", media.upload_chunk(c, chunk(2)).request, "chunked")
    yield Ours("webwxgetmsgimg", media.message_picture(c, MsgId("1")).request)
    yield Ours("webwxgetvideo", media.video(c, MsgId("1")).request)
    yield Ours("webwxgetvoice", media.voice(c, MsgId("1")).request)
    yield Ours("webwxgetmedia", media.media_file(c, PEER, "@media", "name").request)
    icon = "/cgi-bin/mmwebwx-bin/webwxgeticon?seq=1&username=@a&skey="
    yield Ours("webwxgeticon", media.avatar(c, icon).request)
    yield Ours("webwxgetheadimg", media.avatar(c, icon.replace("geticon", "getheadimg")).request)
    yield Ours("webwxrevokemsg", send.revoke(c, PEER, MsgId("1"), ID).request)
    yield Ours("webwxverifyuser", manage.verify(c, manage.Verify.ACCEPT, PEER, ticket="v2_").request)
    yield Ours("webwxoplog", manage.remark(c, PEER, "r").request, "2")
    yield Ours("webwxoplog", manage.pin(c, PEER, on=True, present_remark="r").request, "3")
    yield Ours("webwxcreatechatroom", manage.create_group(c, [PEER, GROUP], "t").request)
    for change in (manage.MembersCall.ADD, manage.MembersCall.REMOVE, manage.MembersCall.RENAME):
        yield Ours("webwxupdatechatroom", manage.change_group(c, GROUP, change, "@a").request, str(change))
    yield Ours("webwxstatreport", misc.stat_report(c, [misc.Report(1, "{}")]).request)
    yield Ours("webwxlogout", misc.logout(c).request)


class Seen(NamedTuple):
    """What is compared of a request: ``values`` maps ``?name`` (query) and body key paths to their values."""

    method: str
    path: str
    values: dict[str, set[str]]


def flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the key paths of JSON data with the values at their ends: ``Msg.Type``, ``List[].UserName``."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from flat(inner, f"{path}[]")
    else:
        yield path, str(value)


def form(fields: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the parts of a form; JSON in a part is opened."""
    for name, value in fields:
        if value.startswith("{"):
            yield from flat(json.loads(value), name)
        else:
            yield name, value


def gathered(
    method: str, path: str, query: Iterator[tuple[str, str]], body: Iterator[tuple[str, str]]
) -> Seen:
    values: dict[str, set[str]] = {}
    for name, value in query:
        values.setdefault(f"?{name.lower()}", set()).add(value)
    for name, value in body:
        values.setdefault(name, set()).add(value)
    return Seen(method, path, values)


def of_ours(request: Request) -> Seen:
    parts = urlsplit(request.url)
    query = iter(parse_qsl(parts.query, keep_blank_values=True))
    return gathered(request.method, parts.path, query, _body_of_ours(request))


def _body_of_ours(request: Request) -> Iterator[tuple[str, str]]:
    if isinstance(request.body, Multipart):
        yield from form(list(request.body.fields))
        assert request.body.file is not None
        yield request.body.file.field, ""
    elif ("Content-Type", "application/x-www-form-urlencoded") in request.headers:
        yield from parse_qsl(request.body.decode())
    elif request.body:
        yield from flat(json.loads(request.body))


def of_recorded(line: dict[str, Any]) -> Seen:
    query = ((name, value) for name, value in line["query"] if name)
    return gathered(line["method"], line["path"], query, _body_of_recorded(line["body"] or {}))


def _body_of_recorded(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "json" in body:
        yield from flat(body["json"])
    elif "form" in body:
        yield from (
            (name, str(value))
            for name, value in (body["form"].items() if isinstance(body["form"], dict) else body["form"])
        )
    else:
        yield from form([(part["name"], part["value"] or "") for part in body.get("multipart", ())])


def variant(endpoint: str, seen: Seen) -> str:
    """Tell the variants of an endpoint apart, each by what makes it one."""
    v = seen.values
    told: dict[str, str] = {
        "webwxstatusnotify": min(v.get("Code", {""})),
        "webwxoplog": min(v.get("CmdId", {""})),
        "webwxupdatechatroom": min(v.get("?fun", {""})),
        "webwxbatchgetcontact": "member" if v.get("List[].EncryChatRoomId", {""}) - {""} else "group",
        "webwxsendmsgimg": "forwarded" if v.get("Scene") == {"2"} else "new",
        "webwxsendvideomsg": "forwarded" if v.get("Scene") == {"2"} else "new",
        "webwxsendemoticon": "uploaded" if "Msg.MediaId" in v else "known",
        "webwxsendappmsg": "large" if "Msg.Signature" in v else "small",
        "webwxuploadmedia": "chunked" if "chunks" in v else "whole",
    }
    return told.get(endpoint, "")


@cache
def recorded() -> dict[tuple[str, str], list[Seen]]:
    found: dict[tuple[str, str], list[Seen]] = {}
    for file in sorted(RECORDINGS.glob("*.jsonl")):
        for text in file.read_text("utf-8").splitlines():
            line = json.loads(text)
            seen = of_recorded(line)
            found.setdefault((line["ep"], variant(line["ep"], seen)), []).append(seen)
    return found


@cache
def documented(endpoint: str) -> frozenset[str]:
    """Names that the official front-end is known to send."""
    index = {e["name"]: e for e in json.loads((SHARED / "reference" / "endpoints.json").read_text("utf-8"))}
    entry = index.get({"root": "root_page", "login": "login_poll"}.get(endpoint, endpoint), {})
    body = (key.removeprefix("form:") for key in entry.get("body_keys", ()))
    return frozenset([*(f"?{name.lower()}" for name in entry.get("query", ())), *body])


def ids() -> list[Any]:
    return [pytest.param(o, id=f"{o.endpoint}-{o.variant}".rstrip("-")) for o in ours()]


@pytest.mark.parametrize("our", ids())
def test_method_and_path_are_those_of_real_clients(our: Ours) -> None:
    """Some client sends the same method to the same path."""
    seen = recorded()[our.endpoint, our.variant]
    assert (our.request.method, urlsplit(our.request.url).path) in {(s.method, s.path) for s in seen}


@pytest.mark.parametrize("our", ids())
def test_what_all_clients_send_is_sent(our: Ours) -> None:
    """Every parameter and body key that no client leaves out is in our request."""
    seen = [s.values.keys() for s in recorded()[our.endpoint, our.variant]]
    shared = set.intersection(*map(set, seen)) - OPTIONAL.get(our.endpoint, set())
    assert shared <= of_ours(our.request).values.keys()


@pytest.mark.parametrize("our", ids())
def test_nothing_is_sent_that_nobody_sends(our: Ours) -> None:
    """Each of our parameters and body keys is one that some client or the front-end sends."""
    known = {name for s in recorded()[our.endpoint, our.variant] for name in s.values}
    undocumented = of_ours(our.request).values.keys() - known - documented(our.endpoint)
    assert {n for n in undocumented if not _inside(n, documented(our.endpoint))} == set()


def _inside(name: str, names: frozenset[str]) -> bool:
    """Whether a documented name stands for everything below it (``uploadmediarequest.BaseRequest``)."""
    return any(name.startswith(f"{n}.") or name == f"{n}[]" for n in names)


@pytest.mark.parametrize("our", ids())
def test_fixed_values_are_those_of_real_clients(our: Ours) -> None:
    """A word or number from a small vocabulary has a value that some client sends there."""
    mine = of_ours(our.request).values
    seen = recorded()[our.endpoint, our.variant]
    for name in FIXED:
        known = {value for s in seen for value in s.values.get(name, ())}
        if name in mine and known:
            assert mine[name] <= known, name


def test_every_recorded_endpoint_is_compared() -> None:
    """No endpoint that a client was seen to use is left out; the QR picture is an address that others fetch."""
    endpoints = {endpoint for endpoint, _ in recorded()}
    assert endpoints - {o.endpoint for o in ours()} == {"qrcode"}
    paths = {s.path for s in recorded()["qrcode", ""]}
    assert {image_url(official(), p.removeprefix("/qrcode/")) for p in paths} == {
        f"https://login.weixin.qq.com{p}" for p in paths
    }


def test_the_sync_key_goes_back_as_all_clients_send_it() -> None:
    """``Count`` and the pairs, as numbers, in a body that holds nothing else."""
    body = next(o.request.body for o in ours() if o.endpoint == "webwxsync")
    assert isinstance(body, bytes)
    sent = json.loads(body)
    assert sent["SyncKey"] == {"Count": 1, "List": [{"Key": 1, "Val": 2}]}
