"""Lines: nothing is lost, none is too wide, and marks stand where Chinese puts them."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.model.display_text import cells, clean
from hongyan.terminal.full.messages.wrap import graphemes, wrap

PIECES = (
    *(
        "你",
        "好",
        "，",
        "。",
        "「",
        "」",
        "（",
        "）",
        "…",
        "—",
        "a",
        "word",
        " ",
        "  ",
        "12",
        "%",
        "\n",
        "한",
        "ก็",
        "é",
    ),
    *("👨‍👩‍👧", "👍🏽", "🇨🇳", "❤️", "🏳️‍🌈", "e\u0301", "http://a.example/x?y=1", "、", "！", "ｱ", "𠀀"),
)


texts = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@given(texts, st.integers(2, 40))
def test_no_character_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    """Lines joined are the text; only blanks at which a line was broken may hang over."""
    text = clean(text, newline="\n")
    lines = wrap(text, width)
    assert "".join(lines) == text.replace("\n", "")
    assert all(cells(line.rstrip(" ")) <= width for line in lines)


@given(st.text(max_size=200), st.integers(2, 30))
def test_any_text_keeps_the_width(text: str, width: int) -> None:
    """Whatever Unicode has, once it is clean."""
    lines = wrap(clean(text, newline="\n"), width)
    assert all(cells(line.rstrip(" ")) <= width for line in lines)


units = st.tuples(
    st.sampled_from(["", "「", "（", "“"]),
    st.sampled_from("你好大雁南飞a1"),
    st.sampled_from(["", "，", "。」", "）", "……"]),
)


@given(st.lists(units, max_size=40), st.integers(12, 40))
def test_marks_stand_where_they_may(parts: list[tuple[str, str, str]], width: int) -> None:
    """No line begins with a closing mark or ends with an opening one, as long as what holds together fits on a line."""
    text = "".join(
        f"{opening}{char}{closing}" for opening, char, closing in parts if char not in "a1" or closing
    )
    for before, after in itertools.pairwise(wrap(text, width)):
        assert after[0] not in "，。」）…"
        assert before[-1] not in "「（“"


def test_words_and_links_stay_whole_where_they_fit() -> None:
    """And Chinese breaks anywhere else."""
    assert wrap("看 http://a.example/long/path 吧", 26) == ["看 ", "http://a.example/long/path ", "吧"]
    assert wrap("hello wide world", 11) == ["hello wide ", "world"]
    assert wrap("他说：「好」。走了", 8) == ["他说：", "「好」。", "走了"]
    assert wrap("", 5) == [""]
    assert wrap("a\n\nb", 5) == ["a", "", "b"]


def test_a_character_is_what_a_person_calls_one() -> None:
    """Families, flags and letters with marks are one each."""
    assert graphemes("a👨‍👩‍👧e\u0301🇨🇳好") == ["a", "👨‍👩‍👧", "e\u0301", "🇨🇳", "好"]


@pytest.mark.skipif(
    not (Path(os.environ.get("HONGYAN_SHARED", "../shared")) / "corpus").is_dir(),
    reason="the captured payloads are kept outside the project",
)
def test_real_texts_keep_the_width() -> None:
    """Every text of the captured payloads, at five widths."""
    folder = Path(os.environ.get("HONGYAN_SHARED", "../shared")) / "corpus"
    count = 0
    for file in folder.rglob("*.json"):
        for line in file.read_text("utf-8", "replace").splitlines()[:2000]:
            text = clean(line[:500], newline="\n")
            for width in (2, 7, 20, 41, 80):
                lines = wrap(text, width)
                assert "".join(lines) == text.replace("\n", "")
                assert all(cells(part.rstrip(" ")) <= width for part in lines)
            count += 1
    assert count
