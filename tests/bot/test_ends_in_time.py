"""A program that is asked to end comes to an end, also where a bot's own code waits without ``await``."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from hongyan.cli.signals import ENDED_HARD

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator
    from pathlib import Path

    from hongyan.emulator import Emulator

BOT = """
import time
from hongyan.bot import App, Text

app = App("slow")

@app.on(Text)
async def answer(message):
    if message.text == "stuck" and not message.redelivered:
        print("stuck", flush=True)
        {blocks}
    await message.reply(f"heard {{message.text}}")
"""
BLOCKS = {
    "sleep": "time.sleep(600)",
    "busy": "while True: pass",
    "swallowing": "while True:\n            try: time.sleep(600)\n            except BaseException: pass",
}


@contextlib.asynccontextmanager
async def _bot(service: Emulator, folder: Path, until: str) -> AsyncIterator[Process]:
    """Run the bot as a user does, until it prints a line; what it prints later is read by whoever waits for its end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hongyan", "bot", "slow:app", "--no-pace"),
        *("--server", service.origin, "--home", str(folder)),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        await _said(process, until)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def _said(process: Process, wanted: str) -> None:
    assert process.stdout is not None
    async with asyncio.timeout(20):
        while wanted not in (line := await process.stdout.readline()).decode():
            assert line


async def _end(process: Process) -> tuple[int | None, str]:
    async with asyncio.timeout(40):
        out, _ = await process.communicate()
    return process.returncode, out.decode()


@pytest.mark.parametrize(
    ("how", "numbers", "ends"),
    [
        ("sleep", [signal.SIGTERM], ENDED_HARD),
        ("busy", [signal.SIGHUP, signal.SIGTERM], ENDED_HARD),
        ("swallowing", [signal.SIGINT, signal.SIGINT], ENDED_HARD),
        (
            "busy",
            [signal.SIGINT, signal.SIGINT],
            130,
        ),  # an interruption goes through what does not swallow it
    ],
)
async def test_a_handler_that_never_awaits_is_ended_and_its_message_comes_again(
    service: Emulator, tmp_path: Path, how: str, numbers: list[int], ends: int
) -> None:
    """The exit code says that the end was no orderly one, and the words where it hung; the next start answers."""
    (tmp_path / "slow.py").write_text(BOT.format(blocks=BLOCKS[how]))
    alice = service.person("Alice")
    service.phone.confirm()
    async with _bot(service, tmp_path, "runs as") as process:
        alice.says("stuck")
        await _said(process, "stuck")
        for number in numbers:
            process.send_signal(number)
            await asyncio.sleep(0.2)
        code, out = await _end(process)
    assert code == ends, out
    if ends == ENDED_HARD:
        assert "slow.py:" in out
        assert "comes again" in out
    assert "Traceback" not in out
    async with _bot(service, tmp_path, "runs as") as process:
        assert (await alice.hears()).text == "heard stuck"
        process.send_signal(signal.SIGTERM)
        assert (await _end(process))[0] == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
async def test_a_module_that_waits_while_it_is_imported_ends_at_once(
    service: Emulator, tmp_path: Path, number: int, code: int
) -> None:
    """Nothing is under way that would have to be wound up."""
    (tmp_path / "slow.py").write_text(
        "import os, time\nos.write(1, b'importing\\n')  # no buffer that a signal could leave unfinished\ntime.sleep(600)\n"
    )
    async with _bot(service, tmp_path, "importing") as process:
        process.send_signal(number)
        assert await _end(process) == (code, "")
