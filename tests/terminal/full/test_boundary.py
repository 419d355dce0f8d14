"""A fault of the program's own costs what was being done; it is told in a line, and nothing that was held is shown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from hongyan import reports
from hongyan.terminal.full.actions import app as do_app
from hongyan.terminal.full.chats.rowlist import RowList
from hongyan.terminal.full.composer.picker import FilePicker
from hongyan.terminal.full.screens.chat_switcher import ChatSwitcher
from hongyan.terminal.full.screens.log import Log

from .conftest import seen, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hongyan.terminal.full.main.main_screen import Main

    from .conftest import Stage


@pytest.fixture(autouse=True)
def _reports(tmp_path: Path) -> Iterator[None]:
    reports.keep_in(tmp_path / "reports")
    reports.forget_reported()
    yield
    reports.keep_in(None)


def _fails(*_: object) -> None:
    secret = "sid=qwertz"
    raise RuntimeError(secret)


async def _fails_later(_: Main, __: int) -> None:
    _fails()


@pytest.mark.parametrize("where", ["deed", "handler", "page", "beside"])
async def test_a_fault_costs_one_thing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: str
) -> None:
    """In what a key does, in a handler, in a page that cannot be put together, in what goes on beside the screen."""
    monkeypatch.setitem(do_app.APP, "app.stats", _fails_later)
    app = stage.screen(goes_on=True, language="en")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.pause()
        if where == "deed":
            await pilot.press("f12")
        elif where == "handler":
            monkeypatch.setattr(RowList, "on_focus", _fails)
            app.main.set_focus(app.main.members)
            app.main.set_focus(app.main.list)
        elif where == "page":
            monkeypatch.setattr(Log, "begin", _fails)
            await pilot.press("f9")
        else:
            app.later(_fails_later(app.main, 1))
        await until(pilot, lambda: seen(app, "Hongyan itself failed"))
        monkeypatch.undo()
        await until(pilot, lambda: app.screen is app.main)
        await pilot.press("ctrl+k")
        await until(pilot, lambda: isinstance(app.screen, ChatSwitcher))
    (report,) = (tmp_path / "reports").iterdir()
    assert "RuntimeError" in report.read_text()
    assert "qwertz" not in report.read_text()


async def test_too_many_faults_end_the_screen(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A screen that only fails is over; how it ends is its caller's to tell."""
    monkeypatch.setattr(RowList, "render_line", _fails)
    app = stage.screen(goes_on=True)
    with pytest.raises(RuntimeError, match="qwertz"):  # noqa: PT012  # the screen raises where its block ends
        async with app.run_test(size=(100, 30)) as pilot:
            for _ in range(60):
                app.main.list.redraw()
                await pilot.pause(0.02)
    assert app.crash is not None
    assert app.exit_code == 70
    assert not app.has_left


@pytest.mark.parametrize("is_left", [True, False])
async def test_what_comes_for_a_page_that_was_left_is_no_fault(
    stage: Stage, tmp_path: Path, *, is_left: bool
) -> None:
    """It finds nothing to write on; on a page that is still there the same is a fault."""
    app = stage.screen(goes_on=True, language="en")
    came = asyncio.Event()

    async def writes(page: Log) -> None:
        await came.wait()
        page.query_one("#no-such-line")

    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, Log))
        assert isinstance(app.screen, Log)
        task = app.later(writes(app.screen))
        if is_left:
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is app.main)
        came.set()
        await task
    assert (tmp_path / "reports").exists() != is_left


async def test_a_path_too_long_for_the_system_is_no_file(stage: Stage) -> None:
    """Whatever is typed where a file is looked for."""
    app = stage.screen()
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.pause()
        app.main.open_chat(stage.account.find("老王"))
        await pilot.press("ctrl+t")
        await until(pilot, lambda: isinstance(app.screen, FilePicker))
        app.screen.query_one(Input).value = f"/{'x' * 300}/{'y' * 300}"
        await pilot.press("enter")
        await pilot.pause()
    assert app.crash is None
