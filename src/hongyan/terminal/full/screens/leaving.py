"""Screens over the main one are left once: what asks a second time, or from below another screen, changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen

if TYPE_CHECKING:
    from textual.screen import ScreenResultType

__all__ = ["Leaves"]

R = TypeVar("R")


class Leaves(Screen[R], Generic[R], inherit_bindings=False):
    """A screen that gives its result back once. ``has_left`` is whether it did."""

    has_left = False

    @property
    def is_here(self) -> bool:
        """Whether it is on the screen, perhaps below another one; later it has nothing to write on."""
        return self.is_mounted and self.is_attached and not self.has_left

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave with a result. The toolkit would take away whatever screen is on top, be it another one."""
        if self.has_left or not self.is_active:
            return AwaitComplete()
        self.has_left = True
        return super().dismiss(result)  # type: ignore[arg-type]  # the type variable of the method is the class's
