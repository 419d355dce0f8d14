"""What is handed to other programs, judged by programs that write down what they were given."""

from __future__ import annotations

import asyncio
import html
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hongyan.terminal.full.desktop.notify import Notification, Notifier
from hongyan.terminal.full.desktop.opening import Player, is_dangerous, open_outside, piped
from hongyan.terminal.full.settings.settings import NotifySettings
from hongyan.terminal.strings.language import Language

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the programs of these tests are scripts of a shell")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder in which programs are looked for; there is a desktop."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("DISPLAY", ":9")
    monkeypatch.setattr(sys, "platform", "linux")
    return folder


def program(folder: Path, name: str, then: str = "") -> Path:
    """Make a program that writes its arguments into a file, a line each, and return that file."""
    told = folder / f"{name}.told"
    script = folder / name
    script.write_text(f'#!/bin/sh\nfor a in "$@"; do echo "$a" >> {told}.part; done\n', "utf-8")
    with script.open("a", encoding="utf-8") as file:
        file.write(f"PATH=/usr/bin:/bin\nmv {told}.part {told}\n{then}\n")
    script.chmod(0o755)
    return told


async def written(told: Path) -> list[str]:
    """Wait for what a program writes down; it is taken away, so that the next writes anew."""
    async with asyncio.timeout(20):
        while not told.exists():  # another process writes it
            await asyncio.sleep(0.01)
    lines = told.read_text("utf-8").splitlines()
    told.unlink()
    return lines


async def test_a_target_is_one_argument_and_goes_through_no_shell(programs: Path) -> None:
    """Whatever stands in it."""
    told = program(programs, "xdg-open")
    target = "https://a.example/?q=$(touch x)&b=`id`; 'x' \"y\""
    assert await open_outside(target)
    assert await written(told) == [target]


@pytest.mark.parametrize("name", ["xdg-open", "gio", "wslview"])
async def test_whichever_opener_there_is_is_taken(programs: Path, name: str) -> None:
    """In its own manner."""
    told = program(programs, name)
    assert await open_outside("/tmp/a.png")  # nothing is written there
    assert (await written(told))[-1] == "/tmp/a.png"  # as above


async def test_an_opener_that_finds_nothing_is_told(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where there is none, and where there is no desktop."""
    assert not await open_outside("a.png")
    program(programs, "xdg-open", "exit 3")
    assert not await open_outside("a.png")
    program(programs, "xdg-open")
    assert await open_outside("a.png")
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not await open_outside("a.png")


async def test_one_sound_is_played_at_a_time_and_ended_at_the_end(programs: Path) -> None:
    """A faster one begins anew; nothing is left behind."""
    player = Player()
    assert not await player.play(Path("a.mp3"))
    told = program(programs, "mpv", "exec sleep 60")
    assert await player.play(Path("a.mp3"))
    first = player._child
    assert first is not None
    assert (await written(told))[-1] == "a.mp3"
    assert await player.change_speed(0.5) == 1.5
    assert "--speed=1.5" in await written(told)
    assert first.returncode is not None
    await asyncio.gather(player.play(Path("b.mp3")), player.play(Path("c.mp3")))
    last = player._child
    await player.stop()
    assert last is not None
    assert last.returncode is not None
    await player.stop()


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("a.exe", True),
        ("a.EXE. .", True),
        ("照片.jpg.scr", True),
        ("a.sh ", True),
        ("合同.docm", True),
        ("打开.webloc", True),
        ("a.py.txt", True),
        ("照片.jpg", False),
        ("周报 2026-03.txt", False),
        ("v1.2 说明.pdf", False),
        ("", False),
        ("README", True),
        ("a.desktop\u200b", True),
        ("a.desktop\0", True),
        ("a.desktop\u00ad", True),
        ("a.desktop\u202e", True),
        ("a.desktop\ufe0f", True),
        ("a.desktop\u3164", True),
        ("a.desk\u200btop.txt", True),
        ("\u202etxt.desktop", True),
        ("a.ｅｘｅ", True),
        ("a.new-kind-of-2031", True),
        ("a.pdf\u200b", True),
        ("a.pdf ", False),
        ("照片.HEIC", False),
    ],
)
def test_what_may_run_programs_is_known_by_its_endings(name: str, *, is_one: bool) -> None:
    """Any of them, and without what systems leave away."""
    assert is_dangerous(name) is is_one


HOSTILE = ("-e", 'do shell script "touch x"', "<b>a</b> &amp; <img src='file:///etc/x'>", "--help")


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_name_is_neither_an_option_nor_markup_of_a_notification(
    programs: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Whoever chose it, on either desktop."""
    caller = Notifier(
        NotifySettings(by=("desktop",)),
        Language.EN,
        write=lambda _: None,
        ring=lambda: None,
        failed=lambda _: None,
        environment={"DISPLAY": ":9"},
        monotonic=lambda: 0.0,
    )
    call = Notification(what="private", chat_key="k", chat=name, sender=name, text=name, unread=1)
    told = program(programs, "notify-send")
    await caller.call([("away", call)], datetime(2026, 3, 1, 12, tzinfo=UTC))
    got = await written(told)
    assert got[got.index("--") + 1 :] == [name, html.escape(name, quote=False)]
    monkeypatch.setattr(sys, "platform", "darwin")
    told = program(programs, "osascript")
    await Notifier._carry_out(caller, "full", call)
    got = await written(told)
    assert got[:1] == ["-e"]
    assert got[got.index("--") + 1 :] == [name, name]


async def test_a_file_whose_name_is_an_option_is_opened_as_a_file(programs: Path) -> None:
    """Openers read options."""
    told = program(programs, "xdg-open")
    assert await open_outside("-rf")
    assert await written(told) == ["./-rf"]
    assert not await open_outside("a\0b")


@pytest.mark.parametrize(
    ("name", "is_one"), [("a.EXE", True), ("a.tar.sh", True), ("a.sh.txt", True), ("a.pdf", False)]
)
def test_files_that_may_run_are_known(name: str, is_one: bool) -> None:
    """Whatever stands behind."""
    assert is_dangerous(name) is is_one


async def test_a_pipe_tells_the_exit_code() -> None:
    """And what was written to either stream."""
    assert await piped("cat", "好") == "好"
    assert "(exit code 3)" in await piped("exit 3", "x")
