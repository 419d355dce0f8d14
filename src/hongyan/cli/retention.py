"""``hongyan archive``: what is stored of each chat, the rules of the settings, and applying them now."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from hongyan.assemble import open_view
from hongyan.cli.options import Options, reporting, run, settings_of, view_options
from hongyan.model.display_text import clean, json_safe
from hongyan.terminal.listing import columns

if TYPE_CHECKING:
    from hongyan.client.account import Account
    from hongyan.client.archive_policy import ArchiveSettings, KeepRule
    from hongyan.model.retention import Holding

__all__ = ["archive"]


@click.command()
@click.option("--apply", "now", is_flag=True, help="Delete expired messages now.")
@click.option("--forget-reader", "reader", metavar="NAME", help="Stop waiting for a bot that no longer runs.")
@view_options
def archive(options: Options, reader: str | None, *, now: bool) -> int:
    """Show what is stored for each chat, and what has expired by the rules ([archive] in settings.toml).

    Messages are deleted only after every registered bot has read them; bots that lag are listed.
    """

    async def work() -> int:
        settings = settings_of(options)
        async with open_view(settings) as account:
            if reader is not None:
                state = "is forgotten" if await account.archive.forget_consumer(reader) else "was not known"
                click.echo(f"{reader} {state}", err=True)
            if now:
                await _apply(options, account, settings.archive)
            else:
                _show(options, account, settings.archive)
        return 0

    return reporting(options, lambda: run(work()))


async def _apply(options: Options, account: Account, rules: ArchiveSettings) -> None:
    shown = sys.stderr.isatty()
    removed = 0

    def progress(rows: int) -> None:
        nonlocal removed
        removed += rows
        if shown:
            click.echo(f"\r{removed} rows\x1b[K", err=True, nl=False)

    cleared = await account.archive.clear(rules, progress=progress)
    if shown:
        click.echo("\r\x1b[K", err=True, nl=False)
    values = {"schema": 1, "rows": cleared.rows, "bytes": cleared.size, "files": cleared.files}
    if options.as_json:
        click.echo(json.dumps(values))
    else:
        click.echo(f"removed {cleared.rows} rows ({_size(cleared.size)}) and {cleared.files} files")


def _show(options: Options, account: Account, rules: ArchiveSettings) -> None:
    kept = account.archive.holdings(rules)
    if options.as_json:
        for name, rule, holding in kept:
            click.echo(json_safe(json.dumps(_values(name, rule, holding), ensure_ascii=False)))
        return
    for line in columns([_cells(name, rule, holding) for name, rule, holding in kept]):
        click.echo(line)
    for behind in account.archive.consumers_behind():
        click.echo(
            f"{clean(behind.consumer, newline=' ')} has {behind.events} events before it: these are kept for it",
            err=True,
        )


def _values(name: str, rule: KeepRule, holding: Holding) -> dict[str, Any]:
    return {
        "schema": 1,
        "chat": {"key": holding.chat, "name": name},
        "keep": rule.keep,
        "recalled": "drop" if rule.drops_recalled else "keep",
        "rows": holding.rows,
        "bytes": holding.size,
        "file_bytes": holding.files,
        "due": holding.due,
        "due_bytes": holding.due_size,
        "unread": holding.unread,
        "removed": holding.removed,
    }


def _cells(name: str, rule: KeepRule, holding: Holding) -> tuple[str, ...]:
    keep = f"{rule.keep:g} days" if isinstance(rule.keep, float) else f"keep {rule.keep}"
    due = f"{holding.due} to go ({_size(holding.due_size)})" if holding.due else ""
    unread = f"{holding.unread} wait for readers" if holding.unread else ""
    gone = f"{holding.removed} removed" if holding.removed else ""
    rules = ", ".join(part for part in (due, unread, gone) if part)
    files = f"files {_size(holding.files)}" if holding.files else ""
    return clean(name, newline=" ", tab=" "), f"{holding.rows} rows", _size(holding.size), files, keep, rules


def _size(count: int) -> str:
    size, units = float(count), iter(("B", "KB", "MB", "GB"))
    unit = next(units)
    while size >= 1000 and unit != "GB":
        size, unit = size / 1000, next(units)
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
