"""Errors of the service and the way to it: it waits, it refused, it was not understood, it did not answer, the login is over."""

from __future__ import annotations

from typing import ClassVar, Final

from hongyan.errors.base import HongyanError, described
from hongyan.errors.meanings import Meaning, meaning_of

_NO_REASON = -1


__all__ = [
    "LOGIN_GONE",
    "Blocked",
    "HeldBack",
    "LoginEnded",
    "Misread",
    "Missed",
    "NoAnswer",
    "NotComplete",
    "NotFriends",
    "Oversized",
    "ProtocolChanged",
    "Refused",
    "StillWaiting",
    "TooFast",
    "Unreached",
    "UnreadableJson",
    "UnreadableXml",
    "WrongContent",
]


class HeldBack(HongyanError):
    """It waits for its turn and is sent without a further call; ``retry_at`` (Unix seconds) is about when."""

    code = "held-back"
    explanation = "It waits for its turn, so that nothing is sent too fast; nothing is lost."
    exit_code = 7
    advice = "It is sent automatically while a program holds the login. See: hongyan outbox. To cancel: hongyan outbox drop."

    def __init__(self, why: str, retry_at: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.retry_at = retry_at

    def __str__(self) -> str:
        return self.why


LOGIN_GONE: Final = frozenset({1100, 1101, 1102})
"""Codes of a refusal when the login is over, also seen once on valid logins (sends of April 2019)."""


class Refused(HongyanError):
    """The server refused. ``endpoint`` is its name without query, ``ret`` its code, ``said`` its own words."""

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
            return f"{self.endpoint} answered {self.ret}: {self.said}"  # it gives a reason after all
        said = f" ({self.said})" if self.said else ""
        return f"{self.endpoint} answered {self.ret}, {self.meaning.name}{said}: {self.meaning.meaning}"


class TooFast(Refused, HeldBack):  # type: ignore[override]  # the exit code that Refused derives stays
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
    """The server accepted the message and then reported that the receiver does not have this account as a friend (any more)."""

    code = "not-friends"
    explanation = (
        "The service took the message and then said that the receiver does not have this account as a friend."
    )
    advice = "Send a friend request, on the phone or with add-friend."
    sentence = "not delivered: the recipient has not added you as a friend"


class Blocked(_RefusedLater):
    """The server accepted the message and then reported that the receiver rejects messages of this account."""

    code = "blocked"
    explanation = (
        "The service took the message and then said that the receiver rejects messages of this account."
    )
    advice = "Sending again will not help."
    sentence = "not delivered: the recipient rejects your messages"


class ProtocolChanged(HongyanError):
    """The server's answer cannot be read. ``excerpt`` is a short piece of it with secrets taken out."""

    code = "protocol-changed"
    explanation = "The service answered something that this version cannot read."
    exit_code = 6
    advice = "Report it; hongyan decode FILE shows what is safe to attach."

    def __init__(self, endpoint: str, problem: str, excerpt: str = "") -> None:
        super().__init__(endpoint, problem, excerpt)
        self.endpoint = endpoint
        self.problem = problem
        self.excerpt = excerpt

    def __str__(self) -> str:
        tail = f": {self.excerpt!r}" if self.excerpt else ""
        return f"{self.endpoint} gave an answer that cannot be read ({self.problem}){tail}"


class UnreadableJson(ProtocolChanged):
    """These bytes cannot be read as what they should be, however leniently."""

    def __init__(self, problem: str) -> None:
        super().__init__("the service", problem)


class UnreadableXml(ProtocolChanged):
    """XML that is refused: forbidden constructs, or more than the limit."""

    def __init__(self, problem: str) -> None:
        super().__init__("XML of a message", problem)


class Misread(ProtocolChanged):
    """An answer that our parser failed on; ``fault`` is the exception, of which only the kind may be shown."""

    def __init__(self, endpoint: str, fault: Exception) -> None:
        super().__init__(endpoint, described(fault))
        self.fault = fault


class NoAnswer(HongyanError):
    """No answer: no connection, a time-out, an answer that broke off, or a gateway error (HTTP 5xx)."""

    code = "no-answer"
    explanation = "There was no answer: no connection, too long a wait, or an answer that broke off."
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

    ``expected`` is None where the total is not known yet.
    """

    code = "not-complete"
    explanation = "The answer did not come whole, and a part is not passed off as everything."
    advice = "Try again in a minute; large accounts need longer."

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
    """Something else was sent instead of a file: a page, words, another kind of content. None of it is stored."""

    code = "wrong-content"
    explanation = "Something else came in the place of a file: a page, words, another kind of thing."
    advice = "Nothing was stored. Try again in a minute, or view it on your phone."

    def __str__(self) -> str:
        return f"{self.endpoint} did not return the file: {self.problem}"


class Oversized(WrongContent):
    """More bytes arrived than such content can have. The rest was not awaited, and none of it is stored."""

    code = "oversized"
    explanation = "More came than such a file can have; the rest was not waited for."
    advice = "Nothing was stored. If you expect a file that large, view it on your phone."


class StillWaiting(NoAnswer):
    """It has not happened in the time to wait, and continues by itself; nothing failed."""

    code = "still-waiting"
    explanation = "It has not happened in the time that was waited for; nothing failed, it goes on by itself."
    advice = "See: hongyan outbox. To cancel what is not sent: hongyan outbox drop."

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__("the outbox", problem)
        self.advice = advice

    def __str__(self) -> str:
        return self.problem


class Missed(NoAnswer):
    """The scheduled time of a send passed while no program could send it; it is not sent late."""

    code = "missed"
    explanation = (
        "The scheduled time of a message passed while no program could send it; it is not sent late."
    )
    advice = "To send it now: hongyan outbox, then hongyan outbox retry ID."

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

    ``said`` is the server's text for the user.
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
