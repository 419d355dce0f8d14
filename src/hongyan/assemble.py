"""Puts the concrete parts together: settings in, a living account out; the only module that knows all of them."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import secrets
import shutil
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hongyan.client.account import Account
from hongyan.errors import HongyanError, NotLoggedIn, UsageError
from hongyan.settings import OFFICIAL

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence

    from hongyan.client.alerts import Alerts
    from hongyan.client.engine.active_login import ActiveLogin, LoginConfig
    from hongyan.client.engine.leadership import Leadership
    from hongyan.client.profile import Profile
    from hongyan.model.login_progress import LoginProgress
    from hongyan.ports import Store, Transport
    from hongyan.ports.backend import Backend, BackendContext
    from hongyan.settings import Settings
    from hongyan.store.database import Database

    Tables = Mapping[str, tuple[str, ...]]

__all__ = [
    "hold_login",
    "join_account",
    "load_rows",
    "open_account",
    "open_fleet",
    "open_rows",
    "open_view",
    "stand_by",
    "storage_problems",
    "tls_of",
]


def tls_of(settings: Settings) -> ssl.SSLContext | None:
    """Return the TLS context of every connection of a program with these settings; None for the usual one."""
    if not settings.ca:
        return None
    from hongyan.transport.tls import trusting

    return trusting(settings.ca)


@dataclass(frozen=True, slots=True)
class Provider:
    """Where an account's data is and which server it uses. ``server`` is what a profile is bound to."""

    server: str
    is_official: bool
    make_backend: Callable[[BackendContext], Backend]


def provider_of(settings: Settings, tls: ssl.SSLContext | None, clock: Callable[[], float]) -> Provider:
    """Return who serves accounts with these settings; nothing is connected to."""
    from hongyan.webwx.hosts import emulator_at, official

    hosts = official() if settings.server == OFFICIAL else emulator_at(settings.server)

    def make_backend(context: BackendContext) -> Backend:
        from hongyan.backends.webwx.backend import WebwxBackend
        from hongyan.transport.http_client import HttpClient

        carrying = HttpClient(lambda: backend.origins, proxy=settings.proxy, tls=tls)
        backend = WebwxBackend(hosts, _recorded(carrying, settings, clock), context)
        return backend

    return Provider(hosts.server, hosts.is_official, make_backend)


@contextlib.asynccontextmanager
async def open_account(
    settings: Settings,
    *,
    on_login: Callable[[LoginProgress], None] = lambda _: None,
    may_ask: bool = True,
    acknowledgement: str | None = None,
    tls: ssl.SSLContext | None = None,
    clock: Callable[[], float] = time.time,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> AsyncIterator[Account]:
    """Hold a profile's login for the length of a ``with`` block; inside it the login is valid.

    ``on_login`` is called with each step of a login. ``may_ask`` False never asks a person (NotLoggedIn instead).
    ``acknowledgement`` is what a person typed for the official service. Raises UsageError or ProfileLocked where the
    profile cannot be used, NoAnswer if nothing listens at the address, LoginEnded or Refused if the login fails.
    """
    async with hold_login(
        settings,
        on_login=on_login,
        may_ask=may_ask,
        acknowledgement=acknowledgement,
        tls=tls,
        clock=clock,
        entropy=entropy,
    ) as (account, _):
        yield account


@contextlib.asynccontextmanager
async def hold_login(
    settings: Settings,
    *,
    on_login: Callable[[LoginProgress], None] = lambda _: None,
    may_ask: bool = True,
    acknowledgement: str | None = None,
    tls: ssl.SSLContext | None = None,
    clock: Callable[[], float] = time.time,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> AsyncIterator[tuple[Account, ActiveLogin]]:
    """As ``open_account``, with the login beside the account."""
    async with _parts(settings, on_login, acknowledgement, tls, clock, entropy) as parts:
        parts.database.set_holds(holds=True)
        yield parts.account, await _held(parts, may_ask=may_ask)


async def _held(parts: _Parts, *, may_ask: bool) -> ActiveLogin:
    """Hold the login of a profile until its parts are taken apart."""
    parts.profile.hold()
    parts.stack.callback(parts.profile.release)
    login = await parts.stack.enter_async_context(parts.make_login())
    await login.begin(may_ask=may_ask)
    return login


@contextlib.asynccontextmanager
async def join_account(
    settings: Settings,
    *,
    on_login: Callable[[LoginProgress], None] = lambda _: None,
    may_ask: bool = True,
    must_hold: bool = False,
    acknowledgement: str | None = None,
    tls: ssl.SSLContext | None = None,
    clock: Callable[[], float] = time.time,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> AsyncIterator[Account]:
    """Hold a profile's login, or attach to the program that holds it and take over when that one ends.

    ``must_hold`` makes a held profile an error. Otherwise as ``open_account``; the alerts of the settings are given.
    """
    async with stand_by(
        settings, on_login=on_login, acknowledgement=acknowledgement, tls=tls, clock=clock, entropy=entropy
    ) as (account, leadership):
        await leadership.join(may_ask=may_ask, must_hold=must_hold)
        yield account


@contextlib.asynccontextmanager
async def stand_by(
    settings: Settings,
    *,
    on_login: Callable[[LoginProgress], None] = lambda _: None,
    acknowledgement: str | None = None,
    tls: ssl.SSLContext | None = None,
    clock: Callable[[], float] = time.time,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> AsyncIterator[tuple[Account, Leadership]]:
    """Give what a profile has at once, and the leadership whose ``join`` then holds or attaches, as ``join_account`` does.

    Nothing is connected and nothing that connects is imported before ``join``: a screen can be drawn first.
    """
    from hongyan.client.engine.leadership import Leadership
    from hongyan.client.engine.tended import tended

    async with _parts(settings, on_login, acknowledgement, tls, clock, entropy) as parts:
        leadership = Leadership(
            parts.profile,
            parts.store.login,
            parts.make_login,
            on_hold=lambda holds: parts.database.set_holds(holds=holds),
            revives=parts.revives,
        )
        await parts.stack.enter_async_context(leadership)
        if parts.alerts is not None:
            parts.stack.push_async_callback(
                _ended, asyncio.create_task(tended(parts.alerts.run, doing="giving alerts"), name="alerts")
            )
        yield parts.account, leadership


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a program on a profile consists of; ``stack`` ends it."""

    stack: contextlib.AsyncExitStack
    profile: Profile
    database: Database
    store: Store
    account: Account
    make_login: Callable[[], ActiveLogin]
    alerts: Alerts | None
    revives: bool


@contextlib.asynccontextmanager
async def open_fleet(
    database: Path,
    fleet: Sequence[Settings],
    *,
    on_login: Callable[[Settings, LoginProgress], None] = lambda _settings, _progress: None,
    may_ask: bool = True,
    tls: ssl.SSLContext | None = None,
    clock: Callable[[], float] = time.time,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> AsyncIterator[list[Account]]:
    """Hold many logins in this program, one after the other, with the journals of all in one ``database``.

    Each account has its own profile for credentials and files, and its rows under the profile's name. The
    database belongs to this program alone: no other attaches to it, so alerts and takeover are those of single
    profiles. Raises what ``open_account`` raises, for the first account that cannot be opened.
    """
    from hongyan.store.database import Database

    shared = Database(database, entropy)
    try:
        async with contextlib.AsyncExitStack() as stack:
            accounts = []
            for settings in fleet:

                def report(progress: LoginProgress, settings: Settings = settings) -> None:
                    on_login(settings, progress)

                parts = await stack.enter_async_context(
                    _parts(settings, report, None, tls, clock, entropy, shared)
                )
                await _held(parts, may_ask=may_ask)
                accounts.append(parts.account)
            yield accounts
    finally:
        shared.close()


@contextlib.asynccontextmanager
async def _parts(
    settings: Settings,
    on_login: Callable[[LoginProgress], None],
    acknowledgement: str | None,
    tls: ssl.SSLContext | None,
    clock: Callable[[], float],
    entropy: Callable[[int], bytes],
    shared: Database | None = None,
) -> AsyncIterator[_Parts]:
    """Put the parts together, on a profile that is fit to be used, without connecting to anything.

    A ``shared`` database belongs to the caller: it is neither closed nor watched here.
    """
    from hongyan.client.profile import Profile
    from hongyan.store.sqlite import open_store

    tls = tls or tls_of(settings)
    provider = provider_of(settings, tls, clock)
    is_new = not settings.folder.exists()
    profile = Profile(settings.folder, clock=clock)
    async with contextlib.AsyncExitStack() as stack:
        if is_new:  # remove what was made for a login that failed
            stack.callback(profile.discard_unused)
        profile.require_server(provider.server)
        if provider.is_official:
            profile.require_acknowledgement(acknowledgement)
        database = shared or _watched(profile, entropy, stack)
        store = open_store(database, settings.profile if shared else "me")
        account = Account(store, profile.media, clock=clock, entropy=entropy)
        alerts = _alerts(settings, store, clock, tls)
        revives = settings.alert.new_code and not provider.is_official

        def tell(progress: LoginProgress) -> None:
            on_login(progress)
            if alerts is not None and revives:
                alerts.login_progress(progress)

        def make_login() -> ActiveLogin:
            from hongyan.client.engine.active_login import ActiveLogin

            config = _login_config(settings, provider, clock, entropy)
            return ActiveLogin(
                profile, store, replace(config, revives=revives, on_login=tell, progress=account.progress)
            )

        yield _Parts(stack, profile, database, store, account, make_login, alerts, revives)


def _login_config(
    settings: Settings,
    provider: Provider,
    clock: Callable[[], float],
    entropy: Callable[[int], bytes],
) -> LoginConfig:
    """Return how a login is held with these settings."""
    from hongyan.client.engine.active_login import LoginConfig

    return LoginConfig(
        make_backend=provider.make_backend,
        clock=clock,
        entropy=entropy,
        paced=settings.pace,
        media=settings.media,
        archive=settings.archive,
        grace=settings.grace,
    )


def _watched(profile: Profile, entropy: Callable[[int], bytes], stack: contextlib.AsyncExitStack) -> Database:
    """Open a profile's own database, and watch for writes of other programs until the stack closes."""
    from hongyan.store.database import Database

    database = Database(
        profile.journal, entropy, holds=False, used_before=profile.was_used, alone=profile.alone
    )
    stack.callback(database.close)
    watching = asyncio.create_task(database.watch(), name="watching the journal")
    stack.push_async_callback(_ended, watching)
    return database


def _alerts(
    settings: Settings, store: Store, clock: Callable[[], float], tls: ssl.SSLContext | None
) -> Alerts | None:
    """Return the alerts that the settings configure, if any."""
    if not settings.alert.wanted:
        return None
    from hongyan.client.alerts import Alerts
    from hongyan.transport.notice import deliver

    picture = settings.folder / "alert-qr.png"
    carry = functools.partial(deliver, tls=tls)
    return Alerts(store, settings.alert, settings.profile, picture, deliver=carry, clock=clock)


async def _ended(task: asyncio.Task[None]) -> None:
    """End a task that runs without end; what it failed of is raised."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()


def _recorded(transport: Transport, settings: Settings, clock: Callable[[], float]) -> Transport:
    """Return the transport, with a transcript where one is wanted."""
    if not settings.transcript:
        return transport
    from hongyan.transport.recorder import Recorder

    return Recorder(transport, Path(settings.transcript), clock=clock)


@contextlib.asynccontextmanager
async def open_view(settings: Settings) -> AsyncIterator[Account]:
    """Open what a profile has, without the network and without holding it: contacts, chats, history.

    NotLoggedIn if the profile never had a login: nothing is created by reading.
    """
    from hongyan.client.profile import Profile
    from hongyan.store.database import Database
    from hongyan.store.sqlite import open_store

    if not (settings.folder / "journal.db").exists():
        raise NotLoggedIn(settings.profile)
    profile = Profile(settings.folder)
    database = Database(profile.journal, holds=False, used_before=profile.was_used, alone=profile.alone)
    try:
        store = open_store(database, "me")
        if not store.login.current:
            raise NotLoggedIn(settings.profile)
        yield Account(store, profile.media)
    finally:
        database.close()


@contextlib.contextmanager
def open_rows(
    settings: Settings,
) -> Iterator[tuple[dict[str, Any], Tables, Callable[[str], Iterator[Any]], int]]:
    """Give everything a profile holds, for an export: its head, its tables' columns, a table's rows, and how many rows all have."""
    from hongyan.client.profile import Profile
    from hongyan.store.database import Database
    from hongyan.store.dump import TABLES
    from hongyan.store.sqlite import open_store

    if not (settings.folder / "journal.db").exists():
        raise NotLoggedIn(settings.profile)
    folder = settings.folder
    database = Database(
        folder / "journal.db",
        holds=False,
        used_before=_was_used(folder),
        alone=lambda: Profile(folder).alone(),
    )
    try:
        store = open_store(database, "me")
        if not store.login.current:
            raise NotLoggedIn(settings.profile)
        dump = store.dump
        yield dump.head(), TABLES, dump.rows, dump.count()
    finally:
        database.close()


def _was_used(folder: Path) -> bool:
    """Whether a profile had a login; one whose credentials cannot be read had."""
    from hongyan.client.profile import FileVault

    try:
        return bool(FileVault(folder / "credentials.json").saved.uin)
    except HongyanError:
        return True


def storage_problems(settings: Settings) -> list[HongyanError]:
    """Return what ails the disk under a profile and its journal; nothing is made or changed."""
    from hongyan.store.checkup import ailments

    return ailments(settings.folder / "journal.db", used_before=_was_used(settings.folder))


async def load_rows(
    settings: Settings, head: Mapping[str, Any], rows: Callable[[Tables], Iterator[Any]]
) -> int:
    """Write the rows of ``open_rows`` into a profile that no program holds, all or nothing; return how many were new."""
    from hongyan.client.profile import Profile
    from hongyan.store.database import Database
    from hongyan.store.dump import TABLES
    from hongyan.store.sqlite import open_store

    is_new = not settings.folder.exists()
    profile = Profile(settings.folder)
    profile.hold()
    canceled = threading.Event()

    def while_wanted() -> Iterator[Any]:
        for row in rows(TABLES):
            if canceled.is_set():  # the rows written so far are undone with the transaction
                raise UsageError("the import was interrupted", "Nothing was imported.")
            yield row

    try:
        database = Database(profile.journal)
        try:
            return await open_store(database, "me").dump.load(head, while_wanted())
        finally:
            canceled.set()
            database.close()
    except BaseException:
        if is_new:  # remove what was made for an import that failed
            shutil.rmtree(settings.folder, ignore_errors=True)
        raise
    finally:
        profile.release()
