"""Which key does what: the default map, presets, a person's own changes, and what is wrong with them; it presses nothing."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final, NamedTuple

from hongyan.errors import UsageError
from hongyan.model.numbers import whole
from hongyan.terminal.full.keys.default_keys import ACTIONS, BY_ID, CONTEXTS
from hongyan.terminal.full.keys.keynames import KEY_NAMES, named, sendable, writes, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hongyan.terminal.full.settings.settings import TerminalSettings

__all__ = ["PRESETS", "Conflict", "KeyMap", "Sequences", "checked_keys", "load_keys"]

PRESETS: Final[Mapping[str, Mapping[str, str]]] = {
    "default": {},
    "vim": {
        "messages.first": "g g,home",
        "messages.last": "G,end",
        "messages.recall": "d d,alt+d",
        "messages.hide": "D",
        "messages.page-up": "pageup,ctrl+b",
        "messages.page-down": "pagedown,ctrl+f,ctrl+d",
        "messages.copy": "y y,alt+y",
        "list.first": "g g,home",
        "list.close": "d d,X",
        "app.palette": "ctrl+p,colon",
        "search.chat": "alt+slash",
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
        "messages.reply": "r",
        "messages.save": "s",
        "messages.next-hit": "ctrl+s",
        "messages.previous-hit": "ctrl+r",
        "list.up": "up,p",
        "list.down": "down,n",
        "entry.faces": "alt+s",
        "search.all": "alt+r,ctrl+shift+f",
        "entry.paste": "ctrl+v",
        "app.palette": "alt+x",
        "entry.earlier": "alt+p,ctrl+up",
        "entry.later": "alt+n,ctrl+down",
    },
    "nchat": {
        "chat.next-unread": "ctrl+f",
        "search.chat": "alt+slash",
        "search.all": "alt+question_mark,alt+s",
        "app.key-sheet": "question_mark",
        "app.commands": "ctrl+right_square_bracket",
        "chat.go-to": "ctrl+n",
        "chat.next": "tab,alt+down",
        "chat.previous": "shift+tab,alt+up",
        "pane.next": "f6",
        "pane.previous": "f11",
        "app.toggle-list": "ctrl+l",
        "app.redraw": "alt+l",
        "app.archive": "alt+y",
        "entry.send": "ctrl+x",
        "entry.newline": "enter",
        "entry.kill-line-end": "ctrl+k",
        "entry.word-left": "alt+left,ctrl+left,alt+b",
        "entry.word-right": "alt+right,ctrl+right,alt+f",
        "entry.kill-word-right": "alt+delete,alt+d",
        "entry.paste": "alt+v,ctrl+v",
        "messages.recall": "ctrl+d,d",
        "messages.save": "ctrl+r,s",
        "messages.open": "ctrl+v,enter,o,alt+q",
        "messages.links": "ctrl+w,O",
        "messages.reply": "ctrl+x,r",
        "messages.copy": "alt+c,y",
        "messages.forward": "alt+r,f",
        "messages.pipe": "alt+w,vertical_line",
        "list.contacts": "alt+n,c",
        "list.archive": "alt+a,A",
        "list.pin": "alt+p,P",
    },
}
"""Keys by action id that replace those of the default map."""


class Conflict(NamedTuple):
    """Something that is wrong with a key map, by ``kind``.

    ``twice``: ``key`` does both of ``ids`` in ``context``. ``shadowed``: it does the one there and the other everywhere.
    ``writes``: it writes a character, and the entry could no longer. ``unsendable``: it is the only key of its action
    and plain terminals do not send it; that is a warning, the other kinds are mistakes.
    """

    kind: str
    key: str
    context: str
    ids: tuple[str, ...]

    @property
    def grave(self) -> bool:
        """Whether this is a mistake, not a warning."""
        return self.kind != "unsendable"


class KeyMap:
    """The keys in force: by action id, texts as in ``ScreenAction.keys``."""

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
        """Return what is wrong with this map, the mistakes first."""
        users: dict[tuple[str, str], list[str]] = {}
        for action in ACTIONS:
            for key in self.list_of(action.id):
                users.setdefault((action.context, key), []).append(action.id)
        found = [
            conflict
            for (context, key), ids in users.items()
            for conflict in _clashes(context, key, tuple(ids), users)
        ]
        for action in ACTIONS:
            keys = self.list_of(action.id)
            if keys and not any(map(sendable, keys)):
                found.append(Conflict("unsendable", keys[0], action.context, (action.id,)))
        return found


def _clashes(
    context: str, key: str, ids: tuple[str, ...], users: Mapping[tuple[str, str], list[str]]
) -> Iterator[Conflict]:
    if len(ids) > 1:
        yield Conflict("twice", key, context, ids)
    for (other, sequence), theirs in users.items():
        if other == context and sequence.startswith(f"{key} "):
            yield Conflict("twice", key, context, (*ids, *theirs))
    first = key.split(" ", maxsplit=1)[0]
    everywhere = users.get(("app", first), [])
    # What writes a character acts anywhere but in the entry, where it is written.
    if context != "app" and everywhere and not (context == "entry" and writes(first)):
        yield Conflict("shadowed", key, context, (*ids, *everywhere))
    if context == "entry" and writes(key):
        yield Conflict("writes", key, context, ids)


_SENDING: Final = {
    "enter": {},
    "alt+enter": {"entry.send": "alt+enter", "entry.newline": "enter"},
    "ctrl+x": {"entry.send": "ctrl+x", "entry.newline": "enter"},
}
_RESERVED: Final = frozenset({"ctrl+c"})  # it copies, or leaves at the second time


def load_keys(settings: TerminalSettings) -> KeyMap:
    """Return the keys of a preset with a person's changes; UsageError for an id or a key that does not exist."""
    keys, problems = checked_keys(settings)
    if problems:
        raise problems[0]
    return keys


def checked_keys(settings: TerminalSettings) -> tuple[KeyMap, list[UsageError]]:
    """Return the keys as ``load_keys`` does, without those changes that cannot be, and what is wrong with these."""
    changes = dict(PRESETS[settings.keys])
    if settings.keys == "default" or settings.send_key != "enter":
        changes |= _SENDING[settings.send_key]
    problems: list[UsageError] = []
    for action, keys in settings.keymap.items():
        try:
            changes[action] = _changed(action, keys)
        except UsageError as problem:
            problems.append(problem)
    return KeyMap(changes), problems


def _changed(action: str, keys: str) -> str:
    if action not in BY_ID:
        near = difflib.get_close_matches(action, BY_ID, n=1)
        raise UsageError(
            f"the key map names {action!r}, which is not an action",
            f"Did you mean {near[0]}?" if near else "hongyan keys lists them.",
        )
    return ",".join(_named_all(key.strip(), action) for key in keys.split(",") if key.strip())


def _named_all(key: str, action: str) -> str:
    """Return a key or a sequence of keys by the toolkit's names."""
    parts = key.split()
    if len(parts) > 1 and BY_ID[action].context in {"app", "entry"}:
        raise UsageError(
            f"{key!r} (of {action}) is a sequence of keys",
            "Sequences are for the messages and the list of chats; give it one key.",
        )
    return " ".join(_named_one(part, action) for part in parts)


def _named_one(part: str, action: str) -> str:
    name = named(part)
    if name is None:
        *modifiers, last = part.lower().split("+")
        near = difflib.get_close_matches(last, KEY_NAMES, n=1)
        raise UsageError(
            f"there is no key {part!r} (of {action})",
            f"Did you mean {'+'.join([*modifiers, near[0]])}?"
            if near and near[0] != last
            else "hongyan keys --probe prints the names of keys.",
        )
    if name in _RESERVED:
        raise UsageError(f"{part!r} (of {action}) is not free", "It copies what is selected, and leaves.")
    return name


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
        count = whole(self._count or "1", 1)
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
