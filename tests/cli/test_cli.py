"""The command line as a table: help, exit codes, and errors in a sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from hongyan.cli import main
from hongyan.cli.commands import COMMANDS, load
from hongyan.errors import (
    EXIT_CODES,
    MEANINGS,
    AmbiguousName,
    HeldBack,
    HongyanError,
    InternalError,
    LoginEnded,
    NoAnswer,
    NoSuchChat,
    NotComplete,
    NotLoggedIn,
    ProtocolChanged,
    Refused,
    StillWaiting,
    StorageError,
    TooFast,
    UsageError,
)
from hongyan.terminal.addressed import addressed, use_address
from hongyan.terminal.faults import explained
from hongyan.terminal.strings.language import Language

if TYPE_CHECKING:
    from hongyan.bot.webhook import Webhook


def _run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_exists_and_has_help(name: str) -> None:
    """The table names importable commands, and its short text agrees with the command's own help."""
    command = load(name)
    assert isinstance(command, click.Command)
    result = CliRunner().invoke(command, ["--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (UsageError("no", "do this"), 2),
        (NotLoggedIn("me"), 3),
        (LoginEnded(1101), 3),
        (NoSuchChat("bob"), 4),
        (AmbiguousName("bob", ["a", "b"]), 5),
        (Refused("webwxsendmsg", 1204), 6),
        (ProtocolChanged("webwxinit", "no User"), 6),
        (TooFast("webwxsendmsg"), 7),
        (NoAnswer("jslogin", "refused"), 8),
        (NotComplete("members of 家", 3, 5), 8),
        (HeldBack("it waits for its turn", 60.0), 7),
        (StillWaiting("it waits", "wait"), 8),
        (StorageError("the disk is full"), 9),
        (InternalError("sending", "KeyError"), 70),
    ],
)
def test_each_error_has_its_exit_code(problem: HongyanError, code: int) -> None:
    """The codes are those that the help promises."""
    assert problem.exit_code == code
    assert str(problem)
    assert problem.advice


def test_every_error_of_the_tree_has_a_code_that_is_explained() -> None:
    """A new error gets its parent's code or one of its own; the page on the command line lists them all."""
    page = (Path(__file__).parents[2] / "docs/cli.md").read_text("utf-8")
    kinds = [HongyanError]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        assert kind.exit_code in EXIT_CODES, kind
        assert kind is HongyanError or kind.exit_code, kind
    for code in EXIT_CODES:
        assert re.search(rf"^\| {code} \|", page[page.index("## Exit codes") :], re.MULTILINE), code


def test_advice_means_the_profile_in_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever command it names, and wherever it is told; a server is for a login alone."""
    typed = ("--profile", "new", "--home", str(tmp_path / "a b"))
    where = f"--profile new --home '{tmp_path / 'a b'}'"
    assert f"Run: hongyan login {where}\n" in _run("history", "Anna", *typed, capsys=capsys)[2]
    told = json.loads(_run("outbox", "--json", *typed, capsys=capsys)[2])
    assert told["error"]["advice"] == f"Run: hongyan login {where}"
    assert (
        f"hongyan login {where}" in _run("doctor", *typed, "--server", "http://127.0.0.1:9", capsys=capsys)[1]
    )
    try:
        use_address({"--profile": "new", "--server": "http://x"})
        assert explained("missed", "", "hongyan outbox retry 3", Language.EN)[1] == (
            "hongyan outbox retry --profile new 3"
        )
        for code in MEANINGS:
            for language in Language:
                advice = explained(f"login-ended.{code}", "", "", language)[1]
                assert advice.count("hongyan login") == advice.count("--profile new --server http://x")
        assert addressed("hongyan demo, or hongyan emulate") == "hongyan demo, or hongyan emulate"
    finally:
        use_address({})
    assert addressed("hongyan login") == "hongyan login"


def test_advice_forgets_the_profile_of_the_command_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two commands in one process have nothing to do with each other."""
    for line in (("login", "--no-such-option"), ("--no-pace", "outbox", "retry", "1")):
        _run("history", "Anna", "--profile", "new", "--home", str(tmp_path), capsys=capsys)
        assert "--home" not in _run(*line, capsys=capsys)[2]


def test_only_commands_that_take_a_profile_are_given_one() -> None:
    """And all of them are."""
    try:
        use_address({"--profile": "new"})
        for name in COMMANDS:
            command = load(name)
            below = command.commands if isinstance(command, click.Group) else {}
            for path, each in ((name, command), *((f"{name} {word}", each) for word, each in below.items())):
                takes = any("--profile" in param.opts for param in each.params)
                assert (addressed(f"hongyan {path}") != f"hongyan {path}") == takes, path
    finally:
        use_address({})


def test_nonsense_is_answered_with_a_sentence_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    """Every wrong word says what would be right."""
    code, _, err = _run("explain", "foo", capsys=capsys)
    assert code == 2
    assert "Known codes" in err
    code, _, err = _run("sned", capsys=capsys)
    assert code == 2
    assert "Did you mean send?" in err
    code, _, err = _run("frobnicate", capsys=capsys)
    assert code == 2
    assert "no command" in err


def test_chat_signs_what_its_hook_posts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the secret of a file, as bot does; without a hook the file would do nothing, and that is told."""
    secret = tmp_path / "secret"
    hooks: list[Webhook] = []
    secret.write_text("canary\n")
    monkeypatch.setattr("hongyan.bot.webhook.webhook", hooks.append)
    told = ["--hook", "http://127.0.0.1:9/", "--hook-secret-file", str(secret), "-v"]
    nowhere = ["--server", "http://127.0.0.1:9", "--home", str(tmp_path)]
    CliRunner().invoke(load("chat"), [*told, *nowhere])
    assert [hook.secret for hook in hooks] == ["canary"]
    refused = CliRunner().invoke(load("chat"), [*told[2:], *nowhere])
    assert refused.exit_code == 2
    assert "without --hook" in refused.output


def test_the_help_has_every_command_once() -> None:
    """Below one of its headings."""
    from hongyan.cli.commands import COMMANDS, GROUPS

    assert sorted(" ".join(GROUPS.values()).split()) == sorted(COMMANDS)
