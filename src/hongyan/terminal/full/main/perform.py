"""The message by which the main screen asks for an action; the application carries it out."""

from __future__ import annotations

from textual.message import Message

__all__ = ["Perform"]


class Perform(Message):
    """An action is to be performed: ``action`` is its id, ``count`` how often or how far, where that means something."""

    def __init__(self, action: str, count: int = 1) -> None:
        super().__init__()
        self.action = action
        self.count = count
