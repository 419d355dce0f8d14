"""Web WeChat behind the backend port: drives its machine, carries out its commands, fetches its people and files."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

import msgspec

from hongyan import reports
from hongyan.backends.webwx.api_client import ApiClient
from hongyan.backends.webwx.claims import judged
from hongyan.backends.webwx.directory import Directory
from hongyan.backends.webwx.driver import MachineDriver
from hongyan.backends.webwx.executor import COMMANDS, CommandExecutor
from hongyan.backends.webwx.late_rejections import LateRejections
from hongyan.backends.webwx.media import Media
from hongyan.backends.webwx.progress import progress_of
from hongyan.errors import HongyanError, NotLoggedIn, StorageDamaged, UsageError
from hongyan.ports.backend import (
    AnswerLost,
    CredentialsRenewed,
    EventBatch,
    LoginMade,
    LoginOver,
    LoginResumed,
    SavedLogin,
    ServiceRecovered,
    ServiceTroubled,
)
from hongyan.ports.vault import Sealed
from hongyan.webwx.calls import misc
from hongyan.webwx.credentials import Credentials, Keepsake, SyncPosition
from hongyan.webwx.machine import Machine
from hongyan.webwx.machine_events import (
    Batch,
    CredentialsChanged,
    Degraded,
    Ended,
    LoggedIn,
    NotTold,
    Recovered,
    UnreadableBatch,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from hongyan.model.commands import ActionKind, CommandRow
    from hongyan.model.contacts import ContactKind
    from hongyan.model.events import Recorded
    from hongyan.model.ids import CommandId, LoginId, Seq
    from hongyan.model.messages import AnyMessage
    from hongyan.ports import Transport
    from hongyan.ports.backend import BackendContext, BackendEvent, Original, Reach
    from hongyan.webwx.hosts import Hosts
    from hongyan.webwx.machine_events import MachineEvent, Step

__all__ = ["WebwxBackend"]

_ANEW: Final = "Log in again: hongyan login."


class WebwxBackend:
    """``ports.backend.Backend`` by Web WeChat."""

    name = "Web WeChat"
    commands = COMMANDS

    def __init__(self, hosts: Hosts, transport: Transport, context: BackendContext) -> None:
        self._hosts = hosts
        self._transport = transport
        self._context = context
        self._now = context.clock
        self._machine = Machine(hosts, entropy=context.entropy)
        self._driver: MachineDriver | None = None
        self._credentials: Credentials | None = None
        self._batch: tuple[EventBatch, Batch] | None = None
        self._directory: Directory | None = None
        self._resumed = False
        self._api = ApiClient(
            transport,
            lambda: self._credentials,
            clock=context.clock,
            entropy=context.entropy,
            in_doubt=self.recheck,
        )
        self._media = Media(self._api, context.media, context.store.archive)
        self._executor = CommandExecutor(
            self._api,
            context.store,
            self._media,
            directory=self._present_directory,
            logout=lambda: context.leave(lambda: self._api.ask(misc.logout)),
            progress=context.progress,
        )

    @property
    def server(self) -> str:
        """``official``, or the origin of an emulator."""
        return self._hosts.server

    @property
    def is_official(self) -> bool:
        """Whether accounts there are real and can be barred."""
        return self._hosts.is_official

    @property
    def position(self) -> bytes | None:
        """Where the next sync continues."""
        position = self._machine.position
        return position.to_bytes() if position is not None else None

    @property
    def latency(self) -> float | None:
        """How many seconds the last sync took."""
        return self._driver.latency if self._driver is not None else None

    @property
    def origins(self) -> frozenset[str]:
        """Allowed targets of requests: the login's hosts, and before a login every host it may lead to."""
        held = self._credentials or self._machine.credentials
        return held.hosts.origins if held else self._hosts.entries

    # -- the login

    def saved(self, credentials: Sealed) -> SavedLogin:
        """Return the content of saved credentials."""
        held = _credentials(credentials)
        if held.hosts.server != self._hosts.server:
            raise UsageError(f"the saved login is one of {held.hosts.server}")
        return _saved(held)

    async def resume(self, saved: SavedLogin, position: bytes | None) -> AsyncGenerator[BackendEvent]:
        """Resume a saved login, from ``position`` or through webwxinit."""
        held = _credentials(saved.credentials)
        self._credentials = held
        self._machine = Machine(self._hosts, entropy=self._context.entropy, credentials=held)
        step = self._machine.restore(self._now(), _position(position))
        self._resumed = self._machine.position is not None
        if self._resumed:
            self._serve(held.login)
            yield LoginResumed()
        async with contextlib.aclosing(self._run(step)) as events:
            async for event in events:
                yield event

    async def log_in(self, keepsake: Sealed | None) -> AsyncGenerator[BackendEvent]:
        """Make a login: by the phone of the last one, or by a code."""
        kept = _keepsake(keepsake) if keepsake is not None else None
        if keepsake is not None and (kept is None or not kept.usable):
            return
        self._credentials, self._resumed = None, False
        self._machine = Machine(self._hosts, entropy=self._context.entropy, keepsake=kept)
        begin = self._machine.push if kept is not None else self._machine.begin
        async with contextlib.aclosing(self._run(begin(self._now()))) as events:
            async for event in events:
                yield event

    async def _run(self, step: Step) -> AsyncGenerator[BackendEvent]:
        """Drive the machine; if it ends by an error, the credentials are void."""
        driver = self._driver = MachineDriver(self._machine, self._transport, self._now)
        try:
            async with contextlib.aclosing(driver.run(step)) as events:
                async for event in events:
                    for meant in self._safely_meant(event):
                        yield meant
                    if isinstance(event, LoggedIn) and self._directory is not None:
                        named = [*(c.name for c in event.init.contacts), *event.init.recent]
                        self._directory.want(named, "init")
                    held = self._machine.credentials
                    if isinstance(event, Batch) and held is not None and held is not self._credentials:
                        yield self._renewed(held)
        except Exception:
            self._credentials = None
            raise

    def _safely_meant(self, event: MachineEvent) -> Sequence[BackendEvent]:
        """As ``_meant``; a fault of ours costs what may be missed: neither a login nor a batch."""
        try:
            return self._meant(event)
        except HongyanError:
            raise
        except Exception as fault:
            if isinstance(event, (LoggedIn, Batch)):
                raise
            reports.note(fault, doing="reading an event of the machine")
            return []

    def _meant(self, event: MachineEvent) -> Sequence[BackendEvent]:
        """Return what an event of the machine means to the client."""
        match event:
            case LoggedIn(credentials=credentials, init=init, position=position, fresh=fresh):
                self._credentials = credentials
                self._serve(credentials.login)
                contacts = (init.me, *init.contacts)
                return [LoginMade(_saved(credentials), position.to_bytes(), contacts, fresh)]
            case Batch():
                return [self._offered(event)]
            case CredentialsChanged(credentials=credentials):
                return [self._renewed(credentials)]
            case Degraded(reason=reason, retry_at=at, failures=failures, doubted=doubted, code=code):
                return [ServiceTroubled(reason, at, failures, doubted, code)]
            case Recovered():
                return [ServiceRecovered()]
            case UnreadableBatch(raw=raw, problem=problem):
                return [AnswerLost(raw, problem)]
            case Ended(error=error):
                held = self._credentials or self._machine.credentials
                self._credentials = None
                return [LoginOver(error, held.logged_in_at if held is not None else None)]
            case NotTold():
                if self._directory is not None:
                    self._directory.phone_is_unaware()
                return []
            case _:
                progress = progress_of(event)
                return [progress] if progress is not None else []

    def _offered(self, found: Batch) -> EventBatch:
        events = tuple((item.event, item.raw) for item in found.items)
        batch = EventBatch(found.credentials.login, events, found.position.to_bytes())
        self._batch = batch, found
        return batch

    def _renewed(self, credentials: Credentials) -> CredentialsRenewed:
        self._credentials = credentials
        return CredentialsRenewed(_saved(credentials))

    def commit(self, batch: EventBatch) -> None:
        """Use the key of a batch that is durable."""
        if self._driver is not None and self._batch is not None and self._batch[0] is batch:
            self._driver.commit(self._batch[1])
            self._batch = None

    def recheck(self) -> None:
        """Check at once whether the login still holds."""
        if self._driver is not None:
            self._driver.recheck()

    # -- work for a login

    def _serve(self, login: LoginId) -> None:
        """Start a directory for a login."""
        context = self._context
        self._directory = Directory(
            self._api,
            context.store,
            login,
            learn=context.learn,
            spaced=context.paced or self.is_official,
            on_complete=context.on_complete,
            on_progress=context.on_contacts,
        )

    def _present_directory(self) -> Directory:
        if self._directory is None:
            raise NotLoggedIn("this one")
        return self._directory

    def jobs(self, *, listed: bool) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """Return the loading of contacts, and the notification that makes the phone list its chats."""
        directory = self._present_directory()
        if (
            self._resumed and not listed
        ):  # the program before this one may have ended before it notified the phone
            directory.phone_is_unaware()
        return {
            "loading contacts": lambda: directory.run(listed=listed or directory.listed),
            "notifying the phone that this client is ready": directory.keep_phone_notified,
        }

    def heard(self, written: Sequence[Recorded]) -> None:
        """Search new journal rows for names that are not fully known."""
        if self._directory is not None:
            self._directory.heard(written)

    def judged(self, message: AnyMessage, writer: ContactKind | None, original: Original) -> AnyMessage:
        """Return a message with claims that its writer may not make turned into the writer's own words."""
        return judged(message, writer, original)

    async def carry(self, row: CommandRow) -> str:
        """Carry a command out."""
        return await self._executor.carry(row)

    def reached(self, command: CommandId) -> Reach:
        """Return how far a command got."""
        return self._executor.reached(command)

    def rejections(self, widen: Callable[[ActionKind], Awaitable[float]]) -> LateRejections:
        """Return who finds the messages that system messages refuse."""
        return LateRejections(self._context.store, clock=self._now, widen=widen, skew=lambda: self._api.skew)

    async def fetch(self, seq: Seq, message: AnyMessage, size: str) -> Path:
        """Return the verified file of a message."""
        return await self._media.fetch(seq, message, size)

    # -- the end

    def sweep(self) -> None:
        """Delete what interrupted programs left half-done in the media folder."""
        self._media.sweep()

    async def close(self) -> None:
        """Close every connection."""
        await self._transport.close()


def _saved(credentials: Credentials) -> SavedLogin:
    return SavedLogin(
        login=credentials.login,
        account=int(credentials.uin),
        made_at=credentials.logged_in_at,
        credentials=Sealed(msgspec.json.encode(credentials)),
        keepsake=Sealed(msgspec.json.encode(credentials.keepsake())),
    )


def _credentials(sealed: Sealed) -> Credentials:
    try:
        return msgspec.json.decode(sealed.content, type=Credentials)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise StorageDamaged("the saved login cannot be read", _ANEW) from error


def _keepsake(sealed: Sealed) -> Keepsake | None:
    """Return what the last login left for the next; None where it cannot be read: a code does, too."""
    try:
        return msgspec.json.decode(sealed.content, type=Keepsake)
    except (msgspec.MsgspecError, UnicodeError):
        return None


def _position(kept: bytes | None) -> SyncPosition | None:
    """Return a position that was kept; None where it cannot be read (an import brings none), and *now* counts."""
    if kept is None:
        return None
    try:
        return SyncPosition.from_bytes(kept)
    except (msgspec.MsgspecError, UnicodeError):
        return None
