"""What the machine reports to its caller: events of a login and of its sync cycle, and what to do next."""

from __future__ import annotations

from msgspec import Struct

from hongyan.errors import HongyanError, LoginEnded
from hongyan.redaction import redacted
from hongyan.webwx.credentials import Credentials, SyncPosition
from hongyan.webwx.http import Request
from hongyan.webwx.parse import InitAnswer, SyncItem

__all__ = [
    "Batch",
    "CredentialsChanged",
    "Degraded",
    "Ended",
    "Failed",
    "LoggedIn",
    "LoginCancelled",
    "LoginConfirmed",
    "LoginHindered",
    "MachineEvent",
    "NotTold",
    "PhoneAsked",
    "PushRefused",
    "QrExpired",
    "QrIssued",
    "QrScanned",
    "Recovered",
    "Step",
    "UnreadableBatch",
]


@redacted
class QrIssued(Struct, frozen=True):
    """A code to scan: ``text`` is its content, ``image_url`` the service's own picture, ``renewal`` 0 for the first."""

    uuid: str
    text: str
    image_url: str
    renewal: int

    def __repr__(self) -> str:
        return f"QrReady(renewal={self.renewal})"


class PhoneAsked(Struct, frozen=True):
    """The phone of the last login was asked to confirm."""


class PushRefused(Struct, frozen=True):
    """The service refused to ask the phone; only a QR code is left."""

    err_msg: str = ""


class QrScanned(Struct, frozen=True):
    """The code was scanned; ``avatar`` is a data URL of the person's picture, or empty."""

    avatar: str = ""

    def __repr__(self) -> str:
        return "Scanned()"


class LoginConfirmed(Struct, frozen=True):
    """The phone agreed."""


class LoginCancelled(Struct, frozen=True):
    """The phone declined."""


class QrExpired(Struct, frozen=True):
    """The code, or the phone's question, is too old."""


class LoggedIn(Struct, frozen=True):
    """The account is there. ``fresh`` is False where a held login was taken up again without a position.

    The position must be kept before the next request is sent. Where ``fresh`` is False, or after a new login, messages
    between the last known position and this one are only on the phone.
    """

    credentials: Credentials
    init: InitAnswer
    position: SyncPosition
    fresh: bool


class Batch(Struct, frozen=True):
    """What webwxsync brought; make it durable together with ``position``, then ``commit`` it. ``raw`` is the answer."""

    items: tuple[SyncItem, ...]
    position: SyncPosition
    credentials: Credentials
    more: bool
    raw: bytes

    def __repr__(self) -> str:
        return f"Batch({len(self.items)} items, more={self.more})"


class CredentialsChanged(Struct, frozen=True):
    """The server refreshed cookies: keep the credentials."""

    credentials: Credentials


class Degraded(Struct, frozen=True):
    """The login holds but the server does not answer as it should; the next try is at ``retry_at`` (Unix seconds).

    ``fault`` is a fault of ours in reading what it answered.
    """

    reason: str
    retry_at: float
    failures: int
    fault: Exception | None = None
    doubted: bool = False  # the service reported once, not yet twice, that the login is over
    code: str = ""  # of the error that ``reason`` words


class LoginHindered(Struct, frozen=True):
    """A login in progress fails to get an answer; it is retried while the code can live."""

    reason: str


class NotTold(Struct, frozen=True):
    """The phone could not be notified that this client is ready, so it has not listed its chats: notify it again."""

    reason: str


class UnreadableBatch(Struct, frozen=True):
    """An answer could be read neither for its items nor its key, three times in a row; here are its bytes."""

    raw: bytes
    problem: str

    def __repr__(self) -> str:
        return f"Unreadable({len(self.raw)} bytes: {self.problem})"


class Recovered(Struct, frozen=True):
    """The server answers again."""


class Failed(Struct, frozen=True):
    """The login did not succeed; a person may start another."""

    error: HongyanError


class Ended(Struct, frozen=True):
    """The login is over, or was never granted. ``confirmed``: two endpoints reported it, or the one that grants it."""

    error: LoginEnded
    confirmed: bool


MachineEvent = (
    QrIssued
    | PhoneAsked
    | PushRefused
    | QrScanned
    | LoginConfirmed
    | LoginCancelled
    | QrExpired
    | LoggedIn
    | Batch
    | CredentialsChanged
    | Degraded
    | LoginHindered
    | NotTold
    | UnreadableBatch
    | Recovered
    | Failed
    | Ended
)


class Step(Struct, frozen=True):
    """What to do next: deal with ``events`` in order, wait, then send ``request`` (None: wait for a call of the caller).

    If ``firm``, the wait must not be cut short: two reports count only so far apart.
    """

    request: Request | None = None
    wait: float = 0.0
    events: tuple[MachineEvent, ...] = ()
    firm: bool = False
