"""How far a consumer is: pure bookkeeping of what was handed out, finished and may come again; it reads no rows.

Chats are handled side by side, so events finish out of order. The position is therefore a low-water mark below which
everything is finished, plus the finished ones above it, plus those begun. At most ``WINDOW`` events are delivered
and unfinished at a time.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from msgspec import Struct

from hongyan.model.ids import Seq

__all__ = ["WINDOW", "Progress", "Window"]

WINDOW: Final = 256


class Progress(Struct, frozen=True):
    """The stored state of a consumer: everything up to ``low`` is finished, and ``finished`` above it; ``begun`` is open.

    ``tries`` counts how often an open one was handled again after its program had ended.
    """

    low: Seq
    finished: frozenset[Seq] = frozenset()
    begun: frozenset[Seq] = frozenset()
    tries: dict[Seq, int] = {}


class Window:
    """The open part of a consumer's way through the journal.

    ``hand_out`` and ``finish`` move it; ``position`` is what to keep. After a restart, rows after ``low`` come again
    except the finished ones, and those begun before are known by ``redelivered``.
    """

    def __init__(self, position: Progress) -> None:
        self._low = position.low
        self._finished = set(position.finished)
        self._before = position.begun
        self._tries = dict(position.tries)
        self._open: deque[Seq] = deque()
        self.read_to = position.low

    @property
    def room(self) -> int:
        """How many more events may be handed out now."""
        return WINDOW - len(self._open)

    def hand_out(self, seq: Seq) -> bool:
        """Note that a row was read; return whether the consumer still has to see it."""
        self.read_to = seq
        self._open.append(seq)
        if seq in self._finished:
            self._advance()
            return False
        return True

    def redelivered(self, seq: Seq) -> bool:
        """Whether a row was started before this window was opened."""
        return seq in self._before

    def tries(self, seq: Seq) -> int:
        """Return how often a row was handled again."""
        return self._tries.get(seq, 0)

    def try_again(self, seq: Seq) -> int:
        """Note that a row is handled again, and return how often it was."""
        self._tries[seq] = self.tries(seq) + 1
        return self._tries[seq]

    def spare(self, seq: Seq) -> None:
        """Take the last ``try_again`` of a row back."""
        if self.tries(seq):
            self._tries[seq] -= 1

    def finish(self, seq: Seq) -> None:
        """Note that the consumer is done with a row."""
        self._finished.add(seq)
        self._tries.pop(seq, None)
        self._advance()

    def position(self) -> Progress:
        """Return what to keep."""
        begun = frozenset(s for s in self._open if s not in self._finished)
        unseen = frozenset(s for s in self._before if s > self.read_to)
        tries = {seq: count for seq, count in self._tries.items() if count}
        return Progress(self._low, frozenset(self._finished), begun | unseen, tries)

    def _advance(self) -> None:
        while self._open and self._open[0] in self._finished:
            self._low = self._open.popleft()
            self._finished.discard(self._low)
