"""``hongyan demo``: the client on an emulator of its own, with an invented account and nothing left behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hongyan.cli.options import Options, opened, reporting, run
from hongyan.errors import NoAnswer
from hongyan.terminal.media import SavePolicy
from hongyan.terminal.words import Language, language_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hongyan.client.api import Account

__all__ = ["demo"]

_STARTS_WITHIN = 15.0  # seconds


@click.command()
@click.option(
    "--lang", type=click.Choice([language.value for language in Language]), help="Language of messages."
)
@click.option("--script", is_flag=True, help="Play the scripted conversation, on a terminal too.")
def demo(lang: str | None, *, script: bool) -> int:
    """Try everything on the emulator, without an account.

    On a terminal you are in a chat with invented people who write and answer. Without one, a scripted conversation is
    played through the real client and printed; the exit code says whether every expected message came.
    """
    scripted = script or not (sys.stdin.isatty() and sys.stdout.isatty())
    language = Language(lang) if lang else language_of()
    with tempfile.TemporaryDirectory(prefix="hongyan-demo-") as folder:
        (Path(folder) / "files").mkdir()
        return reporting(Options(), lambda: run(_demo(Path(folder), language, scripted=scripted)))


async def _demo(folder: Path, language: Language, *, scripted: bool) -> int:
    from hongyan.terminal.plain import LineSettings
    from hongyan.terminal.plain import run as talk

    async with _emulator(folder) as origin:
        options = Options(
            profile="demo", server=origin, home=str(folder / "profiles"), pace=False, lang=language
        )
        async with opened(options) as (account, _):
            events = account.events()  # from now on: what comes while contacts are loading is shown too
            await account.ready(_STARTS_WITHIN)
            if scripted:
                return await _play(account, folder / "files", language)
            settings = LineSettings(save=SavePolicy(folder / "files"), language=language)
            return await talk(account, settings, events=events)


async def _play(account: Account, files: Path, language: Language) -> int:
    from hongyan.model.ids import Seq
    from hongyan.terminal.demo_script import STEPS
    from hongyan.terminal.script import play

    return await play(account, STEPS, folder=files, language=language, after=Seq(0))


@contextlib.asynccontextmanager
async def _emulator(folder: Path) -> AsyncIterator[str]:
    """Run an emulator as a child process and yield its origin; it ends with the block."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hongyan", "emulate", "--world", "demo", "--port", "0", "--json"),
        *("--auto-scan", "0.3", "--auth", "strict", "--state", str(folder / "emulator")),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the client, which ends the child itself
    )
    try:
        yield await _origin_of(child)
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
        await child.wait()


async def _origin_of(child: asyncio.subprocess.Process) -> str:
    assert child.stdout is not None
    try:
        async with asyncio.timeout(_STARTS_WITHIN):
            line = await child.stdout.readline()
        origin: str = json.loads(line)["origin"]
    except (TimeoutError, ValueError, KeyError) as problem:
        raise NoAnswer("the emulator", "it did not start") from problem
    return origin
