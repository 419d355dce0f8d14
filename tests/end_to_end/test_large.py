"""Large address books and large files, with memory measured."""

from __future__ import annotations

import asyncio
import hashlib
import sys
from typing import TYPE_CHECKING

import pytest

from hongyan.assemble import open_account
from hongyan.emulator import Emulator, Group, Member, Person, World, compose
from hongyan.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

FRIENDS, GROUPS, MEMBERS = 10_000, 500, 40


def crowd() -> World:
    """Return somebody with very many friends and groups, one group in ten saved."""
    me = Person("wxid_goose000000001", "鸿雁")
    people = [
        Person(f"wxid_f{n:013d}", f"朋友{n}", remark=f"备注{n}" if n % 3 == 0 else "") for n in range(FRIENDS)
    ]
    groups = [
        Group(
            f"{n:08d}@chatroom",
            f"群{n}",
            people[n].id,
            [Member(me.id), *(Member(people[(n * 37 + k) % FRIENDS].id) for k in range(MEMBERS - 1))],
            saved=n % 10 == 0,
        )
        for n in range(GROUPS)
    ]
    return World(me, {p.id: p for p in people}, {g.id: g for g in groups})


async def test_ten_thousand_contacts_and_five_hundred_groups_are_all_there(tmp_path: Path) -> None:
    """Paged lists and batches, groups with all their members; a second start has them without asking."""
    async with Emulator(crowd(), auth="strict", poll_seconds=1.0, contact_page=3_000) as service:
        settings = Settings(profile="crowd", server=service.origin, home=str(tmp_path), pace=False)
        service.phone.confirm()
        async with open_account(settings) as account:
            await account.ready(40)
            assert len(account.contacts()) == FRIENDS
            assert len(account.groups()) == GROUPS
            assert all(g.contact.members and len(g.contact.members) == MEMBERS for g in account.groups())
            assert account.find("备注9999").contact.nickname == "朋友9999"
        async with open_account(settings, may_ask=False) as account:
            await account.ready(5)
            assert (len(account.contacts()), len(account.groups())) == (FRIENDS, GROUPS)


MIB = 1 << 20
SIZE = 100 * MIB

CHILD = """
import asyncio, gc, hashlib, resource, sys
from pathlib import Path
from hongyan.assemble import open_account
from hongyan.settings import Settings
from hongyan.model.ids import Seq


def held():
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


async def peak(work):
    highest = held()
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.wait([task], timeout=0.02)
        highest = max(highest, int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize())
    return highest, task.result()


async def main(origin, home, source):
    settings = Settings(profile="big", server=origin, home=home, pace=False)
    async with open_account(settings) as account:
        await account.ready(20)
        alice = account.find("Alice")
        small = Path(home) / "small.bin"
        small.write_bytes(bytes(2_000_000))
        await (await account.send(alice, small)).accepted(20)
        before = held()
        highest, receipt = await peak(account.send(alice, Path(source)))
        up, _ = await peak(receipt.accepted(60))
        print("up", max(highest, up) - before, flush=True)
        async for recorded in account.events(after=Seq(0)):
            incoming = account.incoming(recorded)
            if incoming is not None and incoming.message.kind == "file":
                break
        before = held()
        down, path = await peak(account.fetch(recorded))
        print("down", down - before, flush=True)
        print("sha256", await asyncio.to_thread(lambda: hashlib.file_digest(path.open("rb"), "sha256").hexdigest()))


asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.skipif(sys.platform != "linux", reason="reads its memory from /proc")
async def test_a_hundred_megabytes_go_up_and_down_in_little_memory(tmp_path: Path) -> None:
    """With every third chunk failing once; a child process measures itself."""
    source = tmp_path / "big.bin"
    with source.open("wb") as file:
        for n in range(SIZE // MIB):
            file.write(hashlib.sha256(str(n).encode()).digest() * (MIB // 32))
    people = {
        p.id: p
        for p in (Person("wxid_alice000000001", "Alice"), Person("filehelper", "文件传输助手", friend=False))
    }
    async with Emulator(
        World(Person("wxid_goose000000001", "鸿雁"), people), auth="strict", poll_seconds=1.0
    ) as service:
        service.phone.confirm()
        failing = [service.faults.add("status", "webwxuploadmedia", 503, skip=2) for _ in range(25)]
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            CHILD,
            service.origin,
            str(tmp_path),
            str(source),
            stdout=asyncio.subprocess.PIPE,
        )
        heard = await service.person("Alice").hears(timeout=50)
        heard = await service.person("Alice").hears(timeout=50)
        media = service.media.find(heard.media["full"])
        assert media is not None
        assert media.size == SIZE
        service.person("Alice").sends(_file_message(media.media_id))
        assert child.stdout is not None
        told = dict(line.split() for line in (await child.stdout.read()).decode().splitlines())
        assert await child.wait() == 0
    assert told["sha256"] == digest_of(source)
    assert all(fault.hits for fault in failing)
    assert int(told["up"]) < 8 * MIB
    assert int(told["down"]) < 8 * MIB


def digest_of(path: Path) -> str:
    """Return a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _file_message(media_id: str) -> compose.Composed:
    xml = (
        f"<msg><appmsg><title>big.bin</title><type>6</type><appattach><totallen>{SIZE}</totallen>"
        f"<attachid>{media_id}</attachid><fileext>bin</fileext></appattach></appmsg></msg>"
    )
    fields = {
        "AppMsgType": 6,
        "FileName": "big.bin",
        "FileSize": str(SIZE),
        "MediaId": media_id,
        "EncryFileName": "big.bin",
    }
    return compose.Composed(49, compose.escaped(xml), fields=fields)
