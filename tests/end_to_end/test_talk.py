"""Messages in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.messages import Text

if TYPE_CHECKING:
    from hongyan.client.api import Account
    from hongyan.emulator import Emulator


async def test_a_text_comes_in_and_the_answer_goes_out(account: Account, service: Emulator) -> None:
    """The whole way, both ways."""
    events = account.events()
    service.person("Alice").says("hi")
    async for recorded in events:
        incoming = account.incoming(recorded)
        if incoming is not None and isinstance(incoming.message, Text):
            break
    assert incoming is not None
    assert (incoming.sender_name, incoming.message) == ("Alice", incoming.message)
    receipt = await incoming.reply("pong")
    assert (await receipt.accepted(5)).result
    await service.person("Alice").hears("pong")
