"""Reads what a terminal sends: keys, pastes, the mouse, reports. It draws nothing and knows no action.

The toolkit's parser hands on what it does not understand as keys, so an unknown report, a damaged sequence or a late answer
would be typed; some end it. So it gets whole sequences only, one at a time; what it does not know is passed over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textual.message import Message

__all__ = ["LONGEST_PASTE", "Reader"]

LONGEST_PASTE: Final = 1 << 20
"""Characters of a paste that are used."""

_ESC: Final = "\x1b"
_LONE_S: Final = 0.04  # after which an escape by itself is the key of this name
_BROKEN_S: Final = 1.0  # after which the rest of a sequence or paste does not come any more
_BURST_S: Final = 0.05  # within which what follows a pasted line belongs to the paste
_PASTE_BEGINS: Final = "\x1b[200~"
_PASTE_ENDS: Final = "\x1b[201~"
_LONGEST: Final = 32  # characters of a sequence that means something
_LONGEST_REPORT: Final = 4096

_WHOLE: Final = re.compile(
    r"""(?sx)
    \x1b\[M...                                            # the mouse as old terminals report it
    | \x1b\[\[[A-E]                                       # function keys of Linux' console
    | \x1b\[[0-?]*[ -/]*[@-~]
    | \x1bO[ -~]
    | (?P<report>\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\))
    | (?P<alt>\x1b[^\x00-\x07\x09-\x0c\x0e-\x1f\[O\]P_^X])
    """
)
_BEGUN: Final = re.compile(
    r"(?s)\x1b\Z|\x1b\[M.{0,2}\Z|\x1b\[\[?[0-?]*[ -/]*\Z|\x1bO\Z|\x1b[\]P_^X][^\x07\x1b]*\x1b?\Z"
)
_BROKEN: Final = re.compile(r"(?s)\x1b\[[0-?]*[ -/]*|\x1b[\]P_^X][^\x07\x1b]*|\x1bO|\x1b")
_LINES: Final = re.compile(r"[\r\n][^\r\n]*[^\x00-\x20\x7f]")  # a line end with something behind it
_TEXT: Final = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*")


class Reader:
    """Turns what a terminal sends into the toolkit's messages. The caller says for how long nothing arrived."""

    def __init__(self) -> None:
        self._toolkit = XTermParser()
        self._held = ""
        self._pasted: str | None = None  # the part of a paste that has not ended
        self._burst_until = 0.0
        self._last = 0.0

    def feed(self, data: str, now: float) -> list[Message]:
        """Take input received at ``now`` (seconds of any steady clock); a busy machine may have been slow to read."""
        before = self.waited(now - self._last)
        self._last = now
        self._held += data
        return [*before, *self._messages(now)]

    def waited(self, seconds: float) -> list[Message]:
        """Note that nothing was received for so long: an incomplete sequence is final by then."""
        if self._pasted is not None and seconds >= _BROKEN_S:
            text, self._pasted = self._pasted + self._held, None
            self._held = ""
            return [events.Paste(_harmless(text))]
        if self._held == _ESC and seconds >= _LONE_S:
            self._held = ""
            return [events.Key("escape", _ESC)]
        if self._held and self._pasted is None and seconds >= _BROKEN_S:
            self._held = ""
        return []

    @property
    def waits(self) -> bool:
        """Whether an incomplete sequence has started."""
        return bool(self._held) or self._pasted is not None

    def _messages(self, now: float) -> Iterator[Message]:
        while True:
            if self._pasted is not None:
                if (paste := self._paste()) is None:
                    return
                yield paste
            elif not self._held:
                return
            elif self._held[0] != _ESC:
                text, escape, rest = self._held.partition(_ESC)
                self._held = escape + rest
                yield from self._typed(text, now)
            elif self._held.startswith(_PASTE_BEGINS):
                self._held = self._held[len(_PASTE_BEGINS) :]
                self._pasted = ""
            elif (sequence := self._sequence()) is not None:
                yield from sequence
            else:
                return

    def _paste(self) -> Message | None:
        """Return the paste that ended; what is too long is let go."""
        assert self._pasted is not None
        before, end, after = self._held.partition(_PASTE_ENDS)
        if not end:  # the end may have come in part
            kept = len(before) - min(len(_PASTE_ENDS) - 1, len(before))
            self._pasted = (self._pasted + before[:kept])[:LONGEST_PASTE]
            self._held = before[kept:]
            return None
        text, self._pasted, self._held = self._pasted + before, None, after
        return events.Paste(_harmless(text[:LONGEST_PASTE]))

    def _typed(self, text: str, now: float) -> Iterator[Message]:
        """Yield the keys of a text. Several lines at once were not typed: terminals without marks for pastes send them so."""
        if _TEXT.fullmatch(text) and (now < self._burst_until or _LINES.search(text)):
            self._burst_until = now + _BURST_S
            yield events.Paste(_harmless(text))
            return
        for character in text:
            yield from self._known(character)

    def _sequence(self) -> list[Message] | None:
        """Take a sequence from the front; None where more has to come."""
        whole = _WHOLE.match(self._held)
        if whole is None:
            if _BEGUN.match(self._held) and len(self._held) < _LONGEST_REPORT:
                return None
            return self._pass_over()
        sequence = whole[0]
        self._held = self._held[len(sequence) :]
        if whole["report"] is not None:
            return []
        if whole["alt"] is not None:
            return self._with_alt(sequence[1])
        return self._known(sequence) if len(sequence) <= _LONGEST else []

    def _pass_over(self) -> list[Message]:
        """Release what is not a sequence. An escape before a control character is the key: Alt is not used with those,

        and a busy machine sees both at once.
        """
        if self._held[1:2] and self._held[1] < " ":
            self._held = self._held[1:]
            return [events.Key("escape", _ESC)]
        broken = _BROKEN.match(self._held)
        self._held = self._held[broken.end() if broken is not None else 1 :]
        return []

    def _with_alt(self, character: str) -> list[Message]:
        """Return a key with Alt, which writes nothing."""
        if f"{_ESC}{character}" in _SEQUENCES:
            return self._known(f"{_ESC}{character}")
        keys = [message for message in self._known(character) if isinstance(message, events.Key)]
        return [events.Key(_alt(key.key), None) for key in keys]

    def _known(self, sequence: str) -> list[Message]:
        """Return what the toolkit makes of something whole."""
        parser = self._toolkit
        try:
            messages = list(parser.feed(sequence))
        except (ValueError, OverflowError, TypeError, IndexError, KeyError, StopIteration, RuntimeError):
            messages = []
        if not messages:  # it may wait for more of this, or have discarded it
            self._toolkit = XTermParser()
            for name in ("last_x", "last_y", "mouse_pixels", "terminal_size", "terminal_pixel_size"):
                setattr(self._toolkit, name, getattr(parser, name))
        return [message for message in messages if _is_text(message)]


class _Pressed(NamedTuple):
    value: str


_SEQUENCES: Final = cast("Mapping[str, tuple[_Pressed, ...]]", ANSI_SEQUENCES_KEYS)


def _alt(key: str) -> str:
    if len(key) == 1 and key.isalpha() and key.isupper():
        return f"alt+shift+{key.lower()}"
    return "+".join(sorted({"alt", *key.split("+")[:-1]})) + f"+{key.rsplit('+', 1)[-1]}"


def _is_text(message: Message) -> bool:
    """Whether a key's character can be written down; halves of characters cannot."""
    if isinstance(message, events.Key) and message.character is not None:
        return not any("\ud800" <= char <= "\udfff" for char in message.character)
    return True


def _harmless(text: str) -> str:
    """Return a pasted text with line ends as one kind and no control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or (c >= " " and not "\x7f" <= c <= "\x9f"))
