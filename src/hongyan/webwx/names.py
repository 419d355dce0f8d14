"""Joined names split where ids give their number; it knows nothing of the sentences around them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["split_names"]

_LONGEST = 64  # characters of a name or an id that are compared


def split_names(text: str, ids: Sequence[str]) -> tuple[str, ...]:
    """Split joined names so that there are as many as ``ids``; a name may itself hold the separator.

    Of several splits the one whose names look most like their ids is taken, and among equals the first.
    """
    pieces = text.split(", ") if ", " in text else text.split("、")
    separator = ", " if ", " in text else "、"
    surplus = len(pieces) - len(ids)
    if surplus <= 0 or not ids:
        return tuple(pieces)
    ways = list(_groupings(pieces, len(ids), separator)) if len(pieces) <= 12 else []
    if not ways:
        return (separator.join(pieces[: surplus + 1]), *pieces[surplus + 1 :])
    return max(ways, key=lambda way: sum(_likeness(n, i) for n, i in zip(way, ids, strict=True)))


def _groupings(pieces: Sequence[str], count: int, separator: str) -> list[tuple[str, ...]]:
    """Return every way to join neighbours into ``count`` names, those that join early first."""
    if count == 1:
        return [(separator.join(pieces),)]
    longest = len(pieces) - count + 1
    return [
        (separator.join(pieces[:taken]), *rest)
        for taken in range(longest, 0, -1)
        for rest in _groupings(pieces[taken:], count - 1, separator)
    ]


def _likeness(name: str, person: str) -> int:
    """Return how long a run of letters, three at least, the two have in common."""
    letters, person = re.sub(r"[^a-z0-9]", "", name[:_LONGEST].lower()), person[:_LONGEST]
    runs = (len(letters) - n for n in range(len(letters) - 2))
    return next(
        (n for n in runs if any(letters[i : i + n] in person.lower() for i in range(len(letters) - n + 1))), 0
    )
