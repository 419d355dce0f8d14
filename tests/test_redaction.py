"""A class that holds a secret shows its name, in every way in which values are shown."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from rich.pretty import pretty_repr

from hongyan.redaction import redacted

SECRET = "canary-sid"


@redacted
class Sealed(msgspec.Struct):
    """A struct without a way of its own to be shown."""

    sid: str


@redacted
class Partly(msgspec.Struct):
    """A struct that says itself what may be shown."""

    sid: str
    server: str

    def __repr__(self) -> str:
        return f"Partly({self.server})"


def test_a_redacted_class_is_shown_by_its_name() -> None:
    """Also inside something else, and by what shows fields."""
    sealed = Sealed(SECRET)
    assert repr(sealed) == "Sealed(…)"
    assert SECRET not in f"{[sealed]} {sealed!s} {pretty_repr({'login': sealed})}"


def test_its_own_words_stay() -> None:
    """They were chosen; only what names every field is closed."""
    partly = Partly(SECRET, "here")
    assert repr(partly) == "Partly(here)"
    assert SECRET not in pretty_repr([partly])


def test_any_class_can_be_redacted() -> None:
    """A data class writes its own repr, which has to be switched off."""

    @redacted
    @dataclass(repr=False)
    class Held:
        sid: str

    assert repr(Held(SECRET)) == "Held(…)"
