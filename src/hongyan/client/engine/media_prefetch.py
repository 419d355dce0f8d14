"""Fetches media as messages come in, by the policy, and before a recall takes them away, beside everything else.

It is a consumer of the journal, so that a message whose file was not fetched before a crash
is delivered again, and its partial file is resumed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Final

from hongyan import reports
from hongyan.client.media_policy import CARRIERS, When
from hongyan.errors import (
    LOGIN_GONE,
    HongyanError,
    InternalError,
    LoginEnded,
    NoAnswer,
    NotComplete,
    NotLoggedIn,
    Oversized,
    ProtocolChanged,
    Refused,
    StorageError,
    TooFast,
    UsageError,
)
from hongyan.model.events import MessageReceived
from hongyan.model.messages import Recall

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from hongyan.client.media_policy import MediaSettings
    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey, Seq
    from hongyan.model.messages import AnyMessage
    from hongyan.ports import Store

    Fetch = Callable[[Seq, AnyMessage, str], Awaitable[Path]]

__all__ = ["READER", "MediaPrefetcher"]

READER: Final = "media"
"""The name under which the journal stores the position of this consumer."""

_AT_ONCE: Final = 3  # downloads side by side
_ROUNDS: Final = 14  # with their pauses some ten minutes of a server that does not answer
_FEW_ROUNDS: Final = 3
_LONGEST_PAUSE_S: Final = 60.0
_PASSING: Final = -1  # Ret of the server's passing faults
_NEXT_TRY_S: Final = 1.0
_log: Final = logging.getLogger(__name__)


class MediaPrefetcher:
    """Fetches the media of one account's messages; what cannot be fetched is logged and left for a later request.

    ``fetch`` is that of the backend.
    """

    def __init__(self, store: Store, fetch: Fetch, settings: MediaSettings) -> None:
        self._store = store
        self._fetch_file = fetch
        self._settings = settings
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def run(self) -> None:
        """Follow the journal until cancelled; while a holder before this one still reads, wait for its end."""
        while True:
            try:
                await self._follow()
            except* UsageError as errors:
                _log.info("media wait: %s", errors.exceptions[0])
            await asyncio.sleep(_NEXT_TRY_S)

    async def _follow(self) -> None:
        feed = self._store.consumers.feed(READER, lambda row: self._wanted(row) is not None)
        async with asyncio.TaskGroup() as group, contextlib.aclosing(feed):
            async for recorded in feed:
                if (wanted := self._wanted(recorded)) is not None:
                    group.create_task(self._gather(recorded, wanted))
                else:  # the recalled message is gone since
                    await self._store.done(READER, recorded.seq)

    def _wanted(self, recorded: Recorded) -> Recorded | None:
        """Return the row whose file is to be fetched because of this one, or None."""
        if not isinstance(recorded.event, MessageReceived):
            return None
        message = recorded.event.message
        if isinstance(message, Recall):
            return self._recalled(message)
        if not isinstance(message, CARRIERS):
            return None
        rule = self._settings.rule(message, self._names(recorded.chat))
        fetches = rule is not None and rule.fetches(getattr(message, "size", 0))
        return recorded if fetches else None

    def _recalled(self, recall: Recall) -> Recorded | None:
        """Return the row that a recall refers to, unless it has no file or the policy never wants it."""
        row = self._store.journal.message(recall.recalled)
        if row is None or not isinstance(row.event, MessageReceived):
            return None
        rule = self._settings.rule(row.event.message, self._names(row.chat))
        return row if rule is not None and rule.when is not When.NEVER else None

    def _names(self, chat: ChatKey) -> list[str]:
        known = self._store.directory.contact(chat)
        names = (known.remark, known.nickname, known.alias) if known else ()
        return [str(chat), *(name for name in names if name)]

    async def _gather(self, because: Recorded, wanted: Recorded) -> None:
        """Fetch a file and finish the row; one that the end of the login or a full disk prevents comes again later."""
        problem: HongyanError | None = None
        for attempt in range(_ROUNDS):
            try:
                async with self._room:
                    await self._fetch(wanted)
                problem = None
                break
            except (NotLoggedIn, LoginEnded):
                return
            except HongyanError as error:
                problem = error
                if attempt + 1 >= _rounds(error):
                    break
            except Exception as fault:  # noqa: BLE001  # one file must not cost all others
                reports.note(fault, doing="fetching the file of a message")
                problem = InternalError("fetching the file of a message", type(fault).__name__)
                break
            await asyncio.sleep(_pause(attempt, problem))
        if problem is not None:
            _log.warning("the file of message %s was not fetched: %s", wanted.seq, problem)
        if not isinstance(problem, StorageError):
            await self._store.done(READER, because.seq)

    async def _fetch(self, wanted: Recorded) -> None:
        assert isinstance(wanted.event, MessageReceived)  # _wanted returns nothing else
        await self._fetch_file(wanted.seq, wanted.event.message, "full")


def _rounds(error: HongyanError) -> int:
    """Return how many rounds an error is worth: a few where nothing is there, one where it is too much or refused for good."""
    if isinstance(error, Refused):
        return _ROUNDS if error.ret in LOGIN_GONE | {_PASSING} or isinstance(error, TooFast) else 1
    if isinstance(error, ProtocolChanged) or (isinstance(error, NotComplete) and error.have == 0):
        return _FEW_ROUNDS
    waits = isinstance(error, (NoAnswer, StorageError)) and not isinstance(error, Oversized)
    return _ROUNDS if waits else 1


def _pause(attempt: int, error: HongyanError) -> float:
    """Return how many seconds to wait after a try."""
    return _LONGEST_PAUSE_S if isinstance(error, TooFast) else min(2.0**attempt, _LONGEST_PAUSE_S)
