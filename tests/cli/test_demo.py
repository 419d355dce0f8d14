"""What the demo leaves behind, however it ends: no emulator and no folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SECONDS = 30.0


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def _started(folder: Path) -> subprocess.Popen[bytes]:
    """Start a demo and return it when it shows something."""
    child = subprocess.Popen(
        (sys.executable, "-m", "hongyan", "demo", "--script"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(folder), "LC_ALL": "C.UTF-8"},
    )
    assert child.stderr is not None
    assert child.stderr.readline()
    return child


@contextlib.contextmanager
def _emulating(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run an emulator that keeps nothing for the length of a block, which it ends in order."""
    with subprocess.Popen(
        (sys.executable, "-m", "hongyan", "emulate", "--port", "0", "--json"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(folder)},
    ) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline()
            yield child
        finally:
            child.terminate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_an_emulator_leaves_nothing_behind(number: signal.Signals, tmp_path: Path) -> None:
    """Its folder goes with it, or at the next start of any; that of one that runs stays."""
    with _emulating(tmp_path) as child, _emulating(tmp_path):
        assert len(list(tmp_path.iterdir())) == 2
        child.send_signal(number)
        child.wait(_SECONDS)
        with _emulating(tmp_path):
            assert len(list(tmp_path.iterdir())) == 2
        assert len(list(tmp_path.iterdir())) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="a shell as the editor")
def test_an_editor_keeps_its_file_when_the_program_is_killed(tmp_path: Path) -> None:
    """It may outlive the program; what is left when both have ended goes at the next start."""
    editor = tmp_path / "editor"
    editor.write_text(
        f'#!/bin/sh\ntouch "{tmp_path}/begun"\n'
        f'until [ -e "{tmp_path}/go" ]; do sleep 0.1; done\ncat "$1" > "{tmp_path}/kept"\n'
    )
    editor.chmod(0o700)
    (folder := tmp_path / "temporary").mkdir()
    code = "import asyncio; from hongyan.terminal.full.composer.editor import edited; asyncio.run(edited('a draft'))"
    environment = {**os.environ, "TMPDIR": str(folder), "VISUAL": str(editor)}
    with subprocess.Popen((sys.executable, "-c", code), env=environment) as child:
        _until((tmp_path / "begun").exists)
        child.kill()
    with _emulating(folder):
        assert len(list(folder.iterdir())) == 2
    (tmp_path / "go").touch()
    _until(lambda: (tmp_path / "kept").exists() and (tmp_path / "kept").read_text() == "a draft")
    time.sleep(0.3)  # the shell ends
    with _emulating(folder):
        assert len(list(folder.iterdir())) == 1


def _emulators(folder: Path) -> list[int]:
    """Return the emulators that keep their state in ``folder``."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"emulate" in words and any(word.startswith(os.fsencode(folder)) for word in words):
            found.append(int(entry.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are looked up in /proc")
@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGKILL]
)
def test_a_demo_leaves_nothing_behind(number: signal.Signals, tmp_path: Path) -> None:
    """Its emulator ends with it; its folder too, at the next start where it could do nothing any more."""
    with _started(tmp_path) as child:
        assert _emulators(tmp_path)
        child.send_signal(number)
        assert child.wait(_SECONDS) == (
            -number if number in {signal.SIGKILL, signal.SIGQUIT} else 128 + number
        )
    _until(lambda: not _emulators(tmp_path))
    if number not in {signal.SIGKILL, signal.SIGQUIT}:
        assert not list(tmp_path.iterdir())
        return
    (left,) = tmp_path.iterdir()
    with _started(tmp_path) as child:
        assert left not in list(tmp_path.iterdir())
        child.terminate()
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are looked up in /proc")
def test_a_demo_that_runs_is_not_swept_away(tmp_path: Path) -> None:
    """Two at once have a folder each."""
    with _started(tmp_path) as first, _started(tmp_path) as second:
        assert len(list(tmp_path.iterdir())) == 2
        second.terminate()
        second.wait(_SECONDS)
        assert first.poll() is None
        first.terminate()
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32" or shutil.which("make") is None, reason="make at a terminal")
def test_leaving_a_demo_of_make_is_no_failure(tmp_path: Path) -> None:
    """Ctrl-C reaches make and its shell too, and none of them complains of it."""
    import pty

    folder = Path(__file__).parents[2]
    command = f"make -s -o .venv/.runs demo BIN='{Path(sys.executable).parent}' </dev/null"
    child, ours = pty.fork()
    if not child:
        os.chdir(folder)
        os.execvpe("sh", ("sh", "-c", command), {**os.environ, "TMPDIR": str(tmp_path), "LC_ALL": "C.UTF-8"})
    shown, told = b"", False
    try:
        while True:
            shown += os.read(ours, 10_000)
            if b"hongyan-demo-" in shown and not told:
                os.write(ours, b"\x03")
                told = True
    except OSError:  # the terminal went with the shell
        pass
    finally:
        os.close(ours)
        os.waitpid(child, 0)
    assert told
    assert b"***" not in shown, shown[-300:]
