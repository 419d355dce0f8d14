"""Detects when two bots answer each other, by the order of speakers, and holds their answers back; it sends nothing.

A burst is not a loop. What counts is a *round*: we answered a person, and the same person spoke again after that. People
need seconds to read and type; a bot does not. So a chat is paused after many quick rounds in a row, or after a few
rounds in which both sides repeated their last texts.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from hongyan.errors import ChatPaused

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.client.account import Incoming
    from hongyan.model.ids import ChatKey

__all__ = ["LoopGuard", "LoopLimits", "Loops", "Verdict"]

log = logging.getLogger("hongyan.bot")

_REMEMBERED: Final = 4096  # conversations; the longest silent ones are forgotten first
_FORGIVEN_AFTER: Final = 3600.0  # seconds after a pause until the next one is short again


@dataclass(frozen=True, slots=True)
class LoopLimits:
    """When a conversation counts as a loop. Times are seconds.

    ``rounds`` quick rounds in a row (each started within ``quick`` of our answer), or ``same`` rounds in a row with the
    same pair of texts (each started within ``same_within``), pause our answers in the chat for ``pause``; twice as long
    when it happens again soon, at most ``longest``.
    """

    quick: float = 3.0
    rounds: int = 16
    same: int = 8
    same_within: float = 60.0
    pause: float = 300.0
    longest: float = 3600.0


class Verdict(Enum):
    """Whether an answer may be sent; ``PAUSES`` is the first refusal of a pause, which is worth a line in the log."""

    ALLOWED = "allowed"
    PAUSES = "pauses"
    PAUSED = "paused"


@dataclass(slots=True)
class _Talk:
    """A conversation with one person in one chat."""

    heard: str = ""
    answer: str = ""
    pair: tuple[str, str] | None = None  # the texts of the round before
    answered_at: float | None = None  # of the answer that no message followed yet
    quick: int = 0
    same: int = 0


@dataclass(slots=True)
class _Pause:
    until: float
    length: float


class Loops:
    """Watches messages and answers. ``person`` is who is answered; in groups each person is watched alone."""

    def __init__(self, limits: LoopLimits | None = None) -> None:
        self._limits = limits or LoopLimits()
        self._talks: dict[tuple[ChatKey, ChatKey], _Talk] = {}
        self._pauses: dict[ChatKey, _Pause] = {}

    def heard(self, chat: ChatKey, person: ChatKey, text: str, at: float) -> None:
        """Note a message received at ``at`` (Unix seconds)."""
        talk = self._talk(chat, person)
        if talk.answered_at is not None and at >= talk.answered_at:
            self._count(talk, at - talk.answered_at)
            talk.answered_at = None
        talk.heard = text

    def answer(self, chat: ChatKey, person: ChatKey, text: str, at: float) -> Verdict:
        """Return whether an answer may be given at ``at``, and note it if so."""
        pause = self._pauses.get(chat)
        if pause is not None and at < pause.until:
            return Verdict.PAUSED
        talk = self._talk(chat, person)
        if talk.quick >= self._limits.rounds or talk.same >= self._limits.same:
            self._pause(chat, at)
            return Verdict.PAUSES
        talk.answer, talk.answered_at = text, at
        return Verdict.ALLOWED

    def paused_until(self, chat: ChatKey) -> float:
        """Return when answers are allowed again, in Unix seconds; 0 if the chat was never paused."""
        pause = self._pauses.get(chat)
        return pause.until if pause else 0.0

    def _count(self, talk: _Talk, gap: float) -> None:
        """Count a round that the other side began ``gap`` seconds after our answer."""
        talk.quick = talk.quick + 1 if gap <= self._limits.quick else 0
        pair = (talk.heard, talk.answer)
        repeated = pair == talk.pair and gap <= self._limits.same_within
        talk.same = talk.same + 1 if repeated else 1
        talk.pair = pair

    def _pause(self, chat: ChatKey, at: float) -> None:
        before = self._pauses.get(chat)
        again = before is not None and at < before.until + _FORGIVEN_AFTER
        length = min(before.length * 2, self._limits.longest) if before and again else self._limits.pause
        self._pauses[chat] = _Pause(at + length, length)
        for key in [k for k in self._talks if k[0] == chat]:
            del self._talks[key]

    def _talk(self, chat: ChatKey, person: ChatKey) -> _Talk:
        talk = self._talks.pop((chat, person), None) or _Talk()
        self._talks[chat, person] = talk  # the latest is last
        if len(self._talks) > _REMEMBERED:
            del self._talks[next(iter(self._talks))]
        return talk


class LoopGuard:
    """Consults the loop detector before each answer, with ``clock()`` in Unix seconds; ``loops`` None allows everything."""

    def __init__(self, loops: Loops | None, clock: Callable[[], float]) -> None:
        self._loops = loops
        self._now = clock

    def heard(self, incoming: Incoming) -> None:
        """Note a received message."""
        if self._loops is None or incoming.message.outgoing:
            return
        said = str(getattr(incoming.message, "text", "")) or incoming.message.kind
        self._loops.heard(incoming.chat.key, incoming.sender.key, said, incoming.recorded.received_at)

    def check(self, incoming: Incoming, answer: str) -> None:
        """Return if an answer may be sent; raise ChatPaused if not."""
        if self._loops is None:
            return
        chat = incoming.chat
        verdict = self._loops.answer(chat.key, incoming.sender.key, answer, self._now())
        if verdict is Verdict.ALLOWED:
            return
        until = self._loops.paused_until(chat.key)
        if verdict is Verdict.PAUSES:
            seconds = round(until - self._now())
            log.warning("event %d: no answers in this chat for %d s: a loop", incoming.recorded.seq, seconds)
        raise ChatPaused(chat.name, until)
