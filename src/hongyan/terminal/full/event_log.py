"""Writes the account's events into the log of the screen, and shows those that a person should see at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.commands import Outcome
from hongyan.model.display_text import clean
from hongyan.model.events import CommandSettled, Gap, LoginChanged, LoginState
from hongyan.terminal.faults import explained, joined, why_failed
from hongyan.terminal.seen import about
from hongyan.terminal.strings.language import say
from hongyan.terminal.strings.line_mode import LINE_MODE

if TYPE_CHECKING:
    from hongyan.model.commands import CommandRow
    from hongyan.model.events import Recorded
    from hongyan.terminal.full.context import ScreenContext

__all__ = ["log_row"]


def log_row(context: ScreenContext, row: Recorded) -> None:
    """Log a row of the journal: a change of the login, a gap, the outcome of a command; other rows are left out."""
    match row.event:
        case LoginChanged():
            _log_login(context, row.event)
        case Gap(since=since, until=until):
            times = {"since": context.time_text(since), "until": context.time_text(until)}
            context.note(say(LINE_MODE, "gap", context.language, **times))
        case CommandSettled(row=command) if not command.command.silent:
            _log_command(context, command)


def _log_login(context: ScreenContext, event: LoginChanged) -> None:
    why, hint = (
        explained(event.reason, event.said, event.advice, context.language) if event.reason else ("", "")
    )
    has_ended = event.state is LoginState.ENDED
    state = say(LINE_MODE, f"state-{event.state}", context.language)
    context.note(joined(joined(state, why, context.language), hint, context.language), error=has_ended)
    if has_ended:
        context.tell(context.say("login-ended", why=why or event.reason), error=True)


def _log_command(context: ScreenContext, command: CommandRow) -> None:
    subject = about(command)
    what = clean(say(LINE_MODE, subject.what, context.language, name=subject.name), newline=" ").strip()
    if command.outcome is Outcome.FAILED:
        why, advice = why_failed(command, context.language)
        sentence = context.say("not-done", what=what, why=joined(why, advice, context.language))
        if command.command.is_message:
            context.note(sentence, error=True)
        else:
            context.tell(sentence, error=True)
    elif not command.command.is_message:
        context.note(context.say("done", what=what))
