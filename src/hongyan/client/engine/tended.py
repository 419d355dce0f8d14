"""Keeps work without end going: a disk that is full is waited for, a fault of ours costs one round and is reported once."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from hongyan import reports
from hongyan.errors import HongyanError, StorageDamaged, StorageError, single

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["is_ending", "tended"]

_log = logging.getLogger("hongyan.storage")
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 60.0


async def tended(work: Callable[[], Awaitable[None]], *, doing: str) -> None:
    """Run ``work`` until it returns; restart it, after growing pauses, if it failed because of the disk or of this program.

    Errors of other kinds, and a damaged store, are raised.
    """
    pause = _FIRST_PAUSE_S
    while True:
        try:
            return await work()
        except StorageDamaged:
            raise
        except StorageError as error:
            _log.warning("%s (while %s)", error, doing)
        except HongyanError:
            raise
        except Exception as fault:  # noqa: BLE001  # the round is lost, the work goes on
            _tell(fault, doing)
        if is_ending():
            raise asyncio.CancelledError  # the error occurred during a requested end
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_S)


def _tell(fault: Exception, doing: str) -> None:
    """Return whose fault it was; a group of tasks that all met the disk met the disk."""
    error = single(fault)
    if isinstance(error, StorageDamaged):
        raise error
    if isinstance(error, StorageError):
        _log.warning("%s (while %s)", error, doing)
    else:
        reports.note(fault, doing=doing)


def is_ending() -> bool:
    """Whether the current task was cancelled, also if another exception replaced its CancelledError."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
