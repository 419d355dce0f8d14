"""Checks an author's arguments when they are given: a bot must not fail only at its first message."""

from __future__ import annotations

import inspect
from typing import Any, Final

from hongyan.errors import UsageError

__all__ = ["checked_count", "checked_flag", "checked_limit", "checked_one_argument", "checked_words"]

_LONGEST_S: Final = 365 * 24 * 3600


def checked_limit(value: object, name: str = "time_limit") -> float:
    """Return a number of seconds above 0, of a year at most; UsageError for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= _LONGEST_S:
        raise UsageError(
            f"{name}={value!r} is not a time in seconds", f"Write a number above 0, such as {name}=60."
        )
    return value


def checked_count(value: object, name: str) -> int:
    """Return a whole number from 1 on; UsageError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise UsageError(
            f"{name}={value!r} is not a number from 1 on", f"Write a whole number, such as {name}=64."
        )
    return value


def checked_flag(value: object, name: str) -> bool:
    """Return True or False as it is; UsageError for what only counts as one of them."""
    if not isinstance(value, bool):
        raise UsageError(f"{name}={value!r} is neither True nor False", f"Write {name}=True or {name}=False.")
    return value


def checked_words(value: object, what: str, advice: str, *, may_be_empty: bool = False) -> str:
    """Return a text that can be written down; UsageError for anything else, and for a blank one."""
    if not isinstance(value, str) or not (may_be_empty or value.strip()):
        raise UsageError(f"{value!r} is not {what}", advice)
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise UsageError(f"{value!r} is not {what}: it holds half a character", advice)
    return value


def checked_one_argument(call: Any, what: str, advice: str) -> inspect.BoundArguments | None:
    """Return what one argument is bound to; UsageError where ``call`` cannot be called so, None where that is unknown."""
    try:
        parameters = inspect.signature(call)
    except (TypeError, ValueError):
        return None  # some callables have no signature to look at
    try:
        return parameters.bind(None)
    except TypeError as error:
        raise UsageError(f"{what}{parameters} cannot be called with one argument: {error}", advice) from error
