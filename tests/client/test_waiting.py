"""Why a command is still open."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from hongyan.client.waiting import still_open
from hongyan.errors import HeldBack, StillWaiting, StorageError, TooFast
from hongyan.model.commands import CommandRow, Outcome, SendText
from hongyan.model.events import LoginState, Status
from hongyan.model.ids import ChatKey, ClientMsgId, CommandId

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHER = 2**22 + 1  # above the largest number of a process


def _row(outcome: Outcome = Outcome.QUEUED, **more: Any) -> CommandRow:
    command = SendText(chat=ChatKey("c"), text="hi")
    number = ClientMsgId("1")
    return CommandRow(
        id=CommandId(1), command=command, client_msg_id=number, outcome=outcome, created_at=0.0, **more
    )


@pytest.mark.parametrize("error", [TooFast("webwxsendmsg"), HeldBack("the pace"), StorageError("disk full")])
def test_what_holds_it_back_is_told_with_the_time(error: Any) -> None:
    """Where the row says until when."""
    told = still_open(
        _row(reason=error.code, said=str(error), retry_at=9.0), Status(state=LoginState.OFFLINE)
    )
    assert type(told) is type(error)
    assert getattr(told, "retry_at", 9.0) == 9.0


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (_row(Outcome.SENT), "no answer has come yet"),
        (_row(due_at=9.0), "its scheduled time"),
        (_row(reason="held-back"), "still waits in the outbox"),
        (_row(reason="no-answer", retry_at=9.0), "still waits in the outbox"),
    ],
)
def test_a_row_says_what_it_waits_for(row: CommandRow, said: str) -> None:
    """Nothing failed."""
    told = still_open(row, Status(state=LoginState.OFFLINE))
    assert isinstance(told, StillWaiting)
    assert said in str(told)
    assert "hongyan outbox" in told.advice


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status(state=LoginState.ONLINE, pid=os.getpid()), "this program sends what came before"),
        (Status(state=LoginState.ONLINE, pid=OTHER), f"process {OTHER}) has not taken it yet"),
        (
            Status(state=LoginState.DEGRADED, pid=os.getpid(), reason="no-answer", said="reset"),
            "server (reset)",
        ),
        (Status(state=LoginState.DEGRADED, pid=OTHER), f"process {OTHER}) cannot reach the server"),
        (Status(state=LoginState.LOGGING_IN), "the login is not there yet"),
        (Status(state=LoginState.ENDED), "the login has ended"),
        (Status(state=LoginState.OFFLINE), "no program holds the login"),
    ],
)
def test_the_outbox_waits_for_whoever_holds_the_login(status: Status, said: str) -> None:
    """Which need not be this program, nor the network."""
    assert said in str(still_open(_row(), status))


@pytest.fixture
def stopped() -> Iterator[int]:
    """The number of a program that is stopped."""
    child = subprocess.Popen((sys.executable, "-c", "input()"), stdin=subprocess.PIPE)
    child.send_signal(signal.SIGSTOP)
    os.waitpid(child.pid, os.WUNTRACED)
    yield child.pid
    child.kill()
    child.communicate()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")
@pytest.mark.parametrize("state", [LoginState.ONLINE, LoginState.DEGRADED])
def test_a_program_that_is_stopped_is_named(stopped: int, state: LoginState) -> None:
    """By Ctrl-Z it sends nothing, and does not know it."""
    assert f"process {stopped}) is stopped" in str(still_open(_row(), Status(state=state, pid=stopped)))
