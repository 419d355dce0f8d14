"""How long the machine waits before it asks again, in seconds; it counts no failures itself."""

from __future__ import annotations

from typing import Final

__all__ = ["LONGEST_POLL_PAUSE", "pause", "poll_pause"]

LONGEST_POLL_PAUSE: Final = 10.0
_LONGEST_PAUSE: Final = 60.0
_POLL_PAUSE: Final = 2.0  # after a request of the login that was not answered


def pause(failures: int) -> float:
    """Return the pause of the sync cycle after so many failures in a row: 1, 2, 4 … 60."""
    return min(_LONGEST_PAUSE, 2.0 ** min(failures - 1, 6))


def poll_pause(failures: int) -> float:
    """Return the pause of a login after so many failures in a row: 2, 4 … 10."""
    return min(_POLL_PAUSE * failures, LONGEST_POLL_PAUSE)
