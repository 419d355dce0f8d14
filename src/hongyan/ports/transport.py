"""Who carries the requests of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from hongyan.webwx.http import Failure, Request, Response

__all__ = ["Transport"]


class Transport(Protocol):
    """Carries requests of one account to the server. It never raises for what the network does: it returns Failure."""

    async def exchange(self, request: Request) -> Response | Failure:
        """Send ``request`` and return the whole answer (at most a fixed size) or what went wrong."""

    async def upload(
        self, request: Request, part: Callable[[int, int], Awaitable[bytes]]
    ) -> Response | Failure:
        """Send a multipart ``request`` whose file bytes come from ``part(offset, length)``."""

    async def download(
        self, request: Request, target: Path, *, progress: Callable[[int, int | None], None] | None = None
    ) -> Response | Failure:
        """Write the answer's body to ``target`` in pieces, going on where the file ends; the returned body is empty."""

    def discard(self, target: Path) -> None:
        """Remove what downloads into ``target`` left that is not whole."""

    async def close(self) -> None:
        """Close every connection."""
