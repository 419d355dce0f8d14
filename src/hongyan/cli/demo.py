"""``hongyan demo``: the client on a private emulator, with an invented account and nothing left behind.

The emulator is a child process, started before anything heavy is imported, so that both get ready at the same time.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import select
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import click

from hongyan.tempfolders import TempFolder
from hongyan.terminal.strings.language import Language, language_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hongyan.client.account import Account

__all__ = ["demo"]

_STARTS_WITHIN = 15.0  # seconds
_ENDS_WITHIN = 5.0  # seconds
_SCAN_AFTER = 0.2  # seconds: long enough to see each state of the login


@click.command()
@click.option(
    "--lang",
    type=click.Choice([language.value for language in Language]),
    help="Language of the interface (default: from LANG).",
)
@click.option("--script", is_flag=True, help="Play the scripted conversation, on a terminal too.")
@click.option("--plain", is_flag=True, help="Line mode instead of the full screen.")
def demo(lang: str | None, *, script: bool, plain: bool) -> int:
    """Try Hongyan on the emulator; no account needed.

    On a terminal you are in a chat with invented people who write and answer. Without one, a scripted conversation is
    played through the real client and printed; the exit code shows whether every expected message arrived.
    """
    scripted = script or not (sys.stdin.isatty() and sys.stdout.isatty())
    language = Language(lang) if lang else language_of()
    with TempFolder("demo") as own, _emulator(own.path) as child:
        folder = own.path
        from hongyan.cli.chat import draws
        from hongyan.cli.options import Options, reporting, run

        if not scripted and not plain and draws():
            return reporting(Options(), lambda: run(_full(child, folder, lang), own_loop=True))
        return reporting(Options(), lambda: run(_demo(child, folder, language, scripted=scripted)))


@contextlib.contextmanager
def _emulator(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run an emulator as a child process; it ends with the block, and with this process, however that ends."""
    child = subprocess.Popen(  # noqa: S603 - our own program, no shell
        (
            *(sys.executable, "-m", "hongyan", "emulate", "--world", "demo", "--port", "0", "--json"),
            *("--auto-scan", str(_SCAN_AFTER), "--auth", "strict", "--state", str(folder / "emulator")),
            "--until-eof",
        ),
        stdin=subprocess.PIPE,  # which the system closes with this process
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the client, which ends the child itself
    )
    try:
        yield child
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    assert child.stdin is not None
    assert child.stdout is not None
    child.terminate()
    child.stdin.close()
    ended, _, _ = select.select([child.stdout], [], [], _ENDS_WITHIN)  # its end closes the pipe
    if not ended:
        child.kill()
    child.wait()
    child.stdout.close()


async def _demo(child: subprocess.Popen[bytes], folder: Path, language: Language, *, scripted: bool) -> int:
    from hongyan.cli.options import Options, opened
    from hongyan.terminal.line.line_mode import LineSettings
    from hongyan.terminal.line.line_mode import run as talk
    from hongyan.terminal.media import SavePolicy

    files = await asyncio.to_thread(_folder, folder / "files")
    origin = await _origin_of(child)
    options = Options(profile="demo", server=origin, home=str(folder / "profiles"), pace=False, lang=language)
    async with opened(options) as account:
        events = account.events()  # from now on: what comes while contacts are loading is shown too
        await account.ready(_STARTS_WITHIN)
        if scripted:
            return await _play(account, files, language)
        return await talk(account, LineSettings(save=SavePolicy(files), language=language), events=events)


async def _full(child: subprocess.Popen[bytes], folder: Path, lang: str | None) -> int:
    """Show the full screen, with the theme and keys of the person and nothing else of their settings."""
    from msgspec.structs import replace

    from hongyan.cli.full import full_screen
    from hongyan.cli.options import Options
    from hongyan.settings import load_settings

    options = Options(lang=lang)
    origin = await _origin_of(child)
    own = load_settings(profile="demo", server=origin, home=str(folder / "profiles"), pace=False)
    terminal = replace(own.terminal, language=lang or own.terminal.language)
    code, _ = await full_screen(
        options, replace(own, terminal=terminal), folder=folder / "files", own_settings=_looks(folder)
    )
    return code


def _looks(folder: Path) -> Path:
    """Return the folder of the demo's own settings: changes in the demo do not affect the person's."""
    from hongyan.settings import settings_file

    own, place = settings_file(), folder / "settings" / "settings.toml"
    place.parent.mkdir()
    if own is not None and (own.parent / "themes").is_dir():
        with contextlib.suppress(OSError):
            shutil.copytree(own.parent / "themes", place.parent / "themes")
    return place


async def _play(account: Account, files: Path, language: Language) -> int:
    from hongyan.model.ids import Seq
    from hongyan.terminal.line.demo_script import STEPS
    from hongyan.terminal.line.script import play
    from hongyan.terminal.strings.language import say
    from hongyan.terminal.strings.line_mode import LINE_MODE

    code = await play(account, STEPS, folder=files, language=language, after=Seq(0))
    if not code:
        click.echo(f"* {say(LINE_MODE, 'played', language)}")
    return code


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


async def _origin_of(child: subprocess.Popen[bytes]) -> str:
    """Return where the emulator listens, which is the first line that it prints."""
    from hongyan.errors import NoAnswer

    assert child.stdout is not None
    line = asyncio.ensure_future(asyncio.to_thread(child.stdout.readline))
    try:
        async with asyncio.timeout(_STARTS_WITHIN):
            origin: str = json.loads(await asyncio.shield(line))["origin"]
    except (TimeoutError, ValueError, KeyError) as problem:
        child.kill()  # which ends the reading
        await line
        raise NoAnswer("the emulator", "it did not start") from problem
    return origin
