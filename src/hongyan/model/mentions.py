"""The members meant by "@name" in a group's text; it knows names, not the transport, and no one else's opinion.

Web WeChat has no mark for mentions: they are plain text. Phones write ``@name`` and a four-per-em blank (U+2005), old
phones and desktop clients a plain blank, people anything. The name is the one chosen for the group, else the nickname.
So this is an interpretation, with a degree of certainty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec
from msgspec import Struct

from hongyan.model.contacts import Member
from hongyan.model.ids import TransientName

__all__ = ["Certainty", "Mention", "MentionsMe", "find_mentions", "mentions_me", "without_mentions"]

_SIGNS: Final = "@＠"
_MARK: Final = "\u2005"
_BLANKS: Final = frozenset(" \t\n\r\u00a0\u2002\u2003\u2004\u2005\u2006\u2009\u200b\u3000")
_STOPS: Final = frozenset(',，。!！?？:：;；、)）」”"…~～')
_UNSEEN: Final = frozenset("\ufe0e\ufe0f")  # select an emoji's presentation; phones differ in writing them
_EVERYONE: Final = ("所有人", "全体成员", "全體成員", "all", "All", "everyone", "Everyone", "All Members")
_LONGEST: Final = 64
_LONGEST_NAME: Final = 256  # characters; no name of the service has as many
_NO_REMARKS: Final[Mapping[TransientName, str]] = {}


class Certainty(StrEnum):
    """How sure a mention is."""

    CERTAIN = "certain"  # a phone's mark follows the name, and one person has it
    LIKELY = "likely"  # a blank, a stop or the end follows it, and one person has it
    AMBIGUOUS = "ambiguous"  # several people have the name, or other text follows without a break


class MentionsMe(StrEnum):
    """Whether this account is mentioned."""

    YES = "yes"
    AMBIGUOUS = "ambiguous"
    NO = "no"


class Mention(Struct, frozen=True, kw_only=True):
    """One "@name". ``text[start:end]`` is the sign and the name, without the blank behind it.

    ``member`` is None where no member, or more than one, has the name; ``candidates`` lists all who have it.
    ``me``: this account is, or is one of, those meant. ``everyone`` is "@所有人", which means no single member.
    """

    start: int
    end: int
    certainty: Certainty
    member: Member | None = None
    candidates: tuple[Member, ...] = ()
    me: bool = False
    everyone: bool = False


class _Known(Struct, frozen=True):
    name: str
    members: tuple[Member, ...]
    me: bool
    everyone: bool


class _Names:
    """Names that are found in a text, however many there are, by their first character and their lengths."""

    def __init__(self, known: Iterable[_Known]) -> None:
        self._known = {who.name: who for who in known if len(who.name) <= _LONGEST_NAME}
        self._lengths: dict[str, list[int]] = {}
        for name in sorted(self._known, key=len, reverse=True):
            lengths = self._lengths.setdefault(name[0], [])
            if not lengths or lengths[-1] != len(name):
                lengths.append(len(name))

    def at(self, text: str, begin: int) -> Iterator[_Known]:
        """Yield the names in the text at ``begin``, the longest first."""
        for length in self._lengths.get(text[begin : begin + 1], ()):
            if (who := self._known.get(text[begin : begin + length])) is not None:
                yield who


def find_mentions(
    text: str,
    members: Iterable[Member],
    me_names: Iterable[str],
    remarks: Mapping[TransientName, str] = _NO_REMARKS,
) -> tuple[Mention, ...]:
    """Return every mention in ``text``, in order.

    ``members`` are the group's, ``me_names`` the names this account has in the group (group name, nickname). Each name
    is tried longest first. A name that no member has counts only with a phone's mark behind it.
    """
    if not any(sign in text for sign in _SIGNS):
        return ()
    seen, places = _seen(text)
    known = _known(members, me_names, remarks)
    found: list[Mention] = []
    at = end = 0
    while at < len(seen):
        signed = seen[at] in _SIGNS and (at == end or not _inside_word(seen, at))
        mention = _mention_at(seen, at, known) if signed else None
        if mention:
            found.append(_placed(mention, places))
            at = end = mention.end
        else:
            at += 1
    return tuple(found)


def _seen(text: str) -> tuple[str, list[int]]:
    """Return the text without invisible selectors, and the original position of each character (and the end)."""
    places = [n for n, c in enumerate(text) if c not in _UNSEEN]
    return "".join(text[n] for n in places).replace("\u00a0", " "), [*places, len(text)]


def _placed(mention: Mention, places: Sequence[int]) -> Mention:
    return msgspec.structs.replace(mention, start=places[mention.start], end=places[mention.end])


def _normal(name: str) -> str:
    return "".join(c for c in name if c not in _UNSEEN).replace("\u00a0", " ").strip()


def _known(
    members: Iterable[Member], me_names: Iterable[str], remarks: Mapping[TransientName, str]
) -> _Names:
    """Return every name with those who have it."""
    people: dict[str, dict[TransientName, Member]] = {}
    for member in members:
        for name in (member.display_name, member.nickname, remarks.get(member.name, "")):
            if normal := _normal(name):
                people.setdefault(normal, {})[member.name] = member
    mine = {normal for n in me_names if (normal := _normal(n))}
    listed = [
        _Known(name, tuple(people.get(name, {}).values()), name in mine, everyone=False)
        for name in people.keys() | mine
    ]
    listed += [_Known(n, (), me=False, everyone=True) for n in _EVERYONE if n not in people and n not in mine]
    return _Names(listed)


def _inside_word(text: str, at: int) -> bool:
    """Whether the sign belongs to an address or a smiley: ``a@b.c``, ``@_@``."""
    before = text[at - 1] if at else " "
    return before.isascii() and (before.isalnum() or before in "._%+-@")


def _mention_at(text: str, at: int, known: _Names) -> Mention | None:
    for who in known.at(text, at + 1):
        end = at + 1 + len(who.name)
        if certainty := _break(text, end, who.name):
            return _mention(at, end, certainty, who)
    return _stranger(text, at)


def _break(text: str, end: int, name: str) -> Certainty | None:
    """Return how well the name ends at ``end``, None if the word simply continues."""
    if end >= len(text):
        return Certainty.LIKELY
    following = text[end]
    if following == _MARK:
        return Certainty.CERTAIN
    if following in _BLANKS or following in _STOPS or following in _SIGNS:
        return None if following in _SIGNS and name == "_" else Certainty.LIKELY
    word_goes_on = following.isascii() and (following.isalnum() or following in "_-.'")
    return None if word_goes_on else Certainty.AMBIGUOUS


def _mention(start: int, end: int, certainty: Certainty, who: _Known) -> Mention:
    alone = len(who.members) <= 1
    return Mention(
        start=start,
        end=end,
        certainty=certainty if alone else Certainty.AMBIGUOUS,
        member=who.members[0] if len(who.members) == 1 else None,
        candidates=who.members,
        me=who.me,
        everyone=who.everyone,
    )


def _stranger(text: str, at: int) -> Mention | None:
    """Return the mention of an unknown person, which only a phone can have written."""
    end = text.find(_MARK, at + 1, at + 1 + _LONGEST)
    name = text[at + 1 : end] if end > 0 else ""
    if not name.strip() or any(c in _SIGNS or c == "\n" for c in name):
        return None
    return Mention(start=at, end=end, certainty=Certainty.CERTAIN)


def mentions_me(
    text: str,
    members: Iterable[Member],
    me_names: Iterable[str],
    remarks: Mapping[TransientName, str] = _NO_REMARKS,
) -> MentionsMe:
    """Return whether this account is mentioned; "@所有人" does not count."""
    mine = [m for m in find_mentions(text, members, me_names, remarks) if m.me]
    if any(m.certainty is not Certainty.AMBIGUOUS for m in mine):
        return MentionsMe.YES
    return MentionsMe.AMBIGUOUS if mine else MentionsMe.NO


def without_mentions(text: str, mentions: Iterable[Mention]) -> str:
    """Return ``text`` without these mentions and the one blank behind each, trimmed."""
    kept, at = [], 0
    for mention in mentions:
        kept.append(text[at : mention.start])
        at = mention.end + (mention.end < len(text) and text[mention.end] in _BLANKS)
    kept.append(text[at:])
    return "".join(kept).strip()
