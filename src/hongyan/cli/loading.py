"""Waits for an account to be ready, shows the progress meanwhile, and keeps to the time limit of a command."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from hongyan.errors import NoAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.client.account import Account

__all__ = ["PATIENCE_S", "Deadline", "loaded"]

PATIENCE_S: Final = 5.0
"""How long a command waits for a server that the program which holds the login cannot reach."""

_LOOK_S: Final = 0.5
_REPORT_S: Final = 5.0  # between two lines of progress
_STUCK_S: Final = 120.0  # without a single contact more


class Deadline:
    """The time limit of a whole command: every step of it waits for what is ``left``."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._at = time.monotonic() + limit

    @property
    def left(self) -> float:
        """Return the seconds that are left, 0 where there are none."""
        return max(0.0, self._at - time.monotonic())


async def loaded(
    account: Account,
    tell: Callable[[int, str], None] = lambda _have, _problem: None,
    until: Deadline | None = None,
    *,
    people: bool = True,
) -> None:
    """Wait until the login holds and all contacts are known; NoAnswer if nothing moves, or ``until`` is over.

    Without ``people`` only the login is awaited. ``tell`` gets now and then how many contacts have arrived, and what
    keeps the others. However many there are, it is waited for them as long as more come.
    """
    ready = asyncio.create_task(account.ready() if people else account.standing())
    seen, shown = (-1, ""), (-1, "")
    moved = reported = time.monotonic()
    try:
        while not ready.done():
            await asyncio.wait({ready}, timeout=min(_LOOK_S, until.left if until else _LOOK_S))
            now = time.monotonic()
            status = account.status()
            if (status.contacts, status.contacts_problem) != seen:
                moved = now if status.contacts != seen[0] else moved
                seen = (status.contacts, status.contacts_problem)
            if not ready.done() and seen != shown and now - reported >= _REPORT_S:
                reported, shown = now, seen
                tell(*seen)
            if not ready.done() and (until.left == 0 if until else now - moved > _STUCK_S):
                raise NoAnswer("the server", f"the account is not ready{_hindrance(account)}")
        await ready
    finally:
        ready.cancel()
        await asyncio.gather(ready, return_exceptions=True)


def _hindrance(account: Account) -> str:
    status = account.status()
    why = status.contacts_problem or status.said or status.reason
    return f": {status.contacts} contacts have come so far{f' ({why})' if why else ''}"
