"""The scripted conversation of the demo, on the invented account that it was written for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.assemble import open_account
from hongyan.emulator import Emulator, worlds
from hongyan.emulator.script_runner import ScriptRunner
from hongyan.model.ids import Seq
from hongyan.settings import Settings
from hongyan.terminal.line.demo_script import STEPS
from hongyan.terminal.line.script import play
from hongyan.terminal.strings.language import Language

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_the_demo_plays_to_its_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every step comes, at four times the speed, through the real client on the real emulator."""
    world, people = worlds.demo()
    async with (
        Emulator(world, auth="strict", poll_seconds=2.0) as service,
        ScriptRunner(service, people, speed=4.0),
    ):
        service.phone.confirm()
        settings = Settings(profile="demo", server=service.origin, home=str(tmp_path / "home"), pace=False)
        async with open_account(settings) as account:
            await account.ready(10)
            code = await play(account, STEPS, folder=tmp_path, language=Language.ZH, after=Seq(0))
    printed = capsys.readouterr()
    assert (code, printed.err.count("step")) == (0, 0), printed.err
    assert "我 → 妈妈: 吃了，妈妈做的最好吃[微笑]" in printed.out
    assert len([line for line in printed.err.splitlines() if "已存到" in line]) == 3
