"""Weighs reports of the service that a login is over: one is not enough, two end it; it sends no request.

Codes 1100 to 1102 were seen on logins that were still valid (ItChat #820), and a needless login costs time. So an end takes
two different endpoints that report it at least ``APART_S`` seconds apart: the root page, which is free of side effects, and
the call that the login is for (webwxsync, or webwxinit where no position is held). A root page that shows neither state proves
nothing, and one that shows "logged in" outweighs the other endpoint for longer.
"""

from __future__ import annotations

from typing import Final

__all__ = ["APART_S", "Doubt"]

APART_S: Final = 10.0
"""Seconds between two reports that together end a login."""

_WITHOUT_PAGE: Final = (
    6  # times APART_S that webwxsync and synccheck must repeat it while the root page shows neither state
)
_AGAINST_PAGE: Final = 90  # … while it shows "logged in": a login that cannot be read for so long is useless
_LONGEST: Final = 6  # times APART_S between two questions
_ROOT: Final = "root_page"
_USED: Final = frozenset({"webwxsync", "webwxinit"})
_POLL: Final = "synccheck"


class Doubt:
    """The reports since the first bad one. Time is the sum of the waits that the machine ordered: no clock can jump."""

    def __init__(self, apart: float | None = None) -> None:
        self._apart = APART_S if apart is None else apart
        self._passed = 0.0
        self._reports: dict[str, list[float]] = {}
        self._page: bool | None = None
        self._rounds = 0

    def __bool__(self) -> bool:
        return bool(self._reports)

    def clear(self) -> None:
        """Forget everything: the service works."""
        self.__init__(self._apart)  # type: ignore[misc]  # nothing is left over, whatever is added to it later

    def reported_over(self, endpoint: str) -> None:
        """Note that an endpoint reports the login as over."""
        self._reports.setdefault(endpoint, []).append(self._passed)

    def page(self, *, logged_in: bool | None) -> None:
        """Note the state of the login that the root page shows; None if it shows none."""
        self._page = logged_in
        if logged_in is False:
            self.reported_over(_ROOT)

    def wait(self) -> float:
        """Return the seconds before the next question, which must be waited in full, and count them.

        A page that shows "logged in" makes the other endpoint be asked at once, the first time.
        """
        first, self._rounds = self._rounds == 0, self._rounds + 1
        if first and self._page:
            return 0.0
        pause = self._apart * min(2.0 ** max(self._rounds - 2, 0), _LONGEST)
        self._passed += pause
        return pause

    @property
    def wants_poll(self) -> bool:
        """Whether synccheck is next: the other endpoint has reported, and the root page does not show "over"."""
        return self._page is not False and _POLL not in self._reports and "webwxsync" in self._reports

    @property
    def proved(self) -> bool:
        """Whether the reports end the login."""
        used = [at for name in _USED for at in self._reports.get(name, ())]
        if self._page is False:
            return self._are_apart(self._reports.get(_ROOT, []), used, self._apart)
        patience = (_AGAINST_PAGE if self._page else _WITHOUT_PAGE) * self._apart
        return self._are_apart(self._reports.get(_POLL, []), used, patience)

    @staticmethod
    def _are_apart(one: list[float], other: list[float], seconds: float) -> bool:
        """Whether two reports of different endpoints are far enough apart."""
        return any(abs(a - b) >= seconds for a in one for b in other)

    def __str__(self) -> str:
        page = {None: "says nothing", True: 'says "logged in"', False: 'says "logged out"'}[self._page]
        return f"the root page {page}"
