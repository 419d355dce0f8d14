"""Golden transcripts: every kind of message and event, in each format and language.

To write them anew after a wanted change: HONGYAN_GOLDEN=write pytest tests/terminal/test_lines.py, then read the diff.
"""

from __future__ import annotations

import json
import os
import time
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.model.commands import (
    AcceptFriend,
    Command,
    CommandRow,
    Outcome,
    Pin,
    QuitGroup,
    SendFile,
    SendText,
    SetRemark,
)
from hongyan.model.events import Gap, LoginChanged, LoginState, Status, UnknownEvent
from hongyan.model.ids import ChatKey, ClientMsgId, CommandId, MsgId, TransientName
from hongyan.model.messages import (
    MESSAGE_KINDS,
    SELF,
    Announcement,
    AnyMessage,
    AppMessage,
    Article,
    Call,
    CallOutcome,
    Card,
    Channels,
    Coupon,
    FavoriteRecord,
    File,
    FilePlaceholder,
    FriendRequest,
    GroupChange,
    GroupInvitation,
    GroupTodo,
    Legacy,
    Link,
    LiveLocation,
    Location,
    MiniProgram,
    Music,
    Notice,
    Pat,
    PaymentNotice,
    Picture,
    Product,
    Quote,
    Quoted,
    Recall,
    Record,
    RecordItem,
    RedPacket,
    Solitaire,
    StatusNotice,
    Sticker,
    StickerSet,
    SuggestedFriend,
    Text,
    Transfer,
    TransferState,
    Unknown,
    Unparsed,
    Unsupported,
    Video,
    Voice,
)
from hongyan.terminal.lines import Format, Lines
from hongyan.terminal.seen import Seen
from hongyan.terminal.strings.language import Language

if TYPE_CHECKING:
    from collections.abc import Iterator

GOLDEN = Path(__file__).parent / "golden"
AT = 1_741_396_320  # 2025-03-08 09:12 in Shanghai
WANG = TransientName("@wang")
PERL = TransientName("@@perl")


def _id(number: int) -> MsgId:
    return MsgId(str(7_300_000_000_000_000_000 + number))


MESSAGES: dict[str, AnyMessage] = {
    "text": Text(text="周末见？地点发一下"),
    "text, two lines": Text(text="第一行\n第二行\t列 👨‍👩‍👧 [微笑]"),
    "picture": Picture(size=85_000),
    "voice": Voice(duration_ms=12_000),
    "video": Video(duration_s=31, size=3_400_000),
    "video, short": Video(duration_s=6, short=True),
    "sticker": Sticker(caption="吃饭了吗", md5="0" * 32),
    "file": File(name="日程.pdf", size=120_000),
    "file-placeholder": FilePlaceholder(name="大文件.zip", size=52_000_000),
    "link": Link(title="雨天怎么带伞", url="https://a.example/umbrella"),
    "link of an account": Link(
        title="早报",
        url="https://a.example/1",
        publisher="晨读",
        articles=(Article(title="早报"), Article(title="天气")),
    ),
    "music": Music(title="茉莉花", artist="江南合唱团"),
    "group-invitation": GroupInvitation(title="邀请你加入群聊", description="阿黄邀请你加入群聊“读书会”"),
    "location": Location(label="徐汇区虹桥路 1 号", place="港汇", latitude=31.19, longitude=121.43),
    "live-location": LiveLocation(title="阿黄发起了位置共享"),
    "card": Card(nickname="灰太狼"),
    "card of an account": Card(nickname="晨读", official=True),
    "friend-request": FriendRequest(nickname="小蓝", greeting="我是 Perl 群的小蓝", ticket="v4_canary"),
    "suggested-friend": SuggestedFriend(nickname="小绿", greeting="你们有 3 位共同好友", ticket="v4_canary"),
    "call, missed": Call(video=True, outcome=CallOutcome.MISSED),
    "call, answered": Call(video=False, outcome=CallOutcome.ANSWERED, duration_s=75),
    "mini-program": MiniProgram(name="拼车", title="周六 8:00 出发"),
    "channels": Channels(author="小厨房", caption="十分钟番茄面"),
    "record": Record(title="阿黄和老王的聊天记录", items=(RecordItem(text="走吗"), RecordItem(text="走"))),
    "favorite-record": FavoriteRecord(title="买菜单子"),
    "solitaire": Solitaire(text="周六爬山\n1. 阿黄\n2. 老王"),
    "quote": Quote(text="好，我来带", quoted=Quoted(sender_name="老王", text="谁带伞？")),
    "transfer": Transfer(amount="￥20.00", state=TransferState.OFFERED, memo="打车"),
    "red-packet": RedPacket(wish="恭喜发财"),
    "payment-notice": PaymentNotice(text="收款 20.00 元"),
    "announcement": Announcement(text="周六停电"),
    "group-todo": GroupTodo(title="交作业", text="今天"),
    "coupon": Coupon(title="九折券"),
    "product": Product(title="雨伞", url="https://a.example/item"),
    "sticker-set": StickerSet(title="小黄狗"),
    "app-message": AppMessage(title="一首诗", app_type=5, url="https://a.example/poem"),
    "unsupported": Unsupported(text="[暂不支持该内容，请在手机上查看]"),
    "notice": Notice(plain="你已添加了小蓝，现在可以开始聊天了。"),
    "group-change": GroupChange(text="“老王”邀请“小蓝”加入了群聊"),
    "pat": Pat(text="“老王”拍了拍“阿黄”"),
    "status-notice": StatusNotice(code=1),
    "legacy": Legacy(msg_type=35, text="QQ 邮箱提醒"),
    "unknown": Unknown(msg_type=9999),
    "unparsed": Unparsed(reason="broken XML"),
}
"""By kind, and what is special about it."""

SERVICE = (Notice, GroupChange, Pat, Unparsed)


def _seen(number: int, message: AnyMessage, *, group: bool = False, **more: object) -> Seen:
    sender = "" if isinstance(message, SERVICE) else "老王"
    placed = _placed(message, number, group=group)
    seen = Seen(
        seq=number,
        at=AT + number,
        message=placed,
        chat="Perl 学习交流" if group else "老王",
        sender=sender,
        group=group,
        chat_key="chat-2" if group else "chat-1",
        sender_key="chat-1" if sender else "",
        request=1 if isinstance(message, FriendRequest) else 0,
    )
    return replace(seen, **more)  # type: ignore[arg-type]  # fields differ by sample


def _placed(message: AnyMessage, number: int, *, group: bool) -> AnyMessage:
    import msgspec

    sender = TransientName("") if isinstance(message, SERVICE) else WANG
    return msgspec.structs.replace(
        message, id=_id(number), chat=PERL if group else WANG, sender=sender, created_at=AT + number
    )


def _situations() -> dict[str, Seen]:
    """Who speaks where: a group, this account's phone, recalls with and without the original."""
    said = Text(text="说错了", id=_id(100), chat=WANG, sender=WANG)
    mine = Text(text="从手机发的", outgoing=True)
    return {
        "in a group": _seen(101, Text(text="晚上好"), group=True),
        "picture in a group": _seen(102, Picture(size=85_000), group=True),
        "from the phone": _seen(103, mine),
        "from the phone into a group": _seen(104, mine, group=True),
        "notice in a group": _seen(105, Notice(plain="“阿黄”修改群名为“Perl 学习交流”"), group=True),
        "recall of what is known": _seen(106, Recall(recalled=_id(100), by="老王"), original=said),
        "recall in a group": _seen(107, Recall(recalled=_id(1), by="老王"), group=True),
        "own recall": _seen(108, Recall(recalled=_id(1), by=SELF)),
        "a year ago": _seen(109, Text(text="去年的"), at=AT - 86_400 * 400),
        "yesterday": _seen(110, Text(text="昨天的"), at=AT - 86_400),
        "hostile": _seen(
            111,
            Text(text="\x1b[2J\x07\u202e红\r\n假行"),
            sender="\x1b]0;题\x07坏\u2066人\n二",
            chat="\x9b31m",
        ),
    }


def _row(number: int, command: Command, outcome: Outcome, **more: object) -> CommandRow:
    return CommandRow(
        id=CommandId(number),
        command=command,
        client_msg_id=ClientMsgId("1"),
        outcome=outcome,
        created_at=AT,
        settled_at=AT,
        **more,  # type: ignore[arg-type]  # fields differ by sample
    )


WANG_KEY = ChatKey("chat-1")
HELLO = SendText(chat=WANG_KEY, text="你好")
PHOTO = SendFile(chat=WANG_KEY, path="/kept", name="a.png", size=9, md5="0", form="picture")


def _commands(lines: Lines) -> dict[str, str]:
    return {
        "sent": lines.sent(_row(1, HELLO, Outcome.ACCEPTED, result=_id(1)), "老王", group=False, seq=201),
        "sent into a group": lines.sent(
            _row(2, HELLO, Outcome.ACCEPTED, result=_id(2)), "Perl 学习交流", group=True, seq=202
        ),
        "picture sent": lines.sent(
            _row(3, PHOTO, Outcome.ACCEPTED, result=_id(3)), "老王", group=False, seq=203
        ),
        "refused": lines.settled(_row(4, HELLO, Outcome.FAILED, reason="refused.1204"), "老王"),
        "too fast": lines.settled(
            _row(5, HELLO, Outcome.FAILED, reason="refused.1205", retry_at=AT + 600), "老王"
        ),
        "no answer": lines.settled(
            _row(6, PHOTO, Outcome.FAILED, reason="no-answer", said="no answer from upload"), "老王"
        ),
        "unconfirmed": lines.settled(_row(7, HELLO, Outcome.UNCONFIRMED), "老王"),
        "remark set": lines.settled(
            _row(8, SetRemark(chat=WANG_KEY, remark="王师傅"), Outcome.ACCEPTED), "老王"
        ),
        "friend accepted": lines.settled(_row(9, AcceptFriend(seq=5), Outcome.ACCEPTED), ""),
        "pin refused": lines.settled(
            _row(10, Pin(chat=WANG_KEY, on=True), Outcome.FAILED, reason="refused.-1"), "老王"
        ),
        "group left": lines.settled(_row(11, QuitGroup(group=WANG_KEY), Outcome.ACCEPTED), "读书会"),
    }


def _events(lines: Lines) -> dict[str, str]:
    ended = LoginChanged(state=LoginState.ENDED, reason="login-ended.1101")
    status = Status(state=LoginState.DEGRADED, since=AT - 60, latency=0.042, queued=3, retry_at=AT + 60)
    return {
        "online": lines.login(LoginChanged(state=LoginState.ONLINE)),
        "logged out": lines.login(ended),
        "gap": lines.gap(Gap(since=AT - 25_000, until=AT - 5_000)),
        "unreadable event": lines.unknown(UnknownEvent(said="from a newer version"), 301),
        "state": lines.state(status),
        "saved": lines.saved(302, "downloads/老王.jpg"),
        "status line": lines.status_line("说明"),
    }


def _transcript(form: Format, language: Language) -> dict[str, str]:
    """Return the line of each sample by the sample's name; none depends on the samples before it."""
    lines = Lines(form, language, "小灰", lambda: AT + 3600)
    received = {name: _seen(7, message) for name, message in MESSAGES.items()}
    told = {
        name: lines.message(seen, numbered="picture" in name)
        for name, seen in {**received, **_situations()}.items()
    }
    return told | _commands(lines) | _events(lines)


@pytest.fixture(autouse=True)
def _shanghai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_new_name_is_told_once() -> None:
    """When a change of a name is done, the chat has that name already."""
    done = _row(8, SetRemark(chat=WANG_KEY, remark="王师傅"), Outcome.ACCEPTED)
    told = [
        Lines(Format.PLAIN, Language.EN, "小灰", lambda: AT).settled(done, name)
        for name in ("王师傅", "老王")
    ]
    assert told == ["* done: remark 王师傅", "* done: remark 王师傅, 老王"]


@pytest.mark.parametrize(
    ("language", "shown"), [(Language.EN, "Accept it on the phone"), (Language.ZH, "请在手机上通过")]
)
def test_a_request_that_the_service_refuses_is_left_to_the_phone(language: Language, shown: str) -> None:
    """Its ticket is that of an earlier login: to try again would not help."""
    refused = _row(
        9, AcceptFriend(seq=5), Outcome.FAILED, reason="refused.1", said="webwxverifyuser answered 1"
    )
    line = Lines(Format.PLAIN, language, "me", lambda: AT).settled(refused, "")
    assert shown in line
    assert "webwxverifyuser" not in line


def test_the_samples_hold_every_kind() -> None:
    """A new kind of message is not forgotten here."""
    shown = {message.kind for message in MESSAGES.values()} | {
        seen.message.kind for seen in _situations().values()
    }
    assert shown == set(MESSAGE_KINDS)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("form", Format)
def test_the_transcript_is_as_agreed(form: Format, language: Language) -> None:
    """Every kind, every situation, every event: by name what the golden file says."""
    path = GOLDEN / f"{form}.{language}.txt"
    transcript = _transcript(form, language)
    if os.environ.get("HONGYAN_GOLDEN") == "write":
        path.write_text("".join(f"{name}\t{line}\n" for name, line in transcript.items()), encoding="utf-8")
    agreed = (line.split("\t", 1) for line in path.read_text(encoding="utf-8").splitlines())
    assert transcript == dict(agreed)


@pytest.mark.parametrize("form", Format)
def test_each_event_is_one_line_without_controls(form: Format) -> None:
    """Hostile names and texts among them, and nothing that moves a cursor."""
    lines = Lines(form, Language.ZH, "小灰", lambda: AT)
    samples = (*MESSAGES, *_situations(), *_commands(lines), *_events(lines))
    transcript = _transcript(form, Language.ZH)
    assert len(transcript) == len(samples)  # each name is one sample's
    told = "".join(transcript.values())
    bad = {c for c in told if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}}
    assert bad == set()
    assert not set("\u202e\u2066\u200b") & set(told)


def test_json_lines_have_a_schema_and_text_ids_and_no_secrets() -> None:
    """Programs get objects with ``schema`` 1; numbers of messages are strings; tickets are left out."""
    transcript = _transcript(Format.JSON, Language.EN)
    told = [json.loads(line) for line in transcript.values()]
    assert {one["schema"] for one in told} == {1}
    messages = [one for one in told if one["event"] == "message"]
    assert all(isinstance(one["id"], str) and isinstance(one["message"]["id"], str) for one in messages)
    assert "canary" not in "".join(transcript.values())
    assert [one["request"] for one in messages if one["kind"] == "friend-request"] == [1]


@given(st.text(), st.text(), st.text(), st.sampled_from(Format))
def test_no_text_breaks_a_line(text: str, sender: str, chat: str, form: Format) -> None:
    """Whatever people are called and write, a message is one line."""
    lines = Lines(form, Language.ZH, sender, lambda: AT)
    line = lines.message(_seen(1, Text(text=text), group=True, sender=sender, chat=chat))
    assert len(line.splitlines()) == 1
    assert not [c for c in line if unicodedata.category(c) == "Cc"]


def test_what_the_phone_merely_does_is_left_to_json() -> None:
    """A chat that was read on the phone is no line to read, and still an event for programs."""
    notice = StatusNotice(code=1)
    assert Lines(Format.JSON, Language.ZH, "小灰", time.time).shows(notice)
    assert not Lines(Format.PLAIN, Language.ZH, "小灰", time.time).shows(notice)


@pytest.mark.parametrize("form", [Format.PLAIN, Format.SPEAK])
def test_a_recall_that_names_nobody_has_a_subject(form: Format) -> None:
    """In a private chat it is the other one, in a group nobody knows."""
    lines = Lines(form, Language.EN, "小灰", lambda: float(AT))
    alone = lines.message(_seen(1, Recall(recalled=_id(9)), sender=""))
    many = lines.message(_seen(2, Recall(recalled=_id(9)), sender="", group=True))
    assert "老王 recalled a message" in alone
    assert "(unknown) recalled a message" in many


@pytest.mark.parametrize(
    ("name", "form", "shown"),
    [
        ("a.png", "auto", "[picture a.png]"),
        ("a.png", "file", "[file a.png]"),
        ("a.bin", "picture", "[picture a.bin]"),
        ("a.gif", "auto", "[sticker a.gif]"),
        ("a.mp4", "auto", "[video a.mp4]"),
        ("a.txt", "auto", "[file a.txt]"),
        ("a.txt", "of a newer version", "[file a.txt]"),
    ],
)
def test_an_own_file_is_called_what_it_went_as(name: str, form: str, shown: str) -> None:
    """By its ending where nothing else was asked for, as the service got it."""
    sent = SendFile(chat=WANG_KEY, path="/kept", name=name, size=9, md5="0", form=form)
    lines = Lines(Format.PLAIN, Language.EN, "me", lambda: AT + 3600)
    line = lines.sent(_row(1, sent, Outcome.ACCEPTED, result=_id(1)), "老王", group=False, seq=1)
    assert shown in line
