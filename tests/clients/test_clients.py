"""Other people's clients, unmodified, against the emulator under the real host names.

Each client lives in an environment of its own (`make clients`, `make clients-all`) and is driven by a small script through
its public API; script and test talk in JSON lines. Where an environment is missing, its tests say so and are skipped.
"""

from __future__ import annotations

import asyncio
import base64
import html
import json
import os
import random
import shutil
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hongyan.emulator import Emulator, Group, Member, Person, RealHosts, World, compose_apps, compose_media
from hongyan.emulator.certificate_authority import REAL_NAMES
from hongyan.emulator.pictures import avatar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from hongyan.emulator.personas import Persona

pytestmark = pytest.mark.clients

HERE = Path(__file__).resolve().parent
ENVIRONMENTS = HERE.parents[1] / ".clients"
PATIENCE = 20.0
"""Seconds in which an answer or an event must have come; nothing here takes more than a few."""

ME, ME_ID = "鸿雁", "wxid_hongyan"
FRIENDS = [f"朋友{number:02}" for number in range(1, 61)]
SAVED = [f"通讯录群{number}" for number in range(1, 8)]
UNSAVED = [f"临时群{number}" for number in range(1, 6)]
OFFICIALS = ["天气预报", "每日新闻"]
EVERYBODY = {"friends": sorted(FRIENDS), "officials": sorted(OFFICIALS), "groups": sorted(SAVED + UNSAVED)}


def _world() -> World:
    """60 friends, 2 official accounts, 12 groups of which 5 are in no address book."""
    people = {f"wxid_friend{number:02}": name for number, name in enumerate(FRIENDS, 1)}
    known = {each: Person(each, name, sex=number % 3) for number, (each, name) in enumerate(people.items())}
    for number, name in enumerate(OFFICIALS):
        known[f"gh_official{number}"] = Person(f"gh_official{number}", name, verify_flag=24)
    known["filehelper"] = Person("filehelper", "文件传输助手")
    known["wxid_stranger"] = Person("wxid_stranger", "群里的陌生人", friend=False)
    groups = {}
    for number, name in enumerate([*SAVED, *UNSAVED], 1):
        members = [ME_ID, "wxid_stranger", *list(people)[number : number + 4]]
        each = f"{number:08}@chatroom"
        groups[each] = Group(each, name, members[2], [Member(one) for one in members], saved=name in SAVED)
    return World(Person(ME_ID, ME, sex=1), known, groups)


@dataclass(frozen=True)
class Kind:
    """One foreign client: its environment, the script that drives it, and how it sorts what it receives."""

    name: str
    script: str
    python: bool = True
    text: str = "text"

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> Path:
        return ENVIRONMENTS / self.name

    def missing(self) -> str:
        """Why it cannot run here; empty where it can."""
        if not (self.place / ".installed").exists():
            return f"the environment of {self.name} is not there: make clients-all"
        return "" if self.python or _node() else "there is no node"

    def command(self) -> list[str]:
        if self.python:
            return [str(self.place / "bin" / "python"), str(HERE / self.script)]
        return [_node() or "", "--require", str(HERE / "child" / "preload.js"), str(HERE / self.script)]


def _node() -> str | None:
    carried = ENVIRONMENTS / "node" / "bin" / "node"
    return str(carried) if carried.exists() else shutil.which("node")


ITCHAT = Kind("itchat", "itchat_driver.py")
WECHAT4U = Kind("wechat4u", "wechat4u_driver.js", python=False)
JUDGES = [ITCHAT, WECHAT4U]
FAMILY = [
    Kind("itchat-uos", "itchat_driver.py"),
    Kind("wxpy", "wxpy_driver.py"),
    Kind("wechaty", "wechaty_driver.js", python=False),
]


@dataclass
class Client:
    """A running foreign client: takes orders one after the other, and tells what happens to it."""

    kind: Kind
    process: asyncio.subprocess.Process
    answers: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    events: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    told: list[dict[str, Any]] = field(default_factory=list)
    log: deque[str] = field(default_factory=lambda: deque(maxlen=60))

    async def do(self, order: str, **details: Any) -> Any:
        """Carry out an order and give its answer. Fails with what the client says where it cannot."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"order": order, **details}).encode() + b"\n")
        answer = await self._next(self.answers, f"an answer to {order}")
        assert "error" not in answer, answer["error"] + "\n".join(self.log)
        return answer["answer"]

    async def event(self, name: str, /, **expected: Any) -> dict[str, Any]:
        """The next event of a name whose other fields are as expected; events before it are passed over."""
        while True:
            event = await self._next(self.events, f"{name} {expected}")
            if event["event"] == name and expected.items() <= event.items():
                return event

    async def _next(self, queue: asyncio.Queue[dict[str, Any]], what: str) -> dict[str, Any]:
        try:
            async with asyncio.timeout(PATIENCE):
                return await queue.get()
        except TimeoutError:
            pytest.fail(f"{self.kind}: waited in vain for {what}; it said:\n" + "\n".join(self.log))

    async def listen(self) -> None:
        """Sort what the driver writes, until it ends."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            said = json.loads(line)
            self.log.append(line.decode().rstrip()[:400])
            if "event" in said:
                self.told.append(said)
                self.events.put_nowait(said)
            else:
                self.answers.put_nowait(said)

    async def overhear(self) -> None:
        """Keep the last lines of the client's own output, for a failing test."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.log.append(line.decode(errors="replace").rstrip())


@asynccontextmanager
async def running(kind: Kind, environment: dict[str, str], folder: Path) -> AsyncIterator[Client]:
    """A client as a child of its own, ended by its process id whatever happens."""
    if kind.missing():
        pytest.skip(kind.missing())
    folder.mkdir(exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        *kind.command(),
        cwd=folder,
        env=_inherited()
        | {"HONGYAN_PACKAGES": str(kind.place), "PYTHONPATH": str(HERE / "child")}
        | environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=64 * 1024 * 1024,
    )
    client = Client(kind, process)
    readers = [asyncio.create_task(client.listen()), asyncio.create_task(client.overhear())]
    try:
        yield client
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await asyncio.gather(*readers)


def _inherited() -> dict[str, str]:
    """The environment without what would lead a client elsewhere: proxies and certificates of this machine."""
    strange = ("PROXY", "_CA_", "CERT", "PYTHON", "NODE_")
    return {
        name: value for name, value in os.environ.items() if not any(part in name.upper() for part in strange)
    }


@asynccontextmanager
async def emulator(tmp_path: Path, **options: Any) -> AsyncIterator[tuple[Emulator, RealHosts]]:
    """The service under its real names, with polls short enough to see several in a test."""
    async with (
        Emulator(_world(), poll_seconds=5, **options) as service,
        RealHosts(service.server, tmp_path / "ca") as hosts,
    ):
        yield service, hosts


def by_name(hosts: RealHosts) -> dict[str, str]:
    """The real names resolve to the emulator's port."""
    return {
        "HONGYAN_NAMES": ",".join(REAL_NAMES),
        "HONGYAN_PORT": str(hosts.port),
    } | hosts.authority.environment()


def by_proxy(hosts: RealHosts) -> dict[str, str]:
    """Nothing but variables: the proxy's and the authority's. No name resolves."""
    return hosts.environment()


async def log_in(client: Client, service: Emulator, **details: str) -> None:
    """Through the code that the client shows and the phone scans."""
    ordered = asyncio.create_task(client.do("login", **details))
    await client.event("code")
    service.phone.scan()
    service.phone.confirm()
    await client.event("login", name=ME)
    await ordered


@asynccontextmanager
async def logged_in(
    kind: Kind, tmp_path: Path, way: Callable[[RealHosts], dict[str, str]] = by_name
) -> AsyncIterator[tuple[Client, Emulator]]:
    async with (
        emulator(tmp_path) as (service, hosts),
        running(kind, way(hosts), tmp_path / kind.name) as client,
    ):
        await log_in(client, service)
        yield client, service


def friend(service: Emulator, number: int) -> Persona:
    return service.person(f"wxid_friend{number:02}")


async def counted(client: Client, of: dict[str, list[str]]) -> None:
    """All contacts and groups are known to the client, by name. Clients learn of groups piece by piece."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while (known := await client.do("contacts")) != of and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.2)
    assert known == of


@pytest.mark.parametrize("kind", JUDGES, ids=str)
async def test_it_logs_in_and_counts_everybody(kind: Kind, tmp_path: Path) -> None:
    """QR code, confirmation, 60 friends, 2 official accounts, 12 groups of which 5 are in no address book."""
    async with logged_in(kind, tmp_path) as (client, _):
        await counted(client, EVERYBODY)
        assert sorted(await client.do("members", of=UNSAVED[0])) == sorted(
            [ME, "群里的陌生人", *FRIENDS[8:12]]
        )


@pytest.mark.parametrize("kind", JUDGES, ids=str)
async def test_it_sends_texts(kind: Kind, tmp_path: Path) -> None:
    """To a friend, into a group, to the file helper; each arrives as it was written."""
    words = "你好 <b>&amp; \"引号\" 'x' 😀\n第二行"
    async with logged_in(kind, tmp_path) as (client, service):
        await counted(client, EVERYBODY)
        for to, chat in (
            (FRIENDS[6], friend(service, 7)),
            (UNSAVED[1], service.group(UNSAVED[1])),
            ("filehelper", service.person("filehelper")),
        ):
            sent = await client.do("send_text", to=to, text=words)
            message = await chat.hears(words)
            assert sent["id"] == str(message.msg_id)
            assert message.sender == ME_ID


@pytest.mark.parametrize("kind", JUDGES, ids=str)
async def test_it_receives_texts(kind: Kind, tmp_path: Path) -> None:
    """From a friend, and in groups from a friend and from a stranger, with the right sender."""
    async with logged_in(kind, tmp_path) as (client, service):
        await counted(client, EVERYBODY)
        friend(service, 3).says("吃了吗?\n😀 1 < 2 && 3 > 2")
        got = await client.event("message", kind="text", chat=FRIENDS[2])
        assert got["text"].startswith("吃了吗?\n😀 1 < 2 ")
        friend(service, 11).says("大家好", UNSAVED[1])
        await client.event("message", kind="text", chat=UNSAVED[1], sender=FRIENDS[10], text="大家好")
        service.person("wxid_stranger").says("新来的", SAVED[0])
        await client.event("message", kind="text", chat=SAVED[0], sender="群里的陌生人", text="新来的")


@pytest.mark.parametrize("kind", JUDGES, ids=str)
async def test_it_sends_a_picture_and_a_file(kind: Kind, tmp_path: Path) -> None:
    """A picture in one piece, a file in three chunks with a Chinese name; both arrive byte for byte."""
    picture, file = tmp_path / "picture.jpg", tmp_path / "周报 v1.bin"
    picture.write_bytes(avatar("picture", 300))
    file.write_bytes(random.Random(7).randbytes(2 * 512 * 1024 + 4321))
    async with logged_in(kind, tmp_path) as (client, service):
        await counted(client, EVERYBODY)
        await client.do("send_picture", to=FRIENDS[4], path=str(picture))
        shown = await friend(service, 5).hears(lambda message: message.content.msg_type == 3)
        assert service.file_of(shown) == picture.read_bytes()
        await client.do("send_file", to=SAVED[2], path=str(file))
        sent = await service.group(SAVED[2]).hears(lambda message: message.content.msg_type == 49)
        assert sent.text == file.name
        assert service.file_of(sent) == file.read_bytes()


@pytest.mark.parametrize("kind", JUDGES, ids=str)
async def test_it_receives_a_picture_and_a_link(kind: Kind, tmp_path: Path) -> None:
    """The picture can be fetched and is the same; of the link title and address are there."""
    picture = avatar("received", 400)
    async with logged_in(kind, tmp_path) as (client, service):
        await counted(client, EVERYBODY)
        friend(service, 9).sends(compose_media.picture(picture))
        got = await client.event("message", kind="picture", chat=FRIENDS[8])
        assert base64.b64decode(await client.do("picture", of=got["id"])) == picture
        friend(service, 9).sends(compose_apps.link("标题 & 更多", "描述", "https://example.org/?a=1&b=2"))
        link = await client.event("message", kind="sharing", chat=FRIENDS[8])
        assert html.unescape(link["text"]) == "标题 & 更多"
        assert html.unescape(link["url"]) == "https://example.org/?a=1&b=2"


@pytest.mark.parametrize("kind", JUDGES, ids=str)
async def test_messages_are_recalled_both_ways(kind: Kind, tmp_path: Path) -> None:
    """What the client sent is gone at the service; what a friend takes back is told to the client."""
    async with logged_in(kind, tmp_path) as (client, service):
        await counted(client, EVERYBODY)
        sent = await client.do("send_text", to=FRIENDS[1], text="发错了")
        message = await friend(service, 2).hears("发错了")
        await client.do("recall", of=sent, to=FRIENDS[1])
        assert message.recalled
        written = friend(service, 4).says("说错了")
        await client.event("message", kind="text", chat=FRIENDS[3], text="说错了")
        friend(service, 4).recalls(written)
        notice = await client.event("message", kind="note", chat=FRIENDS[3])
        assert "撤回" in notice["text"]


@pytest.mark.parametrize("kind", JUDGES, ids=str)
async def test_it_sets_a_remark(kind: Kind, tmp_path: Path) -> None:
    """The address book has it, and the client learns it from the next sync."""
    async with logged_in(kind, tmp_path) as (client, service):
        await counted(client, EVERYBODY)
        await client.do("remark", of=FRIENDS[20], name="王老师 (数学)")
        assert service.accounts[0].world.people["wxid_friend21"].remark == "王老师 (数学)"
        friend(service, 21).says("收到")
        await client.event("message", kind="text", chat=FRIENDS[20], text="收到")
        assert await client.do("remarked", of=FRIENDS[20]) == "王老师 (数学)"


async def test_they_survive_thirty_idle_seconds(tmp_path: Path) -> None:
    """Six polls run empty; afterwards messages go both ways, and the login is still the first one."""

    async def idle(kind: Kind) -> None:
        async with logged_in(kind, tmp_path) as (client, service):
            await counted(client, EVERYBODY)
            (login,) = service.accounts[0].living()
            await asyncio.sleep(30)
            friend(service, 30).says("还在吗")
            await client.event("message", kind="text", chat=FRIENDS[29], text="还在吗")
            await client.do("send_text", to=FRIENDS[29], text="在")
            await friend(service, 30).hears("在")
            assert service.accounts[0].living() == [login]

    present = [kind for kind in JUDGES if not kind.missing()]
    if not present:
        pytest.skip("no foreign client is here: make clients")
    async with asyncio.TaskGroup() as group:
        for kind in present:
            group.create_task(idle(kind))


async def test_itchat_goes_on_without_a_code_after_a_restart(tmp_path: Path) -> None:
    """`hotReload`: the second process is logged in from the file, and gets what was written meanwhile."""
    folder = tmp_path / "itchat"
    async with emulator(tmp_path) as (service, hosts):
        async with running(ITCHAT, by_name(hosts), folder) as first:
            await log_in(first, service, state="login.pkl")
            await counted(first, EVERYBODY)
        friend(service, 15).says("你去哪儿了")
        async with running(ITCHAT, by_name(hosts), folder) as second:
            await second.do("login", state="login.pkl")
            await second.event("message", kind="text", chat=FRIENDS[14], text="你去哪儿了")
            await counted(second, EVERYBODY)
            await second.do("send_text", to=FRIENDS[14], text="回来了")
            await friend(service, 15).hears("回来了")
            assert not any(said["event"] == "code" for said in second.told)
        assert len(service.accounts[0].logins) == 1


@pytest.mark.parametrize("kind", JUDGES, ids=str)
async def test_it_comes_through_the_proxy_by_variables_alone(kind: Kind, tmp_path: Path) -> None:
    """HTTPS_PROXY and the variables of the authority: no name resolves, and everything works."""
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(avatar("proxied", 300))
    async with logged_in(kind, tmp_path, by_proxy) as (client, service):
        await counted(client, EVERYBODY)
        friend(service, 2).says("ping")
        await client.event("message", kind="text", chat=FRIENDS[1], text="ping")
        await client.do("send_picture", to=FRIENDS[1], path=str(picture))
        shown = await friend(service, 2).hears(lambda message: message.content.msg_type == 3)
        assert service.file_of(shown) == picture.read_bytes()


@pytest.mark.parametrize("kind", FAMILY, ids=str)
async def test_the_wider_family_shows_pictures_and_files(kind: Kind, tmp_path: Path) -> None:
    """A picture each way and a file of three chunks, byte for byte."""
    picture, file = tmp_path / "picture.jpg", tmp_path / "week.bin"
    picture.write_bytes(avatar("picture", 300))
    file.write_bytes(random.Random(7).randbytes(2 * 512 * 1024 + 4321))
    async with logged_in(kind, tmp_path) as (client, service):
        await counted(client, EVERYBODY)
        await client.do("send_picture", to=FRIENDS[4], path=str(picture))
        shown = await friend(service, 5).hears(lambda message: message.content.msg_type == 3)
        assert service.file_of(shown) == picture.read_bytes()
        await client.do("send_file", to=FRIENDS[2], path=str(file))
        sent = await friend(service, 3).hears(lambda message: message.content.msg_type == 49)
        assert service.file_of(sent) == file.read_bytes()
        friend(service, 9).sends(compose_media.picture(picture.read_bytes()))
        got = await client.event("message", kind="picture", chat=FRIENDS[8])
        assert base64.b64decode(await client.do("picture", of=got["id"])) == picture.read_bytes()


@pytest.mark.parametrize("kind", FAMILY, ids=str)
async def test_the_wider_family_talks_too(kind: Kind, tmp_path: Path) -> None:
    """Log in, contacts, a text each way: from a friend and in a group, to a friend, a group and the file helper."""
    async with logged_in(kind, tmp_path) as (client, service):
        await counted(client, EVERYBODY)
        friend(service, 3).says("吃了吗")
        await client.event("message", kind="text", chat=FRIENDS[2], text="吃了吗")
        friend(service, 11).says("大家好", SAVED[6])
        await client.event("message", kind="text", chat=SAVED[6], sender=FRIENDS[10], text="大家好")
        for to, chat in (
            (FRIENDS[6], friend(service, 7)),
            (SAVED[1], service.group(SAVED[1])),
            ("filehelper", service.person("filehelper")),
        ):
            await client.do("send_text", to=to, text="你好")
            await chat.hears("你好")
