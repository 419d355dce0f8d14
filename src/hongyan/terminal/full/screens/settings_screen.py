"""Change settings and keys on the screen; a change takes effect at once and is saved in the person's own file."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from textual.containers import Vertical
from textual.widgets import Input, Static

from hongyan.errors import UsageError
from hongyan.model.display_text import clean, column, fit, pad
from hongyan.terminal.full.chats.fuzzy import Finder
from hongyan.terminal.full.chats.rowlist import RowList
from hongyan.terminal.full.keys.conflict_text import conflict_text
from hongyan.terminal.full.keys.default_keys import ACTIONS, BY_ID
from hongyan.terminal.full.keys.keymap import load_keys
from hongyan.terminal.full.keys.keynames import written
from hongyan.terminal.full.screens.dialogs import Ask, Choice, Choose, Dialog
from hongyan.terminal.full.settings.settings import NotifySettings, TerminalSettings
from hongyan.terminal.full.settings.settings_file import change
from hongyan.terminal.full.strings.settings import SETTINGS
from hongyan.terminal.strings.language import say

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from hongyan.terminal.full.context import ScreenContext
    from hongyan.terminal.full.keys.keymap import Conflict

__all__ = ["KeysScreen", "SettingsScreen", "fields"]

_AT_START: Final = frozenset({"language", "mouse", "pictures", "emoji", "recalled", "times", "picture_size"})

Piece = tuple[str, str]


def fields() -> dict[str, Any]:
    """Return every setting by its dotted name below ``terminal``, with its type."""
    found: dict[str, Any] = {}
    for name, kind in get_type_hints(TerminalSettings).items():
        if kind is NotifySettings:
            found |= {f"notify.{sub}": hint for sub, hint in get_type_hints(NotifySettings).items()}
        elif name != "keymap":
            found[name] = kind
    return found


class _Searched(Dialog[None]):
    """A list with a field that narrows it."""

    DEFAULT_CSS = """
    _Searched > Vertical { width: 96%; max-width: 110; height: 90%; }
    _Searched RowList { height: 1fr; max-height: 100%; }
    """

    def __init__(self, context: ScreenContext, title: str) -> None:
        super().__init__(context)
        self._title = title
        self._found: list[str] = []
        self.list = RowList(self._draw, context.palette, empty=self.say("nothing"), opens_at_once=False)

    def hint(self) -> str:
        """Return the line at the bottom."""
        raise NotImplementedError

    def finder(self) -> Finder[str]:
        """Return what is looked through."""
        raise NotImplementedError

    def _draw(self, index: int, width: int) -> list[list[Piece]]:
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Put field, list and hint together."""
        with Vertical():
            yield self.title_line(self._title)
            yield Input(select_on_focus=False, placeholder=self.say("filter"))
            yield self.list
            yield Static("", id="said", markup=False)
            yield Static(self.hint(), classes="hint", markup=False)

    def begin(self) -> None:
        """Show all."""
        self.query_one(Input).focus()
        self._look("")

    def _look(self, typed: str) -> None:
        self._found = [hit.item for hit in self.finder().find(typed, 500)]
        self.list.reset(len(self._found))

    def say_here(self, text: str) -> None:
        """Show a message in the dialog itself."""
        self.query_one("#said", Static).update(clean(text, newline=" "))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        self._look(event.value)

    def on_row_list_highlighted(self) -> None:
        """Show which row is selected without colour too."""
        self.list.redraw()

    def sign(self, index: int) -> Piece:
        """Return the sign of the selected row."""
        return (f"{self.context.palette.marks['selected'] if index == self.list.selected else ' '} ", "me")

    @property
    def chosen(self) -> str | None:
        """The name of the selected row."""
        at = self.list.selected
        return self._found[at] if 0 <= at < len(self._found) else None

    def pressed(self, key: str) -> bool:
        """Move in the list."""
        return self.list.moved_by(key)


class SettingsScreen(_Searched):
    """Every setting of the full screen with its value."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__(context, "")
        self._title = self.say("settings-title")
        self._fields = fields()

    def hint(self) -> str:
        """Return what the keys do, and where changes are saved."""
        return self.say("settings-hint", path=clean(str(self.context.place.settings_file)))

    def finder(self) -> Finder[str]:
        """Look through the names and what they mean."""
        return Finder((name, (name, self._meaning(name)), ()) for name in self._fields)

    def _meaning(self, name: str) -> str:
        return say(SETTINGS, name, self.context.language)

    def _value(self, name: str) -> Any:
        table: Any = self.context.settings
        for part in name.split("."):
            table = getattr(table, part)
        return table

    def _draw(self, index: int, width: int) -> list[list[Piece]]:
        name = self._found[index]
        shown = clean(msgspec.json.encode(self._value(name)).decode(), newline=" ")
        room = max(width - 60, 20)
        value = (pad(fit(shown, room), room + 1), "")
        return [[self.sign(index), (column(name, 16), "title"), value, (self._meaning(name), "notice")]]

    def on_input_submitted(self) -> None:
        """Change the selected one."""
        if self.chosen is not None:
            self.context.ask(self._change(self.chosen), "change a setting")

    def on_row_list_chosen(self) -> None:
        """Change the one that was clicked twice."""
        self.on_input_submitted()

    async def _change(self, name: str) -> None:
        kind, value = self._fields[name], self._value(name)
        if isinstance(value, bool):
            new: Any = not value
        elif (choices := self._choices(name, kind)) is not None:
            chosen = await self.context.push(
                Choose(self.context, name, [Choice(c, c or '""') for c in choices])
            )
            if not chosen:
                return
            new = chosen[0]
        else:
            text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
            answer = await self.context.push(Ask(self.context, self.say("new-value", name=name), text))
            if answer is None:
                return
            new = answer
        try:
            self._take(name, kind, new)
        except (UsageError, msgspec.MsgspecError, ValueError) as problem:
            self.say_here(self.say("wrong-value", why=problem))

    def _choices(self, name: str, kind: Any) -> list[str] | None:
        if name == "theme":
            return self.context.themes.names()
        return [str(choice) for choice in get_args(kind)] if get_origin(kind) is Literal else None

    def _take(self, name: str, kind: Any, new: Any) -> None:
        """Check a value, let it count, and keep it."""
        value = _read(kind, new)
        values = msgspec.to_builtins(self.context.settings)
        table = values
        *tables, last = name.split(".")
        for part in tables:
            table = table[part]
        table[last] = msgspec.to_builtins(value)
        settings = msgspec.convert(values, TerminalSettings)
        top = name.split(".", maxsplit=1)[0]
        change(self.context.place.settings_file, {f"terminal.{name}": msgspec.to_builtins(value)})
        self.context.change(**{top: getattr(settings, top)})
        self.list.take(self.context.palette)
        self.say_here(self.say("restart") if top in _AT_START else self._wrong_keys(top))

    def _wrong_keys(self, changed: str) -> str:
        """Return what a person's own keys clash with under another preset, empty where they do not."""
        wrong = self.context.keys.conflicts() if changed in {"keys", "send_key"} else []
        return conflict_text(wrong[0], self.context.language) if wrong else ""


def _read(kind: Any, new: Any) -> Any:
    """Return a typed value in the form of its type; a value that is not a text is written as JSON."""
    if not isinstance(new, str) or kind is str or get_origin(kind) in {Literal, Union, types.UnionType}:
        return msgspec.convert(new, kind)
    return msgspec.json.decode(new.encode(), type=kind)


class KeysScreen(_Searched):
    """Every action with its keys; Enter, then the new key."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__(context, "")
        self._title = self.say("keys-title")
        self._waiting: str | None = None

    @property
    def wants_any_key(self) -> bool:
        """Whether any key is to be the new one of an action, whatever it means elsewhere."""
        return self._waiting is not None

    def hint(self) -> str:
        """Return what the keys do."""
        return self.say("change-keys")

    def finder(self) -> Finder[str]:
        """Look through what actions do, their ids and their keys."""
        language = self.context.language
        return Finder(
            (a.id, (a.label(language), a.id, *self.context.keys.list_of(a.id)), ()) for a in ACTIONS
        )

    def _draw(self, index: int, width: int) -> list[list[Piece]]:
        action = BY_ID[self._found[index]]
        keys = "  ".join(map(written, self.context.keys.list_of(action.id)))
        text = pad(action.label(self.context.language), max(width - 50, 12))
        return [[self.sign(index), (text, ""), (pad(f" {keys}", 20), "link"), (action.id, "time")]]

    def on_input_submitted(self) -> None:
        """Wait for the new key."""
        self._waiting = self.chosen
        if self._waiting is not None:
            self.say_here(self.say("press-key", what=BY_ID[self._waiting].label(self.context.language)))
            self.list.focus()

    def on_row_list_chosen(self) -> None:
        """Wait for the new key."""
        self.on_input_submitted()

    def pressed(self, key: str) -> bool:
        """Take a key, or move."""
        if self._waiting is not None:
            action, self._waiting = self._waiting, None
            if key != "escape":
                self._set(action, key)
            else:
                self.say_here("")
            self.query_one(Input).focus()
        elif key == "delete" and self.chosen is not None and self._at_end():
            self._set(self.chosen, None)
        else:
            return super().pressed(key)
        return True

    def _at_end(self) -> bool:
        """Whether there is nothing that Del would delete in the field."""
        field = self.query_one(Input)
        return field.cursor_position >= len(field.value)

    def action_leave(self) -> None:
        """Close, but where a key is waited for only give that up."""
        if self._waiting is not None:
            self._waiting = None
            self.say_here("")
        else:
            self.dismiss(None)

    def _set(self, action: str, key: str | None) -> None:
        keymap = {name: keys for name, keys in self.context.settings.keymap.items() if name != action}
        if key is not None:
            keymap[action] = key
        try:
            keys = load_keys(msgspec.structs.replace(self.context.settings, keymap=keymap))
            mine = [conflict for conflict in keys.conflicts() if action in conflict.ids]
            if mine and mine[0].grave:
                self.say_here(self._conflict_text(mine[0], action))
                return
            change(self.context.place.settings_file, {f"terminal.keymap.{action}": key})
        except UsageError as problem:
            self.say_here(self.say("wrong-value", why=problem))
            return
        self.context.change(keymap=keymap)
        self.list.redraw()
        self.say_here(self._conflict_text(mine[0], action) if mine else "")

    def _conflict_text(self, conflict: Conflict, action: str) -> str:
        """Return what is wrong with a new key: which action has it already, if any."""
        language = self.context.language
        other = next((i for i in conflict.ids if i != action), None)
        if other is None:
            return conflict_text(conflict, language)
        return self.say("key-taken", key=written(conflict.key), what=BY_ID[other].label(language))
