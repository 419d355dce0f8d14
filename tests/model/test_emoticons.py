"""WeChat's faces in both languages."""

from __future__ import annotations

from hongyan.model.emoticons import EMOTICONS, emoticon_named, find_emoticons, to_emoji, translate


def test_the_table_is_complete_and_names_are_told_apart() -> None:
    """Numbers run from 0 to 112 without a gap."""
    numbers = [f.number for f in EMOTICONS if f.number is not None]
    assert numbers == list(range(113))


def test_a_face_has_the_same_number_in_every_language_and_age() -> None:
    """Present and older English names."""
    found = {emoticon_named(n) for n in ("得意", "Chill", "CoolGuy")}
    assert {f.number for f in found if f} == {4}


def test_faces_are_found_where_they_stand() -> None:
    """Other words in brackets are words."""
    spans = find_emoticons("a [微笑][x][Smile]")
    assert [(s.start, s.end, s.emoticon.number) for s in spans] == [(2, 6, 0), (9, 16, 0)]


def test_faces_are_translated_both_ways() -> None:
    """With the present name of each."""
    assert translate("[微笑]!", "en") == "[Smile]!"
    assert translate("[CoolGuy]!", "zh") == "[得意]!"


def test_only_faces_with_a_good_emoji_become_one() -> None:
    """The others stay as they are."""
    assert to_emoji("[Smile][左哼哼][x]") == "🙂[左哼哼][x]"
