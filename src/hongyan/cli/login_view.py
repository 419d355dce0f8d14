"""Passes the steps of a login to the screen that shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.model.login_progress import (
    AskedPhone,
    Cancelled,
    Confirmed,
    Expired,
    Hindered,
    LoginProgress,
    PhoneDeclined,
    QrReady,
    Scanned,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.terminal.login import LoginScreen

__all__ = ["LoginPrinter"]


class LoginPrinter:
    """The listener that ``open_account`` calls at each step of a login."""

    def __init__(self, screen: LoginScreen) -> None:
        self._screen = screen

    def show(self, step: LoginProgress) -> None:
        """Show one step."""
        _SHOWN[type(step)](self._screen, step)


def _hindered(screen: LoginScreen, step: LoginProgress) -> None:
    assert isinstance(step, Hindered)
    screen.hindered(step.reason)


def _code(screen: LoginScreen, step: LoginProgress) -> None:
    assert isinstance(step, QrReady)
    screen.waiting(step.text)


_SHOWN: Final[dict[type, Callable[[LoginScreen, LoginProgress], None]]] = {
    QrReady: _code,
    AskedPhone: lambda screen, _: screen.asked_phone(),
    PhoneDeclined: lambda _screen, _: None,  # a code follows, which is enough
    Scanned: lambda screen, _: screen.scanned(),
    Confirmed: lambda screen, _: screen.confirmed(),
    Cancelled: lambda screen, _: screen.cancelled(),
    Expired: lambda screen, _: screen.expired(),
    Hindered: _hindered,
}
