"""Pictures: hostile files are values, cells keep their room, the viewer walks through a chat."""

from __future__ import annotations

import struct
import warnings
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from hongyan.model.ids import MsgId, Seq
from hongyan.model.media_files import MediaFile, Verified
from hongyan.model.messages import Picture
from hongyan.terminal.full.pictures.draw import (
    Drawn,
    Mode,
    UnreadablePicture,
    draw,
    mode_for,
    open_safely,
    png_of,
    shape,
)
from hongyan.terminal.strings.language import Language

from ..conftest import NOW, name, seen, until

if TYPE_CHECKING:
    from pathlib import Path

    from rich.segment import Segment

    from ..conftest import Stage


@given(st.integers(1, 20_000), st.integers(1, 20_000), st.integers(1, 200), st.integers(1, 60))
def test_a_picture_stays_within_its_room(width: int, height: int, columns: int, rows: int) -> None:
    """And is never nothing."""
    across, down = shape(width, height, columns, rows)
    assert 1 <= across <= columns
    assert 1 <= down <= rows


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "CMYK", "I;16", "LA"])
def test_every_sort_of_pixels_is_drawn(tmp_path: Path, mode: str) -> None:
    """In as many cells as were asked for at most."""
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    Image.new(mode, (64, 48)).save(path)
    drawn = draw(path, 20, 10, (0, 0, 0))
    assert isinstance(drawn, Drawn)
    assert drawn.size == (64, 48)
    assert len(drawn.rows) <= 10
    assert {sum(s.cell_length for s in row) for row in drawn.rows} == {20}


def test_what_shines_through_is_the_theme(tmp_path: Path) -> None:
    """Not black."""
    path = tmp_path / "a.png"
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(path)
    drawn = draw(path, 4, 2, (10, 20, 30))
    assert isinstance(drawn, Drawn)
    style = drawn.rows[0][0].style
    assert style is not None
    assert style.color is not None
    assert tuple(style.color.get_truecolor()) == (10, 20, 30)


def bomb(path: Path, width: int, height: int) -> None:
    """Write a small PNG that unpacks to a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(bytes(1_000_000), 9))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + rows + chunk(b"IEND", b""))


@pytest.mark.parametrize("side", [6_400, 12_000, 50_000])
def test_a_bomb_is_not_unpacked(tmp_path: Path, side: int) -> None:
    """It is known by its header, whether the library would mind it or not."""
    path = tmp_path / "a.png"
    bomb(path, side, side)
    drawn = draw(path, 10, 10, (0, 0, 0))
    assert isinstance(drawn, UnreadablePicture)
    assert drawn.key == "too-large"


def test_hostile_files_are_told_not_raised(tmp_path: Path) -> None:
    """Huge by their header, cut off, empty, no picture, gone; an animation gives its first frame."""
    huge, cut, empty, text = (tmp_path / n for n in ("huge.png", "cut.png", "empty.png", "text.jpg"))
    bomb(huge, 50_000, 50_000)
    Image.effect_noise((200, 200), 50).save(tmp_path / "whole.png")
    cut.write_bytes((tmp_path / "whole.png").read_bytes()[:500])
    empty.write_bytes(b"")
    text.write_text("not a picture", "utf-8")
    for path in (huge, cut, empty, text, tmp_path / "gone.png"):
        assert isinstance(open_safely(path, lambda width, height: (width, height)), UnreadablePicture), (
            path.name
        )
        assert isinstance(draw(path, 10, 10, (0, 0, 0)), UnreadablePicture)
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    drawn = draw(tmp_path / "a.gif", 8, 4, (0, 0, 0))
    assert isinstance(drawn, Drawn)
    assert drawn.format == "GIF"


def oriented(path: Path, orientation: int) -> None:
    """Write a picture whose upper half is red and lower half blue, as a phone that was held like this stores it."""
    upright = Image.new("RGB", (40, 80), "blue")
    upright.paste("red", (0, 0, 40, 40))
    stored = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright.transpose(stored[orientation]).save(path, quality=95, exif=exif)


@pytest.mark.parametrize("orientation", [3, 6, 8])
@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_pictures_stand_upright(tmp_path: Path, orientation: int, ending: str) -> None:
    """However the phone was held: their size is that of the upright one, too."""
    path = tmp_path / f"a.{ending}"
    oriented(path, orientation)
    drawn = draw(path, 4, 4, (0, 0, 0))
    assert isinstance(drawn, Drawn)
    assert drawn.size == (40, 80)
    assert len(drawn.rows) == 4
    top, bottom = (colour(drawn.rows[at]) for at in (0, 3))
    assert top[0] > 200
    assert top[2] < 60
    assert bottom[2] > 200
    assert bottom[0] < 60


def colour(row: list[Segment]) -> tuple[int, int, int]:
    """Return the colour of the upper pixel of a row's first cell."""
    style = row[0].style
    assert style is not None
    assert style.color is not None
    return tuple(style.color.get_truecolor())  # type: ignore[return-value]  # three numbers


def test_grey_of_16_bits_is_no_glare(tmp_path: Path) -> None:
    """Its middle is grey, not white."""
    path = tmp_path / "a.png"
    Image.new("I;16", (8, 8), 0x8000).save(path)
    drawn = draw(path, 4, 2, (0, 0, 0))
    assert isinstance(drawn, Drawn)
    assert 120 <= colour(drawn.rows[0])[0] <= 136


def test_a_large_photograph_tells_its_true_size(tmp_path: Path) -> None:
    """Though it is unpacked at a fraction of it."""
    path = tmp_path / "a.jpg"
    Image.new("RGB", (2000, 1500), "green").save(path)
    made = png_of(path, 10, 4, (10, 20))
    drawn = draw(path, 10, 4, (0, 0, 0))
    assert isinstance(drawn, Drawn)
    assert not isinstance(made, UnreadablePicture)
    assert drawn.size == made[0].size == (2000, 1500)
    assert made[0].picture.size == (100, 75)


def test_see_through_colours_of_a_palette_show_the_theme(tmp_path: Path) -> None:
    """As those of other pictures."""
    path = tmp_path / "a.gif"
    Image.new("P", (8, 8), 3).save(path, transparency=3)
    drawn = draw(path, 4, 2, (10, 20, 30))
    assert isinstance(drawn, Drawn)
    assert colour(drawn.rows[0]) == (10, 20, 30)


@pytest.mark.parametrize("ending", ["jpg", "png", "gif", "webp", "bmp"])
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_damaged_files_are_drawn_or_told(tmp_path: Path, ending: str, data: st.DataObject) -> None:
    """Whatever bytes are others: nothing is raised, no line is wider than asked."""
    path = tmp_path / f"whole.{ending}"
    if not path.exists():
        exif = Image.Exif()
        exif[0x0112] = 6
        picture = Image.effect_noise((30, 20), 50).convert("RGB")
        picture.save(path, exif=exif if ending in {"jpg", "png", "webp"} else Image.Exif())
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    broken = tmp_path / f"broken.{ending}"
    broken.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    columns, rows = data.draw(st.integers(1, 60)), data.draw(st.integers(1, 20))
    drawn = draw(broken, columns, rows, (0, 0, 0))
    assert isinstance(drawn, Drawn | UnreadablePicture)
    if isinstance(drawn, Drawn):
        assert len(drawn.rows) <= rows
        assert {sum(s.cell_length for s in row) for row in drawn.rows} <= set(range(1, columns + 1))


def test_broken_details_of_a_photograph_are_passed_over_in_silence(tmp_path: Path) -> None:
    """A warning would be written into the middle of the screen."""
    path = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[0x010E] = "a bridge" * 9
    Image.new("RGB", (40, 30), "red").save(path, exif=exif.tobytes()[:40])
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert isinstance(draw(path, 4, 4, (0, 0, 0)), Drawn)
    assert told == []


def test_what_is_wrong_is_told_in_words(tmp_path: Path) -> None:
    """In the language of the person."""
    bomb(tmp_path / "huge.png", 50_000, 50_000)
    huge = draw(tmp_path / "huge.png", 10, 10, (0, 0, 0))
    gone = draw(tmp_path / "gone.png", 10, 10, (0, 0, 0))
    assert isinstance(huge, UnreadablePicture)
    assert isinstance(gone, UnreadablePicture)
    assert "太大" in huge.reason(Language.ZH)
    assert "gone" in gone.reason(Language.EN)


def test_a_file_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    """Its length is looked at first."""
    path = tmp_path / "a.bmp"
    with path.open("wb") as file:
        file.truncate(51 * 1024 * 1024)
    assert draw(path, 10, 10, (0, 0, 0)) == UnreadablePicture("too-large", "51 MB")


@pytest.mark.parametrize(
    ("setting", "colours", "kitty", "sixel", "mode"),
    [
        ("auto", True, True, False, Mode.KITTY),
        ("auto", True, False, True, Mode.HALFCELL),
        ("halfcell", True, True, True, Mode.HALFCELL),
        ("kitty", True, False, False, Mode.KITTY),
        ("sixel", True, True, True, Mode.SIXEL),
        ("sixel", True, True, False, Mode.HALFCELL),
        ("kitty", False, True, True, Mode.OFF),
        ("off", True, True, True, Mode.OFF),
    ],
)
def test_the_way_of_drawing_is_chosen_by_what_there_is(
    setting: str, mode: Mode, *, colours: bool, kitty: bool, sixel: bool
) -> None:
    """Nothing without colours; the terminal's own where it is known for it or a person says so."""
    assert mode_for(setting, colours=colours, speaks_kitty=kitty, has_sixel=sixel) is mode


async def pictures(stage: Stage) -> None:
    """Let three pictures come that were fetched already, the second of them broken."""
    for number, color in enumerate(("red", "", "blue"), 1):
        message = Picture(
            id=MsgId(str(7000 + number)),
            chat=name("@w"),
            sender=name("@w"),
            created_at=int(NOW),
            thumb_size=(64, 48),
        )
        await stage.came(message)
        path = stage.folder / "media" / f"{number}.png"
        if color:
            Image.new("RGB", (64, 48), color).save(path)
        else:
            path.write_bytes(b"broken")
        kept = MediaFile(
            seq=Seq(number),
            size="full",
            path=path.name,
            bytes=path.stat().st_size,
            md5="",
            sha256="",
            verified=Verified.LENGTH,
            kept_at=NOW,
        )
        await stage.store.archive.keep_file(kept)


@pytest.mark.parametrize("mode", [Mode.HALFCELL, Mode.OFF, Mode.KITTY, Mode.SIXEL])
async def test_the_viewer_goes_through_the_pictures_of_a_chat(stage: Stage, mode: Mode) -> None:
    """Saves, copies the path, tells what is broken, and is left by Esc."""
    await pictures(stage)
    app = stage.screen(pictures="auto")
    app.context.painter.mode = mode
    app.main.history.relayout(app.main.conversation.bubble_layout())
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()
        app.main.open_chat(stage.account.find("老王"), focus="messages")
        await until(pilot, lambda: seen(app, "[图片]"))
        if mode is Mode.HALFCELL:
            await until(pilot, lambda: seen(app, "▀▀▀"))
        await pilot.press("G", "k", "enter")
        await until(pilot, lambda: app.screen is not app.main)
        if mode is not Mode.OFF:
            await until(pilot, lambda: seen(app, "64×48"))
        await pilot.press("left")
        if mode is not Mode.OFF:
            await until(pilot, lambda: seen(app, "不能显示"))
        await pilot.press("left", "s")
        await until(pilot, lambda: len(list((stage.folder / "files").glob("*"))) == 1)
        await pilot.press("c")
        await until(pilot, lambda: app.clipboard.endswith("1.png"))
        await pilot.press("left")
        await until(pilot, lambda: seen(app, "没有更多"))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
