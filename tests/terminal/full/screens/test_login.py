"""The login on its way: the code can be scanned as it stands on the screen, and every state says what to do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image

from hongyan.errors import LoginEnded, NoAnswer
from hongyan.model.login_progress import AskedPhone, Cancelled, Confirmed, Expired, QrReady, Scanned
from hongyan.terminal.full.screens.login import QrLoginScreen

from ..conftest import seen, until

if TYPE_CHECKING:
    from rich.style import Style

    from hongyan.terminal.full.app import FullScreen

    from ..conftest import Stage

LINK = "https://login.weixin.qq.com/l/4bLcd-Ijkl=="


def photographed(app: FullScreen, *, ink: int, paper: int) -> Image.Image:
    """Return the screen as a picture, two pixels a cell, four times as large; colours that nobody set are the terminal's."""
    strips = app.screen._compositor.render_strips()
    rows: list[list[int]] = []
    for strip in strips:
        upper: list[int] = []
        lower: list[int] = []
        for text, style, _ in strip:
            front, back = _light(style, "color", ink), _light(style, "bgcolor", paper)
            for char in text:
                top, bottom = {"▀": (front, back), "▄": (back, front), "█": (front, front)}.get(
                    char, (back, back)
                )
                upper.append(top)
                lower.append(bottom)
        rows += [upper, lower]
    width = max(map(len, rows))
    picture = Image.new("L", (width, len(rows)), paper)
    for y, row in enumerate(rows):
        for x, light in enumerate(row):
            picture.putpixel((x, y), light)
    return picture.resize((width * 4, len(rows) * 4), Image.Resampling.NEAREST)


def _light(style: Style | None, name: str, default: int) -> int:
    color = getattr(style, name) if style is not None else None
    if color is None or color.is_default:
        return default
    return int(sum(color.get_truecolor()) // 3)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (50, 24)])
@pytest.mark.parametrize("theme", ["wechat-dark", "wechat-light", "high-contrast", "mono"])
async def test_the_code_is_read_back_from_the_screen(stage: Stage, size: tuple[int, int], theme: str) -> None:
    """By a decoder, on dark and light terminals, at the sizes that people have."""
    app = stage.screen(theme=theme)
    async with app.run_test(notifications=True, size=size) as pilot:
        await pilot.pause()
        app.login.progress(QrReady(text=LINK, image_url="", renewal=0))
        await until(pilot, lambda: seen(app, "等待扫码"))
        await pilot.pause()
        picture = photographed(app, ink=220, paper=10)
        found = zxingcpp.read_barcodes(picture)
        assert [code.text for code in found] == [LINK]


async def test_every_state_says_what_to_do(stage: Stage) -> None:
    """Waiting with a countdown, scanned, confirmed, expired with a new code, cancelled, asked without a code."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 40)) as pilot:
        await pilot.pause()
        app.login.progress(QrReady(text=LINK, image_url="", renewal=0))
        await until(pilot, lambda: seen(app, "等待扫码") and seen(app, "还有 ") and seen(app, "秒"))
        assert seen(app, "可能给账号带来风险")
        for step, told in (
            (Scanned(), "已扫描，请在手机上确认"),
            (Confirmed(), "已确认，正在登录"),
            (Expired(), "二维码已过期"),
            (Cancelled(), "手机上取消了登录"),
            (AskedPhone(), "已请求手机确认"),
        ):
            app.login.progress(step)
            await until(pilot, partial(seen, app, told))
        app.login.progress(QrReady(text=LINK + "2", image_url="", renewal=2))
        await until(pilot, lambda: seen(app, "第 3 个二维码"))
        app.login.stands()
        await until(pilot, lambda: app.screen is app.main)


async def test_link_picture_size_and_colours_can_be_had(stage: Stage) -> None:
    """By keys; a terminal that is too small gives the link by itself."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 40)) as pilot:
        await pilot.pause()
        app.login.progress(QrReady(text=LINK, image_url="", renewal=0))
        await until(pilot, lambda: seen(app, "等待扫码"))
        await pilot.press("u")
        await until(pilot, lambda: seen(app, LINK))
        await pilot.press("o")
        picture = stage.folder / "qr.png"
        await until(pilot, picture.is_file)
        assert [code.text for code in zxingcpp.read_barcodes(Image.open(picture))] == [LINK]
        assert picture.stat().st_mode & 0o777 == 0o600
        await pilot.press("i")
        await pilot.pause()
        assert [code.text for code in zxingcpp.read_barcodes(photographed(app, ink=220, paper=10))] == [LINK]
        await pilot.press("i", "u")
        await pilot.resize_terminal(40, 12)
        await until(pilot, lambda: seen(app, "终端太小") and seen(app, LINK[:20]))
    assert not picture.exists()


async def test_a_refusal_tells_why_and_can_be_tried_again(stage: Stage) -> None:
    """Barred accounts are told to stop; nobody at the address is told to start one."""
    tries: list[int] = []

    async def join() -> None:
        tries.append(1)
        raise NoAnswer("the server", "nobody listens at its address") if len(tries) == 1 else LoginEnded(1203)

    app = stage.screen()
    app.login._join = join
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, QrLoginScreen) and seen(app, "服务器没有回应"))
        await pilot.press("r")
        await until(pilot, lambda: seen(app, "微信不允许这个账号") and seen(app, "请停止尝试"))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
