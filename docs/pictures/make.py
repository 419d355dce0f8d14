"""Draws the README's pictures: the full screen on the emulator's demo world. ``make pictures`` writes them beside this file."""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hongyan.assemble import open_account
from hongyan.emulator import Emulator
from hongyan.emulator.script_runner import ScriptRunner
from hongyan.emulator.worlds import demo
from hongyan.model.login_progress import QrReady
from hongyan.settings import Settings
from hongyan.terminal.full.app import FullScreen
from hongyan.terminal.full.pictures.draw import Mode
from hongyan.terminal.full.place import Place
from hongyan.terminal.full.settings.settings import TerminalSettings

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from hongyan.client.account import Account

HERE = Path(__file__).parent
FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
IDS = re.compile(r"terminal-\d+")


def keep(app: FullScreen, name: str) -> None:
    """Write the screen as an SVG file that loads nothing from elsewhere."""
    svg = IDS.sub("hongyan", FONTS.sub("", app.export_screenshot(title="hongyan demo")))
    svg = svg.replace(
        "font-family: Fira Code", "font-family: 'Fira Code', 'Sarasa Mono SC', 'Noto Sans Mono CJK SC'"
    )
    (HERE / f"{name}.svg").write_text(svg, "utf-8")


async def until(pilot: Pilot[int], app: FullScreen, text: str) -> None:
    """Wait until a text stands on the screen."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        strips = app.screen._compositor.render_strips()  # noqa: SLF001  # there is no other way to read a screen
        if any(text in "".join(segment.text for segment in strip) for strip in strips):
            return
        await pilot.pause(0.05)
    raise SystemExit(f"{text!r} did not come")


async def tour(account: Account, folder: Path, *, theme: str, language: str) -> None:
    """Use the program for a while and keep what it looks like."""
    settings = TerminalSettings(language=language, theme=theme, list_width=28)  # type: ignore[arg-type]  # one of its values
    place = Place(folder=folder / "files", settings_file=folder / "settings.toml")
    app = FullScreen(
        account, settings, place, picture_mode=Mode.HALFCELL, environment={"TERM": "xterm-256color"}
    )
    async with app.run_test(size=(110, 34)) as pilot:
        await until(pilot, app, "Perl 学习交流")
        app.main.open_chat(account.find("Anna"), focus="messages")
        await pilot.pause(1)
        keep(app, f"picture-{language}")
        app.main.open_chat(account.find("Perl 学习交流"))
        await pilot.pause(0.5)
        app.main.entry.put("我觉得会下雨，大家都带一把伞吧☂️")
        await pilot.press("enter")
        await until(pilot, app, "✓")
        await pilot.press("up", "up", "up", "r")
        app.main.entry.put("@鸽子 又撤回")
        await pilot.pause(0.5)
        keep(app, f"main-{language}")
        await pilot.press("ctrl+k")
        await until(pilot, app, ">")
        await pilot.press(*"wang")
        await pilot.pause(0.3)
        keep(app, f"go-to-{language}")
        await pilot.press("escape")
        app.login.progress(
            QrReady(text="https://login.weixin.qq.com/l/hongyan-demo==", image_url="", renewal=0)
        )
        await pilot.pause(0.5)
        keep(app, f"login-{language}")


async def main() -> None:
    """Run the demo world and take the pictures."""
    world, play = demo()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        async with Emulator(world, auth="strict") as emulator:
            emulator.phone.confirm()
            settings = Settings(server=emulator.origin, home=str(folder / "home"), pace=False)
            async with open_account(settings) as account:
                await account.ready(20)
                async with ScriptRunner(emulator, play, speed=4.0):
                    await asyncio.sleep(6)
                    await tour(account, folder, theme="wechat-dark", language="zh")
                    await tour(account, folder, theme="wechat-light", language="en")


asyncio.run(main())
