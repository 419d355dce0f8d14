"""What the bars say, by the state alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.display_text import cells
from hongyan.terminal.full.main.state import MainState
from hongyan.terminal.full.main.status_bars import StatusBars

if TYPE_CHECKING:
    from ..conftest import Stage


def said(pieces: list[tuple[str, str]]) -> str:
    """Return pieces as one text."""
    return "".join(text for text, _ in pieces)


async def test_hints_follow_the_pane_and_the_mode(stage: Stage) -> None:
    """Keys as the key map has them; what is begun stands in front; a mode is told by its name."""
    state = MainState()
    bars = StatusBars(stage.screen().context, state)
    state.pane, state.pending = "messages", "d"
    assert said(bars.hint_left(80)).strip().startswith("d r 回复 · f 转发")
    state.pane, state.pending, state.commanding = "list", "", True
    assert said(bars.hint_left(80)).startswith(" 命令 ")
    state.pane, state.commanding = "entry", False
    assert said(bars.hint_left(80)).strip().startswith("Enter 发送")
    assert all(cells(said(bars.hint_left(width))) <= width for width in range(1, 100))


async def test_what_is_written_is_counted_where_it_is_written(stage: Stage) -> None:
    """With the time for which a send is held."""
    state = MainState(written=12)
    bars = StatusBars(stage.screen(hold=1.5).context, state)
    assert said(bars.hint_right(80)) == ""
    state.pane = "entry"
    assert "12" in said(bars.hint_right(80))
    assert "1.5" in said(bars.hint_right(80))


async def test_tabs_are_whole_where_they_fit(stage: Stage) -> None:
    """The present one longest; never wider than there is room, unless there is none at all."""
    bars = StatusBars(stage.screen(language="en").context, MainState())
    assert bars.tab_names(80) == ["Groups", "People", "Subs", "All", "Archive"]
    assert bars.tab_names(12) == ["G", "P", "S", "A", "A"]
    assert all(sum(map(cells, bars.tab_names(width))) + 6 <= width for width in range(11, 80))


async def test_the_title_is_the_open_chat(stage: Stage) -> None:
    """With the number of its members; nothing where no chat is open."""
    state = MainState()
    bars = StatusBars(stage.screen().context, state)
    assert bars.title(80) == bars.title_right(80) == []
    state.chat = stage.account.find("Perl 学习交流")
    assert said(bars.title(80)) == " Perl 学习交流 (3)"
