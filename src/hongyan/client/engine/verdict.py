"""Decides the outcome of a command by its answer, the called endpoint, and whether the request had left.

One table for a running program and for the next one after a crash; it waits for nothing and writes nothing. docs/outbox.md
shows it, and the tests hold both together.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from hongyan.errors import (
    LoginEnded,
    NoAnswer,
    NotComplete,
    NotLoggedIn,
    Oversized,
    ProtocolChanged,
    Refused,
    StorageError,
    TooFast,
    Unreached,
    UsageError,
    WrongContent,
)
from hongyan.model.commands import Effect
from hongyan.ports.backend import Reach

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DOUBT_S", "Fate", "ReplyKind", "fate_of", "reply_kind_of", "table"]

DOUBT_S: Final = 300.0
"""How many seconds after its first try a command is still repeated: for so long the service certainly remembers its number."""

_PASSING: Final = -1
_LOGIN_GONE: Final = frozenset({1100, 1101, 1102})


class ReplyKind(StrEnum):
    """The kinds of answers and errors."""

    UNREACHED = "unreached"  # no connection was made
    NOTHING = "nothing"  # it broke off, timed out, was empty, or a gateway answered (HTTP 5xx)
    UNREADABLE = "unreadable"  # a page, another status, half a body, the wrong shape
    TOO_FAST = "too-fast"  # 1205
    PASSING = "passing"  # -1, which has no reason
    LOGIN_GONE = "login-gone"  # 1100, 1101, 1102
    NO = "no"  # any other Ret
    LOGIN_OVER = "login-over"  # there is no login any more to send under
    SHORT = "short"  # an answer arrived, but not all of it
    WRONG = "wrong"  # the request cannot be carried out: no contact of that name, a file that is gone
    NO_ROOM = "no-room"  # this machine could not store data
    FAULT = "fault"  # a fault of this program


class Fate(StrEnum):
    """What becomes of the command."""

    QUEUE = "queue"  # it certainly did not happen: back into the queue until it can
    LATER = "later"  # it certainly did not happen: tried again for five minutes, then failed
    REPEAT = "repeat"  # it may have happened: repeated for five minutes, then unconfirmed
    ONCE_MORE = "once-more"  # tried again once, then failed
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"


_Row = tuple[Fate, Fate, Fate, Fate]
_Q, _L, _R, _O, _F, _U = Fate.QUEUE, Fate.LATER, Fate.REPEAT, Fate.ONCE_MORE, Fate.FAILED, Fate.UNCONFIRMED

# The columns are those of ``Effect``.
_BEFORE: Final[Mapping[ReplyKind, _Row]] = {
    ReplyKind.UNREACHED: (_Q, _Q, _Q, _Q),
    ReplyKind.NOTHING: (_L, _L, _L, _O),
    ReplyKind.UNREADABLE: (_L, _L, _L, _O),
    ReplyKind.TOO_FAST: (_Q, _Q, _Q, _Q),
    ReplyKind.PASSING: (_O, _O, _O, _O),
    ReplyKind.LOGIN_GONE: (_F, _F, _F, _F),
    ReplyKind.NO: (_F, _F, _F, _F),
    ReplyKind.LOGIN_OVER: (_Q, _Q, _Q, _Q),
    ReplyKind.SHORT: (_F, _F, _F, _F),
    ReplyKind.WRONG: (_F, _F, _F, _F),
    ReplyKind.NO_ROOM: (_Q, _Q, _Q, _F),
    ReplyKind.FAULT: (_F, _F, _F, _F),
}
_LEFT: Final[Mapping[ReplyKind, _Row]] = {
    **_BEFORE,
    ReplyKind.NOTHING: (_R, _R, _U, _O),
    ReplyKind.UNREADABLE: (_R, _R, _U, _O),
    ReplyKind.PASSING: (_O, _O, _F, _O),
    ReplyKind.SHORT: (_R, _R, _U, _F),
    ReplyKind.WRONG: (_U, _U, _U, _F),
    ReplyKind.NO_ROOM: (_R, _R, _U, _F),
    ReplyKind.FAULT: (_U, _U, _U, _F),
}
_AGAIN: Final[Mapping[ReplyKind, _Row]] = {
    **_LEFT,
    ReplyKind.UNREACHED: (_R, _R, _U, _Q),
    ReplyKind.TOO_FAST: (_R, _R, _U, _Q),
    ReplyKind.PASSING: (_R, _R, _U, _F),
    ReplyKind.LOGIN_GONE: (_R, _R, _U, _F),
    ReplyKind.NO: (_F, _U, _U, _F),  # of a message the service knows by its number that it never had it
    ReplyKind.LOGIN_OVER: (_R, _R, _U, _Q),
    ReplyKind.NOTHING: (_R, _R, _U, _F),
    ReplyKind.UNREADABLE: (_R, _R, _U, _F),
}
_TABLES: Final = {Reach.BEFORE: _BEFORE, Reach.LEFT: _LEFT, Reach.AGAIN: _AGAIN}


def fate_of(reply: ReplyKind, effect: Effect, reach: Reach) -> Fate:
    """Return what becomes of a command that was not accepted."""
    return _TABLES[reach][reply][tuple(Effect).index(effect)]


def table() -> list[tuple[Reach, ReplyKind, dict[Effect, Fate]]]:
    """Return the whole table, row by row."""
    return [
        (reach, reply, dict(zip(Effect, row, strict=True)))
        for reach in Reach
        for reply, row in _ordered(reach)
    ]


def _ordered(reach: Reach) -> list[tuple[ReplyKind, _Row]]:
    return [(reply, _TABLES[reach][reply]) for reply in ReplyKind]


class _Kind(NamedTuple):
    error: type[BaseException]
    reply: ReplyKind


# The first match wins, so special cases come before their parents.
_KINDS: Final = (
    _Kind(Unreached, ReplyKind.UNREACHED),
    _Kind(NotComplete, ReplyKind.SHORT),
    _Kind(WrongContent, ReplyKind.SHORT),
    _Kind(Oversized, ReplyKind.SHORT),
    _Kind(NoAnswer, ReplyKind.NOTHING),
    _Kind(ProtocolChanged, ReplyKind.UNREADABLE),
    _Kind(TooFast, ReplyKind.TOO_FAST),
    _Kind(LoginEnded, ReplyKind.LOGIN_GONE),
    _Kind(NotLoggedIn, ReplyKind.LOGIN_OVER),
    _Kind(UsageError, ReplyKind.WRONG),
    _Kind(StorageError, ReplyKind.NO_ROOM),
)


def reply_kind_of(error: BaseException) -> ReplyKind:
    """Return the kind of an error of the tree; any other exception is a fault of this program."""
    if isinstance(error, Refused) and not isinstance(error, TooFast):
        return (
            ReplyKind.PASSING
            if error.ret == _PASSING
            else ReplyKind.LOGIN_GONE
            if error.ret in _LOGIN_GONE
            else ReplyKind.NO
        )
    return next((kind.reply for kind in _KINDS if isinstance(error, kind.error)), ReplyKind.FAULT)
