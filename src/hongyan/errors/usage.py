"""Errors of the caller: the request cannot be carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.errors.base import HongyanError

if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = [
    "AmbiguousName",
    "ChatPaused",
    "NoSuchChat",
    "NotCapable",
    "NotLoggedIn",
    "ProfileLocked",
    "TextTooLong",
    "TransferCancelled",
    "UsageError",
]


class UsageError(HongyanError):
    """The request cannot be carried out as given."""

    code = "usage"
    explanation = (
        "What was asked for cannot be done as it was asked: a wrong argument, option, file or setting."
    )
    advice = "Correct it; COMMAND --help lists what is possible."
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
    explanation = "The profile has no login that can be used."
    advice = "Run: hongyan login"
    exit_code = 3

    def __init__(self, profile: str) -> None:
        super().__init__(f"profile {profile!r} is not logged in", "Run: hongyan login")
        self.profile = profile


class NoSuchChat(UsageError):
    """No chat is called ``name``; ``near`` lists names that look alike."""

    code = "no-such-chat"
    explanation = "No chat has that name."
    advice = "See: hongyan contacts"
    exit_code = 4

    def __init__(self, name: str, near: Sequence[str] = ()) -> None:
        hint = f"Did you mean {', '.join(near)}?" if near else "See: hongyan contacts"
        super().__init__(f"no contact or group is named {name!r}", hint)
        self.name = name
        self.near = tuple(near)


_LISTED: Final = 10  # candidates that a sentence lists at most


class AmbiguousName(UsageError):
    """Several chats are named ``name``; ``candidates`` describes each, with its key, in the order of ``Account.candidates``."""

    code = "ambiguous-name"
    explanation = "Several chats have that name."
    advice = "Use one of the keys that the error lists."
    exit_code = 5

    def __init__(self, name: str, candidates: Sequence[str]) -> None:
        listed = [
            *candidates[:_LISTED],
            *([f"and {more} more"] if (more := len(candidates) - _LISTED) > 0 else []),
        ]
        super().__init__(
            f"{len(candidates)} chats are named {name!r}", f"Use one of these keys: {'; '.join(listed)}"
        )
        self.name = name
        self.candidates = tuple(candidates)


class NotCapable(UsageError):
    """The transport under this account has no such ability."""

    code = "not-capable"
    explanation = "This kind of connection cannot do that at all."
    advice = 'See "What works" in the README.'

    def __init__(self, what: str, transport: str) -> None:
        super().__init__(f"{transport} cannot {what}", 'See "What works" in the README.')
        self.what = what
        self.transport = transport


class ProfileLocked(UsageError):
    """The profile may not be used now: ``until`` is a Unix time where a cool-down runs, else None."""

    code = "profile-locked"
    explanation = "The profile cannot be used now: another program holds it, or it rests after the service barred the account."
    advice = "Quit the other program, or wait until the time in the error."

    def __init__(self, problem: str, advice: str, until: float | None = None) -> None:
        super().__init__(problem, advice)
        self.until = until


class ChatPaused(UsageError):
    """Answers in a chat are held back, because it looked like two bots that answer each other; ``until`` is a Unix time."""

    code = "chat-paused"
    explanation = "Answers in a chat are held back: it looked like two bots that answer each other."
    advice = "It ends automatically; the author of the bot can turn the guard off."

    def __init__(self, chat: str, until: float) -> None:
        super().__init__(
            f"answers in {chat!r} are paused: it looks like two bots answering each other",
            "It ends by itself. App(loops=None) switches the guard off.",
        )
        self.until = until


class TextTooLong(UsageError):
    """A text of ``characters`` is more than the ``most`` that one message may have."""

    code = "text-too-long"
    explanation = "A text has more characters than one message may have."
    advice = "Send it as a file, or in parts."

    def __init__(self, characters: int, most: int) -> None:
        super().__init__(
            f"the text has {characters:,} characters; at most {most:,} can be sent", "Send it as a file."
        )
        self.characters = characters
        self.most = most


class TransferCancelled(UsageError):
    """A person cancelled a transfer while it was on its way."""

    code = "dropped"
    explanation = "A person took it out of the outbox before it was done."
    advice = "Send it again if you still want it."

    def __init__(self) -> None:
        super().__init__("canceled in the outbox while it was being sent")
