"""What every command takes: its profile's own server, short options, help without what means nothing there, completion."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from hongyan.cli.boundary import dressed
from hongyan.cli.commands import COMMANDS, load

from .test_commands import Shell, hongyan, logged_in, origin, shell

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["logged_in", "origin", "shell"]  # fixtures

_OF_A_LOGIN = {"--server", "--proxy", "--acknowledge", "--transcript", "--pace", "--ca"}
_ASKS_NOBODY = ("history", "search", "export", "import", "forget", "archive", "people", "outbox drop")


def test_a_profile_knows_its_server(logged_in: Shell) -> None:
    """The server is typed once; a profile of its own has its own; a contradiction names both."""
    home = ("--home", str(logged_in.home))
    sent = hongyan("send", "filehelper", "without a server", "--no-pace", *home)
    assert sent.returncode == 0, sent.stderr
    assert sent.stdout.startswith("accepted")
    assert hongyan("doctor", *home).stdout.count(logged_in.server)
    wrong = hongyan("send", "filehelper", "no", "--server", "http://127.0.0.1:9", *home)
    assert wrong.returncode == 2
    assert logged_in.server in wrong.stderr
    assert "http://127.0.0.1:9" in wrong.stderr
    assert "without a server" in hongyan("history", "filehelper", *home).stdout
    assert hongyan("chats", "--profile", "other", *home).returncode == 3


def test_a_profile_outdoes_the_settings(logged_in: Shell, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The file of settings is for profiles that are new."""
    from hongyan.settings import load_settings

    file = tmp_path_factory.mktemp("settings") / "settings.toml"
    file.write_text(f'server = "http://127.0.0.1:9"\nhome = "{logged_in.home}"\n', "utf-8")
    assert load_settings(file).server == logged_in.server
    assert load_settings(file, profile="new").server == "http://127.0.0.1:9"
    assert load_settings(file, server="http://127.0.0.1:8").server == "http://127.0.0.1:8"


def _commands() -> Iterator[tuple[str, click.Command]]:
    for name in COMMANDS:
        command = dressed(load(name))
        yield name, command
        for word, below in (command.commands if isinstance(command, click.Group) else {}).items():
            yield f"{name} {word}", below


@pytest.mark.parametrize(("name", "command"), list(_commands()))
def test_help_shows_what_means_something_there(name: str, command: click.Command) -> None:
    """Options of a login stand only where a login can happen; all are spelt alike."""
    shown = {word for p in command.params for word in p.opts if not getattr(p, "hidden", False)}
    if name.startswith(_ASKS_NOBODY):
        assert not shown & _OF_A_LOGIN
    for long, short in (("--profile", "-p"), ("--json", "-j"), ("--timeout", "-t"), ("--limit", "-n")):
        if long in shown:
            assert short in shown, long
    words = [word for p in command.params for word in p.opts]
    assert len(words) == len(set(words))


def test_short_options_do_what_the_long_ones_do(logged_in: Shell) -> None:
    """For the common ones."""
    home = ("--home", str(logged_in.home))
    listed = hongyan("contacts", "-j", "-p", "default", *home)
    assert listed.returncode == 0, listed.stderr
    assert json.loads(listed.stdout.splitlines()[0])["schema"] == 1
    assert hongyan("history", "filehelper", "-n", "1", *home).returncode == 0


@pytest.mark.parametrize(
    ("line", "among"),
    [
        ("hongyan se", {"send", "search"}),
        ("hongyan send --ti", {"--timeout"}),
        ("hongyan outbox re", {"retry"}),
        ("hongyan completion f", {"fish"}),
        ("hongyan chat --lang z", {"zh", "zh-TW"}),
    ],
)
def test_a_shell_is_answered(line: str, among: set[str]) -> None:
    """By the names of commands, options, words and choices."""
    asked = {
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split()) - 1),
        "_HONGYAN_COMPLETE": "bash_complete",
    }
    told = subprocess.run(
        (sys.executable, "-m", "hongyan"),
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert {row.partition(",")[2] for row in told.stdout.splitlines()} == among


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_a_shell_can_read_its_lines(name: str) -> None:
    """Where that shell is here, it finds no fault with them."""
    lines = hongyan("completion", name)
    assert lines.returncode == 0
    assert "_HONGYAN_COMPLETE" in lines.stdout
    if shutil.which(name) is None:
        pytest.skip(f"there is no {name} here")
    subprocess.run((name, "-n"), input=lines.stdout, text=True, timeout=30, check=True)


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of POSIX")
@pytest.mark.parametrize("command", ["outbox", "people unresolved"])
def test_a_person_is_told_that_there_is_nothing(logged_in: Shell, command: str) -> None:
    """On a terminal's standard error; a pipe and a program that reads JSON get nothing."""
    import pty

    def told(*more: str) -> str:
        ours, theirs = pty.openpty()
        try:
            words = (*command.split(), "--home", str(logged_in.home), *more)
            ran = subprocess.run(
                (sys.executable, "-m", "hongyan", *words),
                stdout=subprocess.PIPE,
                stderr=theirs,
                timeout=30,
                check=True,
            )
            assert ran.stdout == b""
            os.write(theirs, b".")
            shown = b""
            while not shown.endswith(b"."):
                shown += os.read(ours, 1000)
            return shown.decode()
        finally:
            os.close(ours)
            os.close(theirs)

    assert told("--lang", "en") == "(none)\r\n."
    assert told("--json") == "."
    assert logged_in.run(*command.split()).stderr == ""
