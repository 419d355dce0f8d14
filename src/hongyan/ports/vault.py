"""Who keeps the credentials of a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hongyan.webwx.credentials import Credentials, Keepsake

__all__ = ["Vault"]


class Vault(Protocol):
    """Keeps a profile's credentials, atomically and readable by its owner alone."""

    def load(self) -> Credentials | None:
        """Return the saved credentials, or None."""

    def save(self, credentials: Credentials) -> None:
        """Replace the saved credentials."""

    def forget(self) -> None:
        """Delete the credentials, keeping what push login needs."""

    def keepsake(self) -> Keepsake | None:
        """Return what a push login needs, or None."""
