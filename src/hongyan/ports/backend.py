"""What serves an account by a protocol: it deals in events, commands and errors, never in requests and answers.

A backend is made for one try of holding a login. ``resume`` or ``log_in`` yields what happens; as soon as it yields
``LoginResumed`` or ``LoginMade`` commands may be carried out and jobs may run. A batch must be durable together with its
position before it is committed, and only a committed position is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from hongyan.errors import LoginEnded
from hongyan.model.contacts import ContactChange
from hongyan.model.events import Event
from hongyan.model.ids import LoginId
from hongyan.model.login_progress import LoginProgress
from hongyan.ports.vault import Sealed
from hongyan.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from hongyan.model.commands import ActionKind, Command, CommandRow
    from hongyan.model.contacts import ContactKind
    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey, CommandId, Seq
    from hongyan.model.messages import AnyMessage
    from hongyan.ports.store import Store

    Learn = Callable[[LoginId, Sequence[ContactChange], str, float], Awaitable[list[ChatKey]]]
    """Takes in what an answer says of people, under a login, from a source, at a time (Unix seconds)."""

    Progress = Callable[[int, int | None], None]
    """Hears of a transfer: bytes so far, bytes in all or None."""

    Leave = Callable[[Callable[[], Awaitable[object]]], Awaitable[None]]
    """Ends the login: receiving stops, the given call notifies the service, the credentials are forgotten."""

    Original = Callable[[str], AnyMessage | None]
    """Finds a message by its number."""

    Judge = Callable[[AnyMessage, ContactKind | None, Original], AnyMessage]
    """As ``Backend.judged``."""

__all__ = [
    "AnswerLost",
    "Backend",
    "BackendContext",
    "BackendEvent",
    "CredentialsRenewed",
    "EventBatch",
    "LoginMade",
    "LoginOver",
    "LoginResumed",
    "Reach",
    "RejectionWatch",
    "SavedLogin",
    "ServiceRecovered",
    "ServiceTroubled",
]


class Reach(StrEnum):
    """How far a command got."""

    BEFORE = "before"  # the request that counts had not left: names were looked up, pieces of a file went up
    LEFT = "left"  # it may have reached the service
    AGAIN = "again"  # it was a repetition, and an earlier one may have reached the service


@redacted
class SavedLogin(Struct, frozen=True):
    """One login. ``account`` is the service's number of the account, ``made_at`` Unix seconds.

    ``credentials`` take this login up again, ``keepsake`` helps to make the next one.
    """

    login: LoginId
    account: int
    made_at: float
    credentials: Sealed
    keepsake: Sealed

    def __repr__(self) -> str:
        return f"SavedLogin({self.login!r})"


class LoginResumed(Struct, frozen=True):
    """A saved login resumes from the given position; whether it still holds is not known yet."""


class LoginMade(Struct, frozen=True):
    """The account is there, with the first ``contacts``; ``position`` must be stored before the next step.

    ``fresh`` is False where a saved login was taken up without a position. Messages between the last known position and
    this one are only on the phone.
    """

    saved: SavedLogin
    position: bytes
    contacts: tuple[ContactChange, ...]
    fresh: bool


class CredentialsRenewed(Struct, frozen=True):
    """The service changed the credentials."""

    saved: SavedLogin


class EventBatch(Struct, frozen=True):
    """Events in order, each with the bytes it was read from, and the position behind them."""

    login: LoginId
    events: tuple[tuple[Event, bytes], ...]
    position: bytes

    def __repr__(self) -> str:
        return f"EventBatch({len(self.events)} events)"


class AnswerLost(Struct, frozen=True):
    """An answer could not be read at all, several times; here are its bytes."""

    raw: bytes
    problem: str

    def __repr__(self) -> str:
        return f"AnswerLost({len(self.raw)} bytes: {self.problem})"


class ServiceTroubled(Struct, frozen=True):
    """The login holds and the service does not answer as it should; the next try is at ``retry_at`` (Unix seconds).

    ``doubted``: the service says that the login is over, and one word is not enough. ``code`` is the error's, ``reason``
    its words.
    """

    reason: str
    retry_at: float
    failures: int
    doubted: bool = False
    code: str = ""


class ServiceRecovered(Struct, frozen=True):
    """The service answers again."""


class LoginOver(Struct, frozen=True):
    """The login is over, or was never granted; ``made_at`` is when it was made (Unix seconds), None where it never was.

    The error is raised behind it.
    """

    error: LoginEnded
    made_at: float | None


BackendEvent = (
    LoginProgress
    | LoginResumed
    | LoginMade
    | CredentialsRenewed
    | EventBatch
    | AnswerLost
    | ServiceTroubled
    | ServiceRecovered
    | LoginOver
)


class RejectionWatch(Protocol):
    """Settles messages that the service accepted first and refused afterwards."""

    async def catch_up(self) -> None:
        """Handle rejections that a killed program had written into the journal and not acted upon."""

    async def heard(self, written: Sequence[Recorded]) -> None:
        """Look for refusals in new journal rows; hearing one twice changes nothing."""

    async def settled(self, chat: ChatKey) -> None:
        """Deal with the refusals of a chat in which a command has just been settled."""


@dataclass(frozen=True, slots=True)
class BackendContext:
    """What a backend works with. ``media`` is the folder of files, ``clock()`` Unix seconds, ``entropy(n)`` random bytes.

    ``paced`` asks for the careful pace in what the backend asks of itself. ``on_contacts`` hears how many contacts have
    come and what is wrong with the list, if anything; ``on_complete`` once when everyone is known. ``progress`` holds
    who wants to hear of a transfer, by command.
    """

    store: Store
    media: Path
    clock: Callable[[], float]
    entropy: Callable[[int], bytes]
    paced: bool
    learn: Learn
    leave: Leave
    on_contacts: Callable[[int, str], Awaitable[None]]
    on_complete: Callable[[], Awaitable[None]]
    progress: Mapping[CommandId, Progress]


class Backend(Protocol):
    """Serves one account by one protocol. Errors are those of ``hongyan.errors``."""

    name: str
    """What people call this kind of connection."""

    commands: frozenset[type[Command]]
    """What this backend can carry out."""

    @property
    def server(self) -> str:
        """The service that a profile is bound to: ``official``, or an origin."""

    @property
    def is_official(self) -> bool:
        """Whether accounts there are real and can be barred."""

    @property
    def position(self) -> bytes | None:
        """Where the next request goes on from, None before there is a login."""

    @property
    def latency(self) -> float | None:
        """How many seconds the last batch took to arrive, None before the first."""

    # -- the login

    def saved(self, credentials: Sealed) -> SavedLogin:
        """Return what saved credentials say. StorageDamaged, or UsageError where they are not for this service."""

    def resume(self, saved: SavedLogin, position: bytes | None) -> AsyncGenerator[BackendEvent]:
        """Go on with a saved login, from ``position`` or else from now on. Raises what ends the login.

        NoAnswer where the very first request finds no server at the address.
        """

    def log_in(self, keepsake: Sealed | None) -> AsyncGenerator[BackendEvent]:
        """Make a login: with a keepsake by asking the phone of the last one, else by a code. Raises what prevents it.

        Where the phone cannot be asked it ends without ``LoginMade``.
        """

    def commit(self, batch: EventBatch) -> None:
        """Use the position of a batch from now on: it is durable."""

    def recheck(self) -> None:
        """Check at once whether the login still holds."""

    # -- work for a login

    def jobs(self, *, listed: bool) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """Return work without end, by what it does; ``listed`` says that the contact list was read to its end before."""

    def heard(self, written: Sequence[Recorded]) -> None:
        """Search new journal rows for people who are not fully known."""

    def judged(self, message: AnyMessage, writer: ContactKind | None, original: Original) -> AnyMessage:
        """Return a message with what its writer may not claim as the writer's own words.

        ``writer`` is what the other side of the chat is, None where nothing is known of it yet.
        """

    async def carry(self, row: CommandRow) -> str:
        """Carry a command out and return what its row's ``result`` is to say; raises where it did not happen."""

    def reached(self, command: CommandId) -> Reach:
        """Return how far a command got when it was carried out for the last time."""

    def rejections(self, widen: Callable[[ActionKind], Awaitable[float]]) -> RejectionWatch:
        """Return who watches for late refusals. ``widen`` slows a kind of action down and returns until when."""

    async def fetch(self, seq: Seq, message: AnyMessage, size: str) -> Path:
        """Return the verified file that ``message``, journal row ``seq``, carries; what is there is not fetched again."""

    # -- the end

    def sweep(self) -> None:
        """Delete what interrupted programs left half-done in the media folder."""

    async def close(self) -> None:
        """Close every connection."""
