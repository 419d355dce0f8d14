"""The message that an action is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hongyan.terminal.full.main.main_screen import Main
    from hongyan.terminal.full.messages.items import Item

__all__ = ["build_again", "selected_item"]


def selected_item(main: Main) -> Item | None:
    """Return the selected item; where none is, the newest is selected."""
    if main.history.selected is None:
        main.history.view.move(-1)
        main.history.moved()
    return main.history.selected


def build_again(main: Main, item: Item) -> None:
    """Show an item again after what it shows has changed."""
    assert main.history.window is not None
    main.history.window.make_again({item.seq})
    main.history.view.forget()
    main.history.news()
