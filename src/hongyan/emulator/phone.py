"""Knows what the owner of an account does on the phone; refuses to know what the web client makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.emulator.codes import CodeState

if TYPE_CHECKING:
    from hongyan.emulator.account import Account
    from hongyan.emulator.codes import Code

__all__ = ["Phone"]


class Phone:
    """The phone of one account. Everything acts at once.

    `scan`, `confirm` and `cancel` mean the code this phone has scanned, else the newest on show; where none is on show,
    the next one. For a push login `confirm` accepts and `cancel` declines.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._wishes: list[CodeState] = []

    def scan(self) -> None:
        """Scan the code."""
        self._act(CodeState.SCANNED)

    def confirm(self) -> None:
        """Press the button that logs the web in; scans first where that was not done."""
        self._act(CodeState.CONFIRMED)

    def cancel(self) -> None:
        """Press *cancel*: the client gets 202."""
        self._act(CodeState.CANCELLED)

    def code_shown(self, code: Code) -> None:
        """A new code is on show: do what was wished before there was one."""
        wishes, self._wishes = self._wishes, []
        if code.account in {None, self._account.id}:
            for wish in wishes:
                self._do(code, wish)

    def _act(self, wish: CodeState) -> None:
        code = self._account.service.codes.pending(self._account.id)
        if code is None:
            self._wishes.append(wish)
        else:
            self._do(code, wish)

    def _do(self, code: Code, wish: CodeState) -> None:
        code.account = self._account.id
        if wish is CodeState.CONFIRMED:
            self._account.service.codes.confirm(code)
        else:
            code.state = wish
        self._account.service.bell.ring()
