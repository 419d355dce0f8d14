"""An account whose block is over: whoever still asks it is told so, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from hongyan.assemble import open_account
from hongyan.emulator import Emulator, Person, World
from hongyan.errors import UsageError
from hongyan.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from hongyan.client.account import Account, Chat, Receipt


async def _first(events: Any) -> object:
    async for event in events:
        return event
    return None


ASKED: dict[str, Callable[[Account, Chat, Receipt], Awaitable[object]]] = {
    "send": lambda account, chat, _: account.send(chat, "x"),
    "send_to_many": lambda account, chat, _: account.send_to_many([chat], "x"),
    "ready": lambda account, _chat, _: account.ready(),
    "accepted": lambda _account, _chat, receipt: receipt.accepted(),
    "mark_seen": lambda account, chat, _: account.local.mark_seen(chat),
    "keep_draft": lambda account, chat, _: account.local.keep_draft(chat, "x"),
    "contacts": lambda account, _chat, _: asyncio.to_thread(account.contacts),
    "history": lambda account, chat, _: asyncio.to_thread(account.history, chat),
    "outbox": lambda account, _chat, _: asyncio.to_thread(account.outbox),
    "status": lambda account, _chat, _: asyncio.to_thread(account.status),
    "deliveries": lambda account, _chat, _: _first(account.deliveries("late")),
}


async def _closed(service: Emulator, home: Path) -> tuple[Account, Chat, Receipt]:
    settings = Settings(server=service.origin, home=str(home), pace=False)
    async with open_account(settings) as account:
        await account.ready(10)
        chat = account.find("filehelper")
        receipt = await account.send(chat, "of later", at=4e9)
    return account, chat, receipt


async def test_whoever_asks_a_closed_account_is_told_that_it_is_closed(tmp_path: Path) -> None:
    world = World(Person("wxid_me", "Me"), {"filehelper": Person("filehelper", "文件传输助手")}, {})
    async with Emulator(world, poll_seconds=2.0) as service:
        service.phone.confirm()
        account, chat, receipt = await _closed(service, tmp_path)
    for what, ask in ASKED.items():
        assert await _outcome(ask(account, chat, receipt)) == "closed", what


async def _outcome(asked: Awaitable[object]) -> str:
    try:
        return f"{await asyncio.wait_for(asked, 3)!r}"
    except UsageError as told:
        return "closed" if "closed" in str(told) else str(told)
    except TimeoutError:
        return "still waits"


async def test_whoever_waited_when_the_account_was_closed_waits_no_longer(tmp_path: Path) -> None:
    world = World(Person("wxid_me", "Me"), {"filehelper": Person("filehelper", "文件传输助手")}, {})
    async with Emulator(world, poll_seconds=2.0) as service:
        service.phone.confirm()
        async with open_account(Settings(server=service.origin, home=str(tmp_path))) as account:
            await account.ready(10)
            receipt = await account.send(account.find("filehelper"), "of later", at=4e9)
            waiting = [
                asyncio.ensure_future(receipt.accepted()),
                asyncio.ensure_future(_first(account.deliveries("waits"))),
            ]
            await asyncio.sleep(0.1)
        assert [await _outcome(each) for each in waiting] == ["closed"] * 2
