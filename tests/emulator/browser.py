"""A small world, and a browser that sends what recorded clients send."""

from __future__ import annotations

import hashlib
import io
import json
import re
from typing import TYPE_CHECKING, Any

import aiohttp

from hongyan.emulator import Group, Member, Person, World

if TYPE_CHECKING:
    from hongyan.emulator import Emulator

PREFIX = "/cgi-bin/mmwebwx-bin/"
ME = "wxid_me0000000000001"
ALICE, BOB, STRANGER, NEWS = "wxid_alice00000000001", "wxid_bob000000000001", "carol_short", "gh_0123456789ab"
TEAM, SECRET_CLUB = "10000000001@chatroom", "10000000002@chatroom"


def small_world() -> World:
    """Me, two friends, a stranger, an official account, the file helper; a saved group of mine and an unsaved one."""
    people = [
        Person(ALICE, "Alice <3", remark="alice", sex=2, province="广东", city="深圳", signature="a & b"),
        Person(BOB, "Bob", remark="bob"),
        Person(STRANGER, "Carol", friend=False, city="上海"),
        Person(NEWS, "MachineEvent", verify_flag=24),
        Person("filehelper", "文件传输助手"),
        Person("fmessage", "朋友推荐消息"),
    ]
    groups = [
        Group(TEAM, "Team", ME, [Member(ME), Member(ALICE, "Captain"), Member(BOB)], saved=True),
        Group(SECRET_CLUB, "Club", BOB, [Member(BOB), Member(ME), Member(STRANGER)]),
    ]
    return World(Person(ME, "Me"), {each.id: each for each in people}, {each.id: each for each in groups})


class Browser:
    """A client with its own cookies. `secrets` holds what the login page gave."""

    def __init__(self, service: Emulator, http: aiohttp.ClientSession) -> None:
        self.service = service
        self.http = http
        self.secrets: dict[str, str] = {}
        self.user: dict[str, Any] = {}
        self.key: dict[str, Any] = {}
        self.check_key: dict[str, Any] = {}
        self.init_answer: dict[str, Any] = {}

    async def get(
        self, path: str, headers: dict[str, str] | None = None, **query: Any
    ) -> aiohttp.ClientResponse:
        """GET below the usual prefix, or of an absolute path; the body is read."""
        path = path if path.startswith("/") else PREFIX + path
        params = {name: str(value) for name, value in query.items()}
        response = await self.http.get(
            self.service.origin + path, params=params, headers=headers, allow_redirects=False
        )
        await response.read()
        return response

    async def post(self, path: str, body: dict[str, Any] | None = None, **query: Any) -> dict[str, Any]:
        """POST JSON with the BaseRequest in front, without any Content-Type, as itchat does; the JSON answer."""
        data = json.dumps({"BaseRequest": self.base_request, **(body or {})}, ensure_ascii=False).encode()
        params = {name: str(value) for name, value in query.items()}
        response = await self.http.post(
            self.service.origin + PREFIX + path,
            params=params,
            data=data,
            headers={"Content-Type": ""},
            allow_redirects=False,
        )
        return self.decoded(await response.read())

    @staticmethod
    def decoded(body: bytes) -> dict[str, Any]:
        """An answer's JSON."""
        value = json.loads(body)
        assert isinstance(value, dict)
        return value

    @property
    def base_request(self) -> dict[str, Any]:
        """BaseRequest with everything right."""
        return {
            "Uin": int(self.secrets["wxuin"]),
            "Sid": self.secrets["wxsid"],
            "Skey": self.secrets["skey"],
            "DeviceID": "e123456789012345",
        }

    @property
    def me(self) -> str:
        """Own UserName."""
        return str(self.user["UserName"])

    async def new_code(self, **query: Any) -> str:
        """A uuid of jslogin."""
        answer = await self.get("/jslogin", appid="wx782c26e4c19acffb", fun="new", **query)
        found = re.search(
            r'window\.QRLogin\.code = 200; window\.QRLogin\.uuid = "(.+?)"', await answer.text()
        )
        assert found
        return found[1]

    async def poll(self, uuid: str, tip: int = 0, **query: Any) -> str:
        """One login poll."""
        return await (await self.get("login", uuid=uuid, tip=tip, **query)).text()

    async def take_ticket(self, uuid: str) -> str:
        """The redirect_uri after the phone has confirmed."""
        found = re.search(r'window\.redirect_uri="(.+?)";', await self.poll(uuid))
        assert found
        return found[1]

    async def open_page(self, redirect: str) -> str:
        """The login page in its 200 form; keeps the secrets."""
        response = await self.http.get(redirect + "&fun=new&version=v2", allow_redirects=False)
        xml = await response.text()
        self.secrets = {
            name: value
            for name, value in re.findall(r"<(skey|wxsid|wxuin|pass_ticket)>(.*?)</", xml)
            if value
        }
        return xml

    async def log_in(self) -> Browser:
        """Everything up to the ready notice; the phone confirms."""
        uuid = await self.new_code()
        self.service.phone.confirm()
        await self.open_page(await self.take_ticket(uuid))
        return await self.begin()

    async def begin(self) -> Browser:
        """webwxinit, with the cookies that are there."""
        self.init_answer = await self.post("webwxinit", pass_ticket=self.secrets["pass_ticket"])
        assert self.init_answer["BaseResponse"]["Ret"] == 0, self.init_answer
        self.user = self.init_answer["User"]
        self.key = self.check_key = self.init_answer["SyncKey"]
        return self

    async def check(self, key: dict[str, Any] | None = None) -> tuple[str, str]:
        """One synccheck: (retcode, selector)."""
        listed = (key or self.check_key)["List"]
        response = await self.get(
            "synccheck",
            r=1,
            skey=self.secrets["skey"],
            sid=self.secrets["wxsid"],
            uin=self.secrets["wxuin"],
            deviceid="e123456789012345",
            synckey="|".join(f"{pair['Key']}_{pair['Val']}" for pair in listed),
        )
        found = re.fullmatch(r'window\.synccheck=\{retcode:"(\d+)",selector:"(\d+)"\}', await response.text())
        assert found
        return found[1], found[2]

    async def sync(self, key: dict[str, Any] | None = None) -> dict[str, Any]:
        """One webwxsync; the keys advance unless a key of one's own is given."""
        answer = await self.post(
            "webwxsync", {"SyncKey": key or self.key, "rr": -1}, sid=self.secrets["wxsid"]
        )
        if key is None and answer["SyncKey"]["Count"]:
            self.key, self.check_key = answer["SyncKey"], answer["SyncCheckKey"]
        return answer

    async def messages(self) -> list[dict[str, Any]]:
        """All messages that wait, without the status notes."""
        found: list[dict[str, Any]] = []
        while True:
            answer = await self.sync()
            found += [each for each in answer["AddMsgList"] if each["MsgType"] != 51]
            if not answer["ContinueFlag"]:
                return found

    async def contacts(self) -> list[dict[str, Any]]:
        """The whole book, page by page."""
        found: list[dict[str, Any]] = []
        seq = 0
        while True:
            answer = self.decoded(
                await (await self.get("webwxgetcontact", seq=seq, skey=self.secrets["skey"])).read()
            )
            found += answer["MemberList"]
            seq = answer["Seq"]
            if not seq:
                return found

    async def name_of(self, permanent_id: str) -> str:
        """The UserName of somebody, as the conversation list would tell it."""
        login = self.service.login_of_sid(self.secrets["wxsid"])
        assert login
        return login.names(permanent_id)

    async def send(self, to: str, text: str, client_id: int | str = 0, **more: Any) -> dict[str, Any]:
        """A text to a permanent id."""
        message = {
            "Type": 1,
            "Content": text,
            "FromUserName": self.me,
            "ToUserName": await self.name_of(to),
            "LocalID": client_id,
            "ClientMsgId": client_id,
        }
        return await self.post("webwxsendmsg", {"Msg": message | more, "Scene": 0})

    async def upload(
        self, data: bytes, name: str = "a.bin", *, size: int = 524288, **changes: Any
    ) -> list[dict[str, Any]]:
        """All chunks of a file; the answers. `changes` go into uploadmediarequest."""
        pieces = [data[begin : begin + size] for begin in range(0, max(len(data), 1), size)]
        answers = []
        for index, piece in enumerate(pieces):
            answers.append(await self.upload_chunk(data, name, index, len(pieces), piece, **changes))
        return answers

    async def upload_chunk(
        self, data: bytes, name: str, chunk: int, chunks: int, piece: bytes, **changes: Any
    ) -> dict[str, Any]:
        """One chunk, in the parts and the order of the official page."""
        ticket = next(each.value for each in self.http.cookie_jar if each.key == "webwx_data_ticket")
        asked = {
            "UploadType": 2,
            "BaseRequest": self.base_request,
            "ClientMediaId": 1546217858497,
            "TotalLen": len(data),
            "StartPos": 0,
            "DataLen": len(data),
            "MediaType": 4,
            "FromUserName": self.me,
            "ToUserName": self.me,
            "FileMd5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        } | changes
        form = aiohttp.FormData(quote_fields=False)
        fields = {"id": "WU_FILE_0", "name": name, "type": "application/octet-stream", "size": str(len(data))}
        if chunks > 1:
            fields |= {"chunks": str(chunks), "chunk": str(chunk)}
        fields |= {"mediatype": "doc", "uploadmediarequest": json.dumps(asked), "webwx_data_ticket": ticket}
        for key, value in (fields | {"pass_ticket": self.secrets["pass_ticket"]}).items():
            form.add_field(key, value)
        form.add_field("filename", io.BytesIO(piece), filename=name, content_type="application/octet-stream")
        response = await self.http.post(
            self.service.origin + PREFIX + "webwxuploadmedia", params={"f": "json"}, data=form
        )
        return self.decoded(await response.read())

    async def control(self, method: str, path: str, order: dict[str, Any] | None = None) -> dict[str, Any]:
        """One order to the control API."""
        response = await self.http.request(method, f"{self.service.origin}/_control/{path}", json=order or {})
        return self.decoded(await response.read())
