"""A furnished account over a store in memory, and one that is logged in to an emulator with the real client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.assemble import open_account
from hongyan.emulator import Emulator, Group, Member, Person, World
from hongyan.settings import Settings

from .house import House

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from hongyan.client.account import Account


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Return an account whose friends and group are known, over a store in memory."""
    house = House(tmp_path)
    await house.furnish()
    yield house
    house.close()


def family() -> World:
    """Return the account's own person, three others, an official account and a group."""
    me = Person("wxid_goose000000001", "小灰")
    people = [
        Person("wxid_alice000000001", "Alice"),
        Person("wxid_bob00000000001", "Bob"),
        Person("wxid_carol000000001", "Carol", friend=False),
        Person("gh_0123456789ab", "MachineEvent", verify_flag=24),
    ]
    members = [Member(me.id, "灰灰"), Member(people[0].id), Member(people[1].id)]
    group = Group("11111111@chatroom", "家人", people[0].id, members, saved=True)
    return World(me, {p.id: p for p in people}, {group.id: group})


@pytest.fixture
async def service() -> AsyncIterator[Emulator]:
    """Run an emulator that demands everything to be right."""
    async with Emulator(family(), auth="strict", poll_seconds=2.0) as emulator:
        yield emulator


@pytest.fixture
def settings(service: Emulator, tmp_path: Path) -> Settings:
    """Return the settings of a profile on that emulator."""
    return Settings(profile="goose", server=service.origin, home=str(tmp_path), pace=False)


@pytest.fixture
async def account(service: Emulator, settings: Settings) -> AsyncIterator[Account]:
    """Return an account that is logged in and knows everybody."""
    service.phone.confirm()
    async with open_account(settings) as account:
        await account.ready(10)
        yield account
