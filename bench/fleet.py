"""A thousand accounts in one process, their journals in one database, each in a long poll over TLS: memory and CPU.

`python bench/fleet.py [ACCOUNTS] [SECONDS]`. The emulator runs in a child process. What is measured is the growth of this
process from before the first account, and its CPU while nothing happens; the goal is 150 MB in all and 3 % of a core.
"""

from __future__ import annotations

import asyncio
import json
import resource
import ssl
import sys
import tempfile
import time
from pathlib import Path

SERVICE = """
import asyncio, json, sys
from pathlib import Path
from hongyan.emulator import Emulator, Person, RealHosts, World

async def main(count, folder):
    worlds = [
        World(Person(f"wxid_me{n:012}", f"Me {n}"), {f"wxid_friend{n:08}": Person(f"wxid_friend{n:08}", "Friend")})
        for n in range(count)
    ]
    async with Emulator(worlds, poll_seconds=25.0) as service, RealHosts(service.server, folder / "ca") as hosts:
        door = await asyncio.get_running_loop().create_server(
            service.server, "127.0.0.1", 0, ssl=hosts.authority.context(), backlog=2048
        )
        where = {"origin": f"https://127.0.0.1:{door.sockets[0].getsockname()[1]}", "ca": str(hosts.authority.certificate)}
        print(json.dumps(where), flush=True)
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        async for line in lines:
            service.phones[int(line)].confirm()

asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
"""


def memory() -> float:
    """Return this process's resident size in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


async def main(count: int, seconds: float) -> None:
    """Log everybody in, wait, and measure."""
    from hongyan.assemble import open_fleet
    from hongyan.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        service = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            SERVICE,
            str(count),
            folder,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert service.stdout is not None
            assert service.stdin is not None
            orders = service.stdin
            where = json.loads(await service.stdout.readline())
            tls = ssl.create_default_context(cafile=where["ca"])
            tls.check_hostname = False  # the certificate names the real hosts
            fleet = [
                Settings(profile=f"account-{n}", server=where["origin"], home=folder, pace=False)
                for n in range(count)
            ]
            asked: set[str] = set()

            def confirm(settings: Settings, _: object) -> None:
                if settings.profile not in asked:
                    asked.add(settings.profile)
                    orders.write(settings.profile.rpartition("-")[2].encode() + b"\n")

            before, begun = memory(), time.monotonic()
            async with open_fleet(Path(folder) / "fleet.db", fleet, on_login=confirm, tls=tls) as accounts:
                print(f"{count} logins in {time.monotonic() - begun:.0f} s", flush=True)
                for account in accounts:
                    await account.ready(60)
                await asyncio.sleep(5)
                cpu, begun = time.process_time(), time.monotonic()
                await asyncio.sleep(seconds)
                share = (time.process_time() - cpu) / (time.monotonic() - begun) * 100
                size = memory()
                print(
                    f"{size:.0f} MB ({(size - before) / count * 1000:.0f} KB an account), goal 150 MB for 1,000"
                )
                print(f"{share:.2f} % of a core idle over {seconds:.0f} s, goal 3 %")
        finally:
            service.kill()
            await service.wait()


if __name__ == "__main__":
    given = [float(argument) for argument in sys.argv[1:]]
    asyncio.run(main(int(given[0]) if given else 1_000, given[1] if len(given) > 1 else 60.0))
