"""What memory mirrors of the tables follows the writer's transaction: a change that is undone there is undone here, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["UndoLog"]


class UndoLog:
    """The steps that set memory back, newest last. Only the writer's thread uses it, inside its transaction."""

    def __init__(self) -> None:
        self._steps: list[Callable[[], object]] = []

    def add(self, step: Callable[[], object]) -> None:
        """Note how a change that is being made to memory is undone."""
        self._steps.append(step)

    def mark(self) -> int:
        """Return the present place, for ``undo``."""
        return len(self._steps)

    def undo(self, mark: int = 0) -> None:
        """Undo every change since ``mark``, the last one first."""
        while len(self._steps) > mark:
            self._steps.pop()()

    def clear(self) -> None:
        """Forget the steps: the transaction is committed."""
        self._steps.clear()
