"""The stored state of a login: its position with the server, its status, and how much may be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from hongyan.model.ids import LoginId

if TYPE_CHECKING:
    from hongyan.model.events import Status

__all__ = ["LoginPosition", "LoginRecord"]


class LoginPosition(Struct, frozen=True):
    """What the next request of ``login`` must say (``keys``), and whether its contact list was read to the end."""

    login: LoginId
    keys: bytes
    complete: bool


class LoginRecord(Protocol):
    """The state of one account's login. The position itself is written by ``Store.append``."""

    @property
    def current(self) -> LoginId:
        """The login that the present transient names belong to, empty before the first."""

    def position(self) -> LoginPosition | None:
        """Return where the next request goes on, None before the first login."""

    def last_seen(self) -> float:
        """Return when the position was last written (Unix seconds), 0.0 before the first."""

    async def set_complete(self, login: LoginId, *, complete: bool) -> None:
        """Note whether the contact list of ``login`` has been read to its end."""

    def status(self) -> Status:
        """Return the last status that was set, also one that found no room on the disk."""

    async def set_status(self, status: Status) -> None:
        """Replace the status."""

    def rate_limits(self) -> dict[str, bytes]:
        """Return the stored state of each token bucket."""

    async def set_rate_limit(self, bucket: str, state: bytes) -> None:
        """Keep the state of one token bucket."""
