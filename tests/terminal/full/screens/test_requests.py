"""Friend requests are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.commands import (
    AcceptFriend,
    SetRemark,
)

from ..conftest import kinds, seen, until, write

if TYPE_CHECKING:
    from ..conftest import Stage


async def test_requests_are_answered(stage: Stage) -> None:
    """Accepted with a remark; one that is ignored is gone from the screen alone."""
    await stage.came(kinds(stage, "@w")[-1])
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.press("ctrl+g")
        await until(pilot, lambda: seen(app, "柳杨") and seen(app, "你好"))
        await pilot.press("r")
        await until(pilot, lambda: seen(app, "备注名"))
        await pilot.press("ctrl+u")
        await write(pilot, "小柳")
        await pilot.press("enter")
        await until(
            pilot, lambda: any(isinstance(c, SetRemark) and c.remark == "小柳" for c in stage.carried)
        )
        assert any(isinstance(c, AcceptFriend) for c in stage.carried)
        await until(pilot, lambda: seen(app, "已接受"))
        await pilot.press("x")
        await until(pilot, lambda: seen(app, "没有好友请求"))
