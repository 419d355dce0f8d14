"""Greets those who join a group, and logs the end of the login.

Run it on the emulator: hongyan bot examples.group_greeter:app
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from hongyan.bot import App, EventContext, GroupJoined, LoginChanged, NoticeContext

if TYPE_CHECKING:
    from hongyan.client.account import Account

app = App("group-greeter")
log = logging.getLogger("group_greeter")


@app.on(GroupJoined)
async def greet(message: NoticeContext[GroupJoined]) -> None:
    newcomers = message.notice.joined
    if newcomers:
        await message.reply(f"欢迎 {'、'.join(newcomers)}！ Welcome to {message.chat.name}.")


@app.on_start
async def say_hello(account: Account) -> None:
    log.info("greeting in %d groups", len(account.groups()))


@app.on_login_ended
async def say_goodbye(context: EventContext[LoginChanged]) -> None:
    log.warning("the login has ended: %s", context.event.advice)
