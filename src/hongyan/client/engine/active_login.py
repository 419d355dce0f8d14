"""Holds an account's login: begins it, keeps its tasks alive, says how it stands, and ends them all in good order.

It knows no protocol step and no SQL; who receives, sends and gathers are parts of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from typing import TYPE_CHECKING, Final, Self

import msgspec

from hongyan.backends.webwx.api_client import ApiClient
from hongyan.backends.webwx.directory import Directory
from hongyan.backends.webwx.executor import CommandExecutor
from hongyan.backends.webwx.media import Media
from hongyan.backends.webwx.progress import progress_of
from hongyan.client.archive_policy import ArchiveSettings
from hongyan.client.engine.media_prefetch import MediaPrefetcher
from hongyan.client.engine.receive import Receiver
from hongyan.client.engine.send import GRACE_S, Sender
from hongyan.client.engine.store_retry import patient
from hongyan.client.engine.tended import tended
from hongyan.client.engine.token_buckets import CLOCK, kept_buckets
from hongyan.client.engine.witness import Witness
from hongyan.client.media_policy import MediaSettings
from hongyan.client.retention import RetentionJob
from hongyan.clock import Clock
from hongyan.errors import HongyanError, LoginEnded, NoAnswer, NotLoggedIn, StorageError
from hongyan.model.events import Gap, LoginChanged, LoginState, Status
from hongyan.webwx.calls import misc
from hongyan.webwx.credentials import Position
from hongyan.webwx.machine import Machine
from hongyan.webwx.machine_events import (
    CredentialsChanged,
    Degraded,
    Ended,
    LoggedIn,
    NotTold,
    PushRefused,
    Recovered,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, MutableMapping, Sequence
    from types import TracebackType
    from typing import Any

    from hongyan.client.profile import Profile
    from hongyan.model.events import Event, Recorded
    from hongyan.model.ids import CommandId
    from hongyan.model.login_progress import LoginProgress
    from hongyan.ports import Store, Transport
    from hongyan.webwx.credentials import Credentials
    from hongyan.webwx.hosts import Hosts
    from hongyan.webwx.machine_events import MachineEvent, Step

    Progress = Callable[[int, int | None], None]

__all__ = ["ActiveLogin"]

_log = logging.getLogger("hongyan.storage")

_DRAIN_S: Final = 1.5
_SAVE_S: Final = 600.0
_INDEX_S: Final = 20.0
_INDEX_PAUSE_S: Final = 0.05
_EARLY_S: Final = 120.0
_FORCED_OUT: Final = 1102
_PROGRESS_S: Final = 0.5  # between two words on how far the contact list is
_TOLD_AFTER: Final = 2  # failures in a row before the journal says "degraded"


class ActiveLogin:
    """The one program part that talks to the server in a profile's name.

    ``on_login`` hears of every step of a login. ``progress`` holds who wants to hear of a transfer, by command. ``grace``
    is how many seconds late a send that was put off may be. With ``revives`` somebody makes a login anew that ended: its end is journaled, but the status says "logging in".
    """

    def __init__(
        self,
        profile: Profile,
        store: Store,
        transport: Transport,
        hosts: Hosts,
        *,
        clock: Callable[[], float],
        entropy: Callable[[int], bytes],
        paced: bool = True,
        on_login: Callable[[LoginProgress], None] = lambda _: None,
        progress: MutableMapping[CommandId, Progress] | None = None,
        revives: bool = False,
        gathers: MediaSettings | None = None,
        keeps: ArchiveSettings | None = None,
        grace: float = GRACE_S,
    ) -> None:
        self._grace = grace
        self._revives = revives
        self._profile = profile
        self._stopping = asyncio.Event()
        self._store = store  # for what the receive loop writes: it waits with it in hand, and says so
        self._patient = store = patient(store, self._stopping)
        self._transport = transport
        self._hosts = hosts
        self._now = clock
        self._clock = Clock.beside(clock)
        self._entropy = entropy
        self._on_login = on_login
        self._paced = paced
        self._machine = Machine(hosts, entropy=entropy)
        self._api = ApiClient(
            transport, lambda: self._credentials, clock=clock, entropy=entropy, in_doubt=self._recheck
        )
        self._witness = Witness(store)
        self._media = Media(self._api, profile.media, store)
        self._prefetcher = MediaPrefetcher(store, self._media, gathers or MediaSettings())
        self._retention = RetentionJob(store, keeps or ArchiveSettings(), profile.media, self._unhurried)
        self._pace, self._set_before = kept_buckets(
            store.pace(), self._clock, lambda: entropy(1)[0] / 255, enforced=paced or hosts.is_official
        )
        self._progress = {} if progress is None else progress
        self._tasks: set[asyncio.Task[object]] = set()
        self._credentials: Credentials | None = None
        self._status = Status(state=LoginState.OFFLINE, pid=os.getpid())
        self._standing = asyncio.Event()
        self._synced = asyncio.Event()
        self._over: asyncio.Future[HongyanError] = asyncio.get_running_loop().create_future()
        self._told_degraded = False
        self._contacts = (0, "")
        self._unsaved = False
        self._progress_told = 0.0
        self._receiver: Receiver | None = None
        self._receiving: asyncio.Task[object] | None = None
        self._directory: Directory | None = None
        self._sender: Sender | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def origins(self) -> frozenset[str]:
        """Where requests may go: to the login's hosts, and before there is one to wherever it may lead."""
        held = self._credentials or self._machine.credentials
        return held.hosts.origins if held else self._hosts.entries

    # -- beginning

    async def begin(self, *, may_ask: bool = True) -> None:
        """Take the saved login up again, or make a new one; return when it stands.

        ``may_ask`` allows what needs a person: the phone is asked to confirm, then a code is shown. On the official
        service those are tried only where nothing is saved. NotLoggedIn where a person would be needed and may not be
        asked; NoAnswer where nobody is at the address; LoginEnded, Refused and others where the login fails.
        """
        self._profile.require_rested()
        self._media.sweep()
        saved = self._profile.vault.load()
        if saved is not None:
            ending = await self._restored(saved)
            if ending is None:
                return
            if not may_ask or self._hosts.is_official or isinstance(ending, NoAnswer):
                raise ending
        if not may_ask:
            raise NotLoggedIn(self._profile.name)
        await self._log_in()

    async def _restored(self, saved: Credentials) -> HongyanError | None:
        """Go on with saved credentials; return what ended them, or None."""
        place = self._store.position()
        ours = place is not None and place[0] == saved.login
        position = _position(place[1]) if place is not None and ours else None
        self._credentials = saved
        self._machine = Machine(self._hosts, entropy=self._entropy, credentials=saved)
        step = self._machine.restore(self._now(), position)
        if position is not None:
            listed = bool(place and place[2])
            self._work(listed=listed)
            if not listed:  # the program before this one may have ended before the phone was told
                self._tell_phone()
        return await self._stands(step)

    async def _log_in(self) -> None:
        """Make a new login: by the phone of the last one if it will, else by a code."""
        keepsake = self._profile.vault.keepsake()
        before = self._store.status()
        why = before.reason if self._revives and before.state is LoginState.LOGGING_IN else ""
        await self._say(LoginState.LOGGING_IN, why)
        if keepsake is not None and keepsake.usable:
            self._credentials = None
            self._machine = Machine(self._hosts, entropy=self._entropy, keepsake=keepsake)
            ending = await self._stands(self._machine.push(self._now()))
            if ending is None:
                return
            if isinstance(ending, LoginEnded) and ending.ret == LoginEnded.BARRED:
                raise ending
        self._credentials = None
        self._machine = Machine(self._hosts, entropy=self._entropy)
        ending = await self._stands(self._machine.begin(self._now()))
        if ending is not None:
            raise ending

    async def _stands(self, step: Step) -> HongyanError | None:
        """Let the machine run; return None as soon as the login stands, or what prevented it."""
        self._standing.clear()
        self._over = asyncio.get_running_loop().create_future()
        self._receiver = Receiver(
            self._machine,
            self._transport,
            self._store,
            clock=self._now,
            witness=self._witness,
            on_news=self._hear,
            on_written=self._written,
        )
        self._receiving = self._start(self._receive(self._receiver, step))
        standing = asyncio.ensure_future(self._standing.wait())
        await asyncio.wait([standing, self._receiving], return_when=asyncio.FIRST_COMPLETED)
        standing.cancel()
        if self._standing.is_set():
            return None
        self._credentials = None
        return await self._over

    async def _receive(self, receiver: Receiver, step: Step) -> None:
        """Run the receiver to its end, and end with it what works for the login."""
        try:
            ending = await receiver.run(step)
        except HongyanError as error:
            ending = error
        if not self._over.done():
            self._over.set_result(ending or NotLoggedIn(self._profile.name))
        if self._sender is not None:
            await self._sender.stop(0)
        for task in self._tasks - {asyncio.current_task()}:
            task.cancel()

    # -- what the machine says

    async def _hear(self, news: MachineEvent) -> None:
        told = progress_of(news)
        if told is not None:
            self._on_login(told)
        match news:
            case LoggedIn():
                await self._logged_in(news)
            case CredentialsChanged(credentials=credentials):
                self._keep(credentials)
            case Degraded():
                await self._degraded(news)
            case Recovered():
                await self._recovered()
            case NotTold():
                self._tell_phone()
            case Ended(error=error):
                await self._ended(error)
            case PushRefused():
                await self._say(LoginState.LOGGING_IN, self._status.reason)
            case _:
                pass

    async def _logged_in(self, news: LoggedIn) -> None:
        """Keep what a login left, before its position is used, and begin to work for it."""
        credentials, now = news.credentials, self._now()
        self._profile.bind(self._hosts.server, int(credentials.uin))
        self._keep(credentials)
        if self._unsaved:
            self._profile.vault.save(
                credentials
            )  # a login that is not kept costs a person: so this waits for room
        events: list[tuple[Event, bytes]] = [
            (LoginChanged(state=LoginState.ONLINE, login=credentials.login), b"")
        ]
        last = self._store.last_seen()
        if last:
            reason = "new-login" if news.fresh else "position-lost"
            events.insert(0, (Gap(since=last, until=now, reason=reason), b""))
        await self._store.append(
            events, login=credentials.login, received_at=now, position=news.position.to_bytes()
        )
        init = news.init
        await self._store.learn(credentials.login, [init.me, *init.contacts], "init")
        self._synced.set()
        self._work(listed=False)
        if self._directory is not None:
            self._directory.want([*(c.name for c in init.contacts), *init.recent], "init")
        await self._online()

    async def _written(self, written: Sequence[Recorded]) -> None:
        """A batch is in the journal: what it names is looked up, what it refuses is settled."""
        self._synced.set()
        now = self._machine.credentials
        if now is not None and (now is not self._credentials or self._unsaved):
            self._keep(now)
        if self._status.state is not LoginState.ONLINE:
            await self._online()
        if self._credentials is not None:
            await self._witness.identify(self._credentials.login, written)
        if self._directory is not None:
            self._directory.heard(written)
        if self._sender is not None:
            await self._sender.heard(written)

    async def _online(self) -> None:
        await self._say(LoginState.ONLINE)
        self._standing.set()

    async def _degraded(self, news: Degraded) -> None:
        """Say that the server does not answer as it should; a login that is called over does not stand yet."""
        await self._say(LoginState.DEGRADED, news.reason, news.retry_at)
        if news.failures >= _TOLD_AFTER and not self._told_degraded:
            with contextlib.suppress(StorageError):  # the reason may be that there is no room for this
                await self._journal(LoginChanged(state=LoginState.DEGRADED, reason=news.reason))
                self._told_degraded = True
        if not news.doubted:
            self._standing.set()

    async def _recovered(self) -> None:
        if self._told_degraded:
            with contextlib.suppress(StorageError):
                await self._journal(LoginChanged(state=LoginState.ONLINE))
                self._told_degraded = False
        await self._online()

    async def _ended(self, error: LoginEnded) -> None:
        """Forget a login that is over; on the official service a bar lets the profile rest."""
        held = self._credentials or self._machine.credentials
        early = held is not None and self._now() - held.logged_in_at < _EARLY_S
        if self._hosts.is_official and (
            error.ret == LoginEnded.BARRED or (error.ret == _FORCED_OUT and early)
        ):
            self._profile.rest(str(error))
        self._credentials = None
        self._profile.vault.forget()
        await self._say(LoginState.LOGGING_IN if self._revives else LoginState.ENDED, error.code)
        await self._journal(LoginChanged(state=LoginState.ENDED, reason=error.code, advice=error.advice))

    async def _journal(self, event: Event) -> None:
        login = self._credentials.login if self._credentials else self._store.login
        await self._store.append([(event, b"")], login=login, received_at=self._now())

    async def _say(self, state: LoginState, reason: str = "", retry_at: float | None = None) -> None:
        """Replace the status row."""
        same = state is self._status.state
        place = self._store.position()
        self._status = Status(
            state=state,
            reason=reason,
            since=self._status.since if same else self._now(),
            retry_at=retry_at,
            latency=self._receiver.latency if self._receiver else None,
            queued=self._store.count_queued(),
            pid=os.getpid(),
            contacts_complete=bool(place and place[2]),
            contacts=self._contacts[0],
            contacts_problem=self._contacts[1],
        )
        await self._store.set_status(self._status)

    def _keep(self, credentials: Credentials) -> None:
        """Use changed credentials from now on, and save them; where the disk has no room, with the next that comes."""
        self._credentials = credentials
        try:
            self._profile.vault.save(credentials)
        except StorageError as error:
            self._unsaved = True
            _log.warning("%s", error)
        else:
            self._unsaved = False

    # -- working

    def _work(self, *, listed: bool) -> None:
        """Begin to gather the directory and to carry out the outbox."""
        assert self._credentials is not None  # there is a login to work for
        self._directory = Directory(
            self._api,
            self._patient,
            self._credentials.login,
            learn=self._witness.learn,
            spaced=self._paced or self._hosts.is_official,
            on_complete=self._everybody_known,
            on_progress=self._contacts_came,
        )
        executor = CommandExecutor(
            self._api,
            self._patient,
            self._media,
            directory=self._present_directory,
            logout=self._log_out,
            progress=self._progress,
        )
        self._sender = Sender(
            self._patient,
            executor,
            self._pace,
            clock=self._clock,
            recheck=self._recheck,
            synced=self._synced,
            grace=self._grace,
            set_before=self._set_before,
            on_clock_set=self._clock_was_set,
            skew=lambda: self._api.skew,
        )
        self._start(self._clock_was_set(0.0))
        directory = self._directory
        self._tend(lambda: directory.run(listed=listed or directory.listed), "gathering contacts")
        self._start(self._sender.run())
        self._tend(self._prefetcher.run, "fetching files unasked")
        self._tend(self._retention.run, "clearing the archive")
        self._tend(self._save_now_and_then, "noting that the login stands")
        self._tend(self._index_now_and_then, "taking rows into the search index")

    def _tell_phone(self) -> None:
        """Tell the phone once more that this client is ready, beside everything else."""
        if self._directory is not None:
            self._tend(self._directory.tell_phone, "telling the phone that this client is ready")

    async def _contacts_came(self, have: int, problem: str) -> None:
        """Say now and then how many contacts have come, and at once what keeps them from coming."""
        now = asyncio.get_running_loop().time()
        news = problem != self._contacts[1]
        self._contacts = (have, problem)
        if news or now - self._progress_told >= _PROGRESS_S:
            self._progress_told = now
            await self._say(self._status.state, self._status.reason, self._status.retry_at)

    async def _everybody_known(self) -> None:
        """Find the people of former logins again, then say that the list is complete."""
        if self._credentials is not None:
            await self._patient.recognise(self._credentials.login, now=self._now())
        await self._say(self._status.state, self._status.reason, self._status.retry_at)

    def _present_directory(self) -> Directory:
        if self._directory is None:
            raise NotLoggedIn(self._profile.name)
        return self._directory

    def _unhurried(self) -> float:
        """Return a time at which nothing is older than it is because somebody set the clock ahead."""
        return self._clock() - max(0.0, self._set_before)

    async def _clock_was_set(self, _: float) -> None:
        """Keep what both clocks say now, so that the next program knows how long ago everything was."""
        await self._patient.set_pace(CLOCK, msgspec.json.encode(self._clock.mark()))

    def _recheck(self) -> None:
        if self._receiver is not None:
            self._receiver.recheck()

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[object]:
        task: asyncio.Task[object] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _tend(self, work: Callable[[], Awaitable[None]], doing: str) -> None:
        """Begin work that goes on after a full disk and after a fault of ours, which costs it one round."""
        self._start(tended(work, doing=doing))

    def _finished(self, task: asyncio.Task[object]) -> None:
        """A part that stops by a fault ends the whole: half a client would lie."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None and not self._over.done():
            self._over.set_exception(error)
            for other in self._tasks:
                other.cancel()

    async def _save_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(_SAVE_S)
            await self._touch()

    async def _index_now_and_then(self) -> None:
        """Keep the search index near the journal's end, a batch at a time, so that a search has little to catch up on."""
        while True:
            more = await self._store.index()
            await asyncio.sleep(_INDEX_PAUSE_S if more else _INDEX_S)

    async def _touch(self) -> None:
        """Note that the login was held until now."""
        held, position = self._credentials, self._machine.position
        if held is not None:
            self._profile.vault.save(held)
            if position is not None:
                await self._store.append(
                    [], login=held.login, received_at=self._now(), position=position.to_bytes()
                )

    # -- ending

    async def _log_out(self) -> None:
        """End the login at the server and forget it here, whatever the server answers; the phone can still be asked."""
        if self._receiving is not None:
            self._receiving.cancel()
            await asyncio.wait([self._receiving])
        with contextlib.suppress(StorageError):
            await self._touch()
        try:
            await self._api.ask(misc.logout)
        finally:
            await self._left()

    async def _left(self) -> None:
        self._credentials = None
        self._profile.vault.forget()
        await self._say(LoginState.ENDED, "logged-out")
        await self._journal(
            LoginChanged(state=LoginState.ENDED, reason="logged-out", advice="Log in again: hongyan login.")
        )
        if not self._over.done():
            self._over.set_result(NotLoggedIn(self._profile.name))

    async def ended(self) -> HongyanError:
        """Wait until the login is over and return why; a fault of this program is raised."""
        return await asyncio.shield(self._over)

    async def stop(self) -> None:
        """End all work within two seconds: what is being sent may finish, the rest stays in the outbox."""
        if self._sender is not None:
            await self._sender.stop(_DRAIN_S)
        self._stopping.set()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._credentials is not None:
            with contextlib.suppress(
                StorageError, OSError
            ):  # the position is kept; only when it was left is not
                await self._touch()
            with contextlib.suppress(StorageError):
                await self._say(LoginState.OFFLINE)
        await self._transport.close()
        if self._over.done() and not self._over.cancelled():
            with contextlib.suppress(BaseException):
                self._over.exception()  # whoever cared has asked


def _position(kept: bytes) -> Position | None:
    """Return a position that was kept; None where it cannot be read (an import brings none), and *now* counts."""
    try:
        return Position.from_bytes(kept)
    except (msgspec.MsgspecError, UnicodeError):
        return None
