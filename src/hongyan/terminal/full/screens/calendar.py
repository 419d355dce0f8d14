"""On which days a chat has messages, as a map of a year, from which one goes to a day or exports the chat."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from textual.containers import Vertical
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from hongyan.model.display_text import clean
from hongyan.model.ids import Seq
from hongyan.model.times import local
from hongyan.terminal.full.screens.dialogs import Ask, Choice, Choose, Dialog

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from hongyan.client.account import Chat
    from hongyan.terminal.full.context import ScreenContext

__all__ = ["Calendar", "export"]

_SHADES: Final = " ·░▒▓█"
_PLAIN_SHADES: Final = " .:+*#"
_PAGE: Final = 1000
_FORMS: Final = ("html", "markdown", "json")


class _Year(Widget):
    """A column for each week, a row for each day of it; the fuller the sign, the more messages."""

    DEFAULT_CSS = "_Year { height: 7; width: 1fr; }"

    def __init__(self, context: ScreenContext) -> None:
        super().__init__()
        self.context = context
        self.year = 0
        self.day = date.min
        self.counts: Counter[date] = Counter()

    def render_line(self, y: int) -> Strip:
        """Return the days of one weekday."""
        palette = self.context.palette
        shades = _PLAIN_SHADES if palette.plain else _SHADES
        first = date(self.year or 2000, 1, 1)
        first -= timedelta(days=first.weekday())
        most = max(self.counts.values(), default=1)
        segments = []
        for week in range(54):
            day = first + timedelta(days=7 * week + y)
            count = self.counts.get(day, 0) if day.year == self.year else 0
            shade = (
                shades[0]
                if not count
                else shades[1 + min(round(count / most * (len(shades) - 2)), len(shades) - 2)]
            )
            if day.year == self.year and not count:
                shade = shades[1] if not palette.plain else "."
            style = palette.style("me" if count else "notice")
            if day == self.day:
                style = palette.style("badge")
            segments.append(Segment(shade, style))
        return Strip(segments).adjust_cell_length(self.size.width, palette.style(""))


class Calendar(Dialog["Seq | None"]):
    """Gives back the first row of the day that was chosen."""

    DEFAULT_CSS = "Calendar > Vertical { width: 64; }"

    def __init__(self, context: ScreenContext, chat: Chat) -> None:
        super().__init__(context)
        self._chat = chat
        self._firsts: dict[date, Seq] = {}
        self._counts: Counter[date] = Counter()
        self._year = _Year(context)

    def compose(self) -> ComposeResult:
        """Put title, map, day and keys together."""
        with Vertical():
            yield self.title_line("")
            yield self._year
            yield Static("", id="day", markup=False)
            yield self.hint_line("calendar-hint")

    def begin(self) -> None:
        """Count the days, a page at a time."""
        today = local(self.context.clock.now()).date()
        self._year.day, self._year.year = today, today.year
        self._show()
        self.context.later(self._count())

    async def _count(self) -> None:
        import asyncio

        after = Seq(0)
        while page := self.context.account.archive.conversation(self._chat, after=after, limit=_PAGE):
            for row in page:
                day = local(row.received_at).date()
                self._counts[day] += 1
                self._firsts.setdefault(day, row.seq)
            after = page[-1].seq
            await asyncio.sleep(0)  # the screen goes on between two pages
            if not self.is_here:
                return
        if self._counts and self._year.day not in self._counts:
            self._year.day = max(self._counts)
            self._year.year = self._year.day.year
        self._show()

    def _show(self) -> None:
        self._year.counts = self._counts
        self._year.refresh()
        title = self.say("calendar", name=clean(self._chat.name, newline=" "), year=self._year.year)
        self.query(".title").first(Static).update(title)
        day = self._year.day
        self.query_one("#day", Static).update(
            self.say("calendar-day", day=day.isoformat(), count=self._counts.get(day, 0))
        )

    def pressed(self, key: str) -> bool:
        """Move by days and years, go to a day, export."""
        moves = {"left": "year", "right": "year", "up": "day", "down": "day"}
        if key in moves:
            back = key in {"left", "up"}
            self._move(-1 if back else 1, by_year=moves[key] == "year")
        elif key == "enter":
            seq = self._firsts.get(self._year.day)
            if seq is not None:
                self.dismiss(seq)
        elif key == "e":
            self.context.ask(self._export(), "export a chat")
        else:
            return False
        return True

    def _move(self, step: int, *, by_year: bool) -> None:
        """Go to the next year, or to the next day with messages."""
        days = sorted(self._counts)
        here = self._year.day
        if by_year:
            wanted = [day for day in days if day.year == here.year + step] or [
                date(max(here.year + step, 2), 1, 1)
            ]
            self._year.day = wanted[0]
        else:
            near = [day for day in days if (day > here if step > 0 else day < here)]
            self._year.day = (near[0] if step > 0 else near[-1]) if near else here
        self._year.year = self._year.day.year
        self._show()

    async def _export(self) -> None:
        path = await export(self.context, self._chat)
        if path is not None:
            self.context.tell(self.say("exported", path=clean(str(path))))


async def export(context: ScreenContext, chat: Chat) -> Path | None:
    """Ask for a form and a folder, write the chat there, and return the file; None where a person changed their mind."""
    from hongyan.terminal.full.strings.dialogs import DIALOGS
    from hongyan.terminal.strings.language import say

    form = await context.push(
        Choose(context, say(DIALOGS, "export-form", context.language), [Choice(f, f) for f in _FORMS])
    )
    if not form:
        return None
    folder = await context.push(
        Ask(context, say(DIALOGS, "export-to", context.language), str(context.place.folder))
    )
    if not folder:
        return None
    return await context.place.export(context.account, chat, form[0], Path(folder))
