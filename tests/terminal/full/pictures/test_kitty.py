"""Pictures that the terminal draws itself: what is written to it, judged by a small terminal that understands it."""

from __future__ import annotations

import io
import re
from base64 import b64decode
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from hongyan.terminal.full.pictures import gallery
from hongyan.terminal.full.pictures.draw import Mode
from hongyan.terminal.full.pictures.kitty import PLACEHOLDER, Kitty, most_cells
from hongyan.terminal.full.tty.column_sync import exact

from ..conftest import seen, until
from .test_draw import pictures

if TYPE_CHECKING:
    from rich.segment import Segment

    from ..conftest import Stage

_SEQUENCE = re.compile(r"\x1b_G(?P<keys>[^;\x1b]*)(?:;(?P<data>[^\x1b]*))?\x1b\\")
_PASSED = re.compile(r"\x1bPtmux;(?P<inner>(?:\x1b\x1b|[^\x1b])*)\x1b\\")


class Terminal:
    """Holds what it is sent as kitty does: pictures by their numbers, and how many cells each fills."""

    def __init__(self, *, in_tmux: bool = False) -> None:
        self.pictures: dict[int, bytes] = {}
        self.placed: dict[int, tuple[int, int]] = {}
        self._in_tmux = in_tmux
        self._coming: tuple[int, str] = (0, "")

    def write(self, data: str) -> None:
        """Take one write, which is made of whole sequences and nothing else."""
        if self._in_tmux:
            assert _PASSED.sub("", data) == ""
            data = "".join(m["inner"].replace("\x1b\x1b", "\x1b") for m in _PASSED.finditer(data))
        assert _SEQUENCE.sub("", data) == ""
        for found in _SEQUENCE.finditer(data):
            keys = dict(part.split("=") for part in found["keys"].split(","))
            self._obey(keys, found["data"] or "")

    def _obey(self, keys: dict[str, str], data: str) -> None:
        number = int(keys.get("i", 0))
        assert len(data) <= 4096
        match keys.get("a", "more"):
            case "t" | "more":
                assert number == 0 or (keys["f"], keys["q"]) == ("100", "2")
                number, so_far = (number, "") if number else self._coming
                self._coming = (number, so_far + data)
                if keys["m"] == "0":
                    self.pictures[number] = b64decode(self._coming[1])
            case "p":
                assert (keys["U"], keys["q"]) == ("1", "2")
                self.placed[number] = (int(keys["c"]), int(keys["r"]))
            case "d":
                assert keys["d"] == "I"
                del self.pictures[number], self.placed[number]


def read(rows: list[list[Segment]]) -> tuple[int, list[list[tuple[int, int]]]]:
    """Return the number that placeholders spell, and the row and column of the picture that each stands for."""
    marks = "".join(chr(code) for code in (0x305, 0x30D, 0x30E, 0x310, 0x312, 0x33D, 0x33E, 0x33F))
    numbers, cells = set(), []
    for row in rows:
        (segment,) = row
        assert segment.style is not None
        assert segment.style.color is not None
        red, green, blue = segment.style.color.get_truecolor()
        numbers.add(red << 16 | green << 8 | blue)
        graphemes = re.findall(f"{PLACEHOLDER}(.)(.)", segment.text)
        assert len(graphemes) * 3 == len(segment.text)
        cells.append([(marks.index(a), marks.index(b)) for a, b in graphemes])
    (number,) = numbers
    return number, cells


def png(width: int, height: int) -> bytes:
    """Return a picture that does not become small."""
    file = io.BytesIO()
    Image.effect_noise((width, height), 80).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("in_tmux", [False, True])
def test_a_picture_arrives_and_every_cell_knows_its_place(*, in_tmux: bool) -> None:
    """In pieces, past tmux too, under a number that the colour of its cells spells."""
    terminal = Terminal(in_tmux=in_tmux)
    kitty = Kitty(terminal.write, in_tmux=in_tmux)
    content = png(200, 150)
    assert len(content) > 3 * 4096
    number, rows = kitty.show(content, 8, 3)
    assert terminal.pictures == {number: content}
    assert terminal.placed == {number: (8, 3)}
    assert read(rows) == (number, [[(row, column) for column in range(8)] for row in range(3)])
    assert [segment.cell_length for row in rows for segment in row] == [8, 8, 8]


def test_pictures_are_freed_one_by_one_and_all_together() -> None:
    """And nothing is freed twice."""
    terminal = Terminal()
    kitty = Kitty(terminal.write)
    numbers = [kitty.show(png(4, 4), 2, 1)[0] for _ in range(3)]
    assert len(set(numbers)) == 3
    kitty.forget(numbers[1])
    kitty.forget(numbers[1])
    assert set(terminal.pictures) == {numbers[0], numbers[2]}
    kitty.close()
    assert terminal.pictures == {}


def test_there_are_marks_for_large_screens_only_so_far() -> None:
    """More columns than that are not asked for."""
    assert most_cells(1000, 60) == (297, 60)


def test_the_marks_are_those_that_others_use() -> None:
    """All of them, in their order."""
    theirs = pytest.importorskip("textual_image.renderable.tgp")
    _, rows = Kitty(lambda _: None).show(b"", len(theirs._NUMBER_TO_DIACRITIC), 1)
    text = rows[0][0].text
    assert [ord(char) for char in text[2::3]] == theirs._NUMBER_TO_DIACRITIC


def test_placeholders_are_written_as_they_are() -> None:
    """The cursor is not set anew behind each: a terminal that draws them knows their width."""
    _, rows = Kitty(lambda _: None).show(b"", 4, 1)
    line = f"\x1b[3;5H{rows[0][0].text}好"
    assert exact(line) == line


async def test_the_history_and_the_viewer_hand_pictures_to_the_terminal(stage: Stage) -> None:
    """Each is held while it may be shown, sent again when the screen is drawn anew, and freed at the end."""
    await pictures(stage)
    terminal = Terminal()
    app = stage.screen(pictures="kitty")
    app.context.painter.kitty = Kitty(terminal.write)
    app.context.painter.mode = Mode.KITTY
    app.main.history.relayout(app.main.conversation.bubble_layout())
    async with app.run_test(notifications=True, size=(100, 40)) as pilot:
        await pilot.pause()
        app.main.open_chat(stage.account.find("老王"), focus="messages")
        await until(pilot, lambda: len(terminal.pictures) == 2 and seen(app, PLACEHOLDER))
        await until(pilot, lambda: seen(app, "不是图片"))
        before = set(terminal.pictures)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: len(terminal.pictures) == 2 and not before & set(terminal.pictures))
        await pilot.press("G", "enter")
        await until(pilot, lambda: app.screen is not app.main and seen(app, PLACEHOLDER))
        assert len(terminal.pictures) == 3
        await pilot.press("escape")
        await until(pilot, lambda: len(terminal.pictures) == 2)
    assert terminal.pictures == {}


async def test_pictures_long_out_of_sight_are_freed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal holds no more than the program remembers; what is looked at again is drawn again."""
    monkeypatch.setattr(gallery, "_HELD_CELLS", 1)
    await pictures(stage)
    terminal = Terminal()
    app = stage.screen(pictures="kitty")
    app.context.painter.kitty = Kitty(terminal.write)
    app.context.painter.mode = Mode.KITTY
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.pause()
        sent = [set[int]()]
        for number in (1, 3, 1):
            app.main.gallery._begin(app.main.history, stage.folder / "media" / f"{number}.png", 8, 3)
            await until(pilot, lambda: len(terminal.pictures) == 1 and not sent[-1] & set(terminal.pictures))
            sent.append(set(terminal.pictures))
