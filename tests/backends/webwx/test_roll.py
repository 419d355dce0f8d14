"""The contact list page by page: whole, short, in circles."""

from __future__ import annotations

from typing import Any

import pytest

from hongyan.backends.webwx.roll import Roll
from hongyan.model.contacts import ContactChange, ContactKind
from hongyan.model.ids import TransientName
from hongyan.webwx.parse import ContactsAnswer


def page(first: int, count: int, *, seq: int = 0, says: int | None = None, **more: Any) -> ContactsAnswer:
    """Return a page with ``count`` people from ``first`` on, which says that it has ``says``."""
    people = tuple(
        ContactChange(name=TransientName(f"@{n}"), kind=ContactKind.FRIEND)
        for n in range(first, first + count)
    )
    return ContactsAnswer(ret=0, contacts=people, count=count if says is None else says, seq=seq, **more)


def read(*pages: ContactsAnswer) -> Roll:
    """Take pages as a careful reader does: asked again while something speaks against one."""
    roll = Roll()
    for one in pages:
        for _ in range(4):
            if not roll.lacks(one):
                break
        roll.take(one)
    return roll


def test_a_list_of_pages_ends_where_no_other_follows() -> None:
    """Whatever the last page's figure."""
    roll = read(page(0, 25, seq=1), page(25, 25, seq=2), page(50, 3))
    assert (roll.have, roll.ended, roll.missing) == (53, True, "")


def test_the_figure_may_be_that_of_all() -> None:
    """Some servers tell on every page how many there are; then a short page is asked for again only once."""
    roll = Roll()
    first = page(0, 25, seq=1, says=53)
    assert [bool(roll.lacks(first)) for _ in range(3)] == [True, True, False]
    roll.take(first)
    second = page(25, 25, seq=2, says=53)
    assert not roll.lacks(second)
    roll.take(second)
    last = page(50, 3, says=53)
    assert not roll.lacks(last)
    roll.take(last)
    assert (roll.ended, roll.missing) == (True, "")


@pytest.mark.parametrize(
    "short",
    [
        page(25, 13, says=28),
        page(25, 13, seq=0, rung="cut"),
        page(25, 13, says=0, figures=False, seq=0),
        page(0, 0),
    ],
)
def test_a_short_page_is_asked_for_again(short: ContactsAnswer) -> None:
    """And what comes whole the second time is taken."""
    roll = Roll()
    roll.take(page(0, 25, seq=1))
    assert roll.lacks(short)
    whole = page(25, 28)
    assert not roll.lacks(whole)
    roll.take(whole)
    assert (roll.have, roll.missing) == (53, "")


def test_what_is_short_for_good_is_not_whole() -> None:
    """The figure that was told stands against it."""
    assert read(page(0, 25, seq=1), page(25, 13, says=40)).missing == "a page has 13 of 40 entries"
    assert read(page(0, 25, seq=1, says=60), page(25, 13, says=60)).missing == "38 of 60 received"
    assert read(page(0, 25, seq=1, rung="cut"), page(25, 13)).missing
    assert read(page(0, 0)).missing == "the list is empty"


@pytest.mark.parametrize("numbers", [range(1, 9), [1, 1, 1], [1, 2, 1, 2]])
def test_pages_that_bring_nobody_new_are_left(numbers: list[int]) -> None:
    """Under ever new numbers or old ones: it ends, and is not called whole."""
    roll = Roll()
    taken = 0
    for number in numbers:
        if roll.ended:
            break
        roll.take(page(0, 25, seq=number))
        taken += 1
    assert roll.ended
    assert taken <= 3
    assert "circles" in roll.missing


def test_some_servers_end_by_leading_back() -> None:
    """openwechat stops where Seq repeats: a page with new people that leads back is the last."""
    roll = read(page(0, 25, seq=1), page(25, 25, seq=1))
    assert (roll.have, roll.ended, roll.missing) == (50, True, "")
