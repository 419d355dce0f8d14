"""Which panes of the main screen are shown at a size, and how wide; it knows no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from hongyan.terminal.full.main.state import MainState

__all__ = ["Arrangement", "Size", "layout"]

_WIDE: Final = 100  # columns from which the members of a group are shown unasked
_NARROW: Final = 60  # columns below which one pane is shown at a time
_SMALLEST: Final = (30, 8)
_TWO_LINES: Final = 16  # rows from which a chat of the list has two lines
_TABS: Final = 10
_HINT: Final = 12
_ENTRY_EDGE: Final = 14


class Size(NamedTuple):
    """Columns and rows of the screen."""

    width: int
    height: int


class Arrangement(NamedTuple):
    """What is shown. ``tiny`` is a screen too small for anything; ``narrow`` one that shows one pane at a time.

    ``list_width`` is in columns, None for all there are; ``row_lines`` are the lines of each chat of the list.
    """

    tiny: bool
    narrow: bool
    list: bool
    list_width: int | None
    row_lines: int
    list_edge: bool
    center: bool
    members: bool
    tabs: bool
    hint: bool
    entry_edge: bool


def layout(size: Size, state: MainState, list_width: int) -> Arrangement:
    """Return what a screen of this size shows; ``list_width`` are the columns that the list is to have."""
    width, height = size
    narrow = width < _NARROW
    is_open = state.chat is not None
    only_chat = narrow and is_open and state.pane != "list"
    members_wanted = width >= _WIDE if state.members_wanted is None else state.members_wanted
    return Arrangement(
        tiny=width < _SMALLEST[0] or height < _SMALLEST[1],
        narrow=narrow,
        list=not only_chat if narrow else state.list_wanted,
        list_width=None if narrow else min(list_width, width // 2),
        row_lines=1 if narrow or height < _TWO_LINES else 2,
        list_edge=state.list_wanted and not narrow,
        center=not narrow or only_chat,
        members=state.chat is not None and state.chat.is_group and members_wanted and not narrow,
        tabs=height >= _TABS,
        hint=height >= _HINT,
        entry_edge=height >= _ENTRY_EDGE,
    )
