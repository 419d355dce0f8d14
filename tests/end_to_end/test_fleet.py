"""Many accounts in one program, with one database for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.assemble import open_fleet
from hongyan.emulator import Emulator, Person, World
from hongyan.model.ids import Seq
from hongyan.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.model.login_progress import LoginProgress

COUNT = 5


def worlds() -> list[World]:
    """Return accounts that each have a friend of their own."""
    return [
        World(
            Person(f"wxid_me{n:012}", f"Me {n}"),
            {f"wxid_friend{n:08}": Person(f"wxid_friend{n:08}", f"Friend {n}")},
        )
        for n in range(COUNT)
    ]


async def test_each_account_of_a_fleet_keeps_to_itself(tmp_path: Path) -> None:
    """Each hears its own friend and sends as itself; a second start needs no code."""
    async with Emulator(worlds(), auth="strict", poll_seconds=2.0) as service:
        fleet = [
            Settings(profile=f"account-{n}", server=service.origin, home=str(tmp_path), pace=False)
            for n in range(COUNT)
        ]

        asked: set[str] = set()

        def confirm(settings: Settings, _: LoginProgress) -> None:
            if settings.profile not in asked:
                asked.add(settings.profile)
                service.phones[fleet.index(settings)].confirm()

        async with open_fleet(tmp_path / "fleet.db", fleet, on_login=confirm) as accounts:
            for number, account in enumerate(accounts):
                await account.ready(20)
                (friend,) = account.contacts()
                assert friend.name == f"Friend {number}"
                service.person(f"Friend {number}").says(f"to {number}")
                async for recorded in account.events(after=Seq(0)):
                    if (
                        incoming := account.incoming(recorded)
                    ) is not None and incoming.message.kind == "text":
                        break
                assert incoming is not None
                await (await incoming.reply(f"from {number}")).accepted(10)
                assert (await service.person(f"Friend {number}").hears()).text == f"from {number}"
        async with open_fleet(tmp_path / "fleet.db", fleet, may_ask=False) as accounts:
            assert [account.contacts()[0].name for account in accounts] == [
                f"Friend {number}" for number in range(COUNT)
            ]
