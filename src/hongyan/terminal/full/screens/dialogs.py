"""Small dialogs over the main screen: choose from a list, answer yes or no, write one line, pick from a menu.

They know nothing of chats. Each closes by Esc and by a click outside of it, and gives back what was chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Generic, NamedTuple, TypeVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from hongyan.model.display_text import clean, fit, pad
from hongyan.terminal.full.chats.fuzzy import Finder
from hongyan.terminal.full.chats.rowlist import RowList
from hongyan.terminal.full.keys.default_keys import BY_ID
from hongyan.terminal.full.screens.leaving import Leaves
from hongyan.terminal.full.strings.dialogs import DIALOGS
from hongyan.terminal.strings.language import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual import events
    from textual.app import ComposeResult

    from hongyan.terminal.full.context import ScreenContext

__all__ = ["Ask", "Choice", "Choose", "Confirm", "Dialog", "Menu", "marked"]

T = TypeVar("T")
R = TypeVar("R")
_SHOWN: Final = 500

Piece = tuple[str, str]


class Choice(NamedTuple, Generic[T]):
    """Something that can be chosen: how it is shown, with what details, and by what it is found."""

    value: T
    shown: str
    more: str = ""
    names: tuple[str, ...] = ()
    pinyin: tuple[str, ...] = ()


class Dialog(Leaves[R], ModalScreen[R], Generic[R], inherit_bindings=False):
    """A box in the middle of the screen with a title and a line of hints.

    The toolkit calls every handler of the class order, so ``on_...`` is defined here once and calls what a dialog defines:
    ``begin`` when it is there, ``pressed`` for a key, ``clicked`` for the mouse.
    """

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > Vertical { width: 72; max-width: 96%; height: auto; max-height: 94%; background: $background;
                        border: round $primary; padding: 0 1; }
    Dialog .hint { color: $text-muted; height: auto; }
    Dialog .title { text-style: bold; height: auto; }
    Dialog Input { border: none; height: 1; padding: 0; background: $panel; }
    Dialog Input:focus { border: none; }
    Dialog RowList { height: auto; max-height: 20; }
    """
    BINDINGS: ClassVar = [Binding("escape", "leave", show=False)]

    def __init__(self, context: ScreenContext) -> None:
        super().__init__()
        self.context = context

    def say(self, key: str, /, **values: object) -> str:
        """Return a sentence of the dialogs."""
        return say(DIALOGS, key, self.context.language, **values)

    def title_line(self, text: str) -> Static:
        """Return the line on top."""
        return Static(clean(text, newline="\n"), classes="title", markup=False)

    def hint_line(self, key: str, **values: object) -> Static:
        """Return the line at the bottom."""
        return Static(self.say(key, **values), classes="hint", markup=False)

    def begin(self) -> None:
        """Fill what was put together."""

    def pressed(self, key: str) -> bool:  # noqa: ARG002  # for those that know some
        """Run the action of a key; return whether it has one."""
        return False

    def clicked(self, event: events.Click) -> bool:  # noqa: ARG002  # as above
        """Run the action of a click; return whether it has one."""
        return False

    def action_leave(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    def on_mount(self) -> None:
        """Begin."""
        self.begin()

    def on_key(self, event: events.Key) -> None:
        """Let a key do one thing, and none after the dialog was left."""
        if self.has_left or self.pressed(event.key):
            event.stop()
            event.prevent_default()

    def on_click(self, event: events.Click) -> None:
        """Close by a click outside."""
        if not self.clicked(event) and event.widget is self:
            self.dismiss(None)


class _Filter(Input):
    """A field in which the blank may have another meaning."""

    def __init__(self, placeholder: str, *, blanks: bool) -> None:
        super().__init__(placeholder=placeholder, select_on_focus=False)
        self._blanks = blanks

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Whether a key is text here."""
        return (self._blanks or key != "space") and super().check_consume_key(key, character)


class Choose(Dialog["list[T] | None"], Generic[T]):
    """A list to choose from by typing; with ``several`` Space marks, and Enter gives back all that are marked."""

    BINDINGS: ClassVar = [Binding("space", "mark", show=False, priority=True)]

    def __init__(
        self, context: ScreenContext, title: str, choices: Iterable[Choice[T]], *, several: bool = False
    ) -> None:
        super().__init__(context)
        self._title = title
        self._choices = list(choices)
        self._several = several
        self._marked: set[int] = set()
        self._finder = Finder(
            (number, c.names or (c.shown,), c.pinyin) for number, c in enumerate(self._choices)
        )
        self._found = list(range(len(self._choices)))
        self._rows = RowList(self._draw, context.palette, empty=self.say("nothing"))

    def compose(self) -> ComposeResult:
        """Put title, filter and list together."""
        with Vertical():
            yield self.title_line(self._title)
            people = any(choice.pinyin for choice in self._choices)
            yield _Filter(self.say("filter-people" if people else "filter"), blanks=not self._several)
            yield self._rows
            yield self.hint_line("several-hint" if self._several else "choose-hint")

    def begin(self) -> None:
        """Fill the list."""
        self._show()
        self.query_one(Input).focus()

    def _show(self) -> None:
        self._rows.reset(len(self._found))
        self._rows.styles.height = min(max(len(self._found), 1), 20)

    def _draw(self, index: int, width: int) -> list[list[Piece]]:
        number = self._found[index]
        choice = self._choices[number]
        mark = self.context.palette.marks["marked"] if number in self._marked else " "
        gutter = self.context.palette.marks["selected"] if index == self._rows.selected else " "
        shown = fit(choice.shown, max(width * 2 // 3, 8))
        return [[(f"{gutter}{mark} ", "me"), (shown, ""), ("  ", ""), (choice.more, "notice")]]

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        self._found = [hit.item for hit in self._finder.find(event.value, _SHOWN)]
        self._show()

    def on_row_list_highlighted(self) -> None:
        """Show which row is selected without colour too."""
        self._rows.redraw()

    def on_row_list_chosen(self) -> None:
        """Take the selected one."""
        self._take()

    def on_input_submitted(self) -> None:
        """Take the selected one."""
        self._take()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  # as every screen has it
        """Leave the blank to the field where only one is chosen."""
        return self._several if action == "mark" else True

    def action_mark(self) -> None:
        """Mark the selected one, or no longer."""
        if self._found:
            self._marked ^= {self._found[self._rows.selected]}
            self._rows.redraw()

    def _take(self) -> None:
        selected = [self._found[self._rows.selected]] if self._found else []
        numbers = sorted(self._marked) if self._several and self._marked else selected
        self.dismiss([self._choices[number].value for number in numbers] if numbers else None)

    def pressed(self, key: str) -> bool:
        """Move in the list."""
        return self._rows.moved_by(key)


class Confirm(Dialog["bool | None"]):
    """A question to be answered by yes or no."""

    def __init__(self, context: ScreenContext, question: str) -> None:
        super().__init__(context)
        self._question = question

    def compose(self) -> ComposeResult:
        """Put the question and the keys together."""
        with Vertical():
            yield self.title_line(self._question)
            yield self.hint_line("confirm-hint")

    def pressed(self, key: str) -> bool:
        """Take the answer."""
        if key in {"y", "Y", "enter"}:
            self.dismiss(result=True)
        elif key in {"n", "N"}:
            self.dismiss(result=False)
        else:
            return False
        return True


class Ask(Dialog["str | None"]):
    """A question to be answered by one line."""

    def __init__(self, context: ScreenContext, question: str, value: str = "") -> None:
        super().__init__(context)
        self._question = question
        self._value = value

    def compose(self) -> ComposeResult:
        """Put the question and the field together."""
        with Vertical():
            yield self.title_line(self._question)
            yield Input(self._value, select_on_focus=False)
            yield self.hint_line("ask-hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the line."""
        self.dismiss(event.value)


class Menu(Dialog["str | None"]):
    """Actions at a place of the screen, to be chosen by key or mouse."""

    DEFAULT_CSS = """
    Menu { align: left top; background: $background 0%; }
    Menu > Vertical { width: auto; max-width: 60; }
    """

    def __init__(self, context: ScreenContext, actions: Sequence[str], x: int, y: int) -> None:
        super().__init__(context)
        self._actions = list(actions)
        self._place = (x, y)
        self._rows = RowList(self._draw, context.palette)

    def compose(self) -> ComposeResult:
        """Show the actions."""
        with Vertical():
            yield self._rows

    def begin(self) -> None:
        """Put the menu where it was asked for, whole on the screen."""
        box = self.query_one(Vertical)
        width, height = min(40, self.app.size.width), min(len(self._actions) + 2, self.app.size.height)
        self._rows.styles.width, self._rows.styles.height = width - 4, height - 2
        x = min(self._place[0], self.app.size.width - width)
        y = min(self._place[1], self.app.size.height - height)
        box.styles.offset = (max(x, 0), max(y, 0))
        self._rows.reset(len(self._actions))
        self._rows.focus()

    def _draw(self, index: int, width: int) -> list[list[Piece]]:
        action = self._actions[index]
        key = self.context.keys.shown(action)
        text = pad(BY_ID[action].label(self.context.language), max(width - 10, 4))
        gutter = self.context.palette.marks["selected"] if index == self._rows.selected else " "
        return [[(f"{gutter} ", "me"), (text, ""), (f" {key}", "notice")]]

    def on_row_list_highlighted(self) -> None:
        """Show which row is selected without colour too."""
        self._rows.redraw()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Give the action back."""
        self.dismiss(self._actions[event.index])

    def pressed(self, key: str) -> bool:
        """Move, choose, or press an action's own key."""
        if key in {"up", "down", "j", "k"}:
            self._rows.move(1 if key in {"down", "j"} else -1)
        elif key == "enter":
            self._rows.choose()
        else:
            own = next((a for a in self._actions if key in self.context.keys.list_of(a)), None)
            if own is None:
                return False
            self.dismiss(own)
        return True


def marked(text: str, at: Sequence[int], style: str = "") -> list[Piece]:
    """Return a text with the characters at some places in the style of a match."""
    places = set(at)
    return [(char, "match" if number in places else style) for number, char in enumerate(text)]
