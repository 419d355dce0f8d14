"""Where a command meets the shell: closed streams, foreign encodings, bytes that are no text, signals, faults of ours."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import click
import pytest

from hongyan import reports
from hongyan.cli import boundary, main
from hongyan.cli.commands import COMMANDS, load
from hongyan.cli.streams import open_missing
from hongyan.errors import NoSuchChat, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CANARY = "canary-sid-7Fq"
_PROGRAM = (sys.executable, "-m", "hongyan")


def _shell(line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of sh with ``hongyan`` as "$0"."""
    return subprocess.run(
        ("bash", "-c", line.replace("hongyan", f"'{sys.executable}' -m hongyan")),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        env={**os.environ, **environment},
        check=False,
    )


@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- 2>&-"])
@pytest.mark.parametrize("command", ["--help", "explain 1102", "explain nonsense"])
def test_a_closed_stream_changes_no_outcome(command: str, closed: str) -> None:
    """What is closed is the null device; the exit code is that of the open streams."""
    assert _shell(f"hongyan {command} {closed}").returncode == _shell(f"hongyan {command}").returncode


@pytest.mark.parametrize(
    "command", ["--help", "--version", "explain 1102", "keys", "doctor", "send -h", "emulate --port 0"]
)
@pytest.mark.parametrize(
    ("where", "why"), [(">&-", "it is closed"), (">/dev/full", "No space left on device")]
)
def test_what_cannot_be_printed_is_no_success(command: str, where: str, why: str) -> None:
    """Nor is it blamed on the profile; an error is told all the same, with its own code."""
    ran = _shell(f"hongyan {command} {where}")
    said = ran.stderr.decode()
    assert (ran.returncode, f"nothing can be printed to standard output: {why}" in said) == (9, True), said
    assert "profile" not in said
    assert _shell(f"hongyan explain nonsense {where}").returncode == 2
    assert _shell(f"hongyan {command} {where} 2>&-").returncode == 9


def test_a_closed_stream_is_open_before_any_file_is(tmp_path: Path) -> None:
    """The next descriptor is not one of the three: what is printed can never end up in a journal."""
    code = (
        "from hongyan.cli.streams import open_missing\nopen_missing()\nimport os,sys\n"
        f"number=os.open({str(tmp_path / 'journal')!r}, os.O_CREAT|os.O_RDWR)\nassert number > 2, number\n"
        "sys.stderr.write('x'); sys.stdin.read()"
    )
    assert _shell(f"'{sys.executable}' -c \"$CODE\" <&- >&- 2>&-", CODE=code).returncode == 0


def test_open_streams_stay_as_they_are() -> None:
    """Nothing is replaced where nothing is missing."""
    before = sys.stdin, sys.stdout, sys.stderr
    open_missing()
    assert (sys.stdin, sys.stdout, sys.stderr) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("emulate --state '' --port 0", "what follows --state is empty"),
        ("emulate --real-hosts --ca-dir=", "what follows --ca-dir is empty"),
        ("forget --yes -p ''", "what follows -p is empty"),
        ("send '' hello", "a word is empty"),
        ("people merge '' ''", "a word is empty"),
        ("say Anna ''", "a word is empty"),
        ("search ''", "a word is empty"),
        ("history --proxy '' ''", "a word is empty"),
    ],
)
def test_a_value_that_is_empty_means_neither_all_nor_here(tmp_path: Path, words: str, said: str) -> None:
    """What a script's unset variable leaves behind is a mistake that is told, and nothing is made where one stands."""
    ran = _shell(f"cd '{tmp_path}' && hongyan {words}", HOME=str(tmp_path))
    assert (ran.returncode, said in ran.stderr.decode()) == (2, True), ran.stderr.decode()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["--help", "keys", "keys --json", "send --help"])
def test_a_reader_that_leaves_early_is_no_mistake(command: str) -> None:
    """``| head -1`` is quiet, with the code that shells give a program which SIGPIPE ended, or 0."""
    ran = _shell(f"hongyan {command} | head -1; echo ${{PIPESTATUS[0]}} >&2")
    assert ran.returncode == 0
    assert ran.stderr.decode().strip() in {"0", "141"}
    assert ran.stdout.count(b"\n") == 1
    gone = _shell(f"(sleep 1; hongyan {command}; echo $? >&2) | true")
    assert gone.stderr.decode().strip() in {"0", "141"}


@pytest.mark.parametrize("encoding", ["gbk", "latin-1", "ascii", "utf-8"])
@pytest.mark.parametrize("command", ["keys --lang zh", "keys --lang zh --json", "explain 谁", "谁"])
def test_no_encoding_ends_a_command(encoding: str, command: str) -> None:
    """What it lacks is shown as one question mark a cell; JSON keeps its values."""
    ran = _shell(f"hongyan {command}", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert ran.returncode == (0 if command.startswith("keys") else 2)
    assert b"Traceback" not in ran.stderr
    if "--json" in command:
        told = [
            json.loads(line)
            for line in ran.stdout.decode(encoding if encoding != "ascii" else "utf-8").splitlines()
        ]
        assert any(not each["does"].isascii() for each in told)


def test_a_table_stays_a_table(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Two question marks stand for a wide character, none for a mark above a letter."""
    ran = _shell("hongyan keys --lang zh", PYTHONIOENCODING="latin-1")
    widths = {line.find(b"  ", 30) for line in ran.stdout.splitlines() if line.startswith(b"  F")}
    assert len(widths) >= 1
    assert b"????" in ran.stdout


def _faulty(error: BaseException) -> click.Command:
    @click.command()
    @click.option("--json", "as_json", is_flag=True)
    def faulty(*, as_json: bool) -> None:
        held = _CANARY  # a local, as a frame of ours has many
        raise error from ValueError(held)

    return faulty


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Put a command with a fault of ours into the table; return where reports go."""
    reports.keep_in(tmp_path / "reports")
    reports.forget_reported()
    monkeypatch.setitem(COMMANDS, "faulty", ("nowhere:faulty", "Fails."))
    yield tmp_path / "reports"
    reports.keep_in(None)


@pytest.mark.parametrize("form", [[], ["--json"]])
@pytest.mark.parametrize(
    "error",
    [
        ValueError(_CANARY),
        KeyError(_CANARY),
        AssertionError(_CANARY),
        ExceptionGroup(_CANARY, [TypeError(_CANARY), KeyError(_CANARY)]),
        UnicodeDecodeError("utf-8", _CANARY.encode(), 0, 1, _CANARY),
    ],
)
def test_a_fault_of_ours_is_a_sentence_a_report_and_70(
    error: Exception,
    form: list[str],
    broken: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing that the program held is in any of them."""
    monkeypatch.setattr("hongyan.cli.load", lambda _: _faulty(error))
    with pytest.raises(SystemExit) as left:
        main(["faulty", *form])
    out, err = capsys.readouterr()
    (report,) = broken.iterdir()
    assert left.value.code == boundary.FAULT == 70
    assert str(report) in err
    assert len(err.splitlines()) == 1
    assert _CANARY not in out + err + report.read_text()
    assert "Traceback" not in err
    assert type(error).__name__ in report.read_text()
    if form:
        assert json.loads(err)["error"]["code"] == "fault"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NoSuchChat("bob"), 4),
        (ExceptionGroup("tasks", [UsageError("no", "do")]), 2),
        (OSError(28, "No space left on device", "x"), 9),
        (BrokenPipeError(32, "Broken pipe"), 141),
        (KeyboardInterrupt(), 130),
        (EOFError(), 130),
        (SystemExit(5), 5),
    ],
)
def test_what_went_wrong_has_its_exit_code(
    error: BaseException,
    code: int,
    broken: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And is no fault of ours."""
    monkeypatch.setattr("hongyan.cli.load", lambda _: _faulty(error))
    with pytest.raises(SystemExit) as left:
        main(["faulty"])
    assert left.value.code == code
    assert not broken.exists()
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_helps_by_a_letter_and_complains_alike(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """-h as --help; a wrong option is one sentence and where to look."""
    for word, code in (("-h", 0), ("--help", 0), ("--no-such-option", 2)):
        if (name, word) == ("explain", "--no-such-option"):
            continue  # there a word with dashes is a code
        with pytest.raises(SystemExit) as left:
            main([name, word])
        out, err = capsys.readouterr()
        assert left.value.code == code, err
        assert ("Usage:" in out) == (code == 0)
        if code:
            assert err.startswith("hongyan: ")
            assert f"hongyan {name} --help" in err


def test_bytes_that_are_no_text_are_refused_where_a_text_is_wanted() -> None:
    """Exit code 2 and a sentence; UTF-8 is read as such whatever the locale says."""
    for line in ("hongyan explain $'\\xff'", "hongyan $'\\xff'", "hongyan chats --profile $'\\xff\\xfe'"):
        ran = _shell(line, PYTHONUTF8="0")
        assert ran.returncode == 2, ran.stderr
        assert b"Traceback" not in ran.stderr
    ran = _shell("hongyan history --home /nowhere 老王", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert ran.returncode == 3, ran.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_command_in_order(number: int, tmp_path: Path) -> None:
    """The exit code says which one; nothing half done stays and nothing is printed of where it was."""
    code = (
        "import click, time, pathlib\nimport hongyan.cli as cli\n"
        "@click.command()\n"
        "def slow():\n"
        f"    half = pathlib.Path({str(tmp_path / 'half')!r})\n"
        "    half.touch()\n"
        "    try:\n"
        "        print('at work', flush=True)\n"
        "        time.sleep(20)\n"
        "    finally:\n"
        "        half.unlink()\n"
        "cli.load = lambda _: slow\n"
        "import sys; sys.argv[1:] = ['doctor']\n"
        "cli.main()"
    )
    with subprocess.Popen(
        (sys.executable, "-c", code), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline() == b"at work\n"
        child.send_signal(number)
        assert child.wait(20) == 128 + number
        assert child.stderr.read() == b""
    assert not (tmp_path / "half").exists()


def test_an_interruption_at_any_moment_leaves_no_traceback() -> None:
    """Ctrl-C while modules are imported, while a command works, while the program winds up."""
    for number in range(12):
        with subprocess.Popen(
            (*_PROGRAM, "keys"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as child:
            assert child.stderr is not None
            time.sleep(0.05 + number * 0.03)
            child.send_signal(signal.SIGINT)
            said = child.stderr.read()
            assert child.wait(20) in {0, 130, -signal.SIGINT, 1}
        if b"in _run\n" in said:  # before a command is looked for, the interpreter says what it says
            assert b"Traceback" not in said, said


def test_every_command_is_dressed() -> None:
    """Texts are checked in groups of commands too."""
    for name in COMMANDS:
        command = boundary.dressed(load(name))
        assert command.context_settings["help_option_names"] == ["-h", "--help"]
        assert all(type(param.type) is not type(click.STRING) for param in command.params)


def test_a_signal_before_work_that_never_waits_is_heard() -> None:
    """A cancellation would come when the work is over, as nobody's."""
    from hongyan.cli.signals import StopRequested, stoppable

    async def quick() -> int:
        return 0

    async def struck() -> int:
        return await stoppable(quick(), [signal.SIGHUP])

    with pytest.raises(StopRequested) as stopped:
        asyncio.run(struck())
    assert stopped.value.code == 129
