"""Greets those who join a group, and tells the owner of the account when the login ends.

Run it on the emulator: hongyan bot examples.group_greeter:app
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from hongyan.bot import App, EventContext, GroupJoined, MessageContext

if TYPE_CHECKING:
    from hongyan.client.account import Account

app = App("group-greeter")
log = logging.getLogger("group_greeter")


@app.on(GroupJoined)
async def greet(notice: MessageContext) -> None:
    newcomers = notice.message.event.joined
    if newcomers:
        await notice.reply(f"欢迎 {'、'.join(newcomers)}！ Welcome to {notice.chat.name}.")


@app.on_start
async def say_hello(account: Account) -> None:
    log.info("greeting in %d groups", len(account.groups()))


@app.on_login_ended
async def say_goodbye(happened: EventContext) -> None:
    log.warning("the login has ended: %s", happened.event.advice)
