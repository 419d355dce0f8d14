"""Saves what messages carry into a folder, on arrival by policy or when asked; it opens no file that it saved."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hongyan.errors import HongyanError, UsageError
from hongyan.model.events import MessageReceived
from hongyan.model.messages import File, Picture, Sticker, Video, Voice

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hongyan.client.account import Account
    from hongyan.model.events import Recorded
    from hongyan.model.messages import AnyMessage

__all__ = ["DEFAULT_KINDS", "SAVABLE", "SavePolicy", "Saver", "carries_file", "kinds_from"]

SAVABLE: Final = {"picture": Picture, "voice": Voice, "video": Video, "file": File, "sticker": Sticker}
"""What can be saved, by the word for it in ``--save``."""

DEFAULT_KINDS: Final = frozenset({"picture", "voice"})
_LIMIT: Final = 20 * 1024 * 1024  # bytes; larger ones are saved when asked for
_AT_ONCE: Final = 2  # downloads side by side: the service is not to be hurried


def kinds_from(words: str) -> frozenset[str]:
    """Read ``--save``: kinds divided by commas, ``all`` or ``none``; UsageError for another word."""
    if words in {"all", "none"}:
        return frozenset(SAVABLE) if words == "all" else frozenset()
    kinds = frozenset(word.strip() for word in words.split(",") if word.strip())
    if unknown := kinds - SAVABLE.keys():
        raise UsageError(
            f"cannot save {', '.join(sorted(unknown))}", f"Kinds: {', '.join(SAVABLE)}, or all, or none."
        )
    return kinds


def carries_file(message: AnyMessage) -> bool:
    """Whether there is a file in the message that can be fetched."""
    return isinstance(message, tuple(SAVABLE.values())) and not (
        isinstance(message, Sticker) and message.in_store
    )


@dataclass(frozen=True, slots=True)
class SavePolicy:
    """What is saved on arrival: ``kinds`` are words of ``SAVABLE``, ``limit`` is in bytes, ``folder`` is where to."""

    folder: Path
    kinds: frozenset[str] = DEFAULT_KINDS
    limit: int = _LIMIT

    def wants(self, message: AnyMessage) -> bool:
        """Whether a message is saved without being asked for; an unknown size counts as small."""
        return (
            carries_file(message) and message.kind in self.kinds and getattr(message, "size", 0) <= self.limit
        )


@dataclass(slots=True)
class Saver:
    """Saves in the background. ``saved(seq, path)`` and ``failed(seq, problem)`` are called when one is through."""

    account: Account
    policy: SavePolicy
    saved: Callable[[int, Path], None]
    failed: Callable[[int, HongyanError], None]
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    def arrived(self, recorded: Recorded) -> None:
        """Begin to save what was received, if the policy wants it."""
        event = recorded.event
        if isinstance(event, MessageReceived) and self.policy.wants(event.message):
            self.save(recorded)

    def save(self, recorded: Recorded) -> None:
        """Begin to save what the message of a journal row carries."""
        task = asyncio.get_running_loop().create_task(self._save(recorded), name=f"save #{recorded.seq}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self, limit: float) -> None:
        """Wait until everything started is done, ``limit`` seconds at most; the rest is cancelled."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=limit)
            for task in late:
                task.cancel()

    async def _save(self, recorded: Recorded) -> None:
        async with self._slots:
            incoming = self.account.incoming(recorded)
            assert incoming is not None  # only rows with messages are passed
            try:
                path = await incoming.save(self.policy.folder)
            except HongyanError as problem:
                self.failed(recorded.seq, problem)
            except OSError as problem:
                why = problem.strerror or str(problem)
                self.failed(recorded.seq, UsageError(f"cannot write to {self.policy.folder}: {why}"))
            else:
                self.saved(recorded.seq, path)
