"""Explains by the system's error number why no connection was made: the HTTP library has one error for all."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import aiohttp

__all__ = ["why_unconnected"]

_FILES: Final = (
    "this machine lets the program open no more files",
    "Raise its limit (ulimit -n), or end other programs.",
)
_NETWORK: Final = ("this machine has no network there", "See to the connection of this machine.")
_FORBIDDEN: Final = (
    "this machine forbids the connection",
    "See to its firewall, and to what the program may do.",
)
_WHY: Final = {
    errno.EMFILE: _FILES,
    errno.ENFILE: _FILES,
    errno.ENETUNREACH: _NETWORK,
    errno.ENETDOWN: _NETWORK,
    errno.EHOSTUNREACH: _NETWORK,
    errno.EADDRNOTAVAIL: _NETWORK,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
}


def why_unconnected(error: aiohttp.ClientConnectorError, whose: str = "its") -> tuple[str, str]:
    """Return a short sentence and what to do; ``whose`` address it is is named if no server listens there.

    The advice is empty where the error's usual one fits.
    """
    return _WHY.get(
        error.os_error.errno or 0, (f"connection refused: no server listens at {whose} address", "")
    )
