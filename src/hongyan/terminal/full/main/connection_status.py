"""Shows the state of the connection in one line: state, reason, next try, queue, latency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.model.display_text import clean
from hongyan.model.events import LoginState
from hongyan.terminal.faults import explained
from hongyan.terminal.full.strings.main import MAIN
from hongyan.terminal.strings.language import Language, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hongyan.client.account import Account

__all__ = ["ConnectionStatus"]

_SHOWN: Final = {
    LoginState.ONLINE: "online",
    LoginState.DEGRADED: "degraded",
    LoginState.LOGGING_IN: "degraded",
    LoginState.OFFLINE: "offline",
    LoginState.ENDED: "offline",
}

Piece = tuple[str, str]


class ConnectionStatus:
    """The holder's last status of the login, in words for people."""

    def __init__(self, account: Account, language: Language, now: Callable[[], float]) -> None:
        self._now = now
        self._account = account
        self._language = language

    def pieces(self, marks: Mapping[str, str]) -> list[Piece]:
        """Return the state in words, with a mark and a style that say the same."""
        status = self._account.status()
        shown = _SHOWN[status.state]
        text = self._say(f"state-{status.state}")
        if status.reason and status.state is not LoginState.ONLINE:
            why, _ = explained(status.reason, status.said, "", self._language)
            text += self._say("why", why=why)
        pieces: list[Piece] = [(f"{marks[shown]} {text}", shown)]
        if status.retry_at is not None and status.state is LoginState.DEGRADED:
            left = max(round(status.retry_at - self._now()), 0)
            pieces.append((f" · {self._say('retry-in', seconds=left)}", "degraded"))
        if status.state is LoginState.ONLINE and not status.contacts_complete:
            have = f" {status.contacts}" if status.contacts else ""
            pieces.append((f" · {self._say('loading')}{have}", "notice"))
            if status.contacts_problem:
                english = clean(status.contacts_problem, newline=" ")
                why = english if self._language is Language.EN else self._say("loading-hindered")
                pieces.append((self._say("why", why=why), "degraded"))
        if status.queued:
            pieces.append((f" · {self._say('queued', count=status.queued)}", "pending"))
        if status.latency is not None and status.state is LoginState.ONLINE and status.latency >= 1:
            pieces.append((f" · {self._say('latency', ms=round(status.latency * 1000))}", "degraded"))
        return pieces

    def _say(self, key: str, /, **values: object) -> str:
        return say(MAIN, key, self._language, **values)
