"""Sentences with names in them, matched whole and in linear time; it knows no wording, no language and no event.

A form is written as fragments of regular expressions (bounded, without ``.*``) with slots between them: ``<who>邀请<whom>加入``.
A slot takes the text before the next fragment. If it starts with a quote, it ends at the first quote that the next fragment
follows, so a name may hold quotes, separators and the words of the form; else it is bare and ends at the fragment itself.
Blanks inside quotes belong to the name, blanks around a bare name do not.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final, NamedTuple

__all__ = ["CLOSE", "OPEN", "Form", "SlotText", "split_quoted"]

OPEN: Final = "\"“”„「『'‘’＂"
CLOSE: Final = "\"“”」』'’＂"
_OPENS: Final = frozenset(OPEN)
_DOUBLE: Final = frozenset('"“”„「『＂')
_SLOT: Final = re.compile(r"<(\w+)>")
_BLANK: Final = r"\s{0,4}"
_LONGEST_BARE: Final = 1024  # characters; a bare list of names may be long, a name is not
# Between names of a list in which each is quoted.
_BETWEEN_QUOTED: Final = re.compile(
    rf"[{CLOSE}]\s{{0,2}}(?:、|，|,|&|和|与|與|及|and)\s{{0,2}}[{OPEN}]", re.IGNORECASE
)


class SlotText(NamedTuple):
    """The text of a slot, and whether it was quoted."""

    text: str
    quoted: bool


class _Fragment(NamedTuple):
    """What follows a slot, after a quoted and after a bare one."""

    after_quoted: re.Pattern[str]
    after_bare: re.Pattern[str]


class Form:
    """One wording. Its expressions are compiled when they are first needed."""

    def __init__(self, spec: str) -> None:
        self._spec = spec
        self.begins_with_slot = spec.startswith("<")

    @cached_property
    def _parts(self) -> tuple[re.Pattern[str], list[str], list[_Fragment]]:
        pieces = _SLOT.split(self._spec)
        end = r"\s*\Z" if len(pieces) == 1 else ""
        begin = re.compile(f"(?:{pieces[0]}){end}", re.IGNORECASE)
        names, fragments = pieces[1::2], pieces[2::2]
        last = len(fragments) - 1
        return begin, names, [_fragment(f, last=n == last) for n, f in enumerate(fragments)]

    def match(self, sentence: str) -> dict[str, SlotText] | None:
        """Return the texts of the slots if the whole sentence has this form, else None."""
        begin, names, fragments = self._parts
        found = begin.match(sentence)
        if found is None:
            return None
        return _filled(sentence, found.end(), names, fragments)


def _fragment(fragment: str, *, last: bool) -> _Fragment:
    rest = rf"{_BLANK}(?:{fragment})" + (r"\Z" if last else "")
    return _Fragment(
        re.compile(rf"[{CLOSE}]{rest}", re.IGNORECASE),
        re.compile(rest, re.IGNORECASE),
    )


def _filled(
    sentence: str, at: int, names: list[str], fragments: list[_Fragment]
) -> dict[str, SlotText] | None:
    """Fill the slots from ``at`` on; each fragment is taken where it first fits, which finds a way if there is one."""
    if not names:
        return {}
    while at < len(sentence) and sentence[at].isspace():
        at += 1
    for taken, end in _candidates(sentence, at, fragments[0]):
        rest = _filled(sentence, end, names[1:], fragments[1:])
        if rest is not None:
            return {names[0]: taken} | rest
    return None


def _candidates(sentence: str, at: int, fragment: _Fragment) -> list[tuple[SlotText, int]]:
    """Return the readings of one slot: quoted if it starts with a quote, and bare."""
    found = []
    if at < len(sentence) and sentence[at] in _OPENS:
        end = fragment.after_quoted.search(sentence, at + 1)
        if end is not None:
            found.append((SlotText(sentence[at + 1 : end.start()], quoted=True), end.end()))
    end = fragment.after_bare.search(sentence, at)
    if end is not None and _may_be_bare(bare := sentence[at : end.start()].strip()):
        found.append((SlotText(bare, quoted=False), end.end()))
    return found


def _may_be_bare(text: str) -> bool:
    """Whether this can be a name or names without quotes: text that starts with a quote is a quoted name and other words."""
    return len(text) <= _LONGEST_BARE and "\n" not in text and text[:1] not in _DOUBLE


def split_quoted(text: str) -> list[str]:
    """Return the names of a list in which each is quoted (the outermost quotes removed), one if there are none."""
    return _BETWEEN_QUOTED.split(text)
