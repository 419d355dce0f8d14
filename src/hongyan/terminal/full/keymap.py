"""Which key does what: the default map, presets, a person's own changes, and what is wrong with them; it presses nothing."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from hongyan.errors import UsageError
from hongyan.terminal.full.actions import ACTIONS, BY_ID, CONTEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hongyan.terminal.full.settings import TerminalSettings

__all__ = ["PRESETS", "Conflict", "KeyMap", "Sequences", "load_keys", "written"]

PRESETS: Final[Mapping[str, Mapping[str, str]]] = {
    "default": {},
    "vim": {
        "messages.first": "g g,home",
        "messages.last": "G,end",
        "messages.recall": "d d",
        "messages.hide": "D",
        "messages.page-up": "pageup,ctrl+b",
        "messages.page-down": "pagedown,ctrl+f,ctrl+d",
        "messages.copy": "y y",
        "list.first": "g g,home",
        "list.close": "d d,X",
        "app.palette": "ctrl+p,colon",
        "search.chat": "alt+f3",
        "app.toggle-list": "alt+l",
    },
    "emacs": {
        "messages.up": "up,p",
        "messages.down": "down,n",
        "messages.page-up": "pageup,alt+v",
        "messages.page-down": "pagedown,ctrl+v",
        "messages.first": "alt+less_than_sign,home",
        "messages.last": "alt+greater_than_sign,end",
        "messages.paste-marked": "P",
        "messages.next-hit": "ctrl+s",
        "messages.previous-hit": "ctrl+r",
        "list.up": "up,p",
        "list.down": "down,n",
        "entry.faces": "alt+s",
        "search.all": "alt+r,ctrl+shift+f",
        "entry.undo": "ctrl+underscore,ctrl+z",
        "entry.paste": "ctrl+v",
        "app.palette": "alt+x",
        "entry.earlier": "alt+p,ctrl+up",
        "entry.later": "alt+n,ctrl+down",
    },
    "nchat": {
        "chat.next-unread": "ctrl+f,alt+a",
        "search.chat": "alt+slash",
        "search.all": "alt+question_mark,alt+s",
        "chat.go-to": "alt+n,ctrl+k",
        "chat.next": "tab,alt+down",
        "chat.previous": "shift+tab,alt+up",
        "pane.next": "f6",
        "pane.previous": "f11",
        "app.toggle-list": "ctrl+l",
        "app.redraw": "alt+l",
        "entry.send": "ctrl+x",
        "entry.newline": "enter",
        "messages.recall": "ctrl+d,d",
        "messages.save": "ctrl+r,s",
        "messages.open": "ctrl+v,enter,o",
        "messages.links": "ctrl+w,O",
        "messages.forward": "alt+r,f",
        "messages.reply-privately": "R",
    },
}
"""Keys by action id that replace those of the default map."""

_PLAIN_TERMINALS_LACK: Final = re.compile(
    r"ctrl\+(enter|tab|shift\+.*|[0-9]|comma|full_stop)|ctrl\+[jim]|shift\+enter"
)
_NAMED: Final = frozenset(
    [
        "enter",
        "escape",
        "tab",
        "space",
        "backspace",
        "delete",
        "insert",
        "home",
        "end",
        "pageup",
        "pagedown",
        "up",
        "down",
        "left",
        "right",
        "question_mark",
        "left_curly_bracket",
        "right_curly_bracket",
        "apostrophe",
        "greater_than_sign",
        "less_than_sign",
        "full_stop",
        "vertical_line",
        "asterisk",
        "slash",
        "colon",
        "semicolon",
        "comma",
        "underscore",
        "minus",
        "plus",
        "equals_sign",
        "backslash",
        "quotation_mark",
        "left_square_bracket",
        "right_square_bracket",
        "left_parenthesis",
        "right_parenthesis",
        "exclamation_mark",
        "at",
        "number_sign",
        "dollar_sign",
        "percent_sign",
        "circumflex_accent",
        "ampersand",
        "grave_accent",
        "tilde",
    ]
)
_WRITTEN: Final = {
    "question_mark": "?",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "apostrophe": "'",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "full_stop": ".",
    "vertical_line": "|",
    "asterisk": "*",
    "slash": "/",
    "colon": ":",
    "comma": ",",
    "underscore": "_",
    "enter": "Enter",
    "escape": "Esc",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "space": "Space",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}


class Conflict(NamedTuple):
    """Something that is wrong with a key map: ``kind`` is ``twice``, ``shadowed`` or ``unsendable``.

    ``key`` does both of ``ids`` in one context, or something in ``context`` and something everywhere, or is the only key of
    the one id and cannot be sent by plain terminals.
    """

    kind: str
    key: str
    context: str
    ids: tuple[str, ...]


class KeyMap:
    """The keys in force: by action id, texts as in ``Action.keys``."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = dict(keys)
        self._single: dict[str, dict[str, str]] = {context: {} for context in CONTEXTS}
        self._sequences: dict[str, dict[tuple[str, ...], str]] = {context: {} for context in CONTEXTS}
        for action in ACTIONS:
            for key in self.list_of(action.id):
                parts = tuple(key.split(" "))
                if len(parts) == 1:
                    self._single[action.context].setdefault(key, action.id)
                else:
                    self._sequences[action.context].setdefault(parts, action.id)

    def keys(self, action: str) -> str:
        """Return the keys of an action, divided by commas."""
        return self._keys.get(action, BY_ID[action].keys)

    def list_of(self, action: str) -> list[str]:
        """Return the keys of an action, each by itself."""
        return [key for key in self.keys(action).split(",") if key]

    def shown(self, action: str) -> str:
        """Return the first key of an action as people write it, empty where it has none."""
        keys = self.list_of(action)
        return written(keys[0]) if keys else ""

    def action(self, context: str, key: str) -> str | None:
        """Return what a key does in a context, by id."""
        return self._single[context].get(key)

    def sequences(self, context: str) -> Mapping[tuple[str, ...], str]:
        """Return what sequences of keys do in a context."""
        return self._sequences[context]

    def conflicts(self) -> list[Conflict]:
        """Return what is wrong with this map."""
        found: list[Conflict] = []
        users: dict[tuple[str, str], list[str]] = {}
        for action in ACTIONS:
            for key in self.list_of(action.id):
                users.setdefault((action.context, key), []).append(action.id)
        for (context, key), ids in users.items():
            if len(ids) > 1:
                found.append(Conflict("twice", key, context, tuple(ids)))
            longer = [
                i
                for (c, k), others in users.items()
                if c == context and k.startswith(f"{key} ")
                for i in others
            ]
            if longer:
                found.append(Conflict("twice", key, context, (*ids, *longer)))
            everywhere = users.get(("app", key), [])
            if context != "app" and everywhere and not _types(key):
                found.append(Conflict("shadowed", key, context, (*ids, *everywhere)))
        for action in ACTIONS:
            keys = self.list_of(action.id)
            if keys and all(_PLAIN_TERMINALS_LACK.fullmatch(key) for key in keys):
                found.append(Conflict("unsendable", keys[0], action.context, (action.id,)))
        return found


def _types(key: str) -> bool:
    """Whether a key writes a character, so that it does one thing in the entry and another elsewhere."""
    return len(key) == 1 or key in _NAMED - {
        "enter",
        "escape",
        "tab",
        "backspace",
        "delete",
        "insert",
        "home",
        "end",
    }


def written(key: str) -> str:
    """Return a key, or a sequence of keys, as people write it: ``Ctrl+K``, ``d d``."""
    return " ".join(_written_one(part) for part in key.split(" "))


def _written_one(key: str) -> str:
    *mods, last = key.split("+")
    shown = _WRITTEN.get(
        last, last.upper() if re.fullmatch(r"f\d+", last) or (mods and len(last) == 1) else last
    )
    if len(shown) > 1 and shown.islower():
        shown = shown.capitalize()
    return "+".join([*(mod.capitalize() for mod in mods), shown])


def load_keys(settings: TerminalSettings) -> KeyMap:
    """Return the keys of a preset with a person's changes; UsageError for an id or a key that does not exist."""
    changes = dict(PRESETS[settings.keys])
    if settings.keys == "default" or settings.send_key != "enter":
        changes |= _SENDING[settings.send_key]
    for action, keys in settings.keymap.items():
        if action not in BY_ID:
            near = difflib.get_close_matches(action, BY_ID, n=1)
            raise UsageError(
                f"the key map names {action!r}, which is no action",
                f"Did you mean {near[0]}?" if near else "hongyan keys lists them.",
            )
        for key in keys.split(","):
            for part in key.strip().split(" "):
                _require_key(part, action)
        changes[action] = ",".join(key.strip() for key in keys.split(","))
    return KeyMap(changes)


_SENDING: Final = {
    "enter": {},
    "alt+enter": {"entry.send": "alt+enter", "entry.newline": "enter"},
    "ctrl+x": {"entry.send": "ctrl+x", "entry.newline": "enter"},
}


def _require_key(key: str, action: str) -> None:
    *mods, last = key.split("+")
    known = not key or (
        all(mod in {"ctrl", "alt", "shift"} for mod in mods)
        and (last in _NAMED or re.fullmatch(r"f([1-9]|1\d|2[0-4])|[^\s]", last) is not None)
    )
    if not known:
        near = difflib.get_close_matches(last, _NAMED, n=1)
        hint = (
            f"Did you mean {'+'.join([*mods, near[0]])}?"
            if near
            else "hongyan keys --probe tells the names of keys."
        )
        raise UsageError(f"there is no key {key!r} (of {action})", hint)


class Sequences:
    """Follows typed keys in one context: counts (``12j``) and sequences (``d d``)."""

    def __init__(self, keys: KeyMap, context: str) -> None:
        self._keys = keys
        self._context = context
        self._pending: tuple[str, ...] = ()
        self._count = ""

    @property
    def pending(self) -> str:
        """What was typed and waits for more."""
        return self._count + " ".join(self._pending)

    def feed(self, key: str) -> tuple[str, int] | None:
        """Take a key; return the action's id and its count (1 where none was typed) once it is known."""
        if not self._pending and self._is_digit(key):
            self._count = (self._count + key)[-4:]
            return None
        typed = (*self._pending, key)
        known = self._keys.sequences(self._context)
        action = known.get(typed) or (self._keys.action(self._context, key) if len(typed) == 1 else None)
        if any(sequence[: len(typed)] == typed and len(sequence) > len(typed) for sequence in known):
            self._pending = typed
            return None
        again = bool(self._pending) and action is None
        count = int(self._count or "1")
        self.forget()
        if again:
            return self.feed(key)
        return (action, count) if action is not None else None

    def _is_digit(self, key: str) -> bool:
        taken = self._keys.action(self._context, key) is not None
        return len(key) == 1 and key in "0123456789" and (key != "0" or bool(self._count)) and not taken

    def forget(self) -> None:
        """Forget what was typed."""
        self._pending, self._count = (), ""
