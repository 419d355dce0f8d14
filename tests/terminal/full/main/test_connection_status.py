"""The line on top tells how the connection is."""

from __future__ import annotations

from hongyan.model.events import LoginState, Status

from ..conftest import Stage, seen, until


async def test_the_status_line_tells_the_truth(stage: Stage) -> None:
    """Reason and next try while it is degraded, then the end of the login with what to do."""
    stage.holds = True
    for text in ("一", "二"):
        await stage.account.send(stage.account.find("老王"), text)
    app = stage.screen()
    async with app.run_test(notifications=True, size=(120, 30)) as pilot:
        await until(pilot, lambda: seen(app, "在线"))
        await stage.store.login.set_status(
            Status(
                state=LoginState.DEGRADED,
                reason="no-answer",
                said="no answer",
                retry_at=2e9,
                contacts_complete=True,
            )
        )
        await until(pilot, lambda: seen(app, "连接不稳（服务器没有回应） · ") and seen(app, "秒后重试"))
        assert seen(app, "2 待发")
        await stage.store.login.set_status(
            Status(state=LoginState.ENDED, reason="login-ended.1101", contacts_complete=True)
        )
        await until(pilot, lambda: seen(app, "登录已结束"))
