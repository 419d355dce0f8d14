"""What each kind of message looks like."""

from __future__ import annotations

from hongyan.model.messages import MESSAGE_KINDS
from hongyan.terminal.strings.language import Language


def test_every_kind_has_lines() -> None:
    """Also where nothing is told in it."""
    from hongyan.terminal.full.messages.cards import body_of

    for kind in MESSAGE_KINDS.values():
        for language in Language:
            rows = body_of(kind(), language)  # type: ignore[arg-type]  # every kind is one of the union
            assert rows
            assert all("\n" not in row.text for row in rows)
