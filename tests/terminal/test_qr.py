"""The QR code on the screen is the code, whatever the terminal looks like."""

from __future__ import annotations

import io
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyte
import pytest
import segno

from hongyan.terminal.qr import Style, draw, picture_file, style_for

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Theme:
    """What a terminal shows where nothing was said about colours (lightness 0 to 255)."""

    ink: int
    paper: int


LINK = "https://login.weixin.qq.com/l/4bLcd-Ijkl=="
THEMES = {"dark": Theme(ink=200, paper=10), "light": Theme(ink=20, paper=250)}
SIZES = [(80, 24), (40, 20), (120, 50)]


Colour = str
Modules = list[list[bool]]

_LIGHTNESS = {"000000": 0, "ffffff": 255, "black": 0, "white": 255}


def screen_of(text: str, columns: int, rows: int) -> pyte.Screen:
    """Return the screen after ``text`` was written to an empty terminal."""
    screen = pyte.Screen(columns, rows)
    screen.set_mode(pyte.modes.LNM)
    pyte.Stream(screen).feed(text)
    return screen


def dark_modules(screen: pyte.Screen, theme: Theme) -> Modules:
    """Rasterise the cells to two pixels each, cut to what is neither empty paper nor text, and return True for dark."""
    pixels: Modules = []
    for y in range(screen.lines):
        cells = [_pixels(screen.buffer[y][x], theme) for x in range(screen.columns)]
        pixels += [[upper for upper, _ in cells], [lower for _, lower in cells]]
    return pixels


def _pixels(cell: pyte.screens.Char, theme: Theme) -> tuple[bool, bool]:
    ink, paper = _lightness(cell.fg, theme.ink), _lightness(cell.bg, theme.paper)
    upper, lower = {" ": (paper, paper), "▀": (ink, paper), "▄": (paper, ink), "█": (ink, ink)}[cell.data]
    return upper < 128, lower < 128


def _lightness(colour: Colour, default: int) -> int:
    return default if colour == "default" else _LIGHTNESS[colour]


def expected_modules(text: str, quiet: int) -> Modules:
    """Return the code's modules as segno gives them, True for dark."""
    code = segno.make_qr(text, error="l", boost_error=True)
    return [[bool(module) for module in row] for row in code.matrix_iter(border=quiet)]


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("size", SIZES)
def test_the_screen_shows_the_modules_of_the_code(size: tuple[int, int], theme: Theme) -> None:
    """Cells drawn back to pixels give segno's own matrix, quiet zone included, in light and dark terminals."""
    drawing = draw(LINK, Style.COLOUR, free=size)
    assert drawing is not None
    screen = screen_of("\n".join(drawing.lines), *size)
    pixels = dark_modules(screen, theme)
    expected = expected_modules(LINK, drawing.quiet)
    side = len(expected)
    assert [row[:side] for row in pixels[:side]] == expected


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_last_half_row_is_light(theme: Theme) -> None:
    """An odd number of modules leaves half a cell over; it belongs to the quiet zone, not to the theme."""
    drawing = draw(LINK, Style.COLOUR)
    assert drawing is not None
    pixels = dark_modules(screen_of("\n".join(drawing.lines), drawing.columns, drawing.rows), theme)
    assert len(pixels) == drawing.columns + 1
    assert not any(pixels[-1])


def test_a_login_link_fits_a_classic_terminal() -> None:
    """The full quiet zone and four lines of text fit into 80 by 24, for the service and for an emulator."""
    for link in (LINK, "http://127.0.0.1:54321/l/4bLcd-Ijkl=="):
        drawing = draw(link, Style.COLOUR, free=(80, 20))
        assert drawing is not None
        assert drawing.quiet == 4


def test_the_quiet_zone_shrinks_before_the_code_is_given_up() -> None:
    """Two modules of light still scan; without room for these there is no drawing."""
    drawing = draw(LINK, Style.COLOUR, free=(34, 17))
    assert drawing is not None
    assert (drawing.quiet, drawing.columns, drawing.rows) == (2, 33, 17)
    assert draw(LINK, Style.COLOUR, free=(32, 17)) is None
    assert draw(LINK, Style.COLOUR, free=(33, 16)) is None


def test_without_colours_the_code_is_right_on_dark_screens() -> None:
    """Half blocks alone are light on dark, so only a dark theme shows the modules as they are."""
    drawing = draw(LINK, Style.MONO, free=(80, 20))
    assert drawing is not None
    assert not any("\x1b" in line for line in drawing.lines)
    pixels = dark_modules(screen_of("\n".join(drawing.lines), 80, 20), THEMES["dark"])
    side = drawing.columns
    assert [row[:side] for row in pixels[:side]] == expected_modules(LINK, drawing.quiet)


def test_a_pipe_gets_characters_that_can_be_read_back() -> None:
    """Two characters a module, ``##`` for dark, nothing beyond ASCII."""
    drawing = draw(LINK, Style.ASCII)
    assert drawing is not None
    read = [[line[at : at + 2] == "##" for at in range(0, len(line), 2)] for line in drawing.lines]
    assert read == expected_modules(LINK, drawing.quiet)
    assert all(line.isascii() for line in drawing.lines)


def test_the_style_follows_the_stream() -> None:
    """Colours on a terminal, none where the user or the terminal wants none, ASCII where no terminal is."""
    latin = _Terminal()
    latin.encoding = "iso-8859-1"
    assert style_for(_Terminal(), {"TERM": "xterm"}) is Style.COLOUR
    assert style_for(_Terminal(), {"TERM": "xterm", "NO_COLOR": "1"}) is Style.MONO
    assert style_for(_Terminal(), {"TERM": "dumb"}) is Style.MONO
    assert style_for(latin, {"TERM": "xterm"}) is Style.ASCII
    assert style_for(io.StringIO(), {"TERM": "xterm"}) is Style.ASCII


def test_the_picture_is_for_its_owner_alone(tmp_path: Path) -> None:
    """The PNG file has mode 0600, also where an older file with other rights stood before."""
    path = tmp_path / "login.png"
    path.write_bytes(b"old")
    path.chmod(0o644)
    picture_file(LINK, path)
    assert path.read_bytes().startswith(b"\x89PNG\r\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
