"""Weighs what the service said about the end of a login: one report is unconfirmed, two end the login; it sends no request.

Codes 1100 to 1102 were seen on logins that stood (ItChat #820), and a needless log-in costs a person. So an end takes
two different endpoints that say so at least ``APART_S`` seconds apart: the root page, which is free of side effects, and
the call that the login is for (webwxsync, or webwxinit where no position is held). A root page that says nothing proves
nothing, and one that says "logged in" is believed for longer still.
"""

from __future__ import annotations

from typing import Final

__all__ = ["APART_S", "Doubt"]

APART_S: Final = 10.0
"""Seconds between two words that together end a login."""

_WITHOUT_PAGE: Final = (
    6  # times APART_S that webwxsync and synccheck must go on, where the root page is silent
)
_AGAINST_PAGE: Final = 90  # … where it says "logged in": a login that cannot be read for so long is of no use
_LONGEST: Final = 6  # times APART_S between two questions
_ROOT: Final = "root_page"
_USED: Final = frozenset({"webwxsync", "webwxinit"})
_POLL: Final = "synccheck"


class Doubt:
    """What was said since the first bad word. Time is what the machine itself ordered to be waited: no clock can jump."""

    def __init__(self, apart: float | None = None) -> None:
        self._apart = APART_S if apart is None else apart
        self._passed = 0.0
        self._said: dict[str, list[float]] = {}
        self._page: bool | None = None
        self._rounds = 0

    def __bool__(self) -> bool:
        return bool(self._said)

    def clear(self) -> None:
        """Forget everything: the service works."""
        self.__init__(self._apart)  # type: ignore[misc]  # nothing is left over, whatever is added to it later

    def said_over(self, endpoint: str) -> None:
        """Note that an endpoint says that the login is over."""
        self._said.setdefault(endpoint, []).append(self._passed)

    def page(self, *, logged_in: bool | None) -> None:
        """Note what the root page says of the login; None where it says nothing."""
        self._page = logged_in
        if logged_in is False:
            self.said_over(_ROOT)

    def wait(self) -> float:
        """Return the seconds before the next question, which must be waited in full, and count them.

        A page that says "logged in" makes the other word be asked for at once, the first time.
        """
        first, self._rounds = self._rounds == 0, self._rounds + 1
        if first and self._page:
            return 0.0
        pause = self._apart * min(2.0 ** max(self._rounds - 2, 0), _LONGEST)
        self._passed += pause
        return pause

    @property
    def wants_poll(self) -> bool:
        """Whether synccheck is to be asked next: the other has spoken, and the root page does not say "over"."""
        return self._page is not False and _POLL not in self._said and "webwxsync" in self._said

    @property
    def proved(self) -> bool:
        """Whether what was said ends the login."""
        used = [at for name in _USED for at in self._said.get(name, ())]
        if self._page is False:
            return self._are_apart(self._said.get(_ROOT, []), used, self._apart)
        patience = (_AGAINST_PAGE if self._page else _WITHOUT_PAGE) * self._apart
        return self._are_apart(self._said.get(_POLL, []), used, patience)

    @staticmethod
    def _are_apart(one: list[float], other: list[float], seconds: float) -> bool:
        """Whether two words of different endpoints lie so far apart."""
        return any(abs(a - b) >= seconds for a in one for b in other)

    def __str__(self) -> str:
        page = {None: "says nothing", True: 'says "logged in"', False: 'says "logged out"'}[self._page]
        return f"the root page {page}"
