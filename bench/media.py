"""A large file up with every third chunk failing once, and down with the answer cut off three times: time and memory.

`python bench/media.py [MEGABYTES]`. The client is a child process that measures itself; the emulator runs here. The goal is
byte-identical files and under 8 MB of extra memory, whatever their size.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
import tempfile
from pathlib import Path

from hongyan.emulator import Emulator, Person, World, compose

MIB, CHUNK = 1 << 20, 512 << 10
CLIENT = """
import asyncio, gc, hashlib, json, resource, sys, time
from pathlib import Path
from hongyan import Settings, open_account
from hongyan.model.ids import Seq

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

async def measured(work):
    gc.collect()
    before, begun, highest = held(), time.monotonic(), 0
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.wait([task], timeout=0.01)
        highest = max(highest, held())
    return task.result(), {"seconds": time.monotonic() - begun, "extra_mb": (highest - before) / 1e6}

async def main(origin, home, source):
    async with open_account(Settings(profile="big", server=origin, home=home, pace=False)) as account:
        await account.ready(20)
        alice = account.find("Alice")
        await (await account.send(alice, Path(__import__("sys").executable).resolve())).accepted(60)
        async def up():
            await (await account.send(alice, Path(source))).accepted(600)
        _, figures = await measured(up())
        print(json.dumps(figures), flush=True)
        async for recorded in account.events(after=Seq(0)):
            incoming = account.incoming(recorded)
            if incoming is not None and incoming.message.kind == "file":
                break
        path, figures = await measured(account.fetch(recorded))
        with path.open("rb") as file:
            figures["sha256"] = hashlib.file_digest(file, "sha256").hexdigest()
        print(json.dumps(figures), flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


def written(path: Path, megabytes: int) -> str:
    """Fill a file with bytes that do not repeat, and return its SHA-256."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for number in range(megabytes):
            piece = hashlib.sha256(str(number).encode()).digest() * (MIB // 32)
            file.write(piece)
            digest.update(piece)
    return digest.hexdigest()


def message(media_id: str, size: int) -> compose.Composed:
    """Return the message with which a file comes."""
    xml = (
        f"<msg><appmsg><title>big.bin</title><type>6</type><appattach><totallen>{size}</totallen>"
        f"<attachid>{media_id}</attachid><fileext>bin</fileext></appattach></appmsg></msg>"
    )
    fields = {"AppMsgType": 6, "FileName": "big.bin", "FileSize": str(size), "MediaId": media_id, "EncryFileName": "big.bin"}  # fmt: skip
    return compose.Composed(49, compose.escaped(xml), fields=fields)


async def main(megabytes: int) -> None:
    """Send it up, let it come down, and print what it took."""
    people = [Person("wxid_alice000000001", "Alice"), Person("filehelper", "文件传输助手", friend=False)]
    world = World(Person("wxid_goose000000001", "鸿雁"), {p.id: p for p in people})
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "big.bin"
        expected = written(source, megabytes)
        async with Emulator(world, auth="strict") as service:
            service.phone.confirm()
            arguments = (service.origin, folder, str(source))
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-c", CLIENT, *arguments, stdout=asyncio.subprocess.PIPE
            )
            assert child.stdout is not None
            await service.person("Alice").hears(
                timeout=120
            )  # a smaller one first: what is loaded once is not counted
            chunks = -(-megabytes * MIB // CHUNK)
            failing = [
                service.faults.add("status", "webwxuploadmedia", 503, skip=2) for _ in range(chunks // 3)
            ]
            heard = await service.person("Alice").hears(timeout=600)
            media = service.media.find(heard.media["full"])
            assert media is not None
            up = json.loads(await child.stdout.readline())
            for share in (0.25, 0.5, 0.5):
                service.faults.add("truncate", "webwxgetmedia", share)
            service.person("Alice").sends(message(media.media_id, media.size))
            down = json.loads(await child.stdout.readline())
            await child.wait()
            with service.media.path(media).open("rb") as file:
                arrived = hashlib.file_digest(file, "sha256").hexdigest()
    print(
        f"{megabytes} MB up, {sum(f.hits for f in failing)} of {chunks} chunks failed once: {up['seconds']:.1f} s, {up['extra_mb']:.1f} MB of extra memory, identical: {arrived == expected}"
    )
    print(
        f"{megabytes} MB down, cut off three times: {down['seconds']:.1f} s, {down['extra_mb']:.1f} MB of extra memory, identical: {down['sha256'] == expected}"
    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
