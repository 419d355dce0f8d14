"""What alerts are given of, and how: the ``[alert]`` table of the settings."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

__all__ = ["AlertSettings"]


class AlertSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is called when a login ends, or the server has been away for ``degraded_after`` seconds.

    ``command`` is a program with its arguments, which gets the notice as JSON on its standard input; ``webhook`` a URL to
    which it is posted. ``new_code`` allows a new login to be started when one ended: the notice then carries its QR code.
    It is never started at the official service.
    """

    command: tuple[str, ...] = ()
    webhook: str = ""
    degraded_after: float = 300.0
    new_code: bool = False

    def __repr__(self) -> str:
        return "AlertSettings(" + ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__()) + ")"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Return what may be shown: an address, and the arguments of a command, may hold a token."""
        return [
            ("command", self.command[:1]),
            ("webhook", "…" if self.webhook else ""),
            ("degraded_after", self.degraded_after),
            ("new_code", self.new_code),
        ]

    @property
    def wanted(self) -> bool:
        """Whether alerts are wanted."""
        return bool(self.command or self.webhook)
