"""Publishes how a login stands: the status row, which every program of the profile reads."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Final

from hongyan.model.events import LoginState, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.ports import Store

__all__ = ["LoginStatus"]

_PROGRESS_S: Final = 0.5  # between two reports on the contact list's progress


class LoginStatus:
    """The status row of one login. ``latency()`` is how many seconds the last batch took, None before the first."""

    def __init__(self, store: Store, clock: Callable[[], float], latency: Callable[[], float | None]) -> None:
        self._store = store
        self._now = clock
        self._latency = latency
        self._status = Status(state=LoginState.OFFLINE, pid=os.getpid())
        self._contacts = (0, "")
        self._progress_reported = 0.0

    @property
    def state(self) -> LoginState:
        """What the row says of the login."""
        return self._status.state

    @property
    def reason(self) -> str:
        """Why, as a code; empty where there is nothing to say."""
        return self._status.reason

    async def say_again(self) -> None:
        """Write the status row anew, with the counts of now."""
        await self.say(self._status.state, self._status.reason, self._status.retry_at, self._status.said)

    async def say(
        self, state: LoginState, reason: str = "", retry_at: float | None = None, said: str = ""
    ) -> None:
        """Replace the status row."""
        same = state is self._status.state
        place = self._store.login.position()
        self._status = Status(
            state=state,
            reason=reason,
            since=self._status.since if same else self._now(),
            retry_at=retry_at,
            latency=self._latency(),
            queued=self._store.outbox.count_queued(),
            pid=os.getpid(),
            contacts_complete=bool(place and place.complete),
            contacts=self._contacts[0],
            contacts_problem=self._contacts[1],
            said=said,
        )
        await self._store.login.set_status(self._status)

    async def contacts_arrived(self, have: int, problem: str) -> None:
        """Report now and then how many contacts have arrived, and at once what keeps them from arriving."""
        now = asyncio.get_running_loop().time()
        news = problem != self._contacts[1]
        self._contacts = (have, problem)
        if news or now - self._progress_reported >= _PROGRESS_S:
            self._progress_reported = now
            await self.say_again()
