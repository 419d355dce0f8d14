"""The commands that list: chats, contacts, groups, members."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from hongyan.assemble import open_view
from hongyan.cli.loading import loaded
from hongyan.cli.options import Options, account_options, opened, reporting, run, settings_of
from hongyan.model.display_text import json_safe
from hongyan.terminal.listing import chat_lines, chat_values, member_lines, member_values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hongyan.client.account import Account, Chat

__all__ = ["chats", "contacts", "groups", "members"]


_refresh = click.option("--refresh", is_flag=True, help="Ask the server first (default: offline).")


@click.command()
@_refresh
@account_options
def chats(options: Options, *, refresh: bool) -> int:
    """List chats, latest first, as this profile knows them."""
    return _list(options, lambda account: account.chats(), refresh=refresh)


@click.command()
@_refresh
@account_options
def contacts(options: Options, *, refresh: bool) -> int:
    """List friends, official accounts and the service's own accounts, as this profile knows them."""
    return _list(options, lambda account: account.contacts(), refresh=refresh)


@click.command()
@_refresh
@account_options
def groups(options: Options, *, refresh: bool) -> int:
    """List groups, saved to the contacts or not, as this profile knows them."""
    return _list(options, lambda account: account.groups(), refresh=refresh)


@click.command()
@click.argument("group")
@account_options
def members(options: Options, group: str) -> int:
    """List the members of GROUP: all of them, or an error."""

    async def listed() -> int:
        async with opened(options, may_ask=sys.stderr.isatty()) as account:
            await loaded(account)
            members = await account.groups.members(account.find(group))
            found = [(member, account.people.remark_of(member)) for member in members]
            _print(options, member_lines(found), member_values(found))
            return 0

    return reporting(options, lambda: run(listed()))


def _list(options: Options, choose: Callable[[Account], list[Chat]], *, refresh: bool) -> int:
    async def listed() -> int:
        opening = opened(options, may_ask=sys.stderr.isatty()) if refresh else open_view(settings_of(options))
        async with opening as account:
            if refresh:
                await loaded(account)
            found = choose(account)
            _print(options, chat_lines(found, options.language), chat_values(found))
            return 0

    return reporting(options, lambda: run(listed()))


def _print(options: Options, lines: Sequence[str], values: Sequence[dict[str, Any]]) -> None:
    if options.as_json:
        lines = [json_safe(json.dumps({"schema": 1, **value}, ensure_ascii=False)) for value in values]
    for line in lines:
        click.echo(line)
