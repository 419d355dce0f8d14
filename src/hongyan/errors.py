"""Every error Hongyan raises, split by blame, as plain values; it knows no transport, no file and no other module.

::

    HongyanError
    ├── UsageError          you asked for something that cannot be: wrong argument, file, setting
    │   ├── NotLoggedIn     the profile has no login that could be used
    │   ├── NoSuchChat      nobody has that name
    │   ├── AmbiguousName   several have it
    │   ├── NotCapable      this transport cannot do that at all
    │   └── ProfileLocked   another program holds the profile, or a cool-down protects the account
    ├── HeldBack            it waits, and ``retry_at`` says until when: for the outbox's own pace, or for
    │   └── TooFast         … the service, which said that it was too fast (ret 1205; also a Refused)
    ├── Refused             the server understood and said no (endpoint, ret)
    │   ├── NotFriends      … after it had taken the message: the receiver has no such friend (any more)
    │   └── Blocked         … after it had taken the message: the receiver does not want it
    ├── ProtocolChanged     the server said something this version does not understand
    ├── NoAnswer            nobody answered, or the answer broke off
    │   ├── NotComplete     an answer came, but not all of it: never mistaken for "empty"
    │   ├── WrongContent    something else came where a file was due; nothing of it is kept
    │   │   └── Oversized   … more bytes than such a thing can have
    │   ├── StillWaiting    it was waited for long enough; it goes on by itself, and the text says what it waits for
    │   └── Missed          the time that a send was put off to went by while nobody could send it
    ├── LoginEnded          kicked, logged out, expired or barred: a person has to log in again
    ├── StorageError        this machine cannot keep or read what has to be kept: disk full, read-only, locked
    │   └── StorageDamaged  … what was kept is damaged: waiting does not help
    └── InternalError       a fault of Hongyan itself; a report of it was written

Each error has a stable ``code`` (what ``hongyan explain CODE`` takes), a one-sentence ``str()``, an ``advice``, and the
``exit_code`` of a program that ends because of it (see ``EXIT_CODES``).
No error holds a secret: endpoints are named without their query.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "EXIT_CODES",
    "LOGIN_GONE",
    "MEANINGS",
    "AmbiguousName",
    "Blocked",
    "HeldBack",
    "HongyanError",
    "InternalError",
    "LoginEnded",
    "Meaning",
    "Missed",
    "NoAnswer",
    "NoSuchChat",
    "NotCapable",
    "NotComplete",
    "NotFriends",
    "NotLoggedIn",
    "Oversized",
    "ProfileLocked",
    "ProtocolChanged",
    "Refused",
    "StillWaiting",
    "StorageDamaged",
    "StorageError",
    "TooFast",
    "Unreached",
    "UsageError",
    "WrongContent",
    "meaning_of",
    "single",
]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code of the service means: one entry of the table that errors and ``hongyan explain`` share.

    ``code`` is the number on the wire; ``name`` a short English label; ``meaning`` and ``advice`` are sentences for a
    person; ``evidence`` says where the reading comes from and when it was last seen.
    """

    code: int
    name: str
    meaning: str
    advice: str
    evidence: str


MEANINGS: dict[int, Meaning] = {
    m.code: m
    for m in (
        Meaning(
            0,
            "accepted",
            "The server took the request. For a message this means accepted, not delivered.",
            "Nothing to do; a refusal by the other side arrives later as a system message.",
            "every answer, captured 2016-2019",
        ),
        Meaning(
            -1,
            "failed",
            "A failure without a reason: the receiver does not exist or was idle for long, the phone is offline, "
            "a friend-request limit is reached, or the server had a passing fault.",
            "Open WeChat on the phone and try once more; a friend request is not to be repeated the same day.",
            "front-end ERR_SYS; reports 2016-2021",
        ),
        Meaning(
            -2,
            "illogical",
            "The server found the request contradictory.",
            "Report it with the endpoint named above.",
            "front-end ERR_LOGIC",
        ),
        Meaning(
            -14,
            "ticket error",
            "Parameters of the login were missing from the request.",
            "Log in again.",
            "webwxinit, reports 2016",
        ),
        Meaning(
            -2013,
            "done, by invitation",
            "The group was made or changed; some members got an invitation that they must accept first.",
            "Nothing to do.",
            "front-end treats it as success",
        ),
        Meaning(
            1,
            "not allowed or not understood",
            "A parameter belongs to another login, an upload was not complete, or the operation has been withdrawn "
            "(adding, inviting and removing group members since mid 2018).",
            "Do not repeat it unchanged. Reload the contacts; for group members use the phone.",
            "front-end; itchat, wechaty reports 2018",
        ),
        Meaning(
            3,
            "phone not reachable",
            "The phone has been offline for too long, so the web client may not send.",
            "Open WeChat on the phone, wait a minute, and try again.",
            "vbot, efb reports 2017-2019",
        ),
        Meaning(
            1100,
            "logged out",
            "The server knows no such login: it was ended on the phone or by a log-out, or cookies did not arrive.",
            "Log in again: hongyan login.",
            "front-end SESSION_NOEXIST",
        ),
        Meaning(
            1101,
            "login replaced or ended",
            "Another web or desktop login of this account took over, or the phone ended this one.",
            "Use one program per account; log in again: hongyan login.",
            "front-end SESSION_INVALID; a send answered this wrongly in April 2019",
        ),
        Meaning(
            1102,
            "login expired or forced out",
            "The cookies are invalid or expired, or the service ended the login by itself. Since January 2025 this "
            "follows within seconds of most web logins.",
            "If it came right after the login, the service does not want this account on the web: stop trying.",
            "reports of all clients, January 2025",
        ),
        Meaning(
            1200,
            "request not understood",
            "The server could not read the request.",
            "This is a fault of the client: report it with the endpoint named above.",
            "front-end PARSER_REQUEST",
        ),
        Meaning(
            1203,
            "web login barred",
            "The service does not let this account, or this environment, use Web WeChat.",
            "Stop: repeating the login risks the account. Use the phone or the official desktop client.",
            "login page, reports 2017-2026",
        ),
        Meaning(
            1204,
            "receiver not allowed",
            "Sending to this receiver is not allowed: yourself, a group member who is no friend, a system account, "
            "or a peer restricted by risk control.",
            "Choose another receiver; for notes to yourself use filehelper.",
            "WeixinBot, wechaty reports 2016-2024",
        ),
        Meaning(
            1205,
            "too fast",
            "Too many requests of this kind in a short time.",
            "Wait; the pause doubles with each repetition. Never hammer.",
            "front-end FREQ; reports 2016-2024",
        ),
    )
}


_NO_REASON = -1


def meaning_of(code: int) -> Meaning:
    """Return the table's entry for ``code``, or an honest one saying that the code is unknown."""
    return MEANINGS.get(code) or Meaning(
        code,
        "unknown code",
        "No client or capture explains this code.",
        "Report it together with the endpoint; the login goes on.",
        "none",
    )


EXIT_CODES: dict[int, str] = {
    0: "done",
    1: "looked, and what was looked for is not as it should be (doctor, demo without a terminal)",
    2: "usage: what was asked for cannot be done as asked",
    3: "not logged in, or the login ended",
    4: "no such chat",
    5: "ambiguous name",
    6: "refused by the server, or its answer cannot be read",
    7: "held back: too fast, by the server's word or by the outbox's own pace",
    8: "no answer: nobody answered, or nobody knows whether it happened",
    9: "this machine: disk full, read-only, no permission, damaged files",
    70: "a fault of Hongyan itself",
    124: "asked to end, it did not come to its end in time, and was ended",
    129: "ended by SIGHUP: its terminal was closed",
    130: "interrupted (Ctrl-C)",
    141: "the reader of its output went away (| head)",
    143: "ended by SIGTERM",
}
"""What an exit code means, the same for every command, for line mode and for the full screen."""


class HongyanError(Exception):
    """The root of the tree. ``code`` is stable, ``advice`` says what to do; ``str()`` is one sentence.

    ``exit_code`` is that of a program that ends because of it, one of ``EXIT_CODES``.
    """

    code: str = "error"
    advice: str = ""
    exit_code: int = 70


class UsageError(HongyanError):
    """You asked for something that cannot be done as asked."""

    code = "usage"
    exit_code = 2

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.advice = advice

    def __str__(self) -> str:
        return self.problem


class NotLoggedIn(UsageError):
    """The profile holds no login that can be used."""

    code = "not-logged-in"
    exit_code = 3

    def __init__(self, profile: str) -> None:
        super().__init__(f"profile {profile!r} is not logged in", "Run: hongyan login")
        self.profile = profile


class NoSuchChat(UsageError):
    """Nobody is called ``name``; ``near`` lists names that look alike."""

    code = "no-such-chat"
    exit_code = 4

    def __init__(self, name: str, near: Sequence[str] = ()) -> None:
        hint = f"Did you mean {', '.join(near)}?" if near else "See: hongyan contacts"
        super().__init__(f"no chat is called {name!r}", hint)
        self.name = name
        self.near = tuple(near)


_TOLD: Final = 10  # so many candidates are told in a sentence


class AmbiguousName(UsageError):
    """Several chats are called ``name``; ``candidates`` describes each, with its key, in the order of ``Account.candidates``."""

    code = "ambiguous-name"
    exit_code = 5

    def __init__(self, name: str, candidates: Sequence[str]) -> None:
        told = [*candidates[:_TOLD], *([f"and {more} more"] if (more := len(candidates) - _TOLD) > 0 else [])]
        super().__init__(f"{len(candidates)} chats are called {name!r}", f"Give a key: {'; '.join(told)}")
        self.name = name
        self.candidates = tuple(candidates)


class NotCapable(UsageError):
    """The transport under this account has no such ability."""

    code = "not-capable"

    def __init__(self, what: str, transport: str) -> None:
        super().__init__(f"{transport} cannot {what}", "See the table of abilities in the README.")
        self.what = what
        self.transport = transport


class ProfileLocked(UsageError):
    """The profile may not be used now: ``until`` is a Unix time where a cool-down runs, else None."""

    code = "profile-locked"

    def __init__(self, problem: str, advice: str, until: float | None = None) -> None:
        super().__init__(problem, advice)
        self.until = until


class HeldBack(HongyanError):
    """It waits for its turn and goes by itself; ``retry_at`` (Unix seconds) says about when."""

    code = "held-back"
    exit_code = 7
    advice = "It goes by itself while a program holds the login; hongyan outbox shows it, hongyan outbox drop gives it up."

    def __init__(self, why: str, retry_at: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.retry_at = retry_at

    def __str__(self) -> str:
        return self.why


LOGIN_GONE: Final = frozenset({1100, 1101, 1102})
"""What a refusal says when the login is over, and once said of logins that stood (sends of April 2019)."""


class Refused(HongyanError):
    """The server answered no. ``endpoint`` is its name without query, ``ret`` its code, ``said`` its own words."""

    exit_code = 6

    def __init__(self, endpoint: str, ret: int, said: str = "") -> None:
        Exception.__init__(self, endpoint, ret, said)
        self.endpoint = endpoint
        self.ret = ret
        self.said = said
        self.meaning = meaning_of(ret)

    @property
    def code(self) -> str:  # type: ignore[override]  # read-only here: it follows from ret
        """``refused.<ret>``."""
        return f"refused.{self.ret}"

    @property
    def advice(self) -> str:  # type: ignore[override]  # read-only here: it follows from ret
        """What to do, from the table of meanings."""
        return self.meaning.advice

    def __str__(self) -> str:
        if self.said and self.ret == _NO_REASON:
            return f"{self.endpoint} answered {self.ret}: {self.said}"  # there is one after all
        said = f" ({self.said})" if self.said else ""
        return f"{self.endpoint} answered {self.ret}, {self.meaning.name}{said}: {self.meaning.meaning}"


class TooFast(Refused, HeldBack):  # type: ignore[override]  # what Refused derives from its code stands
    """Ret 1205; ``retry_at`` is the Unix time before which this kind of action must not be tried again."""

    exit_code = 7

    def __init__(self, endpoint: str, said: str = "", retry_at: float | None = None) -> None:
        Refused.__init__(self, endpoint, 1205, said)
        self.retry_at = retry_at


class _RefusedLater(Refused):
    """The message was accepted (ret 0), and a system message in its chat took that back."""

    sentence: ClassVar[str]

    def __init__(self, said: str = "") -> None:
        super().__init__("webwxsync", 0, said)

    def __str__(self) -> str:
        return f"{self.sentence} ({self.said})" if self.said else self.sentence


class NotFriends(_RefusedLater):
    """The server took the message and then said that the receiver does not have this account as a friend (any more)."""

    code = "not-friends"
    advice = "Ask to become friends, on the phone or with add-friend; until then nothing arrives."
    sentence = "the message was not delivered: the receiver does not have this account as a friend"


class Blocked(_RefusedLater):
    """The server took the message and then said that the receiver rejects messages of this account."""

    code = "blocked"
    advice = "Nothing can be done from here, and repeating it changes nothing."
    sentence = "the message was not delivered: the receiver rejects messages of this account"


class ProtocolChanged(HongyanError):
    """The server's answer cannot be read. ``excerpt`` is a short piece of it with secrets taken out."""

    code = "protocol-changed"
    exit_code = 6
    advice = "Keep the answer (hongyan decode reads it) and report it."

    def __init__(self, endpoint: str, problem: str, excerpt: str = "") -> None:
        super().__init__(endpoint, problem, excerpt)
        self.endpoint = endpoint
        self.problem = problem
        self.excerpt = excerpt

    def __str__(self) -> str:
        tail = f": {self.excerpt!r}" if self.excerpt else ""
        return f"{self.endpoint} gave an answer that cannot be read ({self.problem}){tail}"


class NoAnswer(HongyanError):
    """Nobody answered: no connection, a time-out, an answer that broke off, or a gateway error (HTTP 5xx)."""

    code = "no-answer"
    exit_code = 8
    advice = (
        "Check the network and the server's address; without a server, run hongyan emulate, or hongyan demo."
    )

    def __init__(self, endpoint: str, problem: str) -> None:
        super().__init__(endpoint, problem)
        self.endpoint = endpoint
        self.problem = problem

    def __str__(self) -> str:
        return f"no answer from {self.endpoint}: {self.problem}"


class Unreached(NoAnswer):
    """The request certainly did not reach the server: no connection was made."""


class NotComplete(NoAnswer):
    """The server gave ``have`` of ``expected`` parts; what there is may not be passed off as everything.

    ``expected`` is None where nobody has told yet how many there are.
    """

    code = "not-complete"
    advice = "Try again in a minute; the server may still be loading."

    def __init__(self, what: str, have: int, expected: int | None) -> None:
        super().__init__(
            what, f"{have} of {expected} came" if expected is not None else f"{have} came so far"
        )
        self.what = what
        self.have = have
        self.expected = expected

    def __str__(self) -> str:
        return f"{self.what} is not complete: {self.problem}"


class WrongContent(NoAnswer):
    """Something else came in the place of a file: a page, words, another kind of thing. Nothing of it is kept."""

    code = "wrong-content"
    advice = "Nothing of it was kept. Try again in a minute; if it stays so, look at it on the phone."

    def __str__(self) -> str:
        return f"{self.endpoint} gave something else than the file: {self.problem}"


class Oversized(WrongContent):
    """More bytes came than such a thing can have. The rest was not waited for, and nothing of it is kept."""

    code = "oversized"
    advice = "Nothing of it was kept. If you expect something that large, look at it on the phone."


class StillWaiting(NoAnswer):
    """It has not happened in the time that somebody waited for it, and goes on by itself; nothing failed."""

    code = "still-waiting"
    advice = "hongyan outbox tells what became of it; hongyan outbox drop gives up what has not gone."

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__("the outbox", problem)
        self.advice = advice

    def __str__(self) -> str:
        return self.problem


class Missed(NoAnswer):
    """The time that a send was put off to went by while nobody could send it; it is not sent late."""

    code = "missed"
    advice = "Send it now, if it still makes sense: hongyan outbox, then hongyan outbox retry ID."

    def __init__(self, problem: str) -> None:
        super().__init__("the outbox", problem)

    def __str__(self) -> str:
        return self.problem


_LOGGED_OUT = Meaning(
    0,
    "logged out",
    "A program on this machine logged it out.",
    "Log in again: hongyan login.",
    "hongyan logout, /logout",
)


class LoginEnded(HongyanError):
    """The login is over. ``ret`` is 1100, 1101, 1102 or 1203 from the server, 0 after a log-out from here.

    ``said`` is what the server says to the user.
    """

    BARRED: ClassVar[int] = 1203
    exit_code = 3

    def __init__(self, ret: int, said: str = "", endpoint: str = "synccheck") -> None:
        super().__init__(ret, said, endpoint)
        self.ret = ret
        self.said = said
        self.endpoint = endpoint
        self.meaning = meaning_of(ret) if ret else _LOGGED_OUT

    @property
    def code(self) -> str:  # type: ignore[override]  # read-only here: it follows from ret
        """``login-ended.<ret>``."""
        return f"login-ended.{self.ret}"

    @property
    def advice(self) -> str:  # type: ignore[override]  # read-only here: it follows from ret
        """What to do, from the table of meanings."""
        return self.meaning.advice

    def __str__(self) -> str:
        said = f" The server says: {self.said}" if self.said else ""
        number = f" ({self.ret}, {self.meaning.name})" if self.ret else ""
        return f"the login ended{number}: {self.meaning.meaning}{said}"


class StorageError(HongyanError):
    """The machine cannot keep or read what has to be kept; ``problem`` says what and why."""

    code = "storage"
    exit_code = 9
    advice = "Check the disk's free space and the profile folder's permissions; hongyan doctor looks at both."

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.advice = advice or type(self).advice

    def __str__(self) -> str:
        return self.problem


class StorageDamaged(StorageError):
    """What was kept cannot be read any more: the journal is damaged, or something else lies in its place."""

    code = "storage-damaged"


class InternalError(HongyanError):
    """A fault of Hongyan itself. ``doing`` says at what, ``kind`` is the fault's type; its words are in the report alone."""

    code = "internal"
    exit_code = 70
    advice = "Report it; a file in the folder for reports says where it happened, without texts or names."

    def __init__(self, doing: str, kind: str) -> None:
        super().__init__(doing, kind)
        self.doing = doing
        self.kind = kind

    def __str__(self) -> str:
        return f"a fault of this program ({self.kind}) while {self.doing}"


def single(problem: Exception) -> Exception:
    """Return what a group of errors stands for: how tasks were put together is nobody's business.

    That is the only one in it, or the first where all are of this tree; any other group stays one.
    """
    if not isinstance(problem, ExceptionGroup):
        return problem
    inner = [single(each) for each in problem.exceptions]
    return inner[0] if len(inner) == 1 or all(isinstance(each, HongyanError) for each in inner) else problem
