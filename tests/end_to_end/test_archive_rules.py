"""The program that holds the login applies the archive's rules by itself."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from hongyan.assemble import open_account
from hongyan.client.archive_policy import ArchivePolicy, ArchiveSettings
from hongyan.model.events import MessageReceived
from hongyan.model.ids import Seq
from hongyan.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.emulator import Emulator


async def test_a_chat_that_is_not_to_be_kept_is_emptied_at_the_next_start(
    service: Emulator, tmp_path: Path
) -> None:
    """An hour later; the other chat stays as it was, and what comes then is not touched."""
    rules = ArchiveSettings(chats={"Alice": ArchivePolicy(keep="off")})
    settings = Settings(profile="goose", server=service.origin, home=str(tmp_path), pace=False, archive=rules)
    service.phone.confirm()
    async with open_account(settings) as account:
        await account.ready(20)
        for name in ("Alice", "老王"):
            service.person(name).says(f"from {name}")
        seen = 0
        async for recorded in account.events(after=Seq(0)):
            seen += isinstance(recorded.event, MessageReceived) and recorded.event.message.kind == "text"
            if seen == 2:
                break
        alice, bob = account.find("Alice"), account.find("老王")
        assert (len(account.history(alice)), len(account.history(bob))) == (1, 1)
        async with asyncio.timeout(20):
            while account.archive.consumers_behind():  # what a reader has not had stays for it
                await asyncio.sleep(0.02)
    async with open_account(settings, clock=lambda: time.time() + 3_600) as account:
        async with asyncio.timeout(20):
            while account.history(alice):
                await asyncio.sleep(0.02)
        assert len(account.history(bob)) == 1
