"""A full screen on a real account over a store in memory, with a small world of people and messages."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest
from textual import events

from hongyan.client.account import Account
from hongyan.model.commands import Command, Outcome, Settlement
from hongyan.model.contacts import ContactChange, ContactKind, Member
from hongyan.model.events import Gap, LoginState, MessageReceived, Status
from hongyan.model.ids import LoginId, MsgId, TransientName
from hongyan.model.messages import (
    Card,
    File,
    FriendRequest,
    Link,
    Location,
    MiniProgram,
    Picture,
    Quote,
    Quoted,
    Record,
    RecordItem,
    RedPacket,
    Sticker,
    Text,
    Transfer,
    Unknown,
    Video,
    Voice,
)
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store
from hongyan.terminal.full.app import FullScreen
from hongyan.terminal.full.pictures.draw import Mode
from hongyan.terminal.full.place import Place
from hongyan.terminal.full.settings.settings import TerminalSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from hongyan.model.messages import AnyMessage
    from hongyan.store.sqlite import SqliteStore

LOGIN = LoginId("first")
NOW = 1_772_935_920.0  # a Sunday in March, by any clock of this planet


def name(text: str) -> TransientName:
    """Return a transient name."""
    return TransientName(text)


PEOPLE = (
    ContactChange(name=name("@me"), kind=ContactKind.SELF, nickname="小灰"),
    ContactChange(
        name=name("@w"),
        kind=ContactKind.FRIEND,
        nickname="隔壁老王",
        remark="老王",
        in_contacts=True,
        pinyin="gebilaowang",
        initials="GBLW",
        remark_pinyin="laowang",
        remark_initials="LW",
        province="上海",
        city="徐汇",
        signature="早睡早起",
    ),
    ContactChange(
        name=name("@h"),
        kind=ContactKind.FRIEND,
        nickname="阿黄",
        in_contacts=True,
        pinyin="ahuang",
        initials="AH",
    ),
    ContactChange(
        name=name("@l"),
        kind=ContactKind.FRIEND,
        nickname="李大壮",
        in_contacts=True,
        pinyin="lidazhuang",
        initials="LDZ",
    ),
    ContactChange(name=name("@o"), kind=ContactKind.OFFICIAL, nickname="晨读", in_contacts=True),
    ContactChange(
        name=name("@@p"),
        kind=ContactKind.GROUP,
        nickname="Perl 学习交流",
        member_count=3,
        owner=name("@w"),
        members=(
            Member(name=name("@w"), nickname="隔壁老王"),
            Member(name=name("@me"), nickname="小灰"),
            Member(name=name("@x"), nickname="灰太狼", display_name="灰老师"),
        ),
    ),
)


@dataclass
class Stage:
    """The store, the account, and who carries out commands: ``refuses`` lets messages fail, ``holds`` leaves them open."""

    store: SqliteStore
    account: Account
    folder: Path
    number: int = 100
    carried: list[Command] = field(default_factory=list)
    refuses: bool = False
    holds: bool = False
    now: float = NOW

    async def came(self, *messages: AnyMessage, at: float = NOW) -> None:
        """Let messages come in."""
        await self.store.append(
            [(MessageReceived(message=m), b'{"Content": "x"}') for m in messages], login=LOGIN, received_at=at
        )

    async def gap(self, since: float, until: float) -> None:
        """Let a time go by in which nobody was connected."""
        await self.store.append([(Gap(since=since, until=until), b"")], login=LOGIN, received_at=until)

    def text(self, said: str, *, chat: str = "@w", sender: str = "", at: float = NOW) -> Text:
        """Return a text with a number of its own."""
        self.number += 1
        return Text(
            id=MsgId(str(self.number)),
            chat=name(chat),
            sender=name(sender or chat),
            outgoing=sender == "@me",
            created_at=int(at),
            text=said,
        )

    async def carry(self) -> None:
        """Carry out commands as a holder does, without a server."""
        done = 0
        while True:
            changed = asyncio.ensure_future(self.store.changed())
            for row, _ in self.store.outbox.queued(done):
                self.carried.append(row.command)
                done = row.id
                if self.holds:
                    continue
                self.number += 1
                outcome = Outcome.FAILED if self.refuses else Outcome.ACCEPTED
                reason = "refused.1204" if self.refuses else ""
                number = "" if self.refuses else str(self.number)
                await self.store.settle(Settlement(row.id, outcome, number, reason), now=time.time())
            await changed

    def screen(self, *, goes_on: bool = False, lasts: bool = True, **settings: object) -> FullScreen:
        """Return a full screen on the account; its clock stands still, and it ends by any fault unless it ``goes_on``.

        Letters outside of the entry are commands, as where somebody has set so.
        """
        place = Place(folder=self.folder / "files", settings_file=self.folder / "settings.toml", lasts=lasts)
        return FullScreen(
            self.account,
            TerminalSettings(**{"language": "zh", "pictures": "off", "auto_focus": False, **settings}),  # type: ignore[arg-type]  # checked by the struct
            place,
            picture_mode=Mode.OFF,
            environment={"TERM": "xterm-256color"},
            clock=lambda: self.now,
            goes_on=goes_on,
        )


def kinds(stage: Stage, chat: str = "@@p", sender: str = "@w") -> list[AnyMessage]:
    """Return a message of each kind that looks different."""
    numbers = iter(range(900, 1000))

    def told(kind: type, **fields: object) -> AnyMessage:
        message: AnyMessage = kind(
            id=MsgId(str(next(numbers))), chat=name(chat), sender=name(sender), created_at=int(NOW), **fields
        )
        return message

    return [
        told(Picture, size=83_000, thumb_size=(640, 480)),
        told(Voice, duration_ms=4000),
        told(Video, duration_s=6, size=9000, thumb_size=(320, 240)),
        told(Sticker, md5="0" * 32, image_size=(200, 200)),
        told(File, name="周报 2026-03.txt", size=46),
        told(Link, title="大雁南飞", description="为什么排成人字", url="http://news.example/1"),
        told(Location, label="上海交通大学闵行校区", latitude=31.02, longitude=121.43),
        told(Card, nickname="柳杨", card_name=name("@y")),
        told(MiniProgram, name="问卷", title="一分钟"),
        told(Transfer, amount="￥0.10"),
        told(RedPacket, wish="恭喜发财"),
        told(
            Record,
            title="群聊的聊天记录",
            items=tuple(RecordItem(sender="老王", text=f"第 {n} 条") for n in range(6)),
        ),
        told(Quote, text="好的", quoted=Quoted(id=MsgId("900"), sender_name="老王", shown_as="picture")),
        told(Unknown, msg_type=99, content="?"),
        told(FriendRequest, nickname="柳杨", greeting="你好", requester=name("@y"), username="wxid_y"),
    ]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Return a stage with people, a few chats, and somebody who carries out commands."""
    (tmp_path / "media").mkdir()
    database = Database(None)
    store = open_store(database, "me")
    await store.append([], login=LOGIN, received_at=0.0, position=b"keys")
    await store.directory.learn(LOGIN, PEOPLE, "contacts")
    await store.login.set_complete(LOGIN, complete=True)
    await store.login.set_status(Status(state=LoginState.ONLINE, since=1.0, contacts_complete=True))
    stage = Stage(store, Account(store, tmp_path / "media", clock=time.time), tmp_path)
    carrying = asyncio.create_task(stage.carry())
    yield stage
    carrying.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await carrying
    database.close()


async def until(pilot: Pilot[int], true: Callable[[], bool], limit: float = 20.0) -> None:
    """Wait until something is true on the screen; what stands there instead is told."""
    try:
        async with asyncio.timeout(limit):
            while not true():
                await pilot.pause(0.01)
    except TimeoutError:
        app = cast("FullScreen", pilot.app)
        pytest.fail("this is on the screen:\n" + "\n".join(line.rstrip() for line in shown(app)))


async def write(pilot: Pilot[int], text: str) -> None:
    """Type a text into what has the focus, character by character, as a terminal hands them over."""
    target = pilot.app.focused
    assert target is not None
    for char in text:
        target.post_message(events.Key(char, char))
    await pilot.pause()


def shown(app: FullScreen) -> list[str]:
    """Return the lines of the screen as text."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


def seen(app: FullScreen, text: str) -> bool:
    """Whether a text stands on the screen."""
    return any(text in line for line in shown(app))
