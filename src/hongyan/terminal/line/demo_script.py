"""The conversation that ``hongyan demo`` plays if there is no terminal; it fits the emulator's invented account.

It talks with people and in groups, sends, saves and recalls, and expects every kind of message that people, groups and
official accounts send by themselves. Everything is over about ten seconds after the login.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.terminal.line.script import (
    AnswerStep,
    ExpectStep,
    RecallStep,
    SaveStep,
    SendFileStep,
    Step,
    WriteStep,
)
from hongyan.terminal.qr import picture_file

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["STEPS"]

_PERL: Final = "Perl 学习交流"
_HIKE: Final = "周末爬山⛰"
_PROJECT: Final = "项目组"
_FAMILY: Final = "一家人"
_NOTES: Final = "文件传输助手"
_WITHIN: Final = 12.0  # seconds: the last message comes about ten seconds after the login


def _picture(folder: Path) -> Path:
    """Draw something to send: a QR code that says hello."""
    path = folder / "hello.png"
    picture_file("鸿雁 says hello", path)
    return path


def _list(folder: Path) -> Path:
    path = folder / "清单.txt"
    path.write_text("绳子\n水\n腊肉\n", "utf-8")
    return path


def _comes(kind: str, sender: str = "", chat: str = "", pattern: str = "") -> ExpectStep:
    return ExpectStep(kind, sender, chat, pattern, _WITHIN)


# People who answer, in private and in a group.
_TALK: Final[tuple[Step, ...]] = (
    _comes("text", "妈妈", pattern="吃饭了吗"),
    AnswerStep("吃了，妈妈做的最好吃[微笑]"),
    _comes("text", "妈妈", pattern="多吃点|吃的什么"),
    WriteStep("老王", "ping"),
    _comes("text", "老王", pattern="^pong$"),
    _comes("text", "老王", _PERL, "不用 sort"),
    WriteStep(_PERL, "@复读机🤖\u2005快速排序，<=> 不算作弊吧 & 谢谢"),
    _comes("text", "复读机🤖", _PERL, "快速排序"),
    WriteStep("天气早知道", "明天天气"),
    _comes("text", "天气早知道", pattern="多云转晴"),
    WriteStep("Anna", "Could you send me a picture?"),
    _comes("text", "Anna", pattern="Here you are"),
    _comes("picture", "Anna"),
    SaveStep(),
)

# Sends and a recall.
_SENDS: Final[tuple[Step, ...]] = (
    SendFileStep("Anna", _picture, "picture"),
    SendFileStep(_NOTES, _list),
    WriteStep(_NOTES, "这条发错了"),
    RecallStep(),
)

# What comes by itself, in its order.
_KINDS: Final[tuple[Step, ...]] = (
    _comes("voice", "林小雨🌧"),
    SaveStep(),
    _comes("video", "Ben 🎸"),
    _comes("sticker", "糖豆"),
    _comes("file", "Leo", _PROJECT, "周报"),
    SaveStep(),
    _comes("link", "鸿雁日报", pattern="大雁南飞"),
    _comes("location", "晨晨", _HIKE, "曲院风荷"),
    _comes("link", "Iris", pattern="geese"),
    _comes("card", "爸爸", _FAMILY, "天气早知道"),
    _comes("quote", "Jack", pattern="第三条"),
    _comes("music", "Félix", pattern="平沙落雁"),
    _comes("mini-program", "孙萌萌", pattern="问卷"),
    _comes("record", "周老师"),
    _comes("transfer", "爸爸", pattern="88"),
    _comes("red-packet", "妈妈", _FAMILY),
    _comes("text", "鸽子", _PERL, "打错了"),
    _comes("recall", chat=_PERL, pattern="打错了"),
    _comes("friend-request", pattern="柳杨"),
    _comes("notice", chat=_HIKE, pattern="Jack"),
    _comes("notice", pattern="冲刺"),
    _comes("call", "ゆき"),
    _comes("unsupported", "민수"),
    _comes("channels", "河马👨‍👩‍👧‍👦"),
    _comes("text", chat=_HIKE, pattern="绳子"),
    AnswerStep("带，二十米够吗？"),
    _comes("text", chat=_NOTES, pattern="买茶叶"),
    _comes("text", "旗手🇨🇳", pattern="1️⃣ 👍🏽 🇨🇳 👩‍💻"),
)

STEPS: Final[tuple[Step, ...]] = (*_TALK, *_SENDS, *_KINDS)
"""The steps for ``play``."""
