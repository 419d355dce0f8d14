"""The states of a login and of its sync cycle, and every step between them, as one table; it reads no answer.

What holds at all times:

- One request of the poll lane is out, or none; the next depends on its answer alone.
- While a position (SyncKey) is held, there is never a new webwxinit: it would jump to *now* and lose everything in between.
  Faults lead back to the same state with a growing pause, without end.
- A batch is acknowledged by using its key. ``COMMITTING`` ends only when the caller reports the batch as durable.
- 1100, 1101 and 1102 do not count until a second endpoint repeats them at least ten seconds apart (``doubt``): the root page
  and webwxsync, or webwxinit where no position is held. An endpoint that shows neither state ends nothing.
- ``REFUSED`` and ``ENDED`` are left only by a person who logs in again.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

__all__ = [
    "NO_RECOVERY",
    "ONLINE",
    "REFUSED_AT_MOST",
    "TRANSITIONS",
    "State",
    "Trigger",
    "as_mermaid",
    "next_state",
]

_TRIES: Final = 3  # of the login page and webwxinit where they answer, within the life of the ticket


class State(StrEnum):
    """What the machine waits for."""

    NEW = "new"  # nothing; a login may start
    CODE = "code"  # a QR code's number (jslogin)
    QR_WAIT = "qr-wait"  # a scan of the code
    SCANNED = "scanned"  # the same to confirm
    PUSH_ASK = "push-ask"  # the service to ask the phone (webwxpushloginurl)
    PUSH_WAIT = "push-wait"  # the phone to confirm
    TICKET = "ticket"  # the login page
    INIT = "init"  # webwxinit
    NOTIFY = "notify"  # the notification of the phone (webwxstatusnotify)
    CHECKING = "checking"  # something to happen (synccheck)
    SYNCING = "syncing"  # what happened (webwxsync)
    COMMITTING = "committing"  # the caller, who makes the batch durable
    CONFIRMING = "confirming"  # the root page's report whether the login is over
    REVIEWING = "reviewing"  # the same, where no position is held: it leads back to webwxinit
    REFUSED = "refused"
    ENDED = "ended"


class Trigger(StrEnum):
    """What an answer, or its absence, amounts to."""

    BEGIN = "begin"
    ASK_PHONE = "ask the phone"
    RESUME = "resume with position"
    RESUME_BLIND = "resume without position"
    CODE = "code"
    SCANNED = "201 scanned"
    STILL = "408 still waiting"
    CONFIRMED = "200 confirmed"
    CANCELLED = "202 cancelled"
    EXPIRED = "400 or 500"
    ABANDONED = "abandoned"
    PUSH_REFUSED = "push refused"
    ADMITTED = "ret 0"
    BARRED = "ret 1203"
    FAULT = "fault"
    NOTIFIED = "notified"
    QUIET = "selector 0"
    NEWS = "selector not 0"
    BATCH = "batch"
    COMMITTED = "committed"
    MORE = "committed, more to fetch"
    SAID_OVER = "1100, 1101, 1102"
    ASK_CHECK = "ask synccheck"
    ASK_SYNC = "ask webwxsync"
    ASK_INIT = "ask webwxinit"
    OVER = "said twice: over"


_P, _S = State, Trigger

TRANSITIONS: Final[dict[tuple[State, Trigger], State]] = {
    **{(p, _S.BEGIN): _P.CODE for p in (_P.NEW, _P.REFUSED, _P.ENDED)},
    **{(p, _S.ASK_PHONE): _P.PUSH_ASK for p in (_P.NEW, _P.REFUSED, _P.ENDED)},
    **{(p, _S.RESUME): _P.SYNCING for p in (_P.NEW,)},
    **{(p, _S.RESUME_BLIND): _P.INIT for p in (_P.NEW,)},
    (_P.CODE, _S.CODE): _P.QR_WAIT,
    (_P.CODE, _S.FAULT): _P.CODE,
    (_P.CODE, _S.ABANDONED): _P.NEW,
    (_P.QR_WAIT, _S.STILL): _P.QR_WAIT,
    (_P.QR_WAIT, _S.SCANNED): _P.SCANNED,
    (_P.SCANNED, _S.SCANNED): _P.SCANNED,
    (_P.SCANNED, _S.STILL): _P.SCANNED,
    **{(p, _S.CONFIRMED): _P.TICKET for p in (_P.QR_WAIT, _P.SCANNED, _P.PUSH_WAIT)},
    **{(p, s): _P.CODE for p in (_P.QR_WAIT, _P.SCANNED) for s in (_S.CANCELLED, _S.EXPIRED)},
    **{(p, _S.FAULT): p for p in (_P.QR_WAIT, _P.SCANNED, _P.PUSH_WAIT)},
    **{(p, _S.ABANDONED): _P.NEW for p in (_P.QR_WAIT, _P.SCANNED, _P.PUSH_ASK, _P.PUSH_WAIT)},
    (_P.PUSH_ASK, _S.CODE): _P.PUSH_WAIT,
    (_P.PUSH_ASK, _S.FAULT): _P.PUSH_ASK,
    (_P.PUSH_ASK, _S.PUSH_REFUSED): _P.NEW,
    (_P.PUSH_WAIT, _S.STILL): _P.PUSH_WAIT,
    (_P.PUSH_WAIT, _S.SCANNED): _P.PUSH_WAIT,
    (_P.PUSH_WAIT, _S.CANCELLED): _P.NEW,
    (_P.PUSH_WAIT, _S.EXPIRED): _P.NEW,
    (_P.TICKET, _S.ADMITTED): _P.INIT,
    (_P.TICKET, _S.BARRED): _P.REFUSED,
    (_P.TICKET, _S.FAULT): _P.TICKET,
    (_P.TICKET, _S.ABANDONED): _P.NEW,
    (_P.INIT, _S.ADMITTED): _P.NOTIFY,
    (_P.INIT, _S.BARRED): _P.REFUSED,
    (_P.INIT, _S.SAID_OVER): _P.REVIEWING,
    (_P.INIT, _S.OVER): _P.ENDED,
    (_P.INIT, _S.FAULT): _P.INIT,
    (_P.INIT, _S.ABANDONED): _P.NEW,
    (_P.NOTIFY, _S.NOTIFIED): _P.CHECKING,
    (_P.NOTIFY, _S.FAULT): _P.CHECKING,
    (_P.CHECKING, _S.QUIET): _P.CHECKING,
    (_P.CHECKING, _S.NEWS): _P.SYNCING,
    (_P.CHECKING, _S.FAULT): _P.CHECKING,
    (_P.CHECKING, _S.SAID_OVER): _P.CONFIRMING,
    (_P.SYNCING, _S.BATCH): _P.COMMITTING,
    (_P.SYNCING, _S.FAULT): _P.SYNCING,
    (_P.SYNCING, _S.SAID_OVER): _P.CONFIRMING,
    (_P.SYNCING, _S.OVER): _P.ENDED,
    (_P.COMMITTING, _S.COMMITTED): _P.CHECKING,
    (_P.COMMITTING, _S.MORE): _P.SYNCING,
    (_P.CONFIRMING, _S.ASK_CHECK): _P.CHECKING,
    (_P.CONFIRMING, _S.ASK_SYNC): _P.SYNCING,
    (_P.CONFIRMING, _S.OVER): _P.ENDED,
    (_P.CONFIRMING, _S.FAULT): _P.CONFIRMING,
    (_P.REVIEWING, _S.ASK_INIT): _P.INIT,
    (_P.REVIEWING, _S.OVER): _P.ENDED,
    (_P.REVIEWING, _S.FAULT): _P.REVIEWING,
    (_P.REVIEWING, _S.ABANDONED): _P.NEW,
}


ONLINE: Final = frozenset({State.NOTIFY, State.CHECKING, State.SYNCING, State.COMMITTING, State.CONFIRMING})
"""States of a login that a fault must not end."""

NO_RECOVERY: Final = frozenset(
    {
        Trigger.FAULT,
        Trigger.ABANDONED,
        Trigger.SAID_OVER,
        Trigger.ASK_CHECK,
        Trigger.ASK_SYNC,
        Trigger.ASK_INIT,
        Trigger.OVER,
    }
)
"""Steps that show no better health of the server than before."""

REFUSED_AT_MOST: Final = {
    State.CODE: _TRIES,
    State.PUSH_ASK: _TRIES,
    State.TICKET: _TRIES,
    State.INIT: _TRIES,
}
"""Refusals after which a login in progress is abandoned; polls of a code go on for as long as it lives."""


def next_state(state: State, trigger: Trigger) -> State:
    """Return the state that ``trigger`` leads to; a pair outside the table is a fault of this program (KeyError)."""
    return TRANSITIONS[state, trigger]


def as_mermaid() -> str:
    """Return the table as a state diagram for the documentation."""
    arrows: dict[tuple[State, State], list[str]] = {}
    for (source, trigger), target in TRANSITIONS.items():
        arrows.setdefault((source, target), []).append(trigger.value)
    lines = (f"    {_box(s)} --> {_box(t)}: {' / '.join(signs)}" for (s, t), signs in arrows.items())
    return "\n".join(["stateDiagram-v2", "    [*] --> new", *lines])


def _box(state: State) -> str:
    return state.value.replace("-", "_")
