"""The tables of sentences are complete in three languages."""

from __future__ import annotations

import pytest

from hongyan.terminal.full.strings.dialogs import DIALOGS
from hongyan.terminal.full.strings.history import HISTORY
from hongyan.terminal.full.strings.main import MAIN


@pytest.mark.parametrize("table", [MAIN, HISTORY, DIALOGS])
def test_every_sentence_has_the_same_gaps_in_each_language(table: dict[str, tuple[str, ...]]) -> None:
    """So that none fails when it is told."""
    import string

    for key, sentences in table.items():
        assert len(sentences) == 3, key
        gaps = [{f for _, f, _, _ in string.Formatter().parse(s) if f is not None} for s in sentences]
        assert gaps[0] == gaps[1] == gaps[2], key
