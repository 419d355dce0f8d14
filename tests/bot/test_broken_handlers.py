"""Handlers that end in ways which are no Exception: each costs its event, never the chat and never the bot."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from hongyan.bot import App, MessageContext, Text
from hongyan.errors import UsageError

from .house import House, running

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


async def _awaits_what_it_cancelled() -> None:
    task = asyncio.create_task(asyncio.sleep(60))
    await asyncio.sleep(0)
    task.cancel()
    await task


async def _cancels_itself() -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(1)


async def _raises_cancelled() -> None:
    raise asyncio.CancelledError


async def _raises_a_group() -> None:
    raise BaseExceptionGroup("several", [asyncio.CancelledError(), ValueError("x")])


async def _raises_generator_exit() -> None:
    raise GeneratorExit


class _OwnBase(BaseException):
    pass


async def _raises_an_own_base() -> None:
    raise _OwnBase


async def _awaits_a_cancelled_future() -> None:
    future = asyncio.get_running_loop().create_future()
    future.cancel()
    await future


async def _times_out_in_a_group() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(_raises_generator_exit())


BREAKS = [
    _awaits_what_it_cancelled,
    _cancels_itself,
    _raises_cancelled,
    _raises_a_group,
    _raises_generator_exit,
    _raises_an_own_base,
    _awaits_a_cancelled_future,
    _times_out_in_a_group,
]


@pytest.mark.parametrize("breaks", BREAKS)
async def test_no_way_to_end_a_handler_makes_its_chat_deaf(
    house: House, breaks: Callable[[], Awaitable[None]], caplog: pytest.LogCaptureFixture
) -> None:
    app = App("bot")

    @app.on(Text)
    async def answer(message: MessageContext) -> None:
        if message.text == "break":
            await breaks()
        await message.reply(message.text)

    async with running(app, house.account):
        for _ in range(3):
            await house.says("@alice", "break")
        await house.says("@alice", "after")
        assert await house.answered(1) == [("Alice", "after")]
        await house.settled("bot")
    assert caplog.text.count("answer failed") == 3


@pytest.mark.parametrize("breaks", BREAKS)
async def test_no_condition_makes_its_chat_deaf(house: House, breaks: Callable[[], Awaitable[None]]) -> None:
    app = App("bot")

    async def condition(message: MessageContext) -> bool:
        if message.text == "break":
            await breaks()
        return True

    @app.on(Text, condition)
    async def answer(message: MessageContext) -> None:
        await message.reply(message.text)

    async with running(app, house.account):
        await house.says("@alice", "break")
        await house.says("@alice", "after")
        assert await house.answered(1) == [("Alice", "after")]
        await house.settled("bot")


@pytest.mark.parametrize("breaks", BREAKS)
async def test_no_callback_at_the_start_keeps_the_bot_from_starting(
    house: House, breaks: Callable[[], Awaitable[None]]
) -> None:
    app = App("bot")

    @app.on_start
    async def begins(_: object) -> None:
        await breaks()

    @app.on(Text)
    async def answer(message: MessageContext) -> None:
        await message.reply(message.text)

    async with running(app, house.account):
        await house.says("@alice", "hello")
        assert await house.answered(1) == [("Alice", "hello")]


async def test_a_bot_whose_own_tasks_are_cancelled_ends_loudly(house: House) -> None:
    """A handler that cancels every task in sight leaves nothing that could go on: that is told, not kept quiet."""
    app = App("bot")

    @app.on(Text)
    async def wild(_: MessageContext) -> None:
        for task in asyncio.all_tasks():
            if task.get_name() in {"bot chat", "bot reader"}:
                task.cancel()

    run = asyncio.create_task(app.run(house.account))
    await asyncio.sleep(0.05)
    await house.says("@alice", "go")
    with pytest.raises(UsageError, match="tasks of the bot itself"):
        await asyncio.wait_for(run, 10)
