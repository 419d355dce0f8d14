"""Carries errors through a command's row: what is written of them, and the same error again for whoever waits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hongyan.errors import (
    HongyanError,
    LoginEnded,
    NoAnswer,
    NotComplete,
    NotLoggedIn,
    ProtocolChanged,
    Refused,
    TooFast,
    UsageError,
    meaning_of,
)
from hongyan.model.commands import CommandRow, Outcome, Settlement

if TYPE_CHECKING:
    from hongyan.model.ids import CommandId

__all__ = ["error_of", "failed", "unconfirmed"]


def failed(command: CommandId, error: HongyanError, retry_at: float | None = None) -> Settlement:
    """Return the settlement of a command that certainly did not happen."""
    return _settled(command, Outcome.FAILED, error, retry_at)


def unconfirmed(command: CommandId, error: HongyanError) -> Settlement:
    """Return the settlement of a command of which nobody knows whether it happened."""
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
    """Return the error that a row tells of, or None where it was accepted or is still on its way."""
    if row.outcome not in {Outcome.FAILED, Outcome.UNCONFIRMED}:
        return None
    kind, _, number = row.reason.partition(".")
    if kind == "refused" and _is_number(number):
        said = _words(row.said, int(number))
        if int(number) == 1205:
            return TooFast(row.result, said, row.retry_at)
        return Refused(row.result, int(number), said)
    if kind == "login-ended" and _is_number(number):
        return LoginEnded(int(number), endpoint=row.result or "synccheck")
    if kind == "protocol-changed":
        return ProtocolChanged(row.result, _after(row.said, "("))
    if kind == "not-complete" and (told := _SHORT.fullmatch(row.said)):
        return NotComplete(told["what"], int(told["have"]), int(told["all"]) if told["all"] else None)
    if kind == "not-logged-in":
        return NotLoggedIn(row.result)
    if kind == "no-answer" or row.outcome is Outcome.UNCONFIRMED:
        return NoAnswer(row.result or "the server", _after(row.said, ": "))
    return UsageError(row.said or row.reason)


_SHORT: Final = re.compile(
    r"(?P<what>.*) is not complete: (?P<have>\d+) (?:of (?P<all>\d+) came|came so far)", re.DOTALL
)


def _words(sentence: str, ret: int) -> str:
    """Return the server's own words out of the sentence that ``Refused`` makes of them."""
    meaning = meaning_of(ret)
    head, middle = f"answered {ret}, {meaning.name} (", f"): {meaning.meaning}"
    if head in sentence and sentence.endswith(middle):
        return sentence[sentence.index(head) + len(head) : -len(middle)]
    return ""


def _after(sentence: str, mark: str) -> str:
    return sentence.partition(mark)[2].rstrip(")") or sentence


def _is_number(text: str) -> bool:
    return text.lstrip("-").isdecimal()
