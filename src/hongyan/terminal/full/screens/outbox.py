"""What waits to be sent, what failed, and what is unconfirmed: edited, dropped or sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from hongyan.model.commands import DISMISSED, CommandRow, Outcome, SendText, chat_of
from hongyan.model.display_text import clean, fit
from hongyan.model.times import local
from hongyan.terminal.faults import why_failed
from hongyan.terminal.full.screens.pages import Page
from hongyan.terminal.full.strings.history import HISTORY
from hongyan.terminal.seen import about
from hongyan.terminal.strings.language import say
from hongyan.terminal.strings.line_mode import LINE_MODE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.terminal.full.context import ScreenContext

__all__ = ["OutboxPage"]

Line = tuple[tuple[str, str], ...]
_LOOKED_AT = 300  # newest commands


class OutboxPage(Page["str | None"]):
    """Gives back a text that is to be edited, after it was taken out."""

    HINT: ClassVar[str] = "outbox-hint"

    def __init__(self, context: ScreenContext) -> None:
        super().__init__(context, "")
        self._title = self.say("outbox")
        self._rows: list[CommandRow] = []

    def lines(self, width: int) -> Sequence[Line]:
        """Return a line for each command."""
        self._rows = [row for row in self.context.account.outbox(_LOOKED_AT) if _matters(row)]
        if not self._rows:
            return [((self.say("outbox-empty"), "notice"),)]
        return [self._line(row, width) for row in self._rows]

    def _line(self, row: CommandRow, width: int) -> Line:
        subject = about(row)
        key = chat_of(row.command)
        name = clean(self.context.account.chat(key).name, newline=" ") if key else ""
        what = clean(subject.text, newline=" ") or say(
            LINE_MODE, subject.what, self.context.language, name=clean(subject.name)
        )
        state, style = self._state(row)
        at = f"{local(row.created_at):%H:%M} "
        return (
            (at, "time"),
            (f"{fit(name, 16)} ", "title"),
            (fit(what.strip(), max(width // 2, 10)), ""),
            (f"  {state}", style),
        )

    def _state(self, row: CommandRow) -> tuple[str, str]:
        language = self.context.language
        if row.outcome is Outcome.FAILED:
            why, _ = why_failed(row, language)
            return say(HISTORY, "failed", language, why=why), "failed"
        if row.outcome is Outcome.UNCONFIRMED:
            return say(HISTORY, "unconfirmed", language), "failed"
        until = row.retry_at or row.due_at
        if until:
            return say(HISTORY, "waits", language, time=self.context.time_text(until)), "pending"
        return say(HISTORY, "pending" if row.outcome is Outcome.SENT else "queued", language), "pending"

    def pressed(self, key: str) -> bool:
        """Edit, drop, send again."""
        row = (
            self._rows[self.rows.selected]
            if self._rows and 0 <= self.rows.selected < len(self._rows)
            else None
        )
        if key in {"d", "delete"} and row is not None:
            self.context.later(self._drop(row))
        elif key == "t" and row is not None:
            self.context.later(self._again(row))
        elif key == "e" and row is not None and _text_of(row):
            self.context.later(self._edit(row))
        else:
            return super().pressed(key)
        return True

    async def _drop(self, row: CommandRow) -> None:
        await self.context.account.outbox.drop(row.id)
        self.fill()

    async def _again(self, row: CommandRow) -> None:
        if row.outcome.went_wrong:
            await self.context.account.outbox.retry(row.id)
            self.fill()

    async def _edit(self, row: CommandRow) -> None:
        await self.context.account.outbox.drop(row.id)
        self.dismiss(_text_of(row))


def _matters(row: CommandRow) -> bool:
    if row.reason == DISMISSED:
        return False
    return row.open or (row.command.is_message and row.outcome.went_wrong)


def _text_of(row: CommandRow) -> str:
    """Return the text of a command that has one."""
    return row.command.text if isinstance(row.command, SendText) else ""
