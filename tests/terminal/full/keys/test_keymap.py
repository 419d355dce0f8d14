"""The key map as values: presets, a person's changes, conflicts, sequences and counts."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.keys import _character_to_key

from hongyan.errors import UsageError
from hongyan.terminal.full.keys.default_keys import ACTIONS, BY_ID, CONTEXTS
from hongyan.terminal.full.keys.keymap import PRESETS, KeyMap, Sequences, checked_keys, load_keys
from hongyan.terminal.full.keys.keynames import PUNCTUATION, named, sendable, written
from hongyan.terminal.full.settings.settings import TerminalSettings
from hongyan.terminal.strings.language import Language

if TYPE_CHECKING:
    from collections.abc import Sequence


SPECIFIED = {
    "app": """app.help f1|app.key-sheet ?|chat.go-to Ctrl+K|app.palette Ctrl+P|app.jump Ctrl+O|chat.next-unread Alt+A
        |chat.previous-unread Alt+Z|chat.1 Alt+1|chat.9 Alt+9|chat.previous Alt+Up|chat.next Alt+Down|pane.next Tab
        |pane.next F6|pane.previous Shift+Tab|app.members F2|app.accounts F3|app.card F5|app.log F9|app.requests Ctrl+G
        |search.chat Ctrl+F|search.all Ctrl+Shift+F|app.redraw Ctrl+L|app.toggle-list Ctrl+B|app.quit Ctrl+Q""",
    "entry": """entry.send Enter|entry.newline Alt+Enter|entry.select-last Up|entry.earlier Ctrl+Up|entry.faces Ctrl+S
        |entry.file Ctrl+T|entry.paste Ctrl+V|entry.editor F4|entry.editor Alt+E|entry.undo Ctrl+_|entry.redo Ctrl+Y
        |entry.line-start Ctrl+A|entry.line-end Ctrl+E|entry.kill-line-start Ctrl+U|entry.kill-word Ctrl+W
        |entry.word-left Alt+B|entry.word-right Alt+F|entry.kill-word-right Alt+D|entry.kill-line-end Alt+K
        |entry.leave Esc""",
    "messages": """messages.up k|messages.up Up|messages.down j|messages.page-up PgUp|messages.page-down PgDn
        |messages.first g|messages.first Home|messages.last G|messages.last End|messages.day-previous {
        |messages.day-next }|messages.unread-line '|messages.open Enter|messages.open o|messages.links O
        |messages.reply r|messages.reply-privately R|messages.forward f|messages.mark Space|messages.copy y
        |messages.paste-marked p|messages.recall d|messages.hide D|messages.save s|messages.save-as S|messages.play v
        |messages.faster >|messages.slower <|messages.details .|messages.raw x|messages.favourite *
        |messages.to-entry i|messages.to-entry a|messages.next-unread u""",
    "list": """list.open Enter|list.open l|list.pin P|list.mute M|list.archive A|list.toggle-read U|list.close X
        |list.new-group N|list.contacts c|list.tab-1 1|list.tab-4 4|list.next-unread u""",
}
"""Where each key of the default map stands by its specification."""


def keys_for(**settings: object) -> KeyMap:
    """Return the keys of settings."""
    return load_keys(TerminalSettings(**settings))  # type: ignore[arg-type]  # checked by the struct


@pytest.mark.parametrize("context", CONTEXTS)
def test_every_key_that_is_promised_does_what_is_promised(context: str) -> None:
    """Each by its name in the default map, in its context."""
    keys = keys_for()
    for row in SPECIFIED[context].split("|"):
        action, key = row.split()
        assert keys.action(context, named(key) or "") == action
    assert "vertical_line" in keys.list_of("messages.pipe")


@pytest.mark.parametrize("send_key", ["enter", "alt+enter", "ctrl+x"])
@pytest.mark.parametrize("preset", PRESETS)
def test_no_preset_is_at_odds_with_itself(preset: str, send_key: str) -> None:
    """However messages are sent, and plain terminals can send a key for everything that has one."""
    assert keys_for(keys=preset, send_key=send_key).conflicts() == []


def test_presets_name_actions_and_keys_as_the_toolkit_does() -> None:
    """A key under another name would never be pressed."""
    texts = [(a.id, a.keys) for a in ACTIONS]
    texts += [row for preset in PRESETS.values() for row in preset.items()]
    for action, text in texts:
        assert action in BY_ID
        for key in filter(None, text.split(",")):
            assert [named(part) for part in key.split(" ")] == key.split(" ")


def test_every_action_is_told_in_three_languages() -> None:
    """In words of that language; an id stands once."""
    assert len(BY_ID) == len(ACTIONS)
    for action in ACTIONS:
        zh, en = action.label(Language.ZH), action.label(Language.EN)
        assert zh
        assert en
        assert not en.isascii() or en != zh
        assert action.label(Language.ZH_TW)
        assert any("\u4e00" <= char <= "\u9fff" for char in action.zh_tw)


@pytest.mark.parametrize(
    ("typed", "name", "shown"),
    [
        ("Ctrl+K", "ctrl+k", "Ctrl+K"),
        ("control+k", "ctrl+k", "Ctrl+K"),
        ("shift+ctrl+f", "ctrl+shift+f", "Ctrl+Shift+F"),
        ("Alt+A", "alt+a", "Alt+A"),
        ("alt+shift+a", "alt+shift+a", "Alt+Shift+A"),
        ("option+a", "alt+a", "Alt+A"),
        ("alt+comma", "alt+comma", "Alt+,"),
        ("?", "question_mark", "?"),
        ("Ctrl++", "ctrl+plus", "Ctrl++"),
        ("+", "plus", "+"),
        ("PgUp", "pageup", "PgUp"),
        ("esc", "escape", "Esc"),
        ("Space", "space", "Space"),
        ("K", "K", "K"),
        ("shift+k", "K", "K"),
        ("F12", "f12", "F12"),
        ("shift+tab", "shift+tab", "Shift+Tab"),
        ("好", "好", "好"),
    ],
)
def test_keys_are_understood_as_people_write_them(typed: str, name: str, shown: str) -> None:
    """And shown so again."""
    assert named(typed) == name
    assert written(name) == shown
    assert named(shown) == name


@pytest.mark.parametrize("typed", ["", "ctrl+", "hyper+k", "f25", "shift+slash", "pgupp", "ctrl+k+l"])
def test_what_is_no_key_is_none(typed: str) -> None:
    """Nothing is guessed."""
    assert named(typed) is None


def test_the_signs_are_called_as_the_toolkit_calls_them() -> None:
    """Otherwise a key of the settings would never be pressed."""
    assert {char: name for name, char in PUNCTUATION.items()} == {
        char: _character_to_key(char) for char in string.punctuation
    }


@given(st.text(max_size=12))
def test_a_name_that_was_found_stays(typed: str) -> None:
    """Whatever is typed: no error, and a name is its own name."""
    name = named(typed)
    assert name is None or named(name) == name


@pytest.mark.parametrize(
    "key", ["ctrl+enter", "ctrl+shift+f", "ctrl+i", "ctrl+m", "ctrl+j", "ctrl+1", "alt+ctrl+k", "alt+b"]
)
def test_what_plain_terminals_cannot_tell_is_known(key: str) -> None:
    """And is warned of where it is an action's only key."""
    assert not sendable(key)
    keys = keys_for(keymap={"app.log": key})
    assert [(c.kind, c.grave) for c in keys.conflicts() if c.kind == "unsendable"] == [("unsendable", False)]
    more = keys_for(keymap={"app.log": f"{key},f9"})
    assert "unsendable" not in [c.kind for c in more.conflicts()]


@pytest.mark.parametrize(
    ("keymap", "advice"),
    [
        ({"chat.next-unraed": "alt+q"}, "Did you mean chat.next-unread?"),
        ({"nonsense": "alt+q"}, "hongyan keys lists them."),
        ({"app.log": "ctrl+pageupp"}, "Did you mean ctrl+pageup?"),
        ({"app.log": "hyper+%%"}, "hongyan keys --probe prints the names of keys."),
        ({"app.log": "ctrl+c"}, "It copies what is selected, and leaves."),
        (
            {"entry.undo": "ctrl+x u"},
            "Sequences are for the messages and the list of chats; give it one key.",
        ),
    ],
)
def test_what_cannot_be_is_told_with_what_could(keymap: dict[str, str], advice: str) -> None:
    """And the rest of the map stands where only that is left out."""
    with pytest.raises(UsageError) as told:
        keys_for(keymap=keymap)
    assert told.value.advice == advice
    keys, problems = checked_keys(TerminalSettings(keymap={**keymap, "app.stats": "F11"}))
    assert [problem.advice for problem in problems] == [advice]
    assert keys.keys("app.stats") == "f11"
    assert keys.keys("app.log") == "f9"


@pytest.mark.parametrize(
    ("keymap", "kind", "key", "ids"),
    [
        ({"messages.raw": "y"}, "twice", "y", ("messages.copy", "messages.raw")),
        ({"messages.raw": "g x"}, "twice", "g", ("messages.first", "messages.raw")),
        ({"list.pin": "ctrl+l"}, "shadowed", "ctrl+l", ("list.pin", "app.redraw")),
        ({"chat.next": "down"}, "shadowed", "down", ("messages.down", "chat.next")),
        ({"list.pin": "?"}, "shadowed", "question_mark", ("list.pin", "app.key-sheet")),
        ({"list.pin": "ctrl+k p"}, "shadowed", "ctrl+k p", ("list.pin", "chat.go-to")),
        ({"entry.send": "q"}, "writes", "q", ("entry.send",)),
    ],
)
def test_conflicts_are_found(keymap: dict[str, str], kind: str, key: str, ids: Sequence[str]) -> None:
    """With both actions."""
    found = keys_for(keymap=keymap).conflicts()
    assert (kind, key, tuple(ids)) in [(c.kind, c.key, c.ids) for c in found]
    assert all(conflict.grave for conflict in found)


def test_a_sign_that_acts_everywhere_is_no_conflict_with_being_written() -> None:
    """The question mark shows the keys outside of the entry."""
    assert keys_for(keymap={"app.palette": ":"}).conflicts() == []


def test_changes_take_the_place_of_the_preset() -> None:
    """An empty text takes all keys away."""
    keys = keys_for(keys="vim", keymap={"messages.recall": "Ctrl+D", "chat.go-to": ""})
    assert keys.keys("messages.recall") == "ctrl+d"
    assert keys.shown("messages.recall") == "Ctrl+D"
    assert keys.shown("chat.go-to") == ""
    assert keys.shown("messages.first") == "g g"
    assert keys.action("messages", "D") == "messages.hide"


def typed(keys: KeyMap, text: str, context: str = "messages") -> list[tuple[str, int]]:
    """Return what typed keys do."""
    matcher = Sequences(keys, context)
    return [found for key in text.split() if (found := matcher.feed(key)) is not None]


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("4 j", [("messages.down", 4)]),
        ("1 2 k j", [("messages.up", 12), ("messages.down", 1)]),
        ("d d", [("messages.recall", 1)]),
        ("3 d d j", [("messages.recall", 3), ("messages.down", 1)]),
        ("d j", [("messages.down", 1)]),
        ("d y y", [("messages.copy", 1)]),
        ("g g", [("messages.first", 1)]),
        ("2 escape j", [("messages.down", 1)]),
        ("0 j", [("messages.down", 1)]),
        ("1 0 j", [("messages.down", 10)]),
        ("9 9 9 9 9 j", [("messages.down", 9999)]),
    ],
)
def test_sequences_and_counts(text: str, done: list[tuple[str, int]]) -> None:
    """As in vi: what does not go on is given up, and the key counts by itself."""
    assert typed(keys_for(keys="vim"), text) == done


def test_digits_that_are_keys_are_no_counts() -> None:
    """In the list of chats they are the tabs."""
    assert typed(keys_for(), "2 6 j", "list") == [("list.tab-2", 1), ("list.down", 6)]


def test_what_is_waited_for_is_told() -> None:
    """Until it is known."""
    matcher = Sequences(keys_for(keys="vim"), "messages")
    assert matcher.feed("3") is None
    assert matcher.feed("d") is None
    assert matcher.pending == "3d"
    assert matcher.feed("d") == ("messages.recall", 3)
    assert matcher.pending == ""


@given(st.lists(st.sampled_from(["d", "g", "y", "j", "3", "0", "escape", "x", "G", "enter"]), max_size=12))
def test_whatever_is_typed_an_action_that_needs_one_key_is_always_reached(keys: list[str]) -> None:
    """No sequence can lock a person in."""
    matcher = Sequences(keys_for(keys="vim"), "messages")
    for key in keys:
        matcher.feed(key)
    found = matcher.feed("k")
    assert found is not None
    assert found[0] == "messages.up"
    assert matcher.pending == ""


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_have_no_conflicts(preset: str) -> None:
    """And every key that an action needs can be sent by a plain terminal."""
    assert load_keys(TerminalSettings(keys=preset)).conflicts() == []  # type: ignore[arg-type]  # its values are those


@pytest.mark.parametrize(
    ("keymap", "told"),
    [
        ({"chat.nxt-unread": "a"}, "Did you mean chat.next-unread?"),
        ({"app.quit": "ctrl+escap"}, "Did you mean ctrl+escape?"),
        ({"app.quit": "hyper+q"}, "hongyan keys --probe"),
    ],
)
def test_a_wrong_key_map_is_refused_with_the_nearest(keymap: dict[str, str], told: str) -> None:
    """For actions and for keys."""
    with pytest.raises(UsageError) as caught:
        load_keys(TerminalSettings(keymap=keymap))
    assert told in caught.value.advice


def test_sequences_and_counts_are_followed() -> None:
    """A number before, a sequence after its beginning, a wrong second key is looked at by itself."""
    keys = Sequences(KeyMap({"messages.recall": "d d", "messages.hide": ""}), "messages")
    assert [keys.feed(k) for k in "12j"] == [None, None, ("messages.down", 12)]
    assert [keys.feed(k) for k in "dd"] == [None, ("messages.recall", 1)]
    assert [keys.feed(k) for k in "dy"] == [None, ("messages.copy", 1)]
    assert keys.feed("d") is None
    assert keys.pending == "d"
