"""The driver between a terminal and the screen: however much comes at once, signals are heard, and all of it comes in order."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest
from textual import events

from hongyan.terminal.full.tty.driver import TerminalDriver
from hongyan.terminal.full.tty.input import Reader

if TYPE_CHECKING:
    from collections.abc import Callable


async def test_a_signal_is_heard_under_a_burst_of_keys() -> None:
    """What is typed while the program is busy calls the loop through the pipe that signals take, which is soon full."""
    loop, heard, came = asyncio.get_running_loop(), asyncio.Event(), list[str]()
    app = Mock()

    def put(message: events.Key, taken: Callable[[], None]) -> None:
        came.append(message.key)
        taken()

    app.gate.put = put
    driver = TerminalDriver(app)
    loop.add_signal_handler(signal.SIGUSR1, heard.set)
    try:
        driver._hand_over([events.Key(f"f{number}", None) for number in range(1500)])
        os.kill(os.getpid(), signal.SIGUSR1)
        async with asyncio.timeout(10):
            await heard.wait()
            while len(came) < 1500:
                await asyncio.sleep(0)
    finally:
        driver.put_back()
        for number in (signal.SIGUSR1, signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH):
            loop.remove_signal_handler(number)
    assert came == [f"f{number}" for number in range(1500)]


@pytest.mark.parametrize("typed", ["\x1b[48;24;80;480;1280t", "\x1b[?2048;2$y"])
async def test_a_size_that_is_typed_is_not_believed(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    """The terminal itself is asked; nothing of it is set to report sizes."""
    app, told = Mock(), list[events.Resize]()
    app.post_message = told.append
    driver = TerminalDriver(app)
    monkeypatch.setattr(driver, "_get_terminal_size", lambda: (61, 17))
    monkeypatch.setattr(driver, "write", lambda data: pytest.fail(f"wrote {data!r}"))
    try:
        driver._hand_over(Reader().feed(typed, 1.0))
        await asyncio.sleep(0)
        app.gate.put.assert_not_called()
        assert [tuple(message.size) for message in told] == [(61, 17)]
    finally:
        driver.put_back()
        for number in (signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH):
            driver._loop.remove_signal_handler(number)
