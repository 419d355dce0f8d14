"""Follows the journal for the screen, in batches that look like single rows to the eye."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hongyan.client.account import Account
    from hongyan.model.events import Recorded
    from hongyan.model.ids import Seq

__all__ = ["follow"]

_BATCH_S: Final = 0.05  # rows that come within this time are shown together
_PAGE: Final = 1000  # rows that the journal gives at a time


async def follow(account: Account, after: Seq, take_in: Callable[[Sequence[Recorded]], None]) -> None:
    """Hand each row behind ``after`` to ``take_in``, without end; an empty batch says that something else has changed."""
    while True:
        changed = asyncio.ensure_future(account.changed())
        try:
            rows = account.archive.journal(after)
            if rows:
                after = rows[-1].seq
            take_in(rows)
            if len(rows) < _PAGE:
                await changed
                await asyncio.sleep(_BATCH_S)
        finally:
            changed.cancel()
