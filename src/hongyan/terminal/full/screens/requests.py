"""Friend requests: who asks, with what words; accepted, accepted with a remark, or left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from hongyan.model.display_text import clean
from hongyan.terminal.faults import why_failed
from hongyan.terminal.friend_requests import requests_of
from hongyan.terminal.full.screens.dialogs import Ask
from hongyan.terminal.full.screens.pages import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.model.events import Recorded
    from hongyan.model.messages import FriendRequest
    from hongyan.terminal.full.context import ScreenContext

__all__ = ["Requests"]

Line = tuple[tuple[str, str], ...]


class Requests(Page[None]):
    """The requests, newest first; one that is ignored stays in the archive."""

    HINT: ClassVar[str] = "requests-hint"

    def __init__(self, context: ScreenContext) -> None:
        super().__init__(context, "")
        self._title = self.say("requests")
        self._found: list[tuple[Recorded, FriendRequest]] = []
        self._results: dict[int, str] = {}
        self._asked: set[int] = set()

    def begin(self) -> None:
        """Look for them."""
        super().begin()
        self.context.later(self._look())

    async def _look(self) -> None:
        self._found = await requests_of(self.context.account, self.context.clock.now())
        self.fill()

    def lines(self, width: int) -> Sequence[Line]:  # noqa: ARG002  # whatever is too long is cut by the list
        """Return a line for each request."""
        if not self._found:
            return [((self.say("no-requests"), "notice"),)]
        return [self._line(row, message) for row, message in self._found]

    def _line(self, row: Recorded, message: FriendRequest) -> Line:
        place = " ".join(p for p in (message.province, message.city) if p)
        return (
            (f"{self.context.list_time_text(row.received_at)} ", "time"),
            (clean(message.nickname, newline=" "), "title"),
            (f"  {clean(message.greeting, newline=' ')}", ""),
            (f"  {clean(place)}", "notice"),
            (f"  {self._results.get(row.seq, '')}", "me"),
        )

    def pressed(self, key: str) -> bool:
        """Accept, accept with a remark, or ignore."""
        at = self.rows.selected
        chosen = self._found[at] if 0 <= at < len(self._found) else None
        if chosen is None or key not in {"enter", "r", "x"}:
            return super().pressed(key)
        if key == "x":
            self.context.later(self._ignore(chosen[0]))
        elif chosen[0].seq not in self._asked:  # a key that is held down asks once
            self._asked.add(chosen[0].seq)
            self.context.ask(self._accept(*chosen, remark=key == "r"), "accept a request")
        return True

    async def _accept(self, row: Recorded, message: FriendRequest, *, remark: bool) -> None:
        name = (
            await self.context.push(Ask(self.context, self.say("remark"), message.nickname)) if remark else ""
        )
        if name is None:
            self._asked.discard(row.seq)
            return
        self._results[row.seq] = self.say("accepting")
        self.fill()
        receipt = await self.context.account.people.accept(row)
        settled = await receipt.settled(30)
        if settled.outcome == "accepted":
            self._results[row.seq] = self.say("accepted")
            if name:
                await self._remark(message, name)
        else:
            self._asked.discard(row.seq)
            self._results[row.seq] = " ".join(why_failed(settled, self.context.language)).strip()
        self.fill()

    async def _remark(self, message: FriendRequest, name: str) -> None:
        from hongyan.model.contacts import Member

        person = await self.context.account.people.person(
            Member(name=message.requester, nickname=message.nickname)
        )
        await self.context.account.people.set_remark(person, name)

    async def _ignore(self, row: Recorded) -> None:
        await self.context.account.local.hide(row)
        await self._look()
