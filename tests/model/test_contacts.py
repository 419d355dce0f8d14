"""What is known of a contact after a change was reported, and by what name it is shown."""

from __future__ import annotations

from typing import Any

import pytest

from hongyan.model.contacts import Contact, ContactChange, ContactKind, Member, Sex, merge
from hongyan.model.ids import TransientName

NAME = TransientName("@a")
KNOWN = Contact(
    name=NAME,
    kind=ContactKind.FRIEND,
    nickname="Alice",
    remark="Al",
    city="Oslo",
    starred=True,
    contact_flag=3,
)


def _merged(**told: Any) -> Contact:
    return merge(KNOWN, ContactChange(name=NAME, **told))


def test_somebody_new_is_a_stranger_unless_it_is_said() -> None:
    """And has the usual value where nothing was said."""
    new = merge(None, ContactChange(name=NAME, nickname="A", sex=Sex.FEMALE))
    assert (new.kind, new.nickname, new.sex, new.members) == (ContactKind.STRANGER, "A", Sex.FEMALE, None)
    assert merge(None, ContactChange(name=NAME, kind=ContactKind.GROUP)).is_group


def test_what_was_not_said_stays() -> None:
    """In a whole record as in a reduced one."""
    assert _merged(full=True) == _merged() == KNOWN


def test_a_whole_record_takes_over_with_empty_values() -> None:
    """Somebody who moved away has no city."""
    assert _merged(full=True, city="", starred=False, remark="") == Contact(
        name=NAME, kind=ContactKind.FRIEND, nickname="Alice", contact_flag=3
    )


@pytest.mark.parametrize(
    ("told", "city", "remark", "starred"),
    [
        ({"city": "Bergen"}, "Bergen", "Al", True),
        ({"city": "", "remark": "", "starred": False}, "Oslo", "Al", True),  # a stub: it has no flag
        ({"remark": "", "starred": False, "contact_flag": 0}, "Oslo", "Al", True),  # a stub, too
        ({"city": "", "remark": "", "starred": False, "contact_flag": 1}, "Oslo", "", False),
    ],
)
def test_a_reduced_record_clears_only_what_can_be_cleared(
    told: dict[str, Any], city: str, remark: str, starred: bool
) -> None:
    """A remark can be removed; flags count where the contact flag came with them."""
    merged = _merged(**told)
    assert (merged.city, merged.remark, merged.starred) == (city, remark, starred)


def test_a_group_without_a_flag_of_its_own_can_be_unmuted() -> None:
    """Zero is what the flag of a group usually is."""
    group = Contact(name=TransientName("@@g"), kind=ContactKind.GROUP, muted=True)
    assert not merge(group, ContactChange(name=group.name, muted=False, contact_flag=0)).muted


@pytest.mark.parametrize("full", [True, False])
def test_an_empty_list_of_members_clears_none(full: bool) -> None:
    """The service leaves members out more often than a group loses them all."""
    members = (Member(name=NAME, nickname="Alice"),)
    group = Contact(name=TransientName("@@g"), kind=ContactKind.GROUP, members=members, member_count=1)
    change = ContactChange(name=group.name, full=full, members=(), member_count=0)
    assert merge(group, change) == group


def test_the_name_that_is_shown_is_the_nearest_one() -> None:
    """My remark, the nickname, the members of a group without a name, else what the wire calls it."""
    bob, eve = (
        Member(name=TransientName("@b"), nickname="Bob", display_name="Bobby"),
        Member(name=TransientName("@e")),
    )
    cid = Member(name=TransientName("@c"), nickname="Cid")
    assert KNOWN.shown == "Al"
    assert _merged(full=True, remark="").shown == "Alice"
    assert Contact(name=NAME, kind=ContactKind.GROUP, members=(bob, eve, cid)).shown == "Bobby、Cid"
    assert Contact(name=NAME, kind=ContactKind.GROUP, members=(eve,)).shown == NAME


@pytest.mark.parametrize(("flag", "verified"), [(0, False), (8, False), (16, True), (24, True)])
def test_an_official_account_is_verified_by_one_bit(flag: int, verified: bool) -> None:
    """The others mean something else."""
    assert Contact(name=NAME, kind=ContactKind.OFFICIAL, verify_flag=flag).verified is verified
