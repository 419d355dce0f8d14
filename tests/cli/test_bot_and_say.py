"""The README's three shells: an emulator, a bot that shows what comes and goes, and somebody who writes to it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(not (ROOT / "examples").is_dir(), reason="the examples are not installed")


@contextlib.asynccontextmanager
async def _program(*arguments: str, cwd: Path = ROOT) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hongyan", *arguments),
        cwd=cwd,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            await process.communicate()


async def _until(process: Process, wanted: str, seconds: float = 20) -> str:
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(seconds):
        while wanted not in said:
            line = await process.stdout.readline()
            assert line, said
            said += line.decode()
    return said


async def _say(*arguments: str) -> tuple[int, str]:
    async with _program("say", *arguments) as process:
        out, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out.decode()


@contextlib.asynccontextmanager
async def _service() -> AsyncIterator[str]:
    orders = ("emulate", "--world", "demo", "--auto-scan", "0.1", "--port", "0", "--json")
    async with _program(*orders) as process:
        assert process.stdout is not None
        yield str(json.loads(await process.stdout.readline())["origin"])


async def test_the_bot_of_the_readme_shows_what_comes_and_goes_and_answers_whom_one_plays(
    tmp_path: Path,
) -> None:
    async with _service() as origin:
        where = ("--server", origin, "--home", str(tmp_path), "--no-pace", "--show")
        async with _program("bot", "examples.echo:app", *where) as bot:
            await _until(bot, "runs as")
            assert await _say("老王", "ping", "--server", origin) == (0, "老王: ping\nbot: pong\n")
            shown = await _until(bot, "> 老王: pong")
            assert re.search("^< 老王: ping$", shown, re.MULTILINE)
            assert "[phone]" not in shown  # what the phone has read is no message
            assert re.search(r"^[<>] (.+) / \1:", shown, re.MULTILINE) is None
            code, told = await _say("Nobody", "ping", "--server", origin)
            assert (code, "no person is called 'Nobody'" in told, "/people" in told) == (2, True, True)
        code, told = await _say("老王", "ping", "--server", origin, "--wait", "0.2")
        assert code == 8
        assert "is a bot running?" in told
        assert "hongyan bot MODULE:APP" in told  # the emulator has just answered: no word about the network
        assert "network" not in told


async def test_a_server_that_goes_away_is_told_by_the_bot_and_to_whoever_sends(tmp_path: Path) -> None:
    """Once, and when it is back; a send does not wait out its time, and goes then."""
    state = ("--state", str(tmp_path / "state"))
    orders = ("emulate", "--world", "demo", "--auto-scan", "0.1", "--json", *state)
    home = ("--home", str(tmp_path / "home"))
    async with contextlib.AsyncExitStack() as stack:
        async with _program(*orders, "--port", "0") as emulator:
            assert emulator.stdout is not None
            origin = json.loads(await emulator.stdout.readline())["origin"]
            where = ("--server", origin, *home, "--no-pace")
            bot = await stack.enter_async_context(_program("bot", "examples.echo:app", *where, "--no-show"))
            await _until(bot, "runs as")
            async with _program("send", "老王", "while it is there", *home) as sending:
                assert await asyncio.wait_for(sending.wait(), 20) == 0
            emulator.kill()
        told = await _until(bot, "the server cannot be reached", 60)
        async with _program("send", "老王", "while it is away", *home, "--timeout", "600") as sending:
            out, _ = await asyncio.wait_for(sending.communicate(), 60)
        assert sending.returncode == 8, out
        assert "cannot reach the server" in out.decode()
        assert "still waits in the outbox" in out.decode()
        async with _program(*orders, "--port", origin.rpartition(":")[2]) as emulator:
            told += await _until(bot, "the server answers again", 90)
            assert told.count("cannot be reached") == told.count("answers again") == 1, told
            async with _program("outbox", "--all", *home) as listing:
                assert b"while it is away" in (await listing.communicate())[0]


async def test_where_no_emulator_listens_that_is_said_with_what_to_start() -> None:
    code, told = await _say("老王", "ping", "--server", "http://127.0.0.1:9")
    assert code == 8
    assert "hongyan emulate" in told
    assert "Traceback" not in told


async def test_what_others_are_told_meanwhile_is_no_answer() -> None:
    """The account writes to everybody at once when a bot starts: the wait goes on until this person is answered."""
    sent = [{"chat": "mama", "text": "to mother", "type": 1}, {"chat": "laowang", "text": "pong", "type": 1}]
    asked = []

    async def told(request: web.Request) -> web.Response:
        asked.append(request.path)
        shown = sent[: max(0, (len(asked) - 3) // 12)]  # a second and more between the two
        return web.json_response({"sent": shown[int(request.query.get("since", 0)) :]})

    async def heard(_: web.Request) -> web.Response:
        return web.json_response({"chat": "laowang", "text": "ping", "type": 1})

    app = web.Application()
    app.add_routes([web.get("/_control/sent", told), web.post("/_control/say", heard)])
    async with TestServer(app) as server:
        code, out = await _say("Wang", "ping", "--server", str(server.make_url("/")), "--wait", "10")
        assert (code, out) == (0, "Wang: ping\nbot: pong\n")
        sent[1:] = []
        asked.clear()
        code, out = await _say("Wang", "ping", "--server", str(server.make_url("/")), "--wait", "3")
        assert (code, "is a bot running?" in out) == (8, True)


_ENDS = """
import asyncio, sys
from hongyan.bot import App, Text, text
app = App("ends")

@app.on(Text, text("^cancel$"))
async def cancel(message):
    for task in asyncio.all_tasks():
        task.cancel()
    await asyncio.sleep(1)

@app.on(Text, text("^exit$"))
async def leave(message):
    sys.exit("the words of the author")
"""


@pytest.mark.parametrize(
    ("word", "code", "told"),
    [
        ("cancel", 2, "hongyan: the bot canceled tasks of the program itself"),
        ("exit", 1, "the words of the author"),
    ],
)
async def test_a_bot_that_ends_its_program_says_why_and_shows_no_traceback(
    tmp_path: Path, word: str, code: int, told: str
) -> None:
    (tmp_path / "ends.py").write_text(_ENDS, "utf-8")
    async with _service() as origin:
        where = ("--server", origin, "--home", str(tmp_path / "home"), "--no-show")
        async with _program("bot", "ends:app", *where, cwd=tmp_path) as bot:
            await _until(bot, "runs as")
            await _say("老王", word, "--server", origin, "--wait", "0")
            async with asyncio.timeout(20):
                rest, _ = await bot.communicate()
            lines = rest.decode().splitlines()
            assert (bot.returncode, told in lines) == (code, True), lines
            assert not any("Traceback" in line or "cleaning up" in line for line in lines), lines


_DIES_ONCE = """
import os, pathlib
from hongyan.bot import App, Text
app = App()

@app.on(Text)
async def answer(message):
    first = pathlib.Path("died")
    if not first.exists():
        first.touch()
        os._exit(9)
    await message.reply("alive again")
"""


async def test_a_message_that_a_bot_takes_up_again_is_shown_before_its_answer(tmp_path: Path) -> None:
    """It came while the program before was killed, or while nobody looked on."""
    (tmp_path / "dies.py").write_text(_DIES_ONCE, "utf-8")
    async with _service() as origin:
        where = ("--server", origin, "--home", str(tmp_path / "home"), "--no-pace", "--show")
        async with _program("bot", "dies:app", *where, cwd=tmp_path) as bot:
            await _until(bot, "runs as")
            await _say("老王", "over the edge", "--server", origin, "--wait", "0")
            assert await asyncio.wait_for(bot.wait(), 20) == 9
        async with _program("bot", "dies:app", *where, cwd=tmp_path) as bot:
            shown = await _until(bot, "> 老王: alive again")
            assert "< 老王: over the edge\n" in shown


async def test_the_hint_of_an_emulator_on_a_port_of_its_own_reaches_that_one() -> None:
    async with _program("emulate", "--world", "demo", "--port", "0") as emulator:
        said = await _until(emulator, "Write to it as a person")
    origin = re.search(r"emulator at (\S+)", said)
    assert origin is not None
    assert said.rstrip().endswith(f"--server {origin[1]}")


async def test_a_rules_file_that_is_a_pipe_which_nobody_fills_does_not_hold_sigterm_up(
    tmp_path: Path,
) -> None:
    pipe = tmp_path / "rules.toml"
    os.mkfifo(pipe)
    async with _program("bot", "--rules", str(pipe), "--home", str(tmp_path / "home")) as bot:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(bot.wait(), 3)  # it has come to the pipe, and waits there
        bot.send_signal(signal.SIGTERM)
        try:
            assert await asyncio.wait_for(bot.wait(), 10) == 143
        finally:
            if bot.returncode is None:
                bot.kill()


@pytest.mark.parametrize(
    ("option", "content", "told"),
    [
        ("--rules", None, "is longer than"),
        ("--rules", b"\xff", "not UTF-8"),
        ("--hook-secret-file", None, "is longer than"),
        ("--hook-secret-file", b"\xff\xfe", "not UTF-8"),
        ("--hook-secret-file", b" \n", "holds no secret"),
    ],
)
async def test_a_file_that_holds_no_rules_or_secret_is_refused_in_a_sentence(
    tmp_path: Path, option: str, content: bytes | None, told: str
) -> None:
    """None: a file without end, as /dev/zero is; here one that is only very long."""
    file = tmp_path / "file"
    with file.open("wb") as out:
        out.write(content or b"")
        if content is None:
            out.truncate(1 << 30)
    hook = ("--hook", "http://127.0.0.1:9/") if option == "--hook-secret-file" else ()
    async with _program("bot", option, str(file), *hook, "--home", str(tmp_path / "home")) as bot:
        async with asyncio.timeout(20):
            said, _ = await bot.communicate()
    assert (bot.returncode, told in said.decode(), "fault" in said.decode()) == (2, True, False), said
