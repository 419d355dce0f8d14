"""How long the machine waits before it repeats a request, in seconds; it reads no clock."""

from __future__ import annotations

from typing import Final

__all__ = ["LONGEST_POLL_PAUSE", "Damper", "pause", "poll_pause"]

LONGEST_POLL_PAUSE: Final = 10.0
_LONGEST_PAUSE: Final = 60.0
_POLL_PAUSE: Final = 2.0  # after a request of the login that was not answered
_DAMPED: Final = 1.0
_EMPTY_ROUNDS: Final = 3  # syncs without content before the cycle is slowed down
_HELD_AT_LEAST: Final = 0.05  # a long poll that is answered sooner was not held
_HURRIED_POLLS: Final = 3  # such polls in a row before they are slowed down


def pause(failures: int) -> float:
    """Return the pause of the sync cycle after so many failures in a row: 1, 2, 4 … 60."""
    return min(_LONGEST_PAUSE, 2.0 ** min(failures - 1, 6))


def poll_pause(failures: int) -> float:
    """Return the pause of a login after so many failures in a row: 2, 4 … 10."""
    return min(_POLL_PAUSE * failures, LONGEST_POLL_PAUSE)


class Damper:
    """Slows down a cycle that turns without bringing anything: it counts what comes in a row."""

    def __init__(self) -> None:
        self._empty = self._stuck = self._hurried = 0

    def after_batch(self, *, brought: bool, moved: bool) -> float:
        """Return the pause after a batch that brought nothing, or things without a new key (not ``moved``).

        Empty batches in a row were seen after sending media and while the phone was offline; with the old key the same
        things come again at once.
        """
        self._empty = 0 if brought else self._empty + 1
        self._stuck = self._stuck + 1 if brought and not moved else 0
        if self._stuck:
            return pause(self._stuck)
        return _DAMPED if self._empty >= _EMPTY_ROUNDS else 0.0

    def after_poll(self, held: float) -> float:
        """Return the pause after a long poll that was ``held`` for so long and brought nothing."""
        self._hurried = self._hurried + 1 if held < _HELD_AT_LEAST else 0
        return _DAMPED if self._hurried > _HURRIED_POLLS else 0.0
