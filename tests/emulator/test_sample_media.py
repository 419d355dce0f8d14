"""Pictures, videos and sounds that are drawn instead of stored."""

from __future__ import annotations

import struct

import pytest

from hongyan.emulator import pictures, sounds
from hongyan.emulator import sample_media as movies


def boxes(data: bytes) -> dict[str, bytes]:
    """The boxes of an MP4, or of a box's content."""
    found, at = {}, 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        found[kind.decode()] = data[at + 8 : at + size]
        at += size
    assert at == len(data)
    return found


def segments(data: bytes) -> dict[int, bytes]:
    """The segments of a JPEG before its scan."""
    found, at = {}, 2
    while at < len(data):
        mark, marker, size = struct.unpack_from(">BBH", data, at)
        assert mark == 0xFF
        found[marker] = data[at + 4 : at + 2 + size]
        at += 2 + size
        if marker == 0xDA:
            break
    found[0] = data[at:-2]
    return found


def read_bits(scan: bytes, squares: int) -> list[list[int]]:
    """The first coefficients of all squares, by component, as a decoder sums them up."""
    bits = "".join(f"{byte:08b}" for byte in scan.replace(b"\xff\0", b"\xff"))
    at, sums, found = 0, [0, 0, 0], []
    for _ in range(squares):
        for place in range(3):
            size = int(bits[at : at + 4], 2)
            raw = bits[at + 4 : at + 4 + size]
            number = int(raw, 2) if raw else 0
            sums[place] += number if not raw or raw[0] == "1" else number - (1 << size) + 1
            assert bits[at + 4 + size] == "0"
            at += 5 + size
        found.append(list(sums))
    assert len(bits) - at < 8
    return found


def test_a_jpeg_says_its_colours() -> None:
    """Two rows of three squares: brightness and colour of each come back out of the scan."""
    white, black, red = (255, 255, 255), (0, 0, 0), (255, 0, 0)
    data = movies.jpeg([[white, black, red], [red, white, black]])
    assert (data[:2], data[-2:]) == (b"\xff\xd8", b"\xff\xd9")
    parts = segments(data)
    assert struct.unpack_from(">BHH", parts[0xC0]) == (8, 16, 24)
    values = [[127, 0, 0], [-127, 0, 0], [-52, -43, 127]]
    assert read_bits(parts[0], 6) == [*values, values[2], *values[:2]]


def test_no_byte_of_a_scan_looks_like_a_mark() -> None:
    """A byte of ones is followed by a zero, and the colours are still there."""
    scan = segments(movies.jpeg([[(128, 128, 128), (255, 255, 255)] * 40]))[0]
    assert scan.count(b"\xff\0") == scan.count(b"\xff") > 0
    assert read_bits(scan, 80) == [[0, 0, 0], [127, 0, 0]] * 40


@pytest.mark.parametrize("seconds", [0, 1, 3])
def test_a_video_has_one_jpeg_a_second(seconds: int) -> None:
    """Length in the header, frames where the table says they are."""
    data = movies.mp4(seconds)
    count = max(1, seconds)
    movie = boxes(boxes(data)["moov"])
    assert struct.unpack_from(">II", movie["mvhd"], 12) == (1000, count * 1000)
    media = boxes(boxes(movie["trak"])["mdia"])
    table = boxes(boxes(media["minf"])["stbl"])
    sizes = struct.unpack_from(f">{count}I", table["stsz"], 12)
    (at,) = struct.unpack_from(">I", table["stco"], 8)
    for size in sizes:
        assert data[at : at + 2] == b"\xff\xd8"
        assert data[at + size - 2 : at + size] == b"\xff\xd9"
        at += size
    assert at == len(data)


def test_the_same_words_draw_the_same() -> None:
    """And others something else."""
    assert movies.mp4(2, "a") == movies.mp4(2, "a") != movies.mp4(2, "b")
    assert pictures.avatar("a") == pictures.avatar("a") != pictures.avatar("b")


def test_silence_is_as_long_as_it_should_be() -> None:
    """Frames of 26 ms, each with its mark."""
    data = sounds.mp3(1000)
    frames = [data[at : at + 417] for at in range(0, len(data), 417)]
    assert all(frame[:4] == b"\xff\xfb\x90\x64" for frame in frames)
    assert abs(len(frames) * 1152 / 44.1 - 1000) < 27


def test_a_sticker_moves() -> None:
    """Two frames, shown for ever."""
    data = sounds.gif((200, 10, 10), 8)
    assert data.startswith(b"GIF89a\x08\x00\x08\x00")
    assert data.count(b"\x21\xf9\x04") == 2
    assert b"NETSCAPE2.0" in data
    assert data.endswith(b"\x3b")
