"""Names of keys as people write them."""

from __future__ import annotations

from hongyan.terminal.full.keys.keynames import written


def test_keys_are_written_as_people_write_them() -> None:
    """Modifiers, signs, sequences."""
    assert [written(k) for k in ("ctrl+k", "alt+full_stop", "question_mark", "d d", "f1", "pageup", "G")] == [
        *("Ctrl+K", "Alt+.", "?", "d d", "F1", "PgUp", "G"),
    ]
