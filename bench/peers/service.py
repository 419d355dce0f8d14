"""The emulator as a process of its own, for the peers to be measured against: over TLS, with orders on standard input.

`python service.py FRIENDS GROUPS FOLDER`. First line out: where it is and what a client's environment must say. Orders and
answers are JSON lines: `{"say": N, "at": F}` lets N texts come in, numbered from F; `{"cpu": true}` asks for its own CPU
seconds; `{"codes": true}` asks when (monotonic seconds) login codes were asked for.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from hongyan.emulator import Emulator, Group, Member, Person, RealHosts, World
from hongyan.emulator.certificate_authority import REAL_NAMES

MEMBERS = 40
IN_GROUPS = 3  # of ten messages
ME = Person("wxid_goose000000001", "鸿雁")


def crowd(friends: int, groups: int) -> World:
    """Return an account with so many friends, and saved groups of 40."""
    people = [Person(f"wxid_f{n:013d}", f"朋友{n}") for n in range(friends)]
    rooms = [
        Group(
            f"{n:08d}@chatroom",
            f"群{n}",
            people[n * 37 % friends].id,
            [Member(ME.id), *(Member(people[(n * 37 + k) % friends].id) for k in range(MEMBERS - 1))],
            saved=True,
        )
        for n in range(groups)
    ]
    helper = Person("filehelper", "文件传输助手", friend=False)
    return World(ME, {p.id: p for p in (*people, helper)}, {g.id: g for g in rooms})


def say(service: Emulator, world: World, first: int, count: int) -> None:
    """Let texts come in, seven of ten from friends in turn and three in groups."""
    friends = [p for p in world.people.values() if p.id != "filehelper"]
    rooms = list(world.groups.values())
    for number in range(first, first + count):
        room = rooms[number % len(rooms)] if rooms and number % 10 < IN_GROUPS else None
        who = room.members[1 + number % (MEMBERS - 1)].id if room else friends[number % len(friends)].id
        service.person(who).says(f'第{number}条 你好😀 <b> & "quoted"', room.id if room else None)


async def watch_codes(service: Emulator, seen: list[float]) -> None:
    """Note the moments at which login codes are asked for, to a millisecond."""
    count = service.faults.add("delay", "jslogin", 0.0, count=None)
    while True:
        if len(seen) < count.hits:
            seen.append(time.monotonic())
        await asyncio.sleep(0.001)


async def confirm(service: Emulator) -> None:
    """Scan and confirm whatever code is shown."""
    while True:
        service.phone.confirm()
        await asyncio.sleep(0.2)


async def obey(service: Emulator, world: World) -> None:
    """Carry out orders until there are no more."""
    codes: list[float] = []
    working = [asyncio.create_task(watch_codes(service, codes)), asyncio.create_task(confirm(service))]
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    async for line in reader:
        order = json.loads(line)
        answer: dict[str, object] = {"cpu": time.process_time(), "codes": codes, "now": time.monotonic()}
        if "say" in order:
            say(service, world, order["at"], order["say"])
        print(json.dumps(answer), flush=True)
    for task in working:
        task.cancel()


async def main(friends: int, groups: int, folder: Path) -> None:
    """Serve."""
    world = crowd(friends, groups)
    async with (
        Emulator(world, poll_seconds=25.0, contact_page=3_000) as service,
        RealHosts(service.server, folder / "ca") as hosts,
    ):
        environment = {"HONGYAN_NAMES": ",".join(REAL_NAMES), "HONGYAN_PORT": str(hosts.port)}
        door = await asyncio.get_running_loop().create_server(
            service.server, "127.0.0.1", 0, ssl=hosts.authority.context()
        )
        told = {
            "origin": f"https://127.0.0.1:{door.sockets[0].getsockname()[1]}",
            "environment": environment | hosts.authority.environment(),
        }
        print(json.dumps(told), flush=True)
        await obey(service, world)
        door.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
