"""The accounts that one service hosts, their phones and people; independent of HTTP."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from hongyan.emulator.account import HostedAccount
from hongyan.emulator.core import Core
from hongyan.emulator.events import EventKind, EventLog
from hongyan.emulator.media import MediaStore
from hongyan.emulator.numbers import Numbers
from hongyan.emulator.persistence import Persistence, SqlitePersistence, StateUnusable, private_folder
from hongyan.emulator.personas import Persona, Room, find_group, find_person
from hongyan.emulator.phone import Phone
from hongyan.tempfolders import TempFolder

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.emulator.clock import Clock
    from hongyan.emulator.codes import Code
    from hongyan.emulator.core import ServiceOptions
    from hongyan.emulator.faults import Faults
    from hongyan.emulator.logins import Login
    from hongyan.emulator.messages import StoredMessage
    from hongyan.emulator.world import World

__all__ = ["Service"]


class Service(Core):
    """What the calls of the service work on: the shared parts and the accounts of one or several worlds.

    Raises ValueError for a world that does not fit together.
    """

    accounts: list[HostedAccount]
    phones: list[Phone]

    def __init__(
        self,
        worlds: list[World],
        options: ServiceOptions,
        *,
        endpoints: tuple[str, ...],
        clock: Clock | None = None,
        faults: Faults | None = None,
        state: Path | None = None,
    ) -> None:
        super().__init__(options, clock, faults)
        _check_worlds(worlds)
        self.faults.know(endpoints)
        self.endpoints = endpoints
        self.calls: Counter[str] = Counter()
        """How often each endpoint was called since the start."""
        self.listeners: list[Callable[[HostedAccount, StoredMessage], None]] = []
        """Called with each message that a client sends."""
        self.address: tuple[str, int] | None = None
        """Host and port that are listened on, None before that."""
        self._worlds = worlds
        self._state = state
        self._opened = False
        self._folder: TempFolder | None = None

    @property
    def origin(self) -> str:
        """`http://127.0.0.1:PORT`: where every host class of the service is found. Raises RuntimeError when not started."""
        if self.address is None:
            raise RuntimeError("the emulator is not started")
        host, port = self.address
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def phone(self) -> Phone:
        """The phone of the first account."""
        return self.phones[0]

    def person(self, who: str) -> Persona:
        """A person in the world of the first account that has them, by permanent id, remark, nickname or alias.

        Raises LookupError if no person has this name, or more than one.
        """
        return Persona(*self._find(who, find_person))

    def group(self, which: str) -> Room:
        """A group, by permanent id or name. Raises LookupError where none or several are called so."""
        return Room(*self._find(which, find_group))

    def file_of(self, message: StoredMessage, variant: str = "full") -> bytes:
        """The bytes of a message's file (`full`, `slave`). Raises LookupError where it has none."""
        media = self.media.find(message.media.get(variant, ""))
        if media is None:
            msg = f"message {message.msg_id} has no file {variant!r}"
            raise LookupError(msg)
        return self.media.path(media).read_bytes()

    def _find(self, name: str, find: Callable[[World, str], list[str]]) -> tuple[HostedAccount, str]:
        for account in self.accounts:
            found = find(account.world, name)
            if len(found) == 1:
                return account, found[0]
            if found:
                msg = f"{len(found)} are called {name!r}: {', '.join(found)}"
                raise LookupError(msg)
        msg = f"no person is called {name!r}"
        raise LookupError(msg)

    def account_of(self, permanent_id: str | None) -> HostedAccount:
        """The account of this permanent id. Raises KeyError where the service hosts none."""
        for account in self.accounts:
            if account.id == permanent_id:
                return account
        raise KeyError(permanent_id)

    def account_of_uin(self, uin: int) -> HostedAccount | None:
        """The account of this uin."""
        return next((account for account in self.accounts if account.uin == uin), None)

    def account_of_login(self, login: Login) -> HostedAccount:
        """The account that a login belongs to."""
        return self.account_of(login.account_id)

    def show_code(self, *, desktop: bool, language: str) -> Code:
        """A new QR code; an action of the phone ordered earlier is carried out now."""
        code = self.codes.show(desktop=desktop, language=language)
        for phone in self.phones:
            phone.code_shown(code)
        self.notifier.ring()
        return code

    def push_code(self, account: HostedAccount) -> Code:
        """A new push login on the phone of an account."""
        code = self.codes.push(account.id)
        self.phones[self.accounts.index(account)].code_shown(code)
        self.notifier.ring()
        return code

    def open(self) -> None:
        """Read the state, if there is one. Raises StateUnusable where it is damaged or in use."""
        self._open_state()
        self.accounts = [HostedAccount(self, world, on_sent=self._sent) for world in self._worlds]
        self.phones = [Phone(account) for account in self.accounts]
        try:
            self._restore()
        except (LookupError, ValueError, TypeError, AttributeError, sqlite3.Error) as error:
            raise StateUnusable(f"{self._state} is damaged: {type(error).__name__}: {error}") from error

    def shut(self) -> None:
        """Write the state and let go of it; may be called twice, and after an `open` that failed half-way."""
        if self._opened:
            self._opened = False
            self.persistence.close()
        if self._folder is not None:
            self._folder.close()
            self._folder = None

    def _sent(self, account: HostedAccount, message: StoredMessage) -> None:
        for listener in self.listeners:
            listener(account, message)

    def _open_state(self) -> None:
        if self._state is None:
            self._folder = TempFolder("emulator")
            self.persistence = Persistence()
        else:
            self.persistence = SqlitePersistence(private_folder(self._state) / "emulator.db")
        self._opened = True
        folder = self._state or (self._folder.path if self._folder else Path())
        try:
            self._open_kept(folder)
        except (LookupError, ValueError, TypeError, AttributeError, sqlite3.Error) as error:
            raise StateUnusable(f"{self._state} is damaged: {type(error).__name__}: {error}") from error

    def _open_kept(self, folder: Path) -> None:
        self.numbers = Numbers(
            dict(self.persistence.rows("number")),
            lambda name, value: self.persistence.put("number", name, value),
        )
        self.media = MediaStore(folder / "media", self.persistence)

    def _restore(self) -> None:
        for account in self.accounts:
            for key, row in self.persistence.rows("world:" + account.id):
                account.restore_entity(key, row)
            rows = ((int(key), row) for key, row in self.persistence.rows("message:" + account.id))
            for msg_id, row in sorted(rows, key=lambda pair: pair[1]["time"]):
                account.restore_message(msg_id, row)
        for sid, row in self.persistence.rows("login"):
            account_ = next((each for each in self.accounts if each.id == row["account"]), None)
            if account_ is None:
                continue
            log = EventLog(row["start"])
            for position, kind, subject, body in self.persistence.events(sid):
                log.append(position, EventKind(kind), subject, body)
            account_.restore_login(row, log)


def _check_worlds(worlds: list[World]) -> None:
    if not worlds:
        raise ValueError("an emulator needs a world")
    ids = [world.me.id for world in worlds]
    if len(set(ids)) < len(ids):
        raise ValueError(f"two accounts have the same id: {', '.join(ids)}")
    for world in worlds:
        world.check()
