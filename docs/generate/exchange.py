"""Every call of the protocol, asked of the emulator once: the request that is sent and the answer that comes back.

Names, keys and times differ from run to run; ``shown`` puts stand-ins in their place, so that a page stays the same.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp

from hongyan.emulator import Emulator, Group, Member, Person, World
from hongyan.emulator.compose_media import picture, video, voice
from hongyan.emulator.pictures import avatar
from hongyan.model.ids import ClientMsgId, MsgId, TransientName
from hongyan.webwx import login
from hongyan.webwx.calls import contacts, manage, media, misc, send
from hongyan.webwx.calls.caller import Caller
from hongyan.webwx.credentials import SyncPosition
from hongyan.webwx.hosts import HostClass, emulator_at, official
from hongyan.webwx.http import Multipart, Request, Response
from hongyan.webwx.parse import (
    parse_batch,
    parse_contacts,
    parse_init,
    parse_login_code,
    parse_login_page,
    parse_login_poll,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ME, ANNA, BEN, TEAM = "wxid_me", "wxid_anna", "wxid_ben", "10000000001@chatroom"
_HANDLE = re.compile(r"@@?[0-9a-f]{32,64}")


@dataclass(frozen=True)
class Exchange:
    """One call: the function that builds it, what was sent, and what came back."""

    name: str
    builder: Callable[..., Any]
    request: Request
    response: Response

    @property
    def host(self) -> str:
        """The class of hosts that the request goes to, as the front-end names it."""
        return _HOSTS.get(self.request.endpoint, HostClass.MAIN.value)


_HOSTS = {
    "jslogin": "login",
    "login_poll": "login",
    "qrcode": "qr",
    "synccheck": "push",
    "webwxuploadmedia": "file",
    "webwxuploadmediaparallel": "file",
    "webwxgetmedia": "file",
}


def _world() -> World:
    people = [
        Person(ANNA, "Anna", remark="anna"),
        Person(BEN, "Ben"),
        Person("wxid_carol", "Carol", friend=False),
    ]
    world = World(Person(ME, "Me"), {p.id: p for p in people})
    world.groups[TEAM] = Group(TEAM, "Team", ME, [Member(ME), Member(ANNA), Member(BEN)], saved=True)
    world.add_specials()
    return world


class _Session:
    """A client that does nothing but ask."""

    def __init__(self, service: Emulator, http: aiohttp.ClientSession) -> None:
        self.service, self.http = service, http
        self.hosts = emulator_at(service.origin)
        self.found: list[Exchange] = []
        self.now = 1_546_214_741.416

    async def ask(self, request: Request, builder: Callable[..., Any], name: str = "") -> Response:
        """Send a request, keep the exchange, and return the answer."""
        headers, body = dict(request.headers), request.body
        data: Any = body
        if isinstance(body, Multipart):
            data = aiohttp.FormData(quote_fields=False)
            for key, value in body.fields:
                data.add_field(key, value)
            if part := body.file:
                data.add_field(
                    part.field, bytes(part.length), filename=part.filename, content_type=part.content_type
                )
        async with self.http.request(
            request.method, request.url, headers=headers, data=data or None, allow_redirects=False
        ) as answer:
            heads = tuple((k, v) for k, v in answer.headers.items())
            response = Response(status=answer.status, headers=heads, body=await answer.read())
        self.found.append(Exchange(name or request.endpoint, builder, request, response))
        return response

    async def login(self) -> None:
        """Show a code, scan it, and take the credentials."""
        code = parse_login_code(
            (await self.ask(login.ask_code(self.hosts, self.now, "en_US"), login.ask_code)).body
        )
        image = Request(endpoint="qrcode", method="GET", url=login.image_url(self.hosts, code.uuid))
        await self.ask(image, login.image_url)
        first = login.ask_poll(self.hosts, code.uuid, self.now, first=True)
        await self.ask(first, login.ask_poll, "login_poll, nothing happened")
        self.service.phone.scan()
        second = login.ask_poll(self.hosts, code.uuid, self.now, first=False)
        await self.ask(second, login.ask_poll, "login_poll, scanned")
        self.service.phone.confirm()
        third = await self.ask(second, login.ask_poll, "login_poll, confirmed")
        hosts, page = login.ask_page(self.hosts, parse_login_poll(third.body).redirect_uri, "en_US")
        answer = await self.ask(page, login.ask_page)
        made = login.credentials_from(
            parse_login_page(answer.body), answer, hosts, (self.now, bytes(8)), "en_US"
        )
        self.caller = Caller(made, self.now, bytes)
        init = await self.ask(login.ask_init(self.caller), login.ask_init)
        read = parse_init(init.body)
        assert read.sync_key is not None
        self.position = SyncPosition(sync_key=read.sync_key)
        self.caller = Caller(made.entered(read.me.name, read.skey, 40).adopt(init), self.now, bytes)

    async def call(self, builder: Callable[..., Any], *words: Any, name: str = "", **more: Any) -> Response:
        """Make a call of one of the builders."""
        return await self.ask(builder(self.caller, *words, **more).request, builder, name)

    async def people(self) -> None:
        """Read the contacts, and keep the names of this login."""
        await self.call(
            contacts.notify,
            contacts.Notify.READY,
            self.caller.credentials.me,
            name="webwxstatusnotify, ready",
        )
        book = parse_contacts((await self.call(contacts.contacts_page)).body)
        named = {c.nickname: c.name for c in book.contacts}
        self.anna, self.ben, self.team = named["Anna"], named["Ben"], named["Team"]
        wanted = [contacts.ContactQuery(self.team)]
        batch = parse_batch(
            (await self.call(contacts.batch, wanted, name="webwxbatchgetcontact, a group")).body
        )
        group = batch.contacts[0]
        wanted = [contacts.ContactQuery(self.anna, str(group.group_id))]
        await self.call(contacts.batch, wanted, name="webwxbatchgetcontact, a member")
        self.path = next(c.avatar for c in book.contacts if c.nickname == "Anna")
        await self.call(contacts.search, "anna")

    async def sync(self) -> None:
        """Let something happen, notice it, fetch it."""
        self.service.person(ANNA).says("hello")
        check = login.ask_check(self.caller, self.position)
        await self.ask(check, login.ask_check)
        await self.ask(login.ask_sync(self.caller, self.position), login.ask_sync)
        await self.call(contacts.notify, contacts.Notify.READ, self.anna, name="webwxstatusnotify, read")

    def to(self, who: str = "", *, forwarded: bool = False) -> send.To:
        """Return an address under a fresh number."""
        number = ClientMsgId(f"1546214741416{len(self.found):04}")
        return send.To(TransientName(who or self.anna), number, forwarded=forwarded)

    async def sends(self) -> None:
        """Send one message of each kind, and take one back."""
        said = await self.call(send.send_text, self.to(), "hello", name="webwxsendmsg, a text")
        mentions = [self.anna]
        await self.call(
            send.send_text, self.to(self.team), "@Anna hello", mentions, name="webwxsendmsg, a mention"
        )
        await self.call(send.send_card, self.to(), self.ben, "Ben", name="webwxsendmsg, a card")
        place = send.location_xml(30.246, 120.155, "West Lake")
        await self.call(send.send_location, self.to(), place, name="webwxsendmsg, a place")
        await self.call(send.send_picture, self.to(), await self.uploaded("pic", "a.png", "image/png"))
        await self.call(send.send_video, self.to(), await self.uploaded("video", "a.mp4", "video/mp4"))
        sticker = await self.uploaded("doc", "a.gif", "image/gif")
        await self.call(send.send_emoticon, self.to(), media_id=sticker)
        file = send.file_xml("a.pdf", 5, await self.uploaded("doc", "a.pdf", "application/pdf"))
        await self.call(send.send_file, self.to(), file, name="webwxsendappmsg, a file")
        link = "<appmsg appid='' sdkver=''><title>Hongyan</title><des></des><type>5</type><url>http://127.0.0.1/</url></appmsg>"
        await self.call(send.send_app, self.to(), 5, link, name="webwxsendappmsg, a link")
        sent = MsgId(json.loads(said.body)["MsgID"])
        await self.call(send.revoke, self.anna, sent, ClientMsgId("15462147414160001"))

    async def uploaded(self, kind: str, name: str, content_type: str) -> str:
        """Upload five bytes; keep the exchange of the first upload alone."""
        chunk = media.Chunk(
            to=self.anna,
            name=name,
            content_type=content_type,
            media_type=kind,
            media=1_546_214_741_416 + len(self.found),
            file_number=0,
            size=5,
            md5="ca9c491ac66b2c62500882e93f3719a8",
            chunks=1,
            chunk=0,
            offset=0,
            length=5,
        )
        answer = await self.call(media.upload_chunk, chunk)
        if sum(e.request.endpoint == "webwxuploadmedia" for e in self.found) > 1:
            self.found.pop()
        return str(json.loads(answer.body)["MediaId"])

    async def files(self) -> None:
        """Fetch one file of each kind."""
        anna = self.service.person(ANNA)
        await self.call(media.check_upload, self.anna, "a.zip", 30 << 20, "0" * 32)
        shown = anna.sends(picture(avatar("Anna", 64)))
        await self.call(media.message_picture, MsgId(str(shown.msg_id)))
        await self.call(media.voice, MsgId(str(anna.sends(voice(b"ID3", 1000)).msg_id)))
        await self.call(media.video, MsgId(str(anna.sends(video(bytes(64), 1)).msg_id)))
        await self.call(media.media_file, self.anna, "@crypt_0", "a.pdf")
        await self.call(media.place_picture, MsgId("1"))
        await self.call(media.avatar, self.path)
        await self.call(media.avatar, self.path.replace("webwxgeticon", "webwxgetheadimg"))
        await self.call(media.preview, "@crypt_0")

    async def manages(self) -> None:
        """Change contacts and groups."""
        await self.call(
            manage.verify, manage.Verify.REQUEST, self.ben, text="hello", name="webwxverifyuser, asking"
        )
        await self.call(
            manage.verify, manage.Verify.ACCEPT, self.ben, ticket="v2_0", name="webwxverifyuser, accepting"
        )
        await self.call(manage.remark, self.anna, "Anna from work", name="webwxoplog, a remark")
        await self.call(manage.pin, self.anna, on=True, present_remark="anna", name="webwxoplog, a pin")
        await self.call(manage.create_group, [self.anna, self.ben], "Hikers")
        for change in manage.MembersCall:
            value = {manage.MembersCall.RENAME: "Team A", manage.MembersCall.QUIT: ""}.get(change, self.ben)
            await self.call(
                manage.change_group, self.team, change, value, name=f"webwxupdatechatroom, {change.value}"
            )

    async def others(self) -> None:
        """Make the calls beside the chat, and log out."""
        await self.call(misc.check_url, "http://127.0.0.1/")
        await self.call(misc.stat_report, [misc.Report(1, "{}")])
        await self.call(misc.feedback, "hello")
        await self.call(misc.root_page)
        await self.call(misc.logout)
        await self.ask(login.ask_phone(self.caller.credentials.keepsake()), login.ask_phone)


async def _all() -> list[Exchange]:
    async with (
        Emulator(_world(), poll_seconds=0.1) as service,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        session = _Session(service, http)
        await session.login()
        for part in (
            session.people,
            session.sync,
            session.sends,
            session.files,
            session.manages,
            session.others,
        ):
            await part()
        return session.found


def exchanges() -> list[Exchange]:
    """Return every call with its answer, in the order of a session."""
    return asyncio.run(_all())


def address(request: Request) -> str:
    """Return the path of a request with stand-ins for what differs from run to run."""
    path = urlsplit(request.url).path
    return re.sub(r"(?<=/qrcode/).*", "{uuid}", path)


def query(request: Request) -> str:
    """Return the names of the query in order, with the values that are always the same."""
    pairs = parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
    return " & ".join(f"{name}={value}" if value in _FIXED else name for name, value in pairs)


_FIXED = frozenset(
    [
        "new",
        "v2",
        "json",
        "async",
        "sys",
        "ex",
        "true",
        "0",
        "1",
        "2",
        "slave",
        "big",
        "xxx",
        "location",
        "preview",
    ]
    + [change.value for change in manage.MembersCall]
    + ["wx782c26e4c19acffb"]
)


def body(request: Request) -> str:
    """Return the body of a request with stand-ins; empty where there is none."""
    if isinstance(request.body, Multipart):
        fields = [
            f"{name}: {'…' if name in _SECRET else _text(value)}" for name, value in request.body.fields
        ]
        part = request.body.file
        return "\n".join([*fields, f"{part.field}: (the bytes)" if part else ""])
    text = request.body.decode()
    return text and (
        dumped(shape(json.loads(text))) if text.startswith("{") else "&".join(k for k, _ in parse_qsl(text))
    )


def answer(response: Response) -> str:
    """Return the body of an answer with stand-ins, or what is known of its bytes."""
    kind = response.header("Content-Type").partition(";")[0]
    if response.status in {301, 302} and not response.body:
        return f"(HTTP {response.status}, Location)"
    if not response.body:
        return f"(HTTP {response.status}, empty)"
    if response.body.startswith(b"{"):
        return dumped(shape(json.loads(response.body)))
    if kind.startswith(("image/", "audio/", "video/", "application/octet")):
        return f"(HTTP {response.status}, {kind}, bytes)"
    return _text(response.body.decode("utf-8", "replace"))


def shape(value: Any, name: str = "") -> Any:
    """Return JSON data with stand-ins for names, keys and times, one element of each list, and no BaseRequest."""
    if name == "BaseRequest":
        return "…"
    if isinstance(value, dict):
        return {key: shape(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(each, name) for each in value[:1]]
    if isinstance(value, str):
        return "…" if value and name in _SECRET else _text(value)
    if isinstance(value, int) and abs(value) >= 10_000:
        return _Number()
    return value


_SECRET = frozenset(
    {"Sid", "Skey", "SKey", "AESKey", "Signature", "uuid", "webwx_data_ticket", "pass_ticket"}
)


class _Number:
    """A number that differs from run to run."""


def dumped(value: Any) -> str:
    """Return indented JSON in which ``…`` stands for a number that differs."""
    from generate.blocks import as_json

    return as_json(value, default=lambda _: "<number>").replace('"<number>"', "…")


def _text(text: str) -> str:
    """Put stand-ins into a text: handles, keys, tickets, times."""
    if text.startswith("{"):
        return json.dumps(shape(json.loads(text)), default=lambda _: "…", ensure_ascii=False)
    text = _HANDLE.sub(lambda m: "@@group" if m[0].startswith("@@") else "@name", text)
    text = re.sub(r"http://127\.0\.0\.1:\d+", "http://HOST", text)
    text = re.sub(r"@crypt_\w+", "@crypt_…", text)
    text = re.sub(r"(?<![\w.])\d{5,}(?![\w.])", "…", text)
    text = re.sub(r"(ticket=|uuid = \"|uuid=|skey=)[^&\"]+", r"\1…", text)
    text = re.sub(r"<(wxsid|pass_ticket|skey|wxuin)>[^<]+", r"<\1>…", text)
    text = re.sub(r"(window\.userAvatar = '|base64,)[^']*", r"\1…", text)
    return text if len(text) <= 400 else text[:200] + " …"


def official_host(kind: str) -> str:
    """Return the official host of a class at the entry of the service."""
    return urlsplit(official().origin(HostClass(kind))).netloc
