"""The main screen: what is on it at each size, what keys do, and that nothing of the wire gets through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .conftest import Stage, kinds, lines_of, seen, shown, until

if TYPE_CHECKING:
    from hongyan.terminal.full.app import FullScreen


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (50, 20), (29, 7)])
async def test_every_line_is_as_wide_as_the_screen(stage: Stage, size: tuple[int, int]) -> None:
    """At each size, with each kind of message in an open chat."""
    from hongyan.terminal.clean import cells

    await stage.came(stage.text("周末见？地点发一下"), *kinds(stage))
    app = stage.screen()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.main.open_chat(stage.account.find("Perl 学习交流"))
        await pilot.pause()
        print("\n".join(lines_of(app)))
        assert {cells(line) for line in shown(app)} == {size[0]}
