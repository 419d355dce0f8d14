"""Holds an account's login: starts it, keeps its tasks running, publishes its state, and ends them all in good order.

It knows no protocol and no SQL; receiving, sending and fetching are separate parts.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import msgspec

from hongyan.client.archive_policy import ArchiveSettings
from hongyan.client.engine.login_status import LoginStatus
from hongyan.client.engine.media_prefetch import MediaPrefetcher
from hongyan.client.engine.receive import Receiver
from hongyan.client.engine.send import GRACE_S, Sender
from hongyan.client.engine.store_retry import patient
from hongyan.client.engine.supervisor import Supervisor
from hongyan.client.engine.token_buckets import CLOCK, kept_buckets
from hongyan.client.engine.witness import Witness
from hongyan.client.media_policy import MediaSettings
from hongyan.client.retention import RetentionJob
from hongyan.clock import Clock
from hongyan.errors import HongyanError, LoginEnded, NoAnswer, NotLoggedIn, StorageError
from hongyan.model.events import Gap, LoginChanged, LoginState
from hongyan.model.login_progress import LoginProgress, PhoneDeclined
from hongyan.ports.backend import (
    BackendContext,
    CredentialsRenewed,
    LoginMade,
    LoginOver,
    LoginResumed,
    SavedLogin,
    ServiceRecovered,
    ServiceTroubled,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping, Sequence
    from types import TracebackType

    from hongyan.client.profile import Profile
    from hongyan.model.contacts import ContactChange
    from hongyan.model.events import Event, Recorded
    from hongyan.model.ids import ChatKey, CommandId, LoginId
    from hongyan.ports import Store
    from hongyan.ports.backend import Backend, BackendEvent

    Progress = Callable[[int, int | None], None]

__all__ = ["ActiveLogin", "LoginConfig"]

_log = logging.getLogger("hongyan.storage")

_DRAIN_S: Final = 1.5
_SAVE_S: Final = 600.0
_INDEX_S: Final = 20.0
_INDEX_PAUSE_S: Final = 0.05
_EARLY_S: Final = 120.0
_FORCED_OUT: Final = 1102
_REPORTED_AFTER: Final = 2  # failures in a row before the journal gets "degraded"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginConfig:
    """How a login is held.

    ``make_backend`` gives the protocol that serves it. ``on_login`` hears of every step of a login. ``progress`` holds who
    follows a transfer, by command. ``grace`` is how many seconds late a scheduled send may be. With
    ``revives`` an ended login is made again: its end is journaled, but the status is "logging in".
    """

    make_backend: Callable[[BackendContext], Backend]
    clock: Callable[[], float] = time.time
    entropy: Callable[[int], bytes] = secrets.token_bytes
    paced: bool = True
    revives: bool = False
    media: MediaSettings = field(default_factory=MediaSettings)
    archive: ArchiveSettings = field(default_factory=ArchiveSettings)
    grace: float = GRACE_S
    on_login: Callable[[LoginProgress], None] = lambda _: None
    progress: MutableMapping[CommandId, Progress] = field(default_factory=dict)


class ActiveLogin:
    """The one program part that talks to the service in a profile's name."""

    def __init__(self, profile: Profile, store: Store, config: LoginConfig) -> None:
        self._config = config
        self._profile = profile
        self._stopping = asyncio.Event()
        self._store = store  # for the receive loop's rows: it keeps them while it waits, and reports that
        self._patient = store = patient(store, self._stopping)
        self._now = config.clock
        self._clock = Clock.beside(config.clock)
        self._status = LoginStatus(self._store, config.clock, lambda: self._backend.latency)
        self._backend = config.make_backend(self._context())
        self._witness = Witness(store, self._backend.judged)
        self._prefetcher = MediaPrefetcher(store, self._backend.fetch, config.media)
        self._retention = RetentionJob(
            store.archive, store.directory, config.archive, profile.media, self._unhurried
        )
        self._buckets, self._set_before = kept_buckets(
            store.login.rate_limits(),
            self._clock,
            lambda: config.entropy(1)[0] / 255,
            enforced=config.paced or self._backend.is_official,
        )
        self._supervisor = Supervisor()
        self._saved: SavedLogin | None = None
        self._journaled: LoginMade | None = None
        self._standing = asyncio.Event()
        self._synced = asyncio.Event()
        self._reported_degraded = False
        self._unsaved = False
        self._receiving: asyncio.Task[None] | None = None
        self._sender: Sender | None = None

    def _context(self) -> BackendContext:
        return BackendContext(
            store=self._patient,
            media=self._profile.media,
            clock=self._config.clock,
            entropy=self._config.entropy,
            paced=self._config.paced,
            learn=self._learn,
            leave=self._leave,
            on_contacts=self._status.contacts_arrived,
            on_complete=self._status.say_again,
            progress=self._config.progress,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    # -- beginning

    async def begin(self, *, may_ask: bool = True) -> None:
        """Resume the saved login, or make a new one; return when it holds.

        ``may_ask`` allows steps that need a person: the phone is asked to confirm, then a code is shown. On the official
        service those are tried only where nothing is saved. NotLoggedIn where a person would be needed and may not be
        asked; NoAnswer if there is no server at the address; LoginEnded, Refused and others if the login fails.
        """
        self._profile.require_rested()
        self._backend.sweep()
        kept = self._profile.vault.load()
        if kept is not None:
            saved = self._backend.saved(kept)
            try:
                await self._resume(saved)
            except HongyanError as ending:
                if not may_ask or self._backend.is_official or isinstance(ending, NoAnswer):
                    raise
            else:
                return
        if not may_ask:
            raise NotLoggedIn(self._profile.name)
        await self._log_in()

    async def _resume(self, saved: SavedLogin) -> None:
        """Resume a saved login. Raises the error that ended it."""
        place = self._store.login.position()
        ours = place is not None and place.login == saved.login
        self._saved = saved
        await self._stands(self._backend.resume(saved, place.keys if place is not None and ours else None))

    async def _log_in(self) -> None:
        """Make a new login: by the phone of the last one if it will, else by a code. Raises what prevents it."""
        keepsake = self._profile.vault.keepsake()
        before = self._store.login.status()
        revived = self._config.revives and before.state is LoginState.LOGGING_IN
        await self._status.say(LoginState.LOGGING_IN, before.reason if revived else "")
        self._saved = None
        if keepsake is not None:
            try:
                await self._stands(self._backend.log_in(keepsake))
            except LoginEnded as ending:
                if ending.ret == LoginEnded.BARRED:
                    raise
            except HongyanError as ending:
                _log.debug("the phone cannot be asked: %s", ending)
            else:
                return
        await self._stands(self._backend.log_in(None))

    async def _stands(self, events: AsyncGenerator[BackendEvent]) -> None:
        """Start a login; return as soon as it holds. Raises the error that prevented it."""
        self._standing.clear()
        self._supervisor.begin()
        receiver = Receiver(
            self._backend,
            self._store,
            clock=self._now,
            witness=self._witness,
            on_event=self._hear,
            on_written=self._written,
        )
        self._receiving = self._supervisor.start(self._receive(receiver, events), name="receiving")
        standing = asyncio.ensure_future(self._standing.wait())
        await asyncio.wait([standing, self._receiving], return_when=asyncio.FIRST_COMPLETED)
        standing.cancel()
        if not self._standing.is_set():
            self._saved = None
            await self._supervisor.ended()

    async def _receive(self, receiver: Receiver, events: AsyncGenerator[BackendEvent]) -> None:
        """Run the receiver to its end, and end with it what works for the login."""
        ending: HongyanError = NotLoggedIn(self._profile.name)
        try:
            await receiver.run(events)
        except HongyanError as error:
            ending = error
        self._supervisor.end(ending)
        if self._sender is not None:
            await self._sender.stop(0)
        self._supervisor.cancel()

    # -- events of the backend

    async def _hear(self, event: BackendEvent) -> None:
        match event:
            case LoginResumed():
                place = self._store.login.position()
                self._work(listed=bool(place and place.complete))
            case LoginMade():
                await self._logged_in(event)
            case CredentialsRenewed(saved=saved):
                self._keep(saved)
            case ServiceTroubled():
                await self._degraded(event)
            case ServiceRecovered():
                await self._recovered()
            case LoginOver():
                await self._ended(event)
            case PhoneDeclined():
                self._config.on_login(event)
                await self._status.say(LoginState.LOGGING_IN, self._status.reason)
            case _ if isinstance(event, LoginProgress):
                self._config.on_login(event)
            case _:
                pass

    async def _logged_in(self, made: LoginMade) -> None:
        """Store the data of a login, before its position is used, and start to work for it.

        Where the disk has no room or cannot be read, all of this is repeated: so rows are written once, and work starts last.
        """
        saved = made.saved
        self._profile.bind(self._backend.server, saved.account)
        self._keep(saved)
        if self._unsaved:  # a login that is not stored costs a person time: so this waits for room
            self._profile.vault.save(saved.credentials, saved.keepsake)
        if self._journaled is not made:
            await self._journal_login(made)
            self._journaled = made
        await self._store.directory.learn(saved.login, made.contacts, "init")
        self._synced.set()
        await self._status.say(LoginState.ONLINE)
        self._work(listed=False)
        self._standing.set()

    async def _journal_login(self, made: LoginMade) -> None:
        """Write that a login was made, its position, and what may have been missed since the last one."""
        login, now = made.saved.login, self._now()
        events: list[tuple[Event, bytes]] = [(LoginChanged(state=LoginState.ONLINE, login=login), b"")]
        last = self._store.login.last_seen()
        if last:
            reason = "new-login" if made.fresh else "position-lost"
            events.insert(0, (Gap(since=last, until=now, reason=reason), b""))
        await self._store.append(events, login=login, received_at=now, position=made.position)

    async def _written(self, written: Sequence[Recorded]) -> None:
        """A batch is in the journal: its names are looked up, its rejections are settled."""
        self._synced.set()
        if self._unsaved and self._saved is not None:
            self._keep(self._saved)
        if self._status.state is not LoginState.ONLINE:
            await self._online()
        if self._saved is not None:
            await self._witness.identify(self._saved.login, written)
        self._backend.heard(written)
        if self._sender is not None:
            await self._sender.heard(written)

    async def _online(self) -> None:
        await self._status.say(LoginState.ONLINE)
        self._standing.set()

    async def _degraded(self, trouble: ServiceTroubled) -> None:
        """Publish that the service does not answer as it should; a login reported as over does not hold yet."""
        await self._status.say(LoginState.DEGRADED, trouble.code, trouble.retry_at, trouble.reason)
        if trouble.failures >= _REPORTED_AFTER and not self._reported_degraded:
            with contextlib.suppress(StorageError):  # the reason may be that there is no room for this
                await self._journal(
                    LoginChanged(state=LoginState.DEGRADED, reason=trouble.code, said=trouble.reason)
                )
                self._reported_degraded = True
        if not trouble.doubted:
            self._standing.set()

    async def _recovered(self) -> None:
        if self._reported_degraded:
            with contextlib.suppress(StorageError):
                await self._journal(LoginChanged(state=LoginState.ONLINE))
                self._reported_degraded = False
        await self._online()

    async def _ended(self, over: LoginOver) -> None:
        """Forget a login that is over; on the official service a bar lets the profile rest."""
        error = over.error
        early = over.made_at is not None and self._now() - over.made_at < _EARLY_S
        if self._backend.is_official and (
            error.ret == LoginEnded.BARRED or (error.ret == _FORCED_OUT and early)
        ):
            self._profile.rest(str(error))
        self._saved = None
        self._profile.vault.forget()
        await self._status.say(
            LoginState.LOGGING_IN if self._config.revives else LoginState.ENDED, error.code
        )
        await self._journal(LoginChanged(state=LoginState.ENDED, reason=error.code, advice=error.advice))

    async def _journal(self, event: Event) -> None:
        login = self._saved.login if self._saved else self._store.login.current
        await self._store.append([(event, b"")], login=login, received_at=self._now())

    def _keep(self, saved: SavedLogin) -> None:
        """Use changed credentials from now on, and save them; where the disk has no room, with the next that comes."""
        self._saved = saved
        try:
            self._profile.vault.save(saved.credentials, saved.keepsake)
        except StorageError as error:
            self._unsaved = True
            _log.warning("%s", error)
        else:
            self._unsaved = False

    # -- working

    def _work(self, *, listed: bool) -> None:
        """Start loading people and carrying out the outbox."""
        self._sender = Sender(
            self._patient,
            self._backend,
            self._buckets,
            self._supervisor,
            clock=self._clock,
            synced=self._synced,
            grace=self._config.grace,
            set_before=self._set_before,
            on_clock_set=self._clock_was_set,
        )
        run = self._supervisor.start
        run(self._clock_was_set(0.0), name="storing the clocks' readings")
        run(self._sender.run(), name="sending")
        run(self._sender.watch_the_clock(), name="watching the clock")
        jobs = {
            **self._backend.jobs(listed=listed),
            "fetching files unasked": self._prefetcher.run,
            "clearing the archive": self._retention.run,
            "recording that the login holds": self._save_now_and_then,
            "taking rows into the search index": self._index_now_and_then,
        }
        for doing, job in jobs.items():
            self._supervisor.keep(job, doing)

    async def _learn(
        self, login: LoginId, changes: Sequence[ContactChange], source: str, now: float
    ) -> list[ChatKey]:
        return await self._witness.learn(login, changes, source, now)

    def _unhurried(self) -> float:
        """Return a time at which nothing is older than it is because the clock was set ahead."""
        return self._clock() - max(0.0, self._set_before)

    async def _clock_was_set(self, _: float) -> None:
        """Store the readings of both clocks, so that the next program knows how long ago everything was."""
        await self._patient.login.set_rate_limit(CLOCK, msgspec.json.encode(self._clock.mark()))

    async def _save_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(_SAVE_S)
            await self._touch()

    async def _index_now_and_then(self) -> None:
        """Keep the search index near the journal's end, a batch at a time, so that a search has little to catch up on."""
        while True:
            more = await self._store.archive.index()
            await asyncio.sleep(_INDEX_PAUSE_S if more else _INDEX_S)

    async def _touch(self) -> None:
        """Note that the login was held until now."""
        held, position = self._saved, self._backend.position
        if held is not None:
            self._profile.vault.save(held.credentials, held.keepsake)
            if position is not None:
                await self._store.append([], login=held.login, received_at=self._now(), position=position)

    # -- ending

    async def _leave(self, tell: Callable[[], Awaitable[object]]) -> None:
        """End the login at the service by ``tell`` and forget it here, whatever the answer; the phone can still be asked."""
        if self._receiving is not None:
            self._receiving.cancel()
            await asyncio.wait([self._receiving])
        with contextlib.suppress(StorageError):
            await self._touch()
        try:
            await tell()
        finally:
            await self._left()

    async def _left(self) -> None:
        self._saved = None
        self._profile.vault.forget()
        await self._status.say(LoginState.ENDED, "logged-out")
        await self._journal(
            LoginChanged(state=LoginState.ENDED, reason="logged-out", advice="Log in again: hongyan login.")
        )
        self._supervisor.end(NotLoggedIn(self._profile.name))

    async def ended(self) -> None:
        """Wait until the login is over and raise why; or raise a fault of this program."""
        await self._supervisor.ended()

    async def stop(self) -> None:
        """End all work within two seconds: current sends may finish, the rest stays in the outbox."""
        if self._sender is not None:
            await self._sender.stop(_DRAIN_S)
        self._stopping.set()
        await self._supervisor.stop()
        if self._saved is not None:
            with contextlib.suppress(
                StorageError, OSError
            ):  # the position is stored; only the time of leaving is not
                await self._touch()
            with contextlib.suppress(StorageError):
                await self._status.say(LoginState.OFFLINE)
        await self._backend.close()
