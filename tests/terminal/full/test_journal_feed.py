"""The journal as the screen follows it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from hongyan.terminal.full.journal_feed import follow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.model.events import Recorded

    from .conftest import Stage


@pytest.mark.parametrize("count", [1, 1500])
async def test_each_row_comes_once_and_in_order(stage: Stage, count: int) -> None:
    """Those that are there already, also more than a page, and those that come later."""
    before = stage.account.archive.latest
    await stage.came(*(stage.text(str(number)) for number in range(count)))
    rows: list[Recorded] = []
    came = asyncio.Event()

    def take_in(batch: Sequence[Recorded]) -> None:
        rows.extend(batch)
        came.set()

    following = asyncio.create_task(follow(stage.account, before, take_in))
    try:
        async with asyncio.timeout(20):
            while len(rows) < count:
                await asyncio.sleep(0.01)
            await stage.came(stage.text("later"))
            while len(rows) < count + 1:
                came.clear()
                await came.wait()
    finally:
        following.cancel()
    assert [row.seq for row in rows] == sorted({row.seq for row in rows})
