"""The profiles of this machine, each with its state and what is unread, to switch to another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from hongyan.model.display_text import clean
from hongyan.terminal.faults import explained
from hongyan.terminal.full.screens.pages import Page
from hongyan.terminal.strings.language import say
from hongyan.terminal.strings.line_mode import LINE_MODE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.client.account import Account
    from hongyan.terminal.full.context import ScreenContext

__all__ = ["Accounts"]

Line = tuple[tuple[str, str], ...]


class Accounts(Page["str | None"]):
    """Gives back the profile that is wanted next, None for the present one."""

    HINT: ClassVar[str] = "accounts-hint"

    def __init__(self, context: ScreenContext) -> None:
        super().__init__(context, "")
        self._title = self.say("accounts")
        self._profiles = context.place.profiles() or [context.place.profile]
        self._looks: dict[str, Line] = {}

    def begin(self) -> None:
        """Look into each profile, one after the other."""
        super().begin()
        self.context.later(self._look())

    async def _look(self) -> None:
        for profile in self._profiles:
            self._looks[profile] = await self._looked_into(profile)
            self.fill()

    async def _looked_into(self, profile: str) -> Line:
        """Return name, state and unread of a profile; this one is known, others are opened to be read."""
        context = self.context
        if profile == context.place.profile:
            return self._line_of(context.account, context.roster.unread())
        async with context.place.look_into(profile) as account:
            if account is None:
                return ()
            return self._line_of(account, sum(state.unread for state in account.local.states().values()))

    def _line_of(self, account: Account, unread: int) -> Line:
        status = account.status()
        state = say(LINE_MODE, f"state-{status.state}", self.context.language)
        pieces: Line = ((f"  {clean(account.me.name, newline=' ')}", "title"), (f"  {state}", "notice"))
        if unread:
            pieces = (*pieces, (f"  {self.say('account-unread', count=unread)}", "unread"))
        if status.reason and str(status.state) in {"degraded", "ended"}:
            why, _ = explained(status.reason, status.said, "", self.context.language)
            pieces = (*pieces, (f"  {why}", "failed"))
        return pieces

    def lines(self, width: int) -> Sequence[Line]:  # noqa: ARG002  # whatever is too long is cut by the list
        """Return a line for each profile."""
        here = self.context.place.profile
        return [
            (
                (profile, "link"),
                *self._looks.get(profile, ()),
                (f"  {self.say('account-here')}" if profile == here else "", "me"),
            )
            for profile in self._profiles
        ]

    def pressed(self, key: str) -> bool:
        """Switch."""
        if key == "enter" and 0 <= self.rows.selected < len(self._profiles):
            chosen = self._profiles[self.rows.selected]
            self.dismiss(chosen if chosen != self.context.place.profile else None)
            return True
        return super().pressed(key)
