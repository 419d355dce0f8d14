"""Worlds that are invented from a seed."""

from __future__ import annotations

import pytest

from hongyan.emulator.generate import generate


def test_the_same_seed_gives_the_same_world() -> None:
    """And another seed another one."""
    assert generate(1) == generate(1)
    assert set(generate(1).people) != set(generate(2).people)


@pytest.mark.parametrize("seed", range(5))
def test_a_small_world_has_what_clients_stumble_over(seed: int) -> None:
    """Equal nicknames, remarks, emoji, strangers in groups, chosen names there, saved, muted and pinned chats."""
    world = generate(seed)
    people, groups = list(world.people.values()), list(world.groups.values())
    friends = [each for each in people if each.friend and each.id.startswith("wxid_")]
    assert len(friends) == 30
    assert len({each.nickname for each in friends}) < 30
    assert any(each.remark for each in friends)
    assert any(ord(sign) > 0x10000 for each in friends for sign in each.nickname)
    assert any(not each.friend for each in people)
    assert any(member.display_name for room in groups for member in room.members)
    assert {room.saved for room in groups} == {room.muted for room in groups} == {True, False}
    assert any(room.pinned for room in groups)
    assert {each.pinned for each in friends} == {each.muted for each in friends} == {True, False}
    assert sum(each.verify_flag == 24 for each in people) == 4
    assert {"filehelper", "weixin", "fmessage"} < set(world.people)


def test_sizes_are_kept_and_everybody_exists() -> None:
    """Ids of the right length, every member known and in a group once, owner and account inside."""
    world = generate(7, friends=300, groups=40, members=60, officials=9)
    assert sum(each.id.startswith("gh_") for each in world.people.values()) == 9
    assert len(world.groups) == 40
    for room in world.groups.values():
        ids = [member.id for member in room.members]
        assert len(ids) == len(set(ids)) == 60
        assert {room.owner, world.me.id} <= set(ids)
        assert set(ids) - {world.me.id} <= set(world.people)
    assert all(len(each) in {15, 19} for each in world.people if each.startswith(("gh_", "wxid_")))


def test_a_large_world_is_possible() -> None:
    """10,000 contacts and 500 groups of 500."""
    world = generate(1, friends=9000, groups=500, members=500, officials=1000)
    assert sum(each.friend for each in world.people.values()) == 10_003
    assert sum(len(room.members) for room in world.groups.values()) == 250_000


@pytest.mark.parametrize("sizes", [{"friends": -1}, {"groups": -1}, {"members": 1}, {"officials": -1}])
def test_impossible_sizes_are_refused(sizes: dict[str, int]) -> None:
    """Nothing negative, and no group of one."""
    with pytest.raises(ValueError, match="at least two members"):
        generate(1, **sizes)


def test_a_world_without_friends_is_possible() -> None:
    """Its groups are full of strangers."""
    world = generate(1, friends=0, groups=2, members=5)
    assert all(len(room.members) == 5 for room in world.groups.values())
