"""Lines from pipes and files."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING

from hongyan.terminal.line.keyboard import Piped

if TYPE_CHECKING:
    from pathlib import Path


async def _lines(keyboard: Piped) -> list[str]:
    lines = []
    while (line := await keyboard.line()) is not None:
        lines.append(line)
    return lines


async def test_a_pipe_gives_lines_as_they_come() -> None:
    """A line is there as soon as its end was written, also when a character comes in two pieces."""
    reading, writing = os.pipe()
    keyboard = Piped(reading)
    raw = "你好\n".encode()
    os.write(writing, raw[:2])
    first = asyncio.create_task(keyboard.line())
    await asyncio.sleep(0)
    os.write(writing, raw[2:] + b"second\r\nlast")
    assert await first == "你好"
    assert await keyboard.line() == "second"
    os.close(writing)
    assert await _lines(keyboard) == ["last"]
    os.close(reading)


async def test_a_file_is_read_to_its_end(tmp_path: Path) -> None:
    """More lines than are read ahead, with a byte order mark and bytes that are no text."""
    path = tmp_path / "lines.txt"
    path.write_bytes(b"\xef\xbb\xbf" + b"\n".join(b"line %d" % n for n in range(500)) + b"\n\xff\n")
    descriptor = os.open(path, os.O_RDONLY)
    lines = await _lines(Piped(descriptor))
    os.close(descriptor)
    assert lines[:2] == ["line 0", "line 1"]
    assert lines[499:] == ["line 499", "\ufffd"]


async def test_nobody_answers_behind_a_pipe() -> None:
    """A question gets an empty answer, which is never a consent."""
    keyboard = Piped(os.open(os.devnull, os.O_RDONLY))
    assert await keyboard.ask("really?") == ""
    assert await _lines(keyboard) == []


def test_a_loop_that_ends_before_its_input_leaves_the_thread_in_peace() -> None:
    """Lines that come while and after the loop ends raise nothing in the reading thread, at any instant."""
    raised: list[threading.ExceptHookArgs] = []
    before, threading.excepthook = threading.excepthook, raised.append
    try:
        for _ in range(100):
            reading, writing = os.pipe()

            async def end_within_the_input(reading: int = reading, writing: int = writing) -> None:
                waiting = asyncio.create_task(Piped(reading).line())
                os.write(writing, b"first\n")
                await waiting
                os.write(writing, b"second\n" * 50)
                os.close(writing)

            asyncio.run(end_within_the_input())
            for thread in [one for one in threading.enumerate() if one.name == "hongyan input"]:
                thread.join(timeout=10)
                assert not thread.is_alive()
            os.close(reading)
    finally:
        threading.excepthook = before
    assert raised == []
