"""What a plain terminal sends for keys with Alt, read by the toolkit's own parser."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from hongyan.terminal.full.keys.default_keys import ACTIONS
from hongyan.terminal.full.keys.keymap import PRESETS, load_keys
from hongyan.terminal.full.keys.keynames import PUNCTUATION, sendable
from hongyan.terminal.full.settings.settings import TerminalSettings
from hongyan.terminal.full.tty.alt import teach_alt

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENDS = {"up": "A", "down": "B", "right": "C", "left": "D", "home": "H", "end": "F"}
_TILDES = {"insert": 2, "delete": 3, "pageup": 5, "pagedown": 6}
_TILDES |= {f"f{n}": code for n, code in zip(range(5, 13), (15, 17, 18, 19, 20, 21, 23, 24), strict=True)}
_MODIFIERS = {"": 1, "shift": 2, "alt": 3, "ctrl": 5, "ctrl+shift": 6}
_CONTROLS = {"enter": "\r", "escape": "\x1b", "tab": "\t", "space": " ", "backspace": "\x7f"}
_CONTROLS |= {"ctrl+backslash": "\x1c", "ctrl+right_square_bracket": "\x1d", "ctrl+underscore": "\x1f"}


def sent(key: str) -> str:
    """Return what xterm sends for a key, in its default settings."""
    if key in _CONTROLS or len(key) == 1:
        return _CONTROLS.get(key, key)
    modifiers, _, last = key.rpartition("+")
    if key == "shift+tab":
        return "\x1b[Z"
    code = _MODIFIERS[modifiers] if modifiers != "alt+shift" else 0
    if last in _ENDS:
        return f"\x1b[1;{code}{_ENDS[last]}" if modifiers else f"\x1b[{_ENDS[last]}"
    if last in _TILDES:
        return f"\x1b[{_TILDES[last]};{code}~" if modifiers else f"\x1b[{_TILDES[last]}~"
    if key in {"f1", "f2", "f3", "f4"}:
        return "\x1bO" + "PQRS"[int(key[1]) - 1]
    if modifiers == "ctrl":
        return chr(ord(last) & 0x1F)
    plain = _CONTROLS.get(last, PUNCTUATION.get(last, last))
    plain = plain.upper() if modifiers == "alt+shift" else plain
    return f"\x1b{plain}" if modifiers else plain


def read(data: str) -> list[str]:
    """Return the keys that the toolkit reads, its wait for more after an escape being over."""
    parser = XTermParser()
    tokens = list(parser.feed(data))
    if parser._timeout_time is not None:
        parser._timeout_time = 0.0
        tokens += list(parser.tick())
    return [token.key for token in tokens if isinstance(token, events.Key)]


def used() -> Iterator[str]:
    """Return every key of every preset."""
    for preset in PRESETS:
        keys = load_keys(TerminalSettings(keys=preset))  # type: ignore[arg-type]  # one of its literals
        for action in ACTIONS:
            for key in keys.list_of(action.id):
                yield from key.split(" ")


@pytest.mark.parametrize("key", sorted({key for key in used() if sendable(key)}))
def test_what_counts_as_sendable_arrives_from_a_plain_terminal(key: str) -> None:
    """Every key of every preset, but those that are said to be only second choices."""
    teach_alt()
    assert read(sent(key)) == [key]


@pytest.mark.parametrize("sign", sorted(set(string.punctuation + string.digits) - set("[]_^\\")))
def test_alt_with_a_sign_or_digit_is_that(sign: str) -> None:
    """Not the sign alone, which would be typed."""
    teach_alt()
    key = next((name for name, char in PUNCTUATION.items() if char == sign), sign)
    assert sendable(f"alt+{key}")
    assert read(f"\x1b{sign}") == [f"alt+{key}"]


def test_what_terminals_report_is_still_understood() -> None:
    """Arrows, function keys, focus, pasted text, mouse and the newer keyboard reports."""
    teach_alt()
    assert read("\x1b[A\x1bOP\x1b[13;3u\x1b[49;3u\x1b[I\x1b[200~a\rb\x1b[201~\x1b[<0;3;4Mx") == [
        *("up", "f1", "alt+enter", "alt+1", "x"),
    ]
