"""Numbers that must never repeat (message ids, key values); independent of what they number."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Numbers"]

_RESERVE = 100_000
_FIRST_POSITION = 666_000_000
_SPREAD = 6_364_136_223_846_793_005  # odd, so that multiplying by it modulo a power of two repeats nothing
_MSG_ID_BITS = 62
_FIRST_BITS = 48  # a service without a state file starts its messages anywhere in so many numbers
_MSG_ID_FLOOR = 10**18  # ids seen in captures have 19 digits


class Numbers:
    """Counters that continue where they stopped, also after `kill -9`.

    A block of numbers is recorded as used (`keep`) before its first number is given out; a restart starts with the
    next block and so skips the numbers that may be used. A service that stores nothing starts its messages somewhere else
    each time: clients store their journals, and recognize a message by its number.
    """

    def __init__(self, kept: dict[str, int], keep: Callable[[str, int], None]) -> None:
        self._keep = keep
        self._next = {"message": secrets.randbits(_FIRST_BITS), **kept}
        self._reserved = dict(kept)

    def msg_id(self) -> int:
        """A fresh MsgId: 19 digits, in no visible order, as on the wire."""
        return _MSG_ID_FLOOR + (self._take("message", 1) * _SPREAD) % (1 << _MSG_ID_BITS)

    def position(self) -> int:
        """A fresh key value, larger than all before; nine digits, as in recorded key lists."""
        return _FIRST_POSITION + self._take("position", 1)

    def plain(self, name: str) -> int:
        """The next number of a counter of any name, from 1."""
        return self._take(name, 1)

    def _take(self, name: str, count: int) -> int:
        value = self._next.get(name, 0) + count
        if value > self._reserved.get(name, 0):
            self._reserved[name] = value + _RESERVE
            self._keep(name, value + _RESERVE)
        self._next[name] = value
        return value
