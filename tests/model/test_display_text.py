"""Names and texts from the wire become harmless, and keep what people meant."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.model.display_text import cells, clean, fit, json_safe, pad

HOSTILE = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from(
            "\x00\x07\x1b\x9b\x7f\r\n\t\u202e\u2066\u200b\u200d\ufeff\u2028\u0301\ud83d\U000e0041老👨🏽#"
        ),
    )
)
INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("\x1b[2J老王", "\\x1b[2J老王"),
        ("\x9b31m红", "\\x9b31m红"),
        ("bell\x07", "bell\\x07"),
        ("del\x7f", "del\\x7f"),
        ("\u202eexe.gnp", "\\u202eexe.gnp"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("文件\u200b传输", "文件\\u200b传输"),
        ("\ufeff头", "\\ufeff头"),
        ("空\u3164白", "空\\u3164白"),
        ("半个\ud83d", "半个\\ud83d"),
        ("一行\n二行", "一行⏎二行"),
        ("一行\r\n二行", "一行⏎二行"),
        ("one\u2028two", "one⏎two"),
        ("one\x85two", "one⏎two"),
        ("a\tb", "a    b"),
        ("\u0301first", "\\u0301first"),
    ],
)
def test_what_could_harm_is_shown_escaped(given_text: str, shown: str) -> None:
    """Control, bidi, invisible and half characters appear in a form that one can read."""
    assert clean(given_text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "老王",
        "Perl 学习交流",
        "👨‍👩‍👧",
        "🏳️‍🌈",
        "👍🏽",
        "👩🏽‍💻",
        "1️⃣",
        "❤️",
        "🇨🇳",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "é",
        "[微笑]",
        "葛\U000e0100城",
        "全角　空格",
    ],
)
def test_what_people_write_stays(text: str) -> None:
    """Emoji families, skin tones, keycaps, flags and accents are no attack."""
    assert clean(text) == text


def test_a_pile_of_marks_is_cut_down() -> None:
    """Marks beyond what any script needs are written out, so that they do not climb over other lines."""
    shown = clean("e" + "\u0301" * 9)
    assert shown == "e" + "\u0301" * 5 + "\\u0301" * 4


def test_joiners_outside_emoji_are_shown() -> None:
    """A joiner between letters hides a difference between two names."""
    assert clean("老\u200d王") == "老\\u200d王"
    assert clean("👨\u200d") == "👨\\u200d"


@given(HOSTILE)
def test_no_control_character_comes_out(text: str) -> None:
    """Whatever comes in, the result is one encodable line without controls."""
    shown = clean(text)
    shown.encode()
    bad = [
        c for c in shown if unicodedata.category(c) in INVISIBLE - {"Cf"} or c in "\u202e\u2066\u200b\ufeff"
    ]
    assert bad == []


@given(HOSTILE)
def test_only_emoji_keep_format_characters(text: str) -> None:
    """A format character that stays is a joiner or a tag, and a symbol stands before it."""
    shown = clean(text)
    for at, char in enumerate(shown):
        if unicodedata.category(char) == "Cf":
            assert char == "\u200d" or "\U000e0020" <= char <= "\U000e007f"
            assert at > 0


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_json_stays_the_same_value_without_controls(text: str) -> None:
    """Escaped JSON reads back as the same text, and holds nothing that moves a cursor."""
    line = json_safe(json.dumps({"name": text}, ensure_ascii=False))
    assert json.loads(line) == {"name": text}
    assert [c for c in line if unicodedata.category(c) in INVISIBLE] == []


def test_chinese_takes_two_cells() -> None:
    """Width counts cells: two for Chinese and for an emoji of any length."""
    assert [cells(text) for text in ("ab", "老王", "👨‍👩‍👧", "🇨🇳", "")] == [2, 4, 2, 2, 0]


@given(HOSTILE, st.integers(min_value=0, max_value=12))
def test_fitting_never_exceeds_the_width(text: str, width: int) -> None:
    """Cut and padded texts take the cells they were given, and no grapheme is split in half."""
    shown = clean(text)
    assert cells(fit(shown, width)) <= width
    assert cells(pad(shown, width)) == width
