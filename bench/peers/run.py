"""The work items W1, W2, W3, W5 and W6 for Hongyan beside other people's clients, against the same emulator over TLS.

`python bench/peers/run.py [--quick]`. Each client runs in a process of its own and measures itself; the emulator runs in
another, and its CPU is told too, since it may be what limits. Rivals are measured where `make clients` has installed
them. CPU is user and system, of the whole process from its start where not said otherwise.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HERE = Path(__file__).resolve().parent
ENVIRONMENTS = HERE.parents[1] / ".clients"
DRIVERS = HERE.parents[1] / "tests" / "clients" / "child"
PATIENCE_S = 120.0
STRANGE = ("PROXY", "_CA_", "CERT", "PYTHON", "NODE_")


@dataclass(frozen=True)
class Peer:
    """A client: how to start it, and what its environment must say."""

    name: str
    command: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()


def peers() -> list[Peer]:
    """Return Hongyan and the rivals that are installed; say of the others that they are not."""
    found = [Peer("hongyan", (sys.executable, str(HERE / "ours.py")))]
    python, node = ENVIRONMENTS / "itchat" / "bin" / "python", ENVIRONMENTS / "node" / "bin" / "node"
    if python.exists():
        found.append(
            Peer("itchat", (str(python), str(HERE / "itchat_peer.py")), (("PYTHONPATH", str(DRIVERS)),))
        )
    carried = str(node) if node.exists() else shutil.which("node")
    if carried and (ENVIRONMENTS / "wechat4u").exists():
        command = (carried, "--require", str(DRIVERS / "preload.js"), str(HERE / "wechat4u_peer.js"))
        found.append(Peer("wechat4u", command, (("HONGYAN_PACKAGES", str(ENVIRONMENTS / "wechat4u")),)))
    for name in {"itchat", "wechat4u"} - {peer.name for peer in found}:
        print(f"{name} is not installed (make clients): left out")
    return found


class Talker:
    """A child process that takes lines and answers in JSON lines."""

    def __init__(self, process: asyncio.subprocess.Process, errors: Path) -> None:
        self._process = process
        self._errors = errors

    async def told(self) -> dict[str, Any]:
        """Return the next line."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process ended by itself:\n" + self._errors.read_text()[-2_000:])
        said: dict[str, Any] = json.loads(line)
        return said

    async def ask(self, line: object) -> dict[str, Any]:
        """Give an order and return the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(line).encode() + b"\n")
        return await self.told()

    def used(self) -> float:
        """Return the CPU seconds of the process so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.asynccontextmanager
async def child(*command: str, folder: Path, environment: dict[str, str]) -> AsyncIterator[Talker]:
    """Run a program and end it by its process id."""
    inherited = {n: v for n, v in os.environ.items() if not any(part in n.upper() for part in STRANGE)}
    log = folder / f"errors-{Path(command[-4]).name}"
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=inherited | environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            limit=1 << 24,
        )
    try:
        yield Talker(process, log)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@contextlib.asynccontextmanager
async def table(
    peer: Peer, friends: int, groups: int
) -> AsyncIterator[tuple[Talker, Talker, dict[str, Any]]]:
    """Run the service and a client of it; give both and what the client told when it was ready."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = {"PYTHONPATH": os.environ.get("PYTHONPATH", "")}
        serve = (sys.executable, str(HERE / "service.py"), str(friends), str(groups), name)
        async with child(*serve, folder=folder, environment=ours) as service:
            where = await service.told()
            environment = where["environment"] | (ours if peer.name == "hongyan" else {})
            begun = time.monotonic()
            arguments = (*peer.command, where["origin"], name, str(groups), str(friends))
            async with child(
                *arguments, folder=folder, environment=environment | dict(peer.environment)
            ) as client:
                ready = await client.told()
                codes = (await service.ask({"cpu": True}))["codes"]
                yield service, client, ready | {"to_code": codes[0] - begun}


async def login(peer: Peer, friends: int, groups: int) -> dict[str, float]:
    """W1: from the process's start until all friends and the members of all groups are there."""
    async with table(peer, friends, groups) as (service, _, ready):
        assert ready["friends"] >= friends, ready
        assert ready["full"] == groups, ready
        served = (await service.ask({"cpu": True}))["cpu"]
    return {
        "cpu_s": ready["cpu"],
        "peak_mb": ready["peak"],
        "emulator_s": served,
        "to_code_s": ready["to_code"],
    }


async def drain(peer: Peer, count: int) -> dict[str, float]:
    """W2: texts that are all there before the clock starts, 50 a sync."""
    async with table(peer, 200, 10) as (service, client, _):
        await client.ask(count)
        before = (await service.ask({"cpu": True}))["cpu"]
        told = await service.ask({"say": count, "at": 0})
        begun, mid = told["now"], (await service.ask({"cpu": True}))["cpu"]
        done = await client.told()
        after = (await service.ask({"cpu": True}))["cpu"]
    assert done["distinct"] == count, done
    return {
        "cpu_us": done["spent"] / count * 1e6,
        "per_s": count / (done["at"][-1] - begun),
        "peak_mb": done["peak"],
        "emulator_us": (after - max(before, mid)) / count * 1e6,
    }


async def latency(peer: Peer, count: int) -> dict[str, float]:
    """W3: single texts, one each 100 ms, from the order until the handler has it."""
    said = []
    async with table(peer, 200, 0) as (service, client, _):
        await client.ask(count)
        for number in range(count):
            await asyncio.sleep(0.1)
            said.append(time.monotonic())
            await service.ask({"say": 1, "at": number})
        done = await client.told()
    waits = sorted((at - begun) * 1000 for begun, at in zip(said, done["at"], strict=True))
    return {"p50_ms": waits[len(waits) // 2], "p95_ms": waits[int(len(waits) * 0.95)], "max_ms": waits[-1]}


async def growth(peer: Peer, idle_s: float, count: int) -> dict[str, float]:
    """W5: at rest, and after so many more texts."""
    async with table(peer, 200, 0) as (service, client, _):
        await asyncio.sleep(2)
        before = client.used()
        await asyncio.sleep(idle_s)
        idle_cpu = client.used() - before
        sizes = []
        for at in range(0, count, 5_000):
            sizes.append((await client.ask(5_000))["rss"])
            await service.ask({"say": 5_000, "at": at})
            sizes.append((await client.told())["rss"])
    return {
        "idle_mb": sizes[0],
        "idle_cpu_pct": idle_cpu / idle_s * 100,
        "growth_mb": sizes[-1] - sizes[0],
        "last_half_mb": sizes[-1] - sizes[len(sizes) // 2],
    }


def imports() -> float:
    """Return how many seconds `python -c 'import aiohttp'` takes."""
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", "import aiohttp"], check=True)
    return time.monotonic() - begun


def medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    """Return the median of each figure."""
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


def show(item: str, figures: dict[str, dict[str, float]], key: str) -> None:
    """Print an item's figures and the ratio of ours to each rival's."""
    ours = figures["hongyan"]
    for name, each in figures.items():
        told = ", ".join(f"{what} {value:.4g}" for what, value in each.items())
        ratio = "" if name == "hongyan" else f"; ours/theirs by {key}: {ours[key] / each[key]:.2f}"
        print(f"{item} {name:9} {told}{ratio}", flush=True)


async def main(*, quick: bool) -> None:
    """Run every item, the clients in turn, and print medians."""
    found = peers()
    rounds = 1 if quick else 3
    big, small = ((2_000, 100), 2_000) if quick else ((10_000, 500), 10_000)
    logins = {p.name: medians([await login(p, *big) for _ in range(rounds)]) for p in found}
    show(f"W1 login, {big[0]} friends, {big[1]} groups:", logins, "cpu_s")
    drains = {p.name: medians([await drain(p, small) for _ in range(rounds)]) for p in found}
    show(f"W2 drain of {small}:", drains, "cpu_us")
    waits = {p.name: await latency(p, 30 if quick else 200) for p in found}
    show("W3 latency:", waits, "p50_ms")
    sizes = {p.name: await growth(p, 5 if quick else 30, 5_000 if quick else 50_000) for p in found}
    show("W5 idle and growth:", sizes, "idle_mb")
    floor = statistics.median(imports() for _ in range(5))
    ratio = logins["hongyan"]["to_code_s"] / floor
    print(
        f"W6 start to login code: {logins['hongyan']['to_code_s'] * 1000:.0f} ms, {ratio:.2f} times import aiohttp"
    )


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true")
    asyncio.run(main(quick=arguments.parse_args().quick))
