"""Which panes are shown at a size: pure values, without a screen."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.terminal.full.main.layout import Size, layout
from hongyan.terminal.full.main.state import MainState

if TYPE_CHECKING:
    from hongyan.client.account import Chat
    from hongyan.terminal.full.main.state import Pane

GROUP = cast("Chat", SimpleNamespace(is_group=True))
PERSON = cast("Chat", SimpleNamespace(is_group=False))
PANES: tuple[Pane, ...] = ("list", "messages", "members", "entry")

states = st.builds(
    MainState,
    chat=st.sampled_from([None, GROUP, PERSON]),
    pane=st.sampled_from(PANES),
    list_wanted=st.booleans(),
    members_wanted=st.sampled_from([None, True, False]),
)
sizes = st.builds(Size, st.integers(1, 300), st.integers(1, 100))


def shown(width: int, height: int = 40, list_width: int = 24, **state: Any) -> set[str]:
    """Return the names of the panes and lines that are shown."""
    found = layout(Size(width, height), MainState(**state), list_width)
    return {name for name, value in found._asdict().items() if value is True}


def test_a_wide_screen_shows_the_members_of_a_group() -> None:
    """Unasked; a narrower one only where they are wanted, and there are none of a person."""
    assert shown(120, chat=GROUP) == {
        *("list", "list_edge", "center", "members"),
        *("tabs", "hint", "entry_edge"),
    }
    assert "members" not in shown(99, chat=GROUP)
    assert "members" in shown(99, chat=GROUP, members_wanted=True)
    assert "members" not in shown(120, chat=GROUP, members_wanted=False)
    assert "members" not in shown(120, chat=PERSON, members_wanted=True)


@pytest.mark.parametrize(
    ("chat", "pane", "expected"),
    [
        (None, "list", {"list"}),
        (PERSON, "list", {"list"}),
        (PERSON, "entry", {"center"}),
        (None, "entry", {"list"}),
    ],
)
def test_a_narrow_screen_shows_one_pane(chat: Chat | None, pane: Pane, expected: set[str]) -> None:
    """The one that the keys go to, whatever panes are wanted."""
    for list_wanted in (True, False):
        found = shown(59, chat=chat, pane=pane, list_wanted=list_wanted, members_wanted=True)
        assert found & {"list", "list_edge", "center", "members"} == expected
    assert layout(Size(59, 40), MainState(chat=chat, pane=pane), 24).list_width is None


def test_lines_give_way_to_the_messages() -> None:
    """The lower the screen, the fewer: first the second line of each chat, then edge, hint and tabs."""
    heights = {height: layout(Size(80, height), MainState(), 24) for height in (16, 15, 13, 11, 9)}
    assert [found.row_lines for found in heights.values()] == [2, 1, 1, 1, 1]
    assert [found.entry_edge for found in heights.values()] == [True, True, False, False, False]
    assert [found.hint for found in heights.values()] == [True, True, True, False, False]
    assert [found.tabs for found in heights.values()] == [True, True, True, True, False]


@given(sizes, states, st.integers(12, 80))
def test_something_is_always_shown(size: Size, state: MainState, list_width: int) -> None:
    """And the list leaves at least half of the screen to the messages beside it."""
    found = layout(size, state, list_width)
    assert found.list or found.center
    assert found.list_width is None or found.list_width * 2 <= size.width
    assert found.tiny == (size.width < 30 or size.height < 8)
    assert not (found.narrow and found.list and found.center)
    assert not found.members or (state.chat is GROUP and not found.narrow)


@given(sizes, states)
def test_only_a_narrow_screen_looks_where_the_keys_go(size: Size, state: MainState) -> None:
    """Elsewhere moving to another pane rearranges nothing."""
    found = {layout(size, replace(state, pane=pane), 24) for pane in PANES}
    assert len(found) == 1 or size.width < 60
