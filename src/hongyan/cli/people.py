"""``hongyan people``: who is who after a new login, decided by a person; the server is not contacted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from hongyan.assemble import open_view
from hongyan.cli.options import Options, reporting, run, settings_of, tell_none, view_options
from hongyan.model.display_text import json_safe
from hongyan.terminal.listing import chat_lines, chat_values

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from hongyan.client.account import Account, Chat

__all__ = ["people"]


@click.group()
def people() -> None:
    """Match contacts after a new login, or undo a wrong match."""


@people.command()
@view_options
def unresolved(options: Options) -> int:
    """List contacts that may be the same as earlier ones, with the candidates."""

    async def listed(account: Account) -> None:
        found = account.people.unresolved()
        if not found:
            tell_none(options)
        for new, candidates in found:
            if options.as_json:
                (value, *others) = chat_values([new, *candidates])
                click.echo(
                    json_safe(json.dumps({"schema": 1, **value, "candidates": others}, ensure_ascii=False))
                )
                continue
            click.echo(f"{new.key}  {chat_lines([new], options.language)[0]}")
            for one in candidates:
                click.echo(f"  may be {one.key}  {chat_lines([one], options.language)[0]}")

    return _seen(options, listed)


@people.command()
@click.argument("old")
@click.argument("new")
@view_options
def merge(options: Options, old: str, new: str) -> int:
    """Treat NEW as the same contact as OLD: names or keys, as ``unresolved`` and ``contacts --json`` print them."""

    async def merged(account: Account) -> None:
        _print(options, await account.people.merge(account.find(old), account.find(new)))

    return _seen(options, merged)


@people.command()
@click.argument("chat")
@view_options
def split(options: Options, chat: str) -> int:
    """Undo a match: CHAT gets a separate key and history again."""

    async def parted(account: Account) -> None:
        _print(options, await account.people.split(account.find(chat)))

    return _seen(options, parted)


def _print(options: Options, chat: Chat) -> None:
    (value,) = chat_values([chat])
    line = f"{chat.key}  {chat_lines([chat], options.language)[0]}"
    click.echo(json_safe(json.dumps({"schema": 1, **value}, ensure_ascii=False)) if options.as_json else line)


def _seen(options: Options, work: Callable[[Account], Coroutine[None, None, None]]) -> int:
    async def working() -> int:
        async with open_view(settings_of(options)) as account:
            await work(account)
        return 0

    return reporting(options, lambda: run(working()))
