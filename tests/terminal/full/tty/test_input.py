"""What a terminal sends, byte by byte: keys, pastes with and without marks, reports, and what is none of these."""

from __future__ import annotations

import random

import pytest
from textual import events

from hongyan.terminal.full.tty.alt import teach_alt
from hongyan.terminal.full.tty.input import LONGEST_PASTE, Reader


def read(*pieces: str, pause: float = 0.0) -> list[str]:
    """Return what is read from pieces that come one after the other, and then nothing for long."""
    teach_alt()
    reader, found, now = Reader(), [], 100.0
    for piece in pieces:
        found += reader.feed(piece, now)
        now += pause
    found += reader.waited(0.05)
    found += reader.waited(5.0)
    assert not reader.waits
    return [_told(message) for message in found]


def _told(message: object) -> str:
    if isinstance(message, events.Key):
        return message.key
    if isinstance(message, events.Paste):
        return f"paste {message.text!r}"
    return type(message).__name__


@pytest.mark.parametrize("letter", "abcdefghijklmnopqrstuvwxyz0123456789")
def test_alt_with_a_letter_writes_nothing(letter: str) -> None:
    """Terminals send an escape before it."""
    teach_alt()
    (key,) = Reader().feed(f"\x1b{letter}", 1.0)
    assert isinstance(key, events.Key)
    assert key.character is None
    assert key.key in {f"alt+{letter}", "ctrl+left", "ctrl+right"}  # two of them are sent for arrows too


@pytest.mark.parametrize(
    "unknown",
    [
        *("\x1b[?62;22c", "\x1b]11;rgb:1c/1c/1c\x07", "\x1bP>|XTerm(390)\x1b\\", "\x1b_Gi=31;OK\x1b\\"),
        *("\x1b[999999999999;1u", "\x1b[55296;1;55296u", "\x1b[" + "1;" * 400 + "u", "\x1b[99z", "\x1b[?25u"),
        *("\x1b[<1;2", "\x1b]0;never ended", "\x1bPnever", "\x1b[", "\x1b[1;"),
    ],
)
def test_what_is_no_key_is_never_typed(unknown: str) -> None:
    """Neither reports nor what is damaged or cut; what follows is whole."""
    assert read(unknown) == []
    assert read(unknown, "\x1b[A", "x")[-2:] == ["up", "x"]


def test_an_escape_is_the_key_where_nothing_follows_or_a_control_character() -> None:
    """Also where a busy machine hands both over at once."""
    assert read("\x1b") == ["escape"]
    assert read("\x1b", "a", pause=0.2) == ["escape", "a"]
    assert read("\x1b\x0bmama") == ["escape", "ctrl+k", "m", "a", "m", "a"]
    assert read("\x1b\x1b") == ["escape", "escape"]
    assert read("\x1b\r") == ["alt+enter"]


def test_a_sequence_may_come_in_pieces() -> None:
    """From a slow line, a character at a time."""
    assert read(*"\x1b[1;5A", pause=0.03) == ["ctrl+up"]
    assert read(*"\x1b[200~a\rb\x1b[201~x", pause=0.03) == ["paste 'a\\nb'", "x"]


def test_several_lines_at_once_are_a_paste() -> None:
    """Terminals without marks send them so; what one person types in a line and ends by Enter is typed."""
    assert read("hello\r") == ["h", "e", "l", "l", "o", "enter"]
    assert read("one\rtwo\r") == ["paste 'one\\ntwo\\n'"]
    assert read("one\rtwo\r", "three\r") == ["paste 'one\\ntwo\\n'", "paste 'three\\n'"]


def test_a_paste_is_text_and_nothing_else() -> None:
    """No sequence in it acts; one that never ends is what came; one that is too long is cut."""
    assert read("\x1b[200~a\x1b[A\x03b\x1b[201~") == ["paste 'a[Ab'"]
    assert read("\x1b[200~never") == ["paste 'never'"]
    long = "x" * (LONGEST_PASTE + 5000)
    (paste,) = Reader().feed(f"\x1b[200~{long}\x1b[201~", 1.0)
    assert isinstance(paste, events.Paste)
    assert len(paste.text) == LONGEST_PASTE


@pytest.mark.parametrize("seed", range(200))
def test_any_text_is_read_to_its_end(seed: int) -> None:
    """Nothing is raised, nothing waits for ever, and no key writes half a character."""
    chance = random.Random(seed)
    parts = [
        "\x1b",
        "[",
        "<",
        "200~",
        "201~",
        "u",
        "M",
        ";",
        "9" * 40,
        "\x1bP",
        "\x1b\\",
        "\x00",
        "\ud800",
        "好",
        "O",
    ]
    pieces = ["".join(chance.choices(parts, k=chance.randint(1, 12))) for _ in range(20)]
    read(*pieces, pause=chance.choice([0.0, 0.2]))
