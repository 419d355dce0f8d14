"""Who keeps the credentials of a profile."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from hongyan.redaction import redacted

__all__ = ["Sealed", "Vault"]


@redacted
class Sealed(Struct, frozen=True):
    """A secret that only the backend that made it can read. ``content`` is a JSON object."""

    content: bytes


class Vault(Protocol):
    """Keeps a profile's credentials, atomically and readable by its owner alone."""

    def load(self) -> Sealed | None:
        """Return the saved credentials, or None."""

    def save(self, credentials: Sealed, keepsake: Sealed) -> None:
        """Replace the saved credentials, and what helps to make the login after them."""

    def forget(self) -> None:
        """Delete the credentials and keep the keepsake."""

    def keepsake(self) -> Sealed | None:
        """Return what helps to make the next login, or None."""
