"""Hongyan as a peer: logs in, is ready, counts texts in a handler; tells its figures as JSON lines.

`python ours.py ORIGIN FOLDER WITH_GROUPS`. A line on standard input `N` begins a stretch of N texts.
"""

from __future__ import annotations

import asyncio
import json
import resource
import ssl
import sys
import time
from pathlib import Path
from typing import Any


def cpu() -> float:
    """Return the CPU seconds of this process, user and system."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def memory(what: str) -> float:
    """Return a line of this process's status in MB: VmHWM or VmRSS."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1]) / 1024


def tell(**figures: Any) -> None:
    """Write figures."""
    print(json.dumps(figures | {"cpu": cpu(), "peak": memory("VmHWM"), "rss": memory("VmRSS")}), flush=True)


async def main(origin: str, folder: str) -> None:
    """Be ready, then count."""
    from hongyan import Settings, open_account

    tls = ssl.create_default_context()
    tls.check_hostname = False  # the certificate names the real hosts, this is the loopback address
    settings = Settings(profile="peer", server=origin, home=folder, pace=False)
    async with open_account(settings, tls=tls) as account:
        await account.ready(60)
        full = sum(bool(group.contact.members) for group in account.groups())
        tell(ready=time.monotonic(), friends=len(account.contacts()), full=full)
        feed = account.events("handler")
        incoming = asyncio.ensure_future(anext(feed))
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
        )
        while line := await lines.readline():
            count, before, texts, at = int(line), cpu(), list[str](), list[float]()
            tell(begun=True)
            while len(texts) < count:
                message = account.incoming(await incoming)
                if message is not None and message.message.kind == "text":
                    texts.append(message.message.text)
                    at.append(time.monotonic())
                incoming = asyncio.ensure_future(anext(feed))
            tell(spent=cpu() - before, distinct=len(set(texts)), at=at if count <= 1_000 else at[-1:])


asyncio.run(main(*sys.argv[1:3]))
