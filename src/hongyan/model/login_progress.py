"""The steps of a login as values for front ends; it makes no login."""

from __future__ import annotations

from msgspec import Struct

__all__ = [
    "AskedPhone",
    "Cancelled",
    "Confirmed",
    "Expired",
    "Hindered",
    "LoginProgress",
    "PhoneDeclined",
    "QrReady",
    "Scanned",
]


class QrReady(Struct, frozen=True):
    """A code to be scanned: ``text`` is its content (a link), ``renewal`` 0 for the first one."""

    text: str
    image_url: str
    renewal: int

    def __repr__(self) -> str:
        return f"QrReady(renewal={self.renewal})"

    def __str__(self) -> str:
        return f"Scan this as a QR code with the phone (hongyan login draws it): {self.text}"


class AskedPhone(Struct, frozen=True):
    """The phone of the last login was asked to confirm; nothing needs to be scanned."""

    def __str__(self) -> str:
        return "Confirm the login on the phone."


class PhoneDeclined(Struct, frozen=True):
    """The phone cannot be asked, so a code will be shown; ``said`` is the server's text."""

    said: str = ""

    def __str__(self) -> str:
        return "The phone cannot be asked; a code follows."


class Scanned(Struct, frozen=True):
    """The code was scanned; the button on the phone is still to be pressed. ``avatar`` is a data URL, or empty."""

    avatar: str = ""

    def __repr__(self) -> str:
        return "Scanned()"

    def __str__(self) -> str:
        return "Scanned. Confirm the login on the phone."


class Confirmed(Struct, frozen=True):
    """The phone agreed."""

    def __str__(self) -> str:
        return "Confirmed."


class Cancelled(Struct, frozen=True):
    """The phone declined; a new code follows."""

    def __str__(self) -> str:
        return "Declined on the phone; a new code follows."


class Expired(Struct, frozen=True):
    """The code is too old; a new one follows."""

    def __str__(self) -> str:
        return "The code is too old; a new one follows."


class Hindered(Struct, frozen=True):
    """The server does not answer as it should; the same is tried again. ``reason`` is a sentence."""

    reason: str


LoginProgress = QrReady | AskedPhone | PhoneDeclined | Scanned | Confirmed | Cancelled | Expired | Hindered
