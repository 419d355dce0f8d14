"""The language follows the machine, and sentences are filled in."""

from __future__ import annotations

import pytest

from hongyan.terminal.strings.language import Language, language_of, say
from hongyan.terminal.strings.line_mode import LINE_MODE


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, Language.ZH),
        ({"LANG": "zh_TW.UTF-8", "LC_ALL": "C"}, Language.EN),
        ({"LC_MESSAGES": "zh_CN", "LANG": "en_GB.UTF-8"}, Language.ZH),
        ({"LANG": "de_DE.UTF-8"}, Language.EN),
        ({}, Language.EN),
    ],
)
def test_the_language_follows_the_machine(environment: dict[str, str], language: Language) -> None:
    """The usual variables in their usual order; English for all but Chinese."""
    assert language_of(environment) is language


def test_a_sentence_is_filled_in() -> None:
    """The table, a key, the language, the values."""
    assert say(LINE_MODE, "opened", Language.EN, name="老王") == "opened 老王: plain lines go there"
