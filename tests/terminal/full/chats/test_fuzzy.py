"""People and chats found by a few letters."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from hongyan.terminal.full.chats.fuzzy import Finder


def test_people_are_found_as_they_are_typed() -> None:
    """Whole names first, then beginnings, parts, pinyin, and letters that stand apart."""
    finder = Finder(
        [
            ("壮", ["李大壮"], ["ldz", "lidazhuang"]),
            ("李", ["李"], ["l", "li"]),
            ("ldzx", ["ldzx"], []),
            ("王", ["老王", "隔壁老王"], ["lw", "laowang"]),
        ]
    )
    assert [hit.item for hit in finder.find("李")] == ["李", "壮"]
    assert [hit.item for hit in finder.find("ldz")] == ["ldzx", "壮"]
    assert [hit.item for hit in finder.find("lidazhuang")] == ["壮"]
    assert finder.find("大壮")[0].at == (1, 2)
    assert [hit.item for hit in finder.find("ｌｗ")] == ["王"]
    assert [hit.item for hit in finder.find("lda")] == ["壮"]
    assert finder.find("nobody") == []
    assert [hit.item for hit in finder.find("")] == ["壮", "李", "ldzx", "王"]


@given(st.lists(st.text(max_size=12), max_size=20), st.text(max_size=6))
def test_finding_never_fails_and_marks_what_it_found(names: list[str], query: str) -> None:
    """For any names; narrowing gives what a fresh look gives."""
    finder = Finder((name, [name], []) for name in names)
    for end in range(len(query) + 1):
        hits = finder.find(query[:end])
        again = Finder((name, [name], []) for name in names).find(query[:end])
        assert [hit.item for hit in hits] == [hit.item for hit in again]
        assert all(0 <= at < len(hit.item) for hit in hits for at in hit.at)


def at(clock: str) -> datetime:
    """Return a time of a day."""
    return datetime.fromisoformat(f"2026-03-08T{clock}").astimezone()
