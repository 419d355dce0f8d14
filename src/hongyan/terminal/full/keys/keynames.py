"""The names of keys: in the toolkit, for people, in settings; and which of them a plain terminal can distinguish.

It presses nothing and imports no toolkit.
"""

from __future__ import annotations

import re
import string
import unicodedata
from typing import Final

__all__ = ["KEY_NAMES", "PUNCTUATION", "named", "sendable", "writes", "written"]

_OWN_NAMES: Final = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}


def _name_of(char: str) -> str:
    name = unicodedata.name(char).lower().replace("-", "_").replace(" ", "_")
    return _OWN_NAMES.get(name, name)


PUNCTUATION: Final = {_name_of(char): char for char in string.punctuation}
"""The signs of a keyboard by the toolkit's names of their keys: ``question_mark`` is ``?``."""

_BY_SIGN: Final = {char: name for name, char in PUNCTUATION.items()}
_MOVES: Final = frozenset(["up", "down", "left", "right", "home", "end", "pageup", "pagedown"])
_SPECIAL: Final = _MOVES | {"enter", "escape", "tab", "space", "backspace", "delete", "insert"}
KEY_NAMES: Final = frozenset(PUNCTUATION) | _SPECIAL
"""Every name of a key that is longer than a character, but for F1 to F24."""

_ALIASES: Final = {
    "esc": "escape",
    "return": "enter",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "del": "delete",
    "ins": "insert",
    "bs": "backspace",
    "↑": "up",
    "↓": "down",
    "←": "left",
    "→": "right",
    " ": "space",
}
_MODIFIERS: Final = {
    "ctrl": "ctrl",
    "control": "ctrl",
    "alt": "alt",
    "meta": "alt",
    "option": "alt",
    "shift": "shift",
}
_FUNCTION: Final = re.compile(r"f([1-9]|1\d|2[0-4])")
_WRITTEN: Final = {
    "enter": "Enter",
    "escape": "Esc",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "delete": "Del",
    "insert": "Ins",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}


def named(key: str) -> str | None:
    """Return the toolkit's name of one key, however a person wrote it (``Ctrl+K``, ``?``, ``PgUp``); None if there is none."""
    head, last = ("", key) if key in {"+", ""} else _divided(key)
    modifiers = {_MODIFIERS.get(part.lower(), "") for part in head.split("+")} if head else set()
    last = _last_name(last)
    if "" in modifiers or not last:
        return None
    if len(last) == 1 and last.isalpha() and last.isascii():
        if modifiers == {"shift"}:
            return last.upper()
        last = last.lower() if modifiers else last  # Alt+A is the key A with Alt, as keys are labelled
    elif modifiers == {"shift"} and writes(last):
        return None  # a sign that is written with Shift is the sign
    return "+".join([*sorted(modifiers), last])


def _divided(key: str) -> tuple[str, str]:
    """Return modifiers and the key itself, which may be ``+``."""
    if key.endswith("++"):
        return key[:-2], "+"
    head, _, last = key.rpartition("+")
    return head, last


def _last_name(last: str) -> str:
    if len(last) == 1 and last not in _ALIASES:
        return _BY_SIGN.get(last, last if last.isalnum() else "")
    low = last.lower()
    low = _ALIASES.get(low, low)
    return low if low in KEY_NAMES or _FUNCTION.fullmatch(low) else ""


def writes(key: str) -> bool:
    """Whether a key writes a character: it does so in the entry, whatever it does elsewhere."""
    return len(key) == 1 or key in PUNCTUATION or key == "space"


_TOLD_APART: Final = re.compile(
    r"""(?x)
    ctrl\+[a-gklno-z]  # ctrl+h, i, j and m are other keys
    | ctrl\+(backslash|right_square_bracket|underscore)
    | alt\+(shift\+)?[a-z0-9] | alt\+enter
    | (alt|ctrl|shift|ctrl\+shift)\+(up|down|left|right|home|end|pageup|pagedown)
    | shift\+tab | (ctrl|alt)\+delete
    | f([1-9]|1[0-2])
    """
)
_COMES_AS: Final = {"alt+b": "ctrl+left", "alt+f": "ctrl+right", "alt+backspace": "ctrl+w"}


def sendable(key: str) -> bool:
    """Whether every terminal sends a key (or sequence of keys) so that it differs from all others.

    What needs the newer keyboard reports (``ctrl+enter``, ``ctrl+shift+f``) or comes as another key (``ctrl+i`` is Tab,
    ``alt+b`` is sent for Ctrl+Left too) is not.
    """
    return all(_sendable_one(part) for part in key.split(" "))


def _sendable_one(key: str) -> bool:
    if key in _COMES_AS:
        return False
    if writes(key) or key in _SPECIAL or _TOLD_APART.fullmatch(key):
        return True
    sign = key.removeprefix("alt+")
    return PUNCTUATION.get(sign, "[") not in "[]_^\\"  # these begin what terminals report


def written(key: str) -> str:
    """Return a key, or a sequence of keys, as people write it: ``Ctrl+K``, ``d d``."""
    return " ".join(_written_one(part) for part in key.split(" "))


def _written_one(key: str) -> str:
    *modifiers, last = key.split("+")
    shown = PUNCTUATION.get(last) or _WRITTEN.get(last) or last
    if _FUNCTION.fullmatch(last) or (modifiers and len(last) == 1):
        shown = shown.upper()
    elif len(shown) > 1 and shown.islower():
        shown = shown.capitalize()
    return "+".join([*(modifier.capitalize() for modifier in modifiers), shown])
