"""How an error of the tree looks on a terminal and which exit code it becomes."""

from __future__ import annotations

import json
import sys
from typing import Final

from hongyan.errors import (
    AmbiguousName,
    HongyanError,
    LoginEnded,
    NoAnswer,
    NoSuchChat,
    NotLoggedIn,
    ProtocolChanged,
    Refused,
    TooFast,
    UsageError,
)

__all__ = ["EXIT_CODES", "as_values", "exit_code", "report"]

# The first class that fits wins, so special cases stand before their parents.
EXIT_CODES: Final[tuple[tuple[type[HongyanError], int], ...]] = (
    (NotLoggedIn, 3),
    (LoginEnded, 3),
    (NoSuchChat, 4),
    (AmbiguousName, 5),
    (UsageError, 2),
    (TooFast, 7),
    (Refused, 6),
    (ProtocolChanged, 6),
    (NoAnswer, 8),
)


def exit_code(problem: HongyanError) -> int:
    """Return the exit code of an error; 1 for one without a row in the table."""
    return next((code for kind, code in EXIT_CODES if isinstance(problem, kind)), 1)


def as_values(problem: HongyanError) -> dict[str, str]:
    """Return an error as a program may read it: stable code, sentence, advice."""
    return {"code": problem.code, "message": str(problem), "advice": problem.advice}


def report(problem: HongyanError, *, as_json: bool = False) -> None:
    """Print an error to standard error: a sentence and what to do, or one JSON object."""
    if as_json:
        sys.stderr.write(json.dumps({"error": as_values(problem)}, ensure_ascii=False) + "\n")
        return
    sys.stderr.write(f"hongyan: {problem}\n")
    if problem.advice:
        sys.stderr.write(f"  {problem.advice}\n")
