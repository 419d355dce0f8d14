"""The log and the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..conftest import seen, shown, until

if TYPE_CHECKING:
    from ..conftest import Stage


async def test_the_log_keeps_what_was_told(stage: Stage) -> None:
    """Errors and toasts, newest first."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        app.context.tell("第一件事")
        app.context.tell("坏了", error=True)
        await pilot.press("f9")
        await until(pilot, lambda: seen(app, "第一件事") and seen(app, "坏了"))
        lines = shown(app)
        first = next(i for i, line in enumerate(lines) if "坏了" in line)
        assert any("第一件事" in line for line in lines[first:])
