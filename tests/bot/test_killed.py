"""A robot as its own program on the emulator, ended by kill -9 in the middle of a handler and started again."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator
    from pathlib import Path

    from hongyan.emulator import Emulator

ROBOT = """
import asyncio
from hongyan.bot import App, Text

app = App()

@app.on(Text)
async def answer(message):
    await message.reply(f"heard {message.text}")
    if message.text == "stuck":
        if not message.redelivered:
            await asyncio.Event().wait()
        await message.reply("and heard it again")
"""


@contextlib.asynccontextmanager
async def _robot(service: Emulator, folder: Path) -> AsyncIterator[Process]:
    """Run the robot as a user does; it is ready when this begins."""
    command = (sys.executable, "-m", "hongyan", "bot", "robot:app", "--no-pace", "--server", service.origin)
    process = await asyncio.create_subprocess_exec(
        *command,
        "--home",
        str(folder),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        assert process.stdout is not None
        said = b""
        async with asyncio.timeout(20):
            while b"runs as" not in said:
                said += (line := await process.stdout.readline())
                assert line, said.decode()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


DEADLY = """
import os
from hongyan.bot import App, Text

app = App()

@app.on(Text)
async def answer(message):
    if message.text == "deadly":
        os._exit(9)
    await message.reply(f"heard {message.text}")
"""


async def test_a_message_that_ends_the_program_at_every_start_is_given_up_and_told(
    service: Emulator, tmp_path: Path
) -> None:
    """Five programs end over it; the sixth says so, serves what waited behind it, and loses nothing of anybody else."""
    (tmp_path / "robot.py").write_text(DEADLY)
    alice, bob = service.person("Alice"), service.person("Bob")
    service.phone.confirm()
    async with _robot(service, tmp_path) as process:
        alice.says("deadly")
        alice.says("behind it")
        bob.says("beside it")
        await process.wait()
    for _ in range(4):
        async with _robot(service, tmp_path) as process:
            async with asyncio.timeout(20):
                await process.wait()
    async with _robot(service, tmp_path) as process:
        assert (await alice.hears()).text == "heard behind it"
        assert (await bob.hears()).text == "heard beside it"
        process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        assert b"is dropped" in await process.stdout.read()


async def test_a_robot_that_is_killed_goes_on_and_says_nothing_twice(
    service: Emulator, tmp_path: Path
) -> None:
    """The event comes again, the first run's answer does not; SIGTERM then ends it with 0."""
    (tmp_path / "robot.py").write_text(ROBOT)
    alice = service.person("Alice")
    service.phone.confirm()
    async with _robot(service, tmp_path) as process:
        alice.says("one")
        await alice.hears("heard one")
        alice.says("stuck")
        await alice.hears("heard stuck")
        process.kill()
    alice.says("later")
    async with _robot(service, tmp_path) as process:
        assert {(await alice.hears()).text for _ in range(2)} == {"and heard it again", "heard later"}
        alice.says("end")
        assert (await alice.hears()).text == "heard end"
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            assert await process.wait() == 0
    assert [m.text for m in service.accounts[0].heard if m.chat == alice.id] == []
