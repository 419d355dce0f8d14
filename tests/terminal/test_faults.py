"""Errors in the user's language, and in one line."""

from __future__ import annotations

import re

import pytest

from hongyan.errors import NoSuchChat, TextTooLong, UsageError
from hongyan.terminal.faults import in_one_line
from hongyan.terminal.strings.language import Language

_CHINESE = [Language.ZH, Language.ZH_TW]


def test_what_to_do_is_a_sentence_of_its_own() -> None:
    """And a sentence that has its stop gets no second one."""
    told = in_one_line(TextTooLong(12_894, 10_000), Language.EN)
    assert told == "the text has 12,894 characters; at most 10,000 can be sent. Send it as a file."
    assert in_one_line(NoSuchChat("Alize", ["Alice"]), Language.EN).endswith("'Alize'. Did you mean Alice?")
    assert in_one_line(UsageError("It is so.", "Change it."), Language.EN) == "It is so. Change it."
    assert in_one_line(UsageError("it is so"), Language.EN) == "it is so"


@pytest.mark.parametrize("language", _CHINESE)
def test_a_text_that_is_too_long_is_refused_in_the_users_language(language: Language) -> None:
    """It is what a long paste meets first."""
    told = in_one_line(TextTooLong(12_894, 10_000), language)
    assert not re.search("[a-zA-Z]", told)
    assert told.count("。") == 1
