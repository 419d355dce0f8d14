"""Says why a command is still open: whom it waits for, which need not be the network."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hongyan.errors import HeldBack, StillWaiting, StorageError, TooFast
from hongyan.model.commands import Outcome
from hongyan.model.error_codec import reason_of
from hongyan.model.events import LoginState

if TYPE_CHECKING:
    from hongyan.errors import HongyanError
    from hongyan.model.commands import CommandRow
    from hongyan.model.events import Status

__all__ = ["still_open"]

_WAITING: Final = frozenset({TooFast("").code, HeldBack.code, StorageError.code})
_KEPT: Final = "It stays there and goes by itself; hongyan outbox shows it, hongyan outbox drop gives it up."


def still_open(row: CommandRow, status: Status) -> HongyanError:
    """Return what says why a command is still open: whom it waits for, which need not be the network."""
    if row.retry_at is not None and row.reason in _WAITING:
        return reason_of(row)
    if row.outcome is Outcome.SENT:
        return StillWaiting(
            "it was sent, and no answer has come yet",
            "See: hongyan outbox.",
        )
    if row.due_at is not None and row.reason == "":
        return StillWaiting("it waits for its scheduled time", _KEPT)
    return StillWaiting(f"it still waits in the outbox: {_holder(status)}", _KEPT)


def _holder(status: Status) -> str:
    """Say what the program is doing that would have to send."""
    holder = f"the program that holds the login (process {status.pid})"
    if status.state in {LoginState.ONLINE, LoginState.DEGRADED} and _is_stopped(status.pid):
        return f"{holder} is stopped (Ctrl-Z, SIGSTOP)"
    match status.state:
        case LoginState.ONLINE if status.pid == os.getpid():
            return "this program sends what came before it first, at the careful pace"
        case LoginState.ONLINE:
            return f"{holder} has not taken it yet; is it stopped?"
        case LoginState.DEGRADED:
            program = "this program" if status.pid == os.getpid() else holder
            return f"{program} cannot reach the server{f' ({status.said or status.reason})' if status.reason else ''}"
        case LoginState.LOGGING_IN:
            return "the login is not there yet"
        case LoginState.ENDED:
            return "the login has ended, and it goes with the next one (hongyan login)"
        case _:
            return "no program holds the login (hongyan chat, or a bot)"


def _is_stopped(pid: int) -> bool:
    """Whether a process of this machine is stopped, if the system knows; Linux does."""
    try:
        state = Path(f"/proc/{pid:d}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state in {"T", "t"}
