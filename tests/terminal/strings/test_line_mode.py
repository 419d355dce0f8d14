"""The catalogue of sentences is complete in three languages."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

import pytest

from hongyan.model.events import LoginState
from hongyan.terminal.line.grammar import COMMANDS
from hongyan.terminal.strings.line_mode import LINE_MODE, MISTAKES
from hongyan.terminal.strings.login import LOGIN

if TYPE_CHECKING:
    from hongyan.terminal.strings.language import Words

SIMPLIFIED = set(
    "们这个发选择转链备读录时间图频语请订单编号复后机显问题让对错误删还没会话达过务网页关闭开启连线输"
) - set("音")


TABLES = {"login": LOGIN, "mistakes": MISTAKES, "talk": LINE_MODE}


def _blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_all_languages_fill_in_the_same_values(table: Words) -> None:
    """No translation is missing, or forgets a name or number that the other ones tell."""
    assert [
        key
        for key, told in table.items()
        if len(told) != 3 or len({frozenset(_blanks(s)) for s in told}) != 1
    ] == []


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_traditional_sentences_have_no_simplified_characters(table: Words) -> None:
    """By those that are most common in such sentences and stand in no traditional text."""
    assert [key for key, told in table.items() if SIMPLIFIED & set(told[2])] == []


def test_every_slash_command_and_state_has_its_words() -> None:
    """A new slash command or login state cannot be without a sentence."""
    assert [name for name in COMMANDS if f"help-{name}" not in LINE_MODE] == []
    assert [state for state in LoginState if f"state-{state}" not in LINE_MODE] == []
