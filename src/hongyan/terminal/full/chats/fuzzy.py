"""Finds people and chats by what is typed: names, their parts, pinyin in full or by initials; it knows no list and no widget."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

from hongyan.model.contacts import ContactKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hongyan.model.contacts import Contact

__all__ = ["Finder", "Hit", "fold", "keys_of"]

T = TypeVar("T")
_BEST: Final = 50


class Hit(NamedTuple, Generic[T]):
    """What was found, and which characters of its shown name fit, for marking them."""

    item: T
    at: tuple[int, ...]


class _Entry(NamedTuple, Generic[T]):
    item: T
    names: tuple[str, ...]  # folded, the shown one first
    pinyin: tuple[str, ...]  # folded: initials and full


def fold(text: str) -> str:
    """Return text as it is compared: full width as half, capitals as small letters; as long as ``text`` where that is possible."""
    folded = "".join(unicodedata.normalize("NFKC", char).casefold() for char in text)
    return folded if len(folded) == len(text) else text.lower()


def keys_of(contact: Contact) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of a contact, the shown one first, and its pinyin."""
    own = (contact.name,) if contact.kind is ContactKind.SPECIAL else ()  # its name lasts: filehelper
    names = (contact.shown, contact.remark, contact.nickname, contact.alias, *own)
    pinyin = (contact.remark_initials, contact.initials, contact.remark_pinyin, contact.pinyin)
    return tuple(dict.fromkeys(n for n in names if n)), tuple(dict.fromkeys(p for p in pinyin if p))


class Finder(Generic[T]):
    """Looks through ``items``, each with its names and its pinyin; those given first come first among equals."""

    def __init__(self, items: Iterable[tuple[T, Sequence[str], Sequence[str]]]) -> None:
        self._entries = [
            _Entry(item, tuple(map(fold, names)), tuple(p.casefold() for p in pinyin))
            for item, names, pinyin in items
        ]
        self._last: tuple[str, list[_Entry[T]]] = ("", self._entries)

    def find(self, query: str, limit: int = _BEST) -> list[Hit[T]]:
        """Return the best fits for ``query``; an empty one fits everything.

        Whole names come before beginnings, these before parts, then pinyin, then letters that are further apart.
        """
        wanted = fold(query.strip())
        if not wanted:
            return [Hit(entry.item, ()) for entry in self._entries[:limit]]
        before, among = self._last
        if not (before and wanted.startswith(before)):
            among = self._entries
        ranked: list[tuple[int, int, _Entry[T]]] = []
        for place, entry in enumerate(among):
            rank = _rank(entry, wanted)
            if rank is not None:
                ranked.append((rank, place, entry))
        ordered = [entry for _, _, entry in sorted(ranked, key=lambda r: r[:2])]
        self._last = (wanted, [entry for _, _, entry in ranked])
        return [
            Hit(entry.item, _marks(entry.names[0], wanted) if entry.names else ())
            for entry in ordered[:limit]
        ]


def _rank(entry: _Entry[T], wanted: str) -> int | None:
    """Return how well an entry fits, less is better, None where it does not."""
    best: int | None = None
    for name in entry.names:
        at = name.find(wanted)
        if at == 0:
            return 0 if len(name) == len(wanted) else 1
        if at > 0:
            best = min(best or 9, 2 if name[at - 1] in " -_·(（" else 3)
    if best is not None:
        return best
    for pinyin in entry.pinyin:
        at = pinyin.find(wanted)
        if at == 0:
            return 4
        if at > 0:
            best = min(best or 9, 6)
    if best is not None:
        return best
    if len(wanted) > 1 and any(_scattered(text, wanted) for text in (*entry.names[:2], *entry.pinyin)):
        return 7
    return None


def _scattered(text: str, wanted: str) -> bool:
    """Whether the letters of ``wanted`` occur in ``text`` in their order."""
    at = -1
    for char in wanted:
        at = text.find(char, at + 1)
        if at < 0:
            return False
    return True


def _marks(name: str, wanted: str) -> tuple[int, ...]:
    at = name.find(wanted)
    if at >= 0:
        return tuple(range(at, at + len(wanted)))
    places: list[int] = []
    at = -1
    for char in wanted:
        at = name.find(char, at + 1)
        if at < 0:
            return ()
        places.append(at)
    return tuple(places)
