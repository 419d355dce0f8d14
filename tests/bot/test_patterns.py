"""Patterns of an operator over texts of strangers."""

from __future__ import annotations

import re

import pytest

from hongyan.bot.patterns import Pattern


def test_a_pattern_finds_what_re_finds() -> None:
    """With the flags of a compiled one."""
    found = Pattern(r"(?P<who>\w+) (\d+)").search("to Bob 7!")
    assert found is not None
    assert (found["who"], found[2]) == ("Bob", "7")
    assert Pattern("bob").search("Bob") is None
    assert Pattern(re.compile("bob", re.IGNORECASE)).search("Bob") is not None


def test_a_pattern_says_what_its_match_gives() -> None:
    """By number and by name, and all of it."""
    assert Pattern("(?P<who>a)(b)").captures == {"0", "1", "2", "who"}
    assert Pattern("a").captures == {"0"}


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a+)+$", "a" * 4000 + "b"),
        ("(a|a)*$", "a" * 4000 + "b"),
        ("(.*a){12}x", "a" * 4000),
        ("^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 4000),
    ],
)
def test_a_search_without_end_finds_nothing_and_is_told_once(
    pattern: str, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    expensive = Pattern(pattern)
    assert expensive.search(text) is None
    assert expensive.search(text) is None
    assert caplog.text.count("takes too long") == 1


@pytest.mark.parametrize(
    "source",
    ["(" * 20_000 + ")" * 20_000, "(?:" * 50_000 + ")" * 50_000, "(", "a{2,1}", "[z-a]", "(?P<a>x)(?P<a"],
)
def test_a_pattern_that_cannot_be_compiled_is_a_sentence(source: str) -> None:
    with pytest.raises(ValueError, match=r"^.{5,200}$"):
        Pattern(source)
