"""Follows sends to several chats: reports each as it is settled, and cancels what still waits when interrupted."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import click

from hongyan.cli.exit_codes import as_values
from hongyan.cli.loading import PATIENCE_S
from hongyan.cli.streams import tell_done
from hongyan.errors import HongyanError, UsageError
from hongyan.model.display_text import clean, json_safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.client.account import Account, Chat, Receipt

__all__ = ["followed"]


async def followed(
    account: Account, chats: Sequence[Chat], receipts: Sequence[Receipt], limit: float, *, as_json: bool
) -> int:
    """Print what became of each send, in order; return 0, or the exit code of the first that did not go.

    ``limit`` is how many seconds to wait for each. If this is interrupted, queued sends are dropped.
    """
    codes = []
    try:
        for number, (chat, receipt) in enumerate(zip(chats, receipts, strict=True), 1):
            error = await _error(receipt, limit)
            codes.append(error.exit_code if error is not None else 0)
            tell_done(
                _as_json(chat, receipt, error)
                if as_json
                else _line(number, len(receipts), chat, receipt, error)
            )
    except asyncio.CancelledError:
        dropped = await _drop(account, receipts)
        click.echo(f"interrupted: {dropped} of {len(receipts)} were not sent", err=True)
        raise
    return next((code for code in codes if code), 0)


async def _error(receipt: Receipt, limit: float) -> HongyanError | None:
    try:
        await receipt.accepted(limit, patience=PATIENCE_S)
    except HongyanError as error:
        return error
    return None


async def _drop(account: Account, receipts: Sequence[Receipt]) -> int:
    """Drop what is still queued; sends that just started stay as they are."""
    dropped = 0
    for receipt in receipts:
        try:
            if receipt.row.open:
                await account.outbox.drop(receipt.row.id)
                dropped += 1
        except UsageError:
            continue  # it was faster
    return dropped


def _line(number: int, total: int, chat: Chat, receipt: Receipt, error: HongyanError | None) -> str:
    row = receipt.row
    outcome = f"{row.outcome} {row.result}".strip() if error is None else f"{row.outcome}: {error}"
    return f"{number}/{total} {clean(chat.name, newline=' ', tab=' ')}: {clean(outcome, newline=' ')}"


def _as_json(chat: Chat, receipt: Receipt, error: HongyanError | None) -> str:
    row = receipt.row
    values = {
        "schema": 1,
        "outcome": str(row.outcome),
        "id": row.result,
        "command": row.id,
        "chat": {"key": chat.key, "name": chat.name},
        "retry_at": row.retry_at,
        "error": as_values(error) if error is not None else None,
    }
    return json_safe(json.dumps(values, ensure_ascii=False))
