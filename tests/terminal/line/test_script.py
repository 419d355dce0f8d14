"""A scripted conversation plays its steps and notices what does not come."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from hongyan.model.commands import FetchMedia, RecallMessage, SendFile, SendText
from hongyan.model.ids import Seq
from hongyan.model.messages import Picture, Text
from hongyan.terminal.line.script import (
    AnswerStep,
    ExpectStep,
    RecallStep,
    SaveStep,
    SendFileStep,
    WriteStep,
    play,
)
from hongyan.terminal.strings.language import Language

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

    from hongyan.terminal.line.script import Step
    from terminal.conftest import Room


async def _play(room: Room, folder: Path, *steps: Step) -> int:
    """Play steps while the carrier answers what they ask for."""

    async def carry() -> None:
        while True:
            await room.carry()
            await asyncio.sleep(0.005)

    carrying = asyncio.create_task(carry())
    try:
        return await play(room.account, steps, folder=folder, language=Language.EN, after=Seq(0))
    finally:
        carrying.cancel()
        with suppress(asyncio.CancelledError):
            await carrying


def _make(folder: Path) -> Path:
    path = folder / "made.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    return path


async def test_every_sort_of_step_is_played(
    room: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Expect, save, answer, write, send a file, take back: in order, with the transcript printed."""
    kept = tmp_path / "kept.jpg"
    kept.write_bytes(b"\xff\xd8\xff picture")
    room.results = {FetchMedia: str(kept)}
    await room.receive(901, Picture(size=9), "@@p", "@w")
    await room.receive(902, Text(text="在吗"))
    capsys.readouterr()
    steps: Sequence[Step] = (
        ExpectStep("text", sender="老王", pattern="在"),
        AnswerStep("在"),
        ExpectStep("picture", chat="Perl 学习交流"),
        SaveStep(),
        WriteStep("老王", "发错了"),
        RecallStep(),
        SendFileStep("老王", _make, "picture"),
    )
    assert await _play(room, tmp_path, *steps) == 0
    mine = [c for c in room.carried if isinstance(c, SendText | RecallMessage | SendFile)]
    assert [type(c) for c in mine] == [SendText, SendText, RecallMessage, SendFile]
    out = capsys.readouterr().out
    assert out.index("老王: 在吗") < out.index("me → 老王: 在") < out.index("me → 老王: 发错了")
    assert "[picture made.png]" in out


async def test_a_message_that_does_not_come_fails_the_script(
    room: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is 1, the missing one is named, and nothing after it is done."""
    await room.receive(901, Text(text="在吗"))
    missing = ExpectStep("text", sender="阿黄", pattern="在", within=0.05)
    assert await _play(room, tmp_path, missing, WriteStep("老王", "never")) == 1
    assert (
        "step 1 of 2: a message kind 'text', from '阿黄', saying '在' did not come" in capsys.readouterr().err
    )
    assert room.carried == []


async def test_each_message_serves_one_step(room: Room, tmp_path: Path) -> None:
    """The same words expected twice must come twice."""
    await room.receive(901, Text(text="在吗"))
    assert await _play(room, tmp_path, ExpectStep(pattern="在", within=0.5)) == 0
    twice = ExpectStep(pattern="在", within=0.05)
    assert await _play(room, tmp_path, twice, twice) == 1


async def test_a_refused_send_fails_the_script(
    room: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reason of the server is told."""
    room.refuse = "refused.1204"
    assert await _play(room, tmp_path, WriteStep("老王", "hi")) == 1
    assert "step 1 of 1: " in capsys.readouterr().err
