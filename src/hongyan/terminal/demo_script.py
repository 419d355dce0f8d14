"""The scripted conversation of `hongyan demo`, fitted to the demo's world: every kind comes, and people answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.terminal.script import Answer, Expect, Save, SendFile, Step, TakeBack, Write

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["STEPS"]

_SOON: Final = 12.0  # seconds; the world's own time line ends after nine


def _list(folder: Path) -> Path:
    path = folder / "清单.txt"
    path.write_text("绳子\n水\n腊肉\n", "utf-8")
    return path


STEPS: Final[tuple[Step, ...]] = (
    Expect(kind="text", chat="妈妈", pattern="吃饭了吗"),
    Answer("吃了，妈妈做的最好吃[微笑]"),
    Expect(kind="text", chat="妈妈", pattern="多吃点|吃的什么"),
    Write("老王", "ping"),
    Expect(kind="text", chat="老王", pattern="^pong$"),
    Expect(kind="text", chat="Perl 学习交流", sender="老王", pattern="不用 sort"),
    Expect(kind="picture", chat="Anna", within=_SOON),
    Save(),
    Expect(kind="voice", within=_SOON),
    Expect(kind="video", within=_SOON),
    Expect(kind="sticker", within=_SOON),
    Expect(kind="file", within=_SOON),
    Save(),
    Expect(kind="link", chat="鸿雁日报", within=_SOON),
    Expect(kind="location", within=_SOON),
    Expect(kind="card", within=_SOON),
    Expect(kind="quote", within=_SOON),
    Expect(kind="music", within=_SOON),
    Expect(kind="mini-program", within=_SOON),
    Expect(kind="record", within=_SOON),
    Expect(kind="transfer", within=_SOON),
    Expect(kind="red-packet", within=_SOON),
    Expect(kind="recall", chat="Perl 学习交流", within=_SOON),
    Expect(kind="friend-request", within=_SOON),
    Expect(kind="notice", within=_SOON),
    Expect(kind="call", within=_SOON),
    Expect(kind="unsupported", within=_SOON),
    Expect(kind="channels", within=_SOON),
    Expect(kind="text", chat="周末爬山⛰", pattern="绳子", within=_SOON),
    Answer("带，二十米够吗？"),
    Write("文件传输助手", "周六：绳子、水、腊肉"),
    Write("文件传输助手", "这条发错了"),
    TakeBack(),
    SendFile("文件传输助手", _list),
)
