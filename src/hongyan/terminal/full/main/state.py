"""What the main screen is about, as values: the open chat, what was found in it, where the keys go, which panes are wanted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from hongyan.client.account import Chat
    from hongyan.model.ids import Seq

__all__ = ["MainState", "Pane"]

Pane = Literal["list", "messages", "members", "entry"]


@dataclass(slots=True)
class MainState:
    """``chat`` is the open chat, ``hits`` are the rows that a search found in it.

    ``pane`` is where the keys go, ``pending`` the keys of an unfinished sequence, ``commanding`` whether single letters
    are commands, ``written`` the number of characters in the entry. ``list_wanted`` and ``members_wanted`` are what a person
    wants to see; None leaves it to the size of the screen.
    """

    chat: Chat | None = None
    hits: list[Seq] = field(default_factory=list)
    pane: Pane = "list"
    pending: str = ""
    commanding: bool = False
    written: int = 0
    list_wanted: bool = True
    members_wanted: bool | None = None
