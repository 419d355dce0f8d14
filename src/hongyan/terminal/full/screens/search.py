"""Search in what the archive holds: words with filters, or a pattern; answers with their surroundings, and unread mentions."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from textual.containers import Vertical
from textual.widgets import Input, Static

from hongyan.errors import HongyanError, UsageError
from hongyan.model.display_text import clean, fit
from hongyan.model.ids import ChatKey, Seq
from hongyan.model.search import Query, fold, require_kinds, searched_text
from hongyan.terminal.full.chats.rowlist import RowList
from hongyan.terminal.full.screens.dialogs import Dialog

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from hongyan.client.account import Account, Chat
    from hongyan.model.events import Recorded
    from hongyan.terminal.full.context import ScreenContext

__all__ = ["Mentions", "SearchDialog", "SearchResult", "query_of"]

_MOST: Final = 200
_PATTERN_ROWS: Final = 20_000  # the newest rows that a pattern is tried on
_PAUSE_S: Final = 0.15  # after the last letter
_FILTER: Final = re.compile(r"(?<!\S)(from|in|type|before|after|has)[:：](\"[^\"]*\"|\S*)")

Piece = tuple[str, str]


class SearchResult(NamedTuple):
    """A row to go to, and the rows of its chat that were found with it."""

    row: Recorded
    others: list[Seq]


def query_of(text: str, account: Account, chat: Chat | None) -> Query:
    """Return what a typed search means; UsageError names a filter that cannot be understood.

    ``from:NAME in:NAME type:KIND before:DAY after:DAY has:link`` are allowed anywhere; a name with blanks is quoted.
    """
    filters: dict[str, str] = {}
    for found in _FILTER.finditer(text):
        filters[found[1]] = found[2].strip('"')
    words = _FILTER.sub(" ", text).strip()
    if filters.get("has") not in {None, "link"}:
        raise UsageError(f"has:{filters['has']}")
    return Query(
        words=words,
        chat=account.find(filters["in"]).key
        if filters.get("in")
        else chat.key
        if chat is not None
        else ChatKey(""),
        sender=account.find(filters["from"]).key if filters.get("from") else ChatKey(""),
        kinds=_kinds(filters.get("type", "")),
        since=_day(filters.get("after", "")),
        until=_day(filters.get("before", "")),
        link=filters.get("has") == "link",
        limit=_MOST,
    )


def _kinds(text: str) -> tuple[str, ...]:
    return require_kinds(tuple(kind for kind in re.split("[,，]", text) if kind))


def _day(text: str) -> float | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").astimezone().timestamp()
    except ValueError as error:
        raise UsageError(text, "A day is written like 2026-03-08.") from error


class SearchDialog(Dialog["SearchResult | None"]):
    """Searches one chat, or all for None. Tab turns the words into a pattern and back."""

    DEFAULT_CSS = """
    SearchDialog > Vertical { width: 96%; max-width: 110; height: 90%; }
    SearchDialog RowList { height: 1fr; max-height: 100%; }
    """

    def __init__(self, context: ScreenContext, chat: Chat | None) -> None:
        super().__init__(context)
        self._chat = chat
        self._pattern = False
        self._rows: list[Recorded] = []
        self._list = RowList(self._draw, context.palette, lines=3)
        self._searching: asyncio.Task[None] | None = None

    def compose(self) -> ComposeResult:
        """Put field, count and answers together."""
        name = f" · {clean(self._chat.name, newline=' ')}" if self._chat is not None else ""
        with Vertical():
            yield self.title_line(f"{self.say('search')}{name}")
            yield Input(select_on_focus=False)
            yield Static("", id="count", markup=False, classes="hint")
            yield self._list
            yield Static(self._hint(), id="hint", markup=False, classes="hint")

    def _hint(self) -> str:
        return self.say("search-hint", regex=self.say("on" if self._pattern else "off"))

    def begin(self) -> None:
        """Wait for words."""
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search when the typing pauses."""
        self._begin_search(event.value)

    def _begin_search(self, text: str) -> None:
        if self._searching is not None:
            self._searching.cancel()
        self._searching = self.context.later(self._search(text))

    async def _search(self, text: str) -> None:
        await asyncio.sleep(_PAUSE_S)
        try:
            self._rows = await self._found(text)
        except UsageError as problem:
            self._tell(self.say("wrong-filter", what=self.context.problem_text(problem)))
            return
        except HongyanError as problem:
            self._tell(self.context.problem_text(problem))
            return
        if not self.is_here:
            return
        self._list.reset(len(self._rows))
        self._tell(
            self.say("found", count=len(self._rows))
            if self._rows
            else self.say("found-none")
            if text.strip()
            else ""
        )

    async def _found(self, text: str) -> list[Recorded]:
        if not text.strip():
            return []
        if self._pattern:
            return await self._matching(text)
        query = query_of(text, self.context.account, self._chat)
        return await self.context.account.search(
            query, progress=lambda behind: self._tell(self.say("indexing", count=behind))
        )

    async def _matching(self, text: str) -> list[Recorded]:
        """Return the newest rows whose text matches a pattern; only so many rows are searched."""
        try:
            pattern = re.compile(text, re.IGNORECASE)
        except re.error as error:
            raise UsageError(text, str(error)) from error
        account = self.context.account
        found: list[Recorded] = []
        chats = [self._chat] if self._chat is not None else account.chats()
        for chat in chats:
            before: Seq | None = None
            looked = 0
            while looked < _PATTERN_ROWS // len(chats) + 500:
                rows = account.history(chat, 500, before=before)
                if not rows:
                    break
                found += [row for row in rows if pattern.search(searched_text(row.event))]
                before, looked = rows[0].seq, looked + len(rows)
                await asyncio.sleep(0)
        return sorted(found, key=lambda row: row.seq, reverse=True)[:_MOST]

    def _tell(self, text: str) -> None:
        if self.is_here:
            self.query_one("#count", Static).update(clean(text, newline=" "))

    def _draw(self, index: int, width: int) -> list[list[Piece]]:
        row = self._rows[index]
        items = self.context.items.items([row])
        marks = self.context.palette.marks
        gutter = f"{marks['selected']} " if index == self._list.selected else "  "
        if not items:
            return [[(gutter, "me")]]
        item = items[0]
        chat = clean(self.context.account.chat(row.chat).name, newline=" ", tab=" ")
        head = [
            (gutter, "me"),
            (self.context.day_text(item.at).split(" · ")[-1] + " ", "time"),
            (self.context.time_text(item.at), "time"),
            (f"  {item.who}", "title"),
            (f"  {chat}", "notice"),
        ]
        before, hit, after = _around(" ".join(part.text for part in item.body), self._words(), width - 4)
        return [head, [("  ", ""), (before, ""), (hit, "match"), (after, "")], [("", "")]]

    def _words(self) -> str:
        words = _FILTER.sub(" ", self.query_one(Input).value).split()
        return words[0] if words and not self._pattern else ""

    def on_row_list_highlighted(self) -> None:
        """Show which answer is selected without colour too."""
        self._list.redraw()

    def on_input_submitted(self) -> None:
        """Go to the selected answer."""
        self._list.choose()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Give the answer back, with the others of its chat."""
        row = self._rows[event.index]
        self.dismiss(SearchResult(row, [other.seq for other in self._rows if other.chat == row.chat]))

    def pressed(self, key: str) -> bool:
        """Move among the answers, or turn to a pattern and back."""
        if key == "tab":
            self._pattern = not self._pattern
            self.query_one("#hint", Static).update(self._hint())
            self._begin_search(self.query_one(Input).value)
            return True
        return self._list.moved_by(key)


def _around(text: str, word: str, width: int) -> tuple[str, str, str]:
    """Return a line of a text with a word in it, and the word by itself."""
    at = fold(text).find(fold(word)) if word else -1
    if at < 0 or len(fold(text)) != len(text):
        return fit(text, width), "", ""
    begin = max(at - width // 4, 0)
    before = ("…" if begin else "") + text[begin:at]
    hit = text[at : at + len(word)]
    return before, hit, fit(text[at + len(word) :], max(width - len(before) * 2 - len(hit) * 2, 4))


class Mentions(SearchDialog):
    """The unread messages that mention me, in all groups."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__(context, None)
        account, roster = context.account, context.roster
        for key, state in roster.states.items():
            chat = account.chat(key)
            if state.unread and roster.mentions(chat):
                self._rows += [
                    r
                    for r in account.history(chat, state.unread)
                    if r.seq > state.read and roster.mentions_me(r)
                ]
        self._rows.sort(key=lambda row: row.seq, reverse=True)

    def begin(self) -> None:
        """Show them at once."""
        self.query_one(Input).display = False
        self._list.reset(len(self._rows))
        self._list.focus()
        self._tell("" if self._rows else self.say("no-mentions"))

    def pressed(self, key: str) -> bool:
        """Move, and go there."""
        if key == "enter":
            self._list.choose()
            return True
        return self._list.moved_by(key)
