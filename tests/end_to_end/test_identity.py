"""A whole address book under new names: two logins of one profile, with people who called themselves something else."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

from hongyan.assemble import open_account
from hongyan.emulator import Emulator
from hongyan.emulator.generate import generate
from hongyan.model.commands import Logout
from hongyan.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.emulator import Person
    from hongyan.model.ids import ChatKey

FRIENDS, GROUPS = 2_000, 40


def profile(person: Person) -> tuple[object, ...]:
    """Return what somebody tells of themselves."""
    return (person.nickname, person.sex, person.province, person.city, person.signature)


def telling(people: list[Person], renamed: set[str]) -> list[str]:
    """Return the ids of those who can be told apart: by a remark, by their profile, or by both together.

    That somebody has no remark tells nothing: it may have been taken away.
    """
    remarks = Counter(person.remark for person in people)
    profiles, both = Counter(map(profile, people)), Counter((p.remark, profile(p)) for p in people)
    return [
        person.id
        for person in people
        if remarks[person.remark] == 1
        or (person.id not in renamed and profiles[profile(person)] == 1)
        or (person.id not in renamed and person.remark and both[person.remark, profile(person)] == 1)
    ]


async def met(service: Emulator, settings: Settings) -> dict[str, ChatKey]:
    """Log in, load everybody and log out; return the lasting keys by the emulator's own ids, which no client sees."""
    service.phone.confirm()
    async with open_account(settings) as account:
        await account.ready(40)
        names = service.accounts[0].living()[-1].names
        everybody = [*account.contacts(), *account.groups()]
        keys = {names.permanent(chat.contact.name) or "": chat.key for chat in everybody}
        await (await account.do(Logout())).settled(10)
    assert "" not in keys
    return keys


async def test_two_thousand_people_are_the_same_at_the_next_login(tmp_path: Path) -> None:
    """Nobody gets the key of another; of those who can be told apart at least 99 in 100 keep theirs, groups too."""
    world = generate(3, friends=FRIENDS, groups=GROUPS)
    chance = random.Random(3)
    friends = [person for person in world.people.values() if person.friend and person.id.startswith("wxid_")]
    async with Emulator(world, auth="strict", poll_seconds=1.0) as service:
        settings = Settings(profile="goose", server=service.origin, home=str(tmp_path), pace=False)
        first = await met(service, settings)
        moved = chance.sample(friends, FRIENDS // 20)
        apart = telling(friends, {person.id for person in moved})
        for person in moved:
            person.nickname += "改名"
        second = await met(service, settings)
    assert len(first) == len(second) >= FRIENDS + GROUPS
    owners = {key: permanent for permanent, key in first.items()}
    assert [p for p, key in second.items() if owners.get(key, p) != p] == []
    kept = {permanent for permanent, key in second.items() if first.get(permanent) == key}
    assert len(apart) > 0.8 * FRIENDS
    assert len(kept.intersection(apart)) >= 0.99 * len(apart)
    assert len(kept.intersection(world.groups)) >= GROUPS - 1
