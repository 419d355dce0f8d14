"""Stores errors in a command's row, and makes the same error again for the program that waits."""

from __future__ import annotations

import ast
import contextlib
import re
from typing import TYPE_CHECKING, Final

from hongyan.errors import (
    Blocked,
    HeldBack,
    HongyanError,
    InternalError,
    LoginEnded,
    Missed,
    NoAnswer,
    NoSuchChat,
    NotCapable,
    NotComplete,
    NotFriends,
    NotLoggedIn,
    Oversized,
    ProtocolChanged,
    Refused,
    StorageError,
    TooFast,
    UsageError,
    WrongContent,
    meaning_of,
)
from hongyan.model.commands import CommandRow, Outcome, Settlement
from hongyan.model.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hongyan.model.ids import CommandId

__all__ = ["PERHAPS", "error_of", "failed", "reason_of", "unconfirmed"]


def failed(command: CommandId, error: HongyanError, retry_at: float | None = None) -> Settlement:
    """Return the settlement of a command that certainly did not happen."""
    return _settled(command, Outcome.FAILED, error, retry_at)


def unconfirmed(command: CommandId, error: HongyanError) -> Settlement:
    """Return the settlement of a command that may or may not have happened."""
    return _settled(command, Outcome.UNCONFIRMED, error, None)


def _settled(command: CommandId, outcome: Outcome, error: HongyanError, retry_at: float | None) -> Settlement:
    return Settlement(
        command,
        outcome,
        result=str(getattr(error, "endpoint", "")),
        reason=error.code,
        said=str(error),
        retry_at=retry_at,
    )


def error_of(row: CommandRow) -> HongyanError | None:
    """Return the error of a row, or None if it was accepted or is still on its way."""
    if row.outcome is Outcome.UNCONFIRMED:
        return _doubt(row)
    return reason_of(row) if row.outcome is Outcome.FAILED else None


def reason_of(row: CommandRow) -> HongyanError:
    """Return the error that a row's reason and text describe."""
    kind, _, number = row.reason.partition(".")
    if kind in _NUMBERED and _is_number(number):
        return _NUMBERED[kind](row, whole(number))
    return _NAMED.get(row.reason, _usage)(row)


def _doubt(row: CommandRow) -> HongyanError:
    """Return the error of an unconfirmed command: the answer that did not come, or the refusal that may mean this one."""
    if row.reason == PERHAPS:
        return NoAnswer(
            "the service", f"it refused one of several messages ({row.said}), and did not report which"
        )
    return _NAMED[row.reason](row) if row.reason == ProtocolChanged.code else _no_answer(row)


def _refused(row: CommandRow, ret: int) -> Refused:
    server_text = _words(row.said, ret)
    if ret == _TOO_FAST:
        return TooFast("webwxsync" if _is_number(row.result) else row.result, server_text, row.retry_at)
    return Refused(row.result, ret, server_text)


def _login_ended(row: CommandRow, ret: int) -> LoginEnded:
    return LoginEnded(ret, endpoint=row.result or "synccheck")


def _no_answer(row: CommandRow) -> NoAnswer:
    return NoAnswer(row.result or "the server", _after(row.said, ": "))


def _not_capable(row: CommandRow) -> HongyanError:
    transport, cannot, what = row.said.partition(" cannot ")
    return NotCapable(what, transport) if cannot else _usage(row)


def _not_complete(row: CommandRow) -> HongyanError:
    match = _SHORT.fullmatch(row.said)
    if match is None:
        return _usage(row)
    return NotComplete(match["what"], whole(match["have"]), whole(match["all"]) if match["all"] else None)


def _internal(row: CommandRow) -> InternalError:
    match = _FAULT.fullmatch(row.said)
    return InternalError(match["doing"], match["kind"]) if match else InternalError(row.said, "unknown")


def _usage(row: CommandRow) -> UsageError:
    return UsageError(row.said or row.reason)


def _inner(kind: type[NotFriends | Blocked], row: CommandRow) -> str:
    """Return the service's own sentence out of the one that the error makes of it."""
    return row.said.removeprefix(kind.sentence).removeprefix(" (").removesuffix(")")


PERHAPS: Final = "perhaps-refused"
"""The reason of a message that is one of several of which the service refused one."""

_TOO_FAST: Final = 1205
_NUMBERED: Final[Mapping[str, Callable[[CommandRow, int], HongyanError]]] = {
    "refused": _refused,
    "login-ended": _login_ended,
}
_NAMED: Final[Mapping[str, Callable[[CommandRow], HongyanError]]] = {
    ProtocolChanged.code: lambda row: ProtocolChanged(row.result, _after(row.said, "(")),
    NotComplete.code: _not_complete,
    NotLoggedIn.code: lambda row: NotLoggedIn(_quoted(row.said, "^profile ", " is not logged in")),
    NoSuchChat.code: lambda row: NoSuchChat(_quoted(row.said, " (?:named|called) ")),
    NoAnswer.code: _no_answer,
    WrongContent.code: lambda row: WrongContent(row.result, _after(row.said, ": ")),
    Oversized.code: lambda row: Oversized(row.result, _after(row.said, ": ")),
    NotCapable.code: _not_capable,
    Missed.code: lambda row: Missed(row.said),
    NotFriends.code: lambda row: NotFriends(_inner(NotFriends, row)),
    Blocked.code: lambda row: Blocked(_inner(Blocked, row)),
    HeldBack.code: lambda row: HeldBack(row.said, row.retry_at),
    StorageError.code: lambda row: StorageError(row.said),
    InternalError.code: _internal,
}
_FAULT: Final = re.compile(r"a fault of this program \((?P<kind>.*?)\) while (?P<doing>.*)", re.DOTALL)
_SHORT: Final = re.compile(
    r"(?P<what>.*) is not complete: (?P<have>\d+) (?:of (?P<all>\d+) came|came so far)", re.DOTALL
)


def _words(sentence: str, ret: int) -> str:
    """Return the server's own text out of the sentence that ``Refused`` makes of it."""
    _, match, words = sentence.partition(f" answered {ret}: ")
    if match:
        return words
    meaning = meaning_of(ret)
    head, middle = f"answered {ret}, {meaning.name} (", f"): {meaning.meaning}"
    if head in sentence and sentence.endswith(middle):
        return sentence[sentence.index(head) + len(head) : -len(middle)]
    return ""


def _after(sentence: str, mark: str) -> str:
    return sentence.partition(mark)[2].rstrip(")") or sentence


def _quoted(sentence: str, before: str, after: str = "") -> str:
    """Return the quoted name that stands behind ``before``, an expression; the whole sentence where there is none."""
    with contextlib.suppress(ValueError, SyntaxError, IndexError):
        return str(ast.literal_eval(re.split(before, sentence, maxsplit=1)[1].removesuffix(after)))
    return sentence


def _is_number(text: str) -> bool:
    return text.lstrip("-").isdecimal()
