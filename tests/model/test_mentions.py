"""Who is mentioned, and how sure that is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.model.contacts import Member
from hongyan.model.ids import TransientName
from hongyan.model.mentions import Certainty, MentionsMe, find_mentions, mentions_me, without_mentions

Q = "\u2005"


def member(number: int, nickname: str, display: str = "") -> Member:
    return Member(name=TransientName(f"@{number}"), nickname=nickname, display_name=display)


TOM, TOMMY, ANNA_B = member(1, "Tom"), member(2, "Tommy"), member(3, "Anna B")
ANNA, OTHER_ANNA = member(4, "Anna"), member(5, "Anna")
MOON, HEART = member(6, "小明🌛", "明"), member(7, "❤️x")
EVERYBODY = [TOM, TOMMY, ANNA_B, ANNA, OTHER_ANNA, MOON, HEART]

CERTAIN, LIKELY, AMBIGUOUS = Certainty.CERTAIN, Certainty.LIKELY, Certainty.AMBIGUOUS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"@Tom{Q}hi", [("@Tom", TOM, CERTAIN)]),
        (f"@Tommy{Q}hi", [("@Tommy", TOMMY, CERTAIN)]),
        ("@Tom hi", [("@Tom", TOM, LIKELY)]),
        ("@Tom", [("@Tom", TOM, LIKELY)]),
        ("@Tom, hi", [("@Tom", TOM, LIKELY)]),
        ("@Tomato", []),
        ("@Tom-2", []),
        (f"@Anna B{Q}x", [("@Anna B", ANNA_B, CERTAIN)]),
        (f"@Anna{Q}x", [("@Anna", None, AMBIGUOUS)]),
        ("@明你好", [("@明", MOON, AMBIGUOUS)]),
        (f"@小明🌛{Q}", [("@小明🌛", MOON, CERTAIN)]),
        (f"@❤x{Q}", [("@❤x", HEART, CERTAIN)]),
        (f"@❤️x{Q}", [("@❤️x", HEART, CERTAIN)]),
        (f"你好@Tom{Q}", [("@Tom", TOM, CERTAIN)]),
        (f"@Tom@Tommy{Q}", [("@Tom", TOM, LIKELY), ("@Tommy", TOMMY, CERTAIN)]),
        (f"@nobody{Q}x", [("@nobody", None, CERTAIN)]),
        ("@nobody x", []),
        ("a@b.c", []),
        ("mail@Tom ", []),
        ("@_@", []),
        ("@", []),
        ("@@Tom", []),
        ("＠Tom hi", [("＠Tom", TOM, LIKELY)]),
        ("@老王 hi", [("@老王", TOM, LIKELY)]),
    ],
)
def test_mentions_are_found(text: str, found: list[tuple[str, Member | None, Certainty]]) -> None:
    """Longest name first, only where the name really ends."""
    told = find_mentions(text, EVERYBODY, [], {TOM.name: "老王"})
    assert [(text[x.start : x.end], x.member, x.certainty) for x in told] == found


def test_people_of_the_same_name_are_all_candidates() -> None:
    """Nobody can know which."""
    (told,) = find_mentions(f"@Anna{Q}", EVERYBODY, [])
    assert set(told.candidates) == {ANNA, OTHER_ANNA}


@pytest.mark.parametrize(
    ("text", "me", "told"),
    [
        (f"@Tom{Q}hi", ["Tom"], MentionsMe.YES),
        ("@Tom hi", ["Tom"], MentionsMe.YES),
        ("@Tommy hi", ["Tom"], MentionsMe.NO),
        (f"@Anna{Q}hi", ["Anna"], MentionsMe.AMBIGUOUS),
        ("@Tom你好", ["Tom"], MentionsMe.AMBIGUOUS),
        (f"@Anna{Q}@Tom{Q}", ["Anna", "Tom"], MentionsMe.YES),
        ("Tom", ["Tom"], MentionsMe.NO),
        ("@所有人 hi", ["Tom"], MentionsMe.NO),
        ("@Unlisted hi", ["Unlisted"], MentionsMe.YES),
        ("@ hi", [""], MentionsMe.NO),
    ],
)
def test_whether_i_am_mentioned_has_three_answers(text: str, me: list[str], told: MentionsMe) -> None:
    """Yes, no, and "perhaps" where several have the name or the text runs on."""
    assert mentions_me(text, EVERYBODY, me) is told


def test_everyone_is_nobody_in_particular() -> None:
    """But it is told."""
    (told,) = find_mentions(f"@所有人{Q}hi", EVERYBODY, ["Tom"])
    assert told.everyone
    assert not told.me


def test_a_text_without_its_mentions() -> None:
    """One blank goes with each."""
    text = f"@Tom{Q}see @Tommy  there"
    assert without_mentions(text, find_mentions(text, EVERYBODY, [])) == "see  there"


@given(st.text("@＠Tomy 🌛\u2005\ufe0f明,"))
def test_spans_are_in_order_and_begin_with_a_sign(text: str) -> None:
    """Whatever is written."""
    told = find_mentions(text, EVERYBODY, ["Tom"])
    at = 0
    for x in told:
        assert at <= x.start < x.end <= len(text)
        assert text[x.start] in "@＠"
        at = x.end
