"""``hongyan recall``: takes back an own message; the service allows that for two minutes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from hongyan.cli.options import Options, account_options, opened, reporting, run
from hongyan.errors import UsageError
from hongyan.model.commands import Outcome
from hongyan.model.events import CommandSettled, MessageReceived
from hongyan.model.ids import MsgId
from hongyan.terminal.seen import is_send

if TYPE_CHECKING:
    from hongyan.client.api import Account, Chat
    from hongyan.model.events import Recorded

__all__ = ["recall"]

_LOADING = 120.0  # seconds that a contact list may take
_LOOK_BACK = 200  # messages
_TAKEN = frozenset({Outcome.ACCEPTED, Outcome.ECHOED})


@click.command()
@click.argument("chat")
@click.argument("message", required=False)
@click.option(
    "--timeout", "limit", default=60.0, show_default=True, help="Seconds to wait for the server's word."
)
@account_options
def recall(options: Options, chat: str, message: str | None, limit: float) -> int:
    """Take back MESSAGE (its number, as send prints it), or the last own message in CHAT."""

    async def take_back() -> int:
        async with opened(options, may_ask=sys.stderr.isatty()) as account:
            await account.ready(_LOADING)
            found = account.find(chat)
            number = MsgId(message) if message else _last_own(account, found)
            await (await account.recall(found, number)).accepted(limit)
            click.echo(f"recalled {number}")
            return 0

    return reporting(options, lambda: run(take_back()))


def _last_own(account: Account, chat: Chat) -> MsgId:
    """Return the number of the newest own message in a chat."""
    for recorded in reversed(account.history(chat, _LOOK_BACK)):
        if number := _own_number(recorded):
            return MsgId(number)
    raise UsageError(f"nothing of yours is known in {chat.name!r}", "Give the number that send printed.")


def _own_number(recorded: Recorded) -> str:
    event = recorded.event
    if isinstance(event, MessageReceived):
        return str(event.message.id) if event.message.outgoing else ""
    if isinstance(event, CommandSettled) and event.row.outcome in _TAKEN and is_send(event.row.command):
        return event.row.result
    return ""
