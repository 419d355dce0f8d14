"""Knows which parts make one emulated service and how long it lives; refuses to know what its calls answer."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from hongyan.emulator import call
from hongyan.emulator.account import Account
from hongyan.emulator.auth import AuthLevel
from hongyan.emulator.calls import contacts, login, manage, media, misc, send, sync
from hongyan.emulator.clock import Clock
from hongyan.emulator.codes import Codes, Notifier
from hongyan.emulator.control import attach_control
from hongyan.emulator.dispatch import attach
from hongyan.emulator.events import EventKind, EventLog
from hongyan.emulator.faults import Faults
from hongyan.emulator.hosts import family_of
from hongyan.emulator.limits import Limits
from hongyan.emulator.media import MediaStore
from hongyan.emulator.numbers import Numbers
from hongyan.emulator.persistence import Persistence, SqlitePersistence, StateUnusable, private_folder
from hongyan.emulator.personas import Persona, Room, find_group, find_person
from hongyan.emulator.phone import Phone
from hongyan.tempfolders import TempFolder

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from hongyan.emulator.codes import Code
    from hongyan.emulator.logins import Login
    from hongyan.emulator.messages import Message
    from hongyan.emulator.world import World

__all__ = ["ENDPOINTS", "Emulator"]

# aiohttp takes 0 as "no limit" for plain bodies, but as a limit of nothing for the parts of a form.
_BODY_LIMIT = 128 * 1024 * 1024

_ROUTES = [
    *login.ROUTES,
    *contacts.ROUTES,
    *sync.ROUTES,
    *send.ROUTES,
    *media.ROUTES,
    *manage.ROUTES,
    *misc.ROUTES,
]

ENDPOINTS = tuple(dict.fromkeys(route.endpoint for route in _ROUTES))
"""The names of the endpoints, as faults and counts call them."""


class Emulator:
    """Web WeChat on one port of this machine, for the accounts of one or several worlds.

    `auth` is `real`, `strict` or `lax`. `poll_seconds` is how long a poll is held, in real time. `state` is a folder that
    keeps logins, event logs and media through a restart, `kill -9` too. `kick_on_login`: a new login ends the others.
    `check_key_lags`: SyncCheckKey stays one event behind. `contact_page` is the size of a page of the contact book.
    `media_seconds` is how long files can be fetched. `remarks_work` and `member_calls_work` False is the service of late
    years: remarks are answered with 0 and ignored (2023), member calls of groups with 1 (2018).
    Raises ValueError for a world that does not fit together.
    """

    def __init__(
        self,
        world: World | Sequence[World],
        *,
        auth: AuthLevel | str = AuthLevel.REAL,
        poll_seconds: float = 25.0,
        clock: Clock | None = None,
        state: Path | str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        faults: Faults | None = None,
        kick_on_login: bool = True,
        check_key_lags: bool = False,
        contact_page: int = 1000,
        media_seconds: float = 14 * 86400.0,
        remarks_work: bool = True,
        member_calls_work: bool = True,
    ) -> None:
        if auth not in set(AuthLevel):
            raise ValueError(f"unknown level {auth!r}; there are: {', '.join(AuthLevel)}")
        if contact_page < 1:
            raise ValueError(f"a page has at least one contact: {contact_page}")
        self.auth = AuthLevel(auth)
        self.poll_seconds = poll_seconds
        self.clock = clock or Clock()
        self.faults = faults if faults is not None else Faults()
        self.faults.know(ENDPOINTS)
        self.limits = Limits(self.clock)
        self.kick_on_login = kick_on_login
        self.check_key_lags = check_key_lags
        self.contact_page = contact_page
        self.media_seconds = media_seconds
        self.remarks_work = remarks_work
        self.member_calls_work = member_calls_work
        self.codes = Codes(self.clock)
        self.notifier = Notifier()
        self.closing = Notifier()
        self.stopping = False
        self.calls: Counter[str] = Counter()
        """How often each endpoint was asked since the start."""
        self.endpoints: tuple[str, ...] = ENDPOINTS
        self.listeners: list[Callable[[Account, Message], None]] = []
        """Called with each message that a client sends."""
        self._address = (host, port)
        self._state = Path(state) if state is not None else None
        self._worlds = list(world) if isinstance(world, Sequence) else [world]
        _check_worlds(self._worlds)
        self._logins: dict[str, Login] = {}
        self._by_ticket: dict[str, Login] = {}
        self._runner: web.AppRunner | None = None
        self._opened = False
        self._folder: TempFolder | None = None

    persistence: Persistence
    numbers: Numbers
    media: MediaStore
    accounts: list[Account]
    phones: list[Phone]

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Read the state, if there is one, and listen.

        Raises OSError where the port is taken, StateUnusable (one, too) where the state is damaged or in use.
        """
        try:
            self._open_state()
            self._restore_all()
            await self._listen()
        except BaseException:
            await self._let_go()
            raise

    def _restore_all(self) -> None:
        self.accounts = [Account(self, world) for world in self._worlds]
        self.phones = [Phone(account) for account in self.accounts]
        try:
            self._restore()
        except (LookupError, ValueError, TypeError, AttributeError, sqlite3.Error) as error:
            raise StateUnusable(f"{self._state} is damaged: {type(error).__name__}: {error}") from error

    async def _listen(self) -> None:
        self.clock.watch(self.notifier.ring)
        application = web.Application(client_max_size=_BODY_LIMIT)
        attach(self, application, _ROUTES)
        attach_control(self, application)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0, logger=call.log)
        await self._runner.setup()
        host, port = self._address
        await web.TCPSite(self._runner, host, port, backlog=2048).start()

    async def close(self) -> None:
        """Let parked polls go, end all connections, write the state. May be called twice."""
        if self._runner is None:
            return
        self.stopping = True
        self.notifier.ring()
        self.closing.ring()
        for each in self._logins.values():
            each.log.wake()
        await self._let_go()

    async def _let_go(self) -> None:
        """Close whatever is open: after a start that failed half-way, too."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()
        if self._opened:
            self._opened = False
            self.persistence.close()
        if self._folder is not None:
            self._folder.close()
            self._folder = None

    @property
    def server(self) -> web.Server:
        """The web server behind the port, for a listener that stands in front of it. Raises RuntimeError when not started."""
        if self._runner is None or self._runner.server is None:
            raise RuntimeError("the emulator is not started")
        return self._runner.server

    @property
    def port(self) -> int:
        """The port that is listened on. Raises RuntimeError when not started."""
        if self._runner is None:
            raise RuntimeError("the emulator is not started")
        port: int = self._runner.addresses[0][1]
        return port

    @property
    def origin(self) -> str:
        """`http://127.0.0.1:PORT`: where every host class of the service is found."""
        host = self._address[0]
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def phone(self) -> Phone:
        """The phone of the first account."""
        return self.phones[0]

    def person(self, who: str) -> Persona:
        """Somebody in the world of the first account that knows them, by permanent id, remark, nickname or alias.

        Raises LookupError where nobody is called so, or more than one.
        """
        return Persona(*self._find(who, find_person))

    def group(self, which: str) -> Room:
        """A group, by permanent id or name. Raises LookupError where none or several are called so."""
        return Room(*self._find(which, find_group))

    def file_of(self, message: Message, variant: str = "full") -> bytes:
        """The bytes of a message's file (`full`, `slave`). Raises LookupError where it has none."""
        media = self.media.find(message.media.get(variant, ""))
        if media is None:
            msg = f"message {message.msg_id} has no file {variant!r}"
            raise LookupError(msg)
        return self.media.path(media).read_bytes()

    def _find(self, name: str, find: Callable[[World, str], list[str]]) -> tuple[Account, str]:
        for account in self.accounts:
            found = find(account.world, name)
            if len(found) == 1:
                return account, found[0]
            if found:
                msg = f"{len(found)} are called {name!r}: {', '.join(found)}"
                raise LookupError(msg)
        msg = f"nobody is called {name!r}"
        raise LookupError(msg)

    def origin_of(self, request: web.Request) -> str:
        """Scheme and host as the client of this request has them."""
        return f"{request.scheme}://{request.host}"

    def wrong_family(self, host: str, login: Login) -> bool:
        """Whether a request came to a real name of another family than the login's."""
        family = family_of(host)
        return bool(family and login.host) and family != login.host

    def account_of(self, permanent_id: str | None) -> Account:
        """The account of this permanent id. Raises KeyError where the service hosts none."""
        for account in self.accounts:
            if account.id == permanent_id:
                return account
        raise KeyError(permanent_id)

    def account_of_uin(self, uin: int) -> Account | None:
        """The account of this uin."""
        return next((account for account in self.accounts if account.uin == uin), None)

    def know_login(self, login: Login) -> None:
        """From now on the secrets of this login are looked up."""
        self._logins[login.secrets.sid] = login
        self._by_ticket[login.secrets.data_ticket] = login

    def login_of_sid(self, sid: str) -> Login | None:
        """The login of a wxsid, ended or not."""
        return self._logins.get(sid)

    def login_of_data_ticket(self, ticket: str) -> Login | None:
        """The login of a webwx_data_ticket, ended or not."""
        return self._by_ticket.get(ticket)

    def login_of_skey(self, skey: str) -> Login | None:
        """The login of an skey."""
        return next((login for login in self._logins.values() if login.secrets.skey == skey), None)

    def latest_login(self) -> Login | None:
        """The newest login that lives."""
        return next((login for login in reversed(self._logins.values()) if not login.ended), None)

    def show_code(self, *, desktop: bool, language: str) -> Code:
        """A new QR code; a phone that was told what to do before does it now."""
        code = self.codes.show(desktop=desktop, language=language)
        for phone in self.phones:
            phone.code_shown(code)
        self.notifier.ring()
        return code

    def push_code(self, account: Account) -> Code:
        """A new push login on the phone of an account."""
        code = self.codes.push(account.id)
        self.phones[self.accounts.index(account)].code_shown(code)
        self.notifier.ring()
        return code

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
