"""What of the journal goes into the log, and what is told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.model.commands import CommandRow, FetchMedia, MarkRead, Outcome, Pin, SendText
from hongyan.model.events import CommandSettled, Gap, LoginChanged, LoginState, Recorded
from hongyan.model.ids import ChatKey, ClientMsgId, CommandId, Seq
from hongyan.terminal.full.event_log import log_row

if TYPE_CHECKING:
    from hongyan.model.commands import Command
    from hongyan.model.events import Event

    from .conftest import Stage

WANG = ChatKey("w")


def settled(command: Command, outcome: Outcome) -> CommandSettled:
    """Return what the journal says of a command that is done."""
    row = CommandRow(
        id=CommandId(1), command=command, client_msg_id=ClientMsgId("1"), created_at=0.0, outcome=outcome
    )
    return CommandSettled(row=row)


@pytest.mark.parametrize(
    ("event", "level", "is_shown"),
    [
        (LoginChanged(state=LoginState.ONLINE), "info", False),
        (LoginChanged(state=LoginState.ENDED, reason="login-ended.1101"), "error", True),
        (Gap(since=1.0, until=2.0), "info", False),
        (settled(Pin(chat=WANG, on=True), Outcome.ACCEPTED), "info", False),
        (settled(Pin(chat=WANG, on=True), Outcome.FAILED), "error", True),
        (settled(SendText(chat=WANG, text="x"), Outcome.FAILED), "error", False),
        (settled(SendText(chat=WANG, text="x"), Outcome.ACCEPTED), "", False),
        (settled(MarkRead(chat=WANG), Outcome.FAILED), "", False),
        (settled(FetchMedia(seq=Seq(1)), Outcome.FAILED), "", False),
    ],
)
async def test_an_event_is_logged_by_what_it_means(
    stage: Stage, event: Event, level: str, *, is_shown: bool
) -> None:
    """A failed message stands in its chat already; what the program does by itself is in neither."""
    app = stage.screen()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.context.log.clear()
        log_row(app.context, Recorded(seq=Seq(1), event=event, received_at=0.0))
        assert {line.level for line in app.context.log} == ({level} if level else set())
        await pilot.pause()
        assert bool(app._notifications) == is_shown


async def test_a_trouble_of_the_service_is_logged_in_the_language_in_use(stage: Stage) -> None:
    """By the code of its error, whatever its English words are."""
    app = stage.screen()
    async with app.run_test(size=(80, 24)):
        app.context.log.clear()
        event = LoginChanged(
            state=LoginState.DEGRADED,
            reason="login-ended.1101",
            said="the login ended",
            advice="Log in again",
        )
        log_row(app.context, Recorded(seq=Seq(1), event=event, received_at=0.0))
        (line,) = app.context.log
        assert "账号在别处登录" in line.text
        assert "ended" not in line.text
        assert "Log in again" not in line.text


@pytest.mark.parametrize(("language", "stop"), [("zh", "。"), ("en", ". ")])
async def test_the_log_separates_what_happened_why_and_what_to_do(
    stage: Stage, language: str, stop: str
) -> None:
    """Three sentences without a stop between them are read as one."""
    app = stage.screen(language=language)
    async with app.run_test(size=(80, 24), notifications=True):
        app.context.log.clear()
        event = LoginChanged(state=LoginState.ENDED, reason="login-ended.1101", said="It was taken over")
        log_row(app.context, Recorded(seq=Seq(1), event=event, received_at=0.0))
        (line,) = [line for line in app.context.log if "hongyan login" in line.text]
        assert line.text.rstrip(".。").count(stop) == 2
