"""The messages of the open chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..conftest import NOW, Stage, seen, shown, until

if TYPE_CHECKING:
    from hongyan.client.account import Chat


def chat(stage: Stage, called: str) -> Chat:
    """Return a chat by its name."""
    return stage.account.find(called)


async def test_gaps_stand_where_they_were(stage: Stage) -> None:
    """Between the messages of before and after."""
    await stage.came(stage.text("前"))
    await stage.gap(NOW + 60, NOW + 3600)
    await stage.came(stage.text("后", at=NOW + 3700), at=NOW + 3700)
    app = stage.screen()
    async with app.run_test(notifications=True, size=(120, 30)) as pilot:
        app.main.open_chat(chat(stage, "老王"))
        await until(pilot, lambda: seen(app, "这段时间的消息只在手机上"))
        lines = [line for line in shown(app) if "前" in line or "只在手机上" in line or "后" in line]
        assert ["前" in lines[-3], "只在手机上" in lines[-2], "后" in lines[-1]] == [True, True, True]
