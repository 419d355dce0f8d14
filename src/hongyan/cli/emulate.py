"""``hongyan emulate``: runs the emulator as a program, with a world, a phone, and the front ends that were asked for."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hongyan.cli.streams import is_gone
from hongyan.errors import StorageError, UsageError
from hongyan.settings import DEFAULT_ORIGIN

if TYPE_CHECKING:
    from hongyan.emulator.faults import Fault
    from hongyan.emulator.real_hosts import RealHosts
    from hongyan.emulator.serve import ServeSettings
    from hongyan.emulator.server import Emulator

__all__ = ["emulate"]

_ORIGIN_PORT = int(DEFAULT_ORIGIN.rpartition(":")[2])
_REAL_HOSTS_PORT = 8443
_LONGEST_WAIT = 3600
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EBADF}


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on (loopback recommended)."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"Port [{_ORIGIN_PORT}, or {_REAL_HOSTS_PORT}]; 0: a free one.",
)
@click.option("--auth", type=click.Choice(["real", "strict", "lax"]), default="real", show_default=True)
@click.option(
    "--world",
    type=click.Path(),
    metavar="FILE",
    help="World file (TOML), or: demo. Default: a generated world.",
)
@click.option("--seed", default=0, show_default=True, help="Seed of the generated world.")
@click.option(
    "--friends",
    default=30,
    show_default=True,
    type=click.IntRange(0, 10_000),
    help="Number of generated friends.",
)
@click.option(
    "--groups", default=6, show_default=True, type=click.IntRange(0, 500), help="Number of generated groups."
)
@click.option(
    "--members", default=12, show_default=True, type=click.IntRange(2, 500), help="Members of each group."
)
@click.option(
    "--state",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep logins and messages.",
)
@click.option(
    "--poll", "poll_seconds", default=25.0, show_default=True, help="Seconds that a long poll is held."
)
@click.option(
    "--auto-scan",
    is_flag=False,
    flag_value=0.5,
    type=float,
    metavar="[SECONDS]",
    help="Scan and confirm login codes automatically.",
)
@click.option("--real-hosts", is_flag=True, help="Act as wx.qq.com and related hosts (TLS server and proxy).")
@click.option(
    "--ca-dir",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the test certificate authority.",
)
@click.option(
    "--faults",
    multiple=True,
    metavar="ORDER",
    help="Misbehave, e.g. 'cut endpoint=webwxsync value=0.6 count=3'; repeatable (docs/emulator.md).",
)
@click.option(
    "--until-eof", is_flag=True, help="End with standard input, and so with the program that started it."
)
@click.option("--json", "-j", "as_json", is_flag=True, help="Print the addresses as one JSON object.")
def emulate(
    host: str,
    port: int | None,
    auth: str,
    world: str | None,
    seed: int,
    friends: int,
    groups: int,
    members: int,
    state: Path | None,
    poll_seconds: float,
    auto_scan: float | None,
    ca_dir: Path | None,
    faults: tuple[str, ...],
    *,
    real_hosts: bool,
    until_eof: bool,
    as_json: bool,
) -> int:
    """Run an emulator of Web WeChat until it is stopped.

    Clients of this program connect to it by default. For other clients use --real-hosts (docs/old-bots.md).
    Control the phone and faults over HTTP at /_control/.

    On a terminal it is a console: `NAME: text` writes to the account as one of its people, and what a client sends is
    printed. `hongyan say NAME TEXT` does the same from another terminal.
    """
    from hongyan.emulator.console import is_used
    from hongyan.emulator.serve import GeneratedWorld, ServeSettings

    _require_usable(world, ca_dir, real_hosts=real_hosts)
    _require_seconds({"--poll": poll_seconds, "--auto-scan": auto_scan or 0.0})
    if host not in {"127.0.0.1", "::1", "localhost"}:
        click.echo("Warning: anyone who can reach this address can use the emulated accounts.", err=True)
    settings = ServeSettings(
        world_file=Path(world) if world not in {None, "demo"} else None,
        generated=None if world else GeneratedWorld(seed, friends, groups, members),
        auth=auth,
        host=host,
        port=0 if real_hosts else _ORIGIN_PORT if port is None else port,
        state=state,
        poll_seconds=poll_seconds,
        auto_scan=auto_scan,
        ca_dir=ca_dir.absolute() if real_hosts and ca_dir else None,  # shells in other folders use it
        faults=_orders(faults),
        real_port=_REAL_HOSTS_PORT if port is None else port,
        console=is_used() and not as_json,
        until_eof=until_eof,
        announce=_tell_as_json if as_json else _tell,
    )
    _serve_until_stopped(settings)
    return 0


def _require_usable(world: str | None, ca_dir: Path | None, *, real_hosts: bool) -> None:
    if real_hosts and ca_dir is None:
        raise UsageError("--real-hosts needs --ca-dir", "Name a private folder for the authority.")
    if world not in {None, "demo"} and not Path(world or "").is_file():
        raise UsageError(f"no world file {world!r}", "Give a TOML file (docs/worlds.md), or: demo...")


def _require_seconds(given: dict[str, float]) -> None:
    for name, seconds in given.items():
        if not 0 <= seconds <= _LONGEST_WAIT:  # not a number is neither
            raise UsageError(f"{name} {seconds} is not a number of seconds from 0 to {_LONGEST_WAIT}")


def _serve_until_stopped(settings: ServeSettings) -> None:
    """Run the service, and report what keeps it from running as errors of the command line."""
    from hongyan.emulator.serve import serve
    from hongyan.emulator.worlds import BadWorld

    try:
        asyncio.run(serve(settings))
    except BadWorld as problem:
        raise UsageError(str(problem), "How worlds are written: docs/worlds.md") from problem
    except sqlite3.Error as problem:
        raise StorageError(f"the emulator cannot keep its state in {settings.state}: {problem}") from problem
    except OSError as problem:
        # if the disk or the output is the cause, it is neither the port nor the folder
        if is_gone(problem) or problem.errno in _DISK:
            raise
        raise UsageError(
            f"cannot start: {_in_the_way(problem, settings)}",
            "Choose another --port (0 for a free one) or another folder.",
        ) from problem


def _in_the_way(problem: OSError, settings: ServeSettings) -> str:
    if problem.errno == errno.EADDRINUSE:
        ports = {settings.port, settings.real_port if settings.ca_dir else 0} - {0}
        return f"port {' or '.join(map(str, sorted(ports)))} is taken, perhaps by another emulator"
    return str(problem)


def _orders(lines: tuple[str, ...]) -> list[Fault]:
    from hongyan.emulator.faults import parse_order
    from hongyan.emulator.server import ENDPOINTS

    try:
        orders = [parse_order(line) for line in lines]
    except ValueError as problem:
        raise UsageError(f"--faults: {problem}", "docs/emulator.md has the table of faults.") from problem
    for order in orders:
        if order.endpoint not in {"*", *ENDPOINTS}:
            raise UsageError(
                f"--faults: there is no endpoint {order.endpoint!r}", f"There are: {', '.join(ENDPOINTS)}."
            )
    return orders


def _tell(service: Emulator, hosts: RealHosts | None) -> None:
    from hongyan.emulator.console import HINT, is_used

    me = service.accounts[0].world.me.nickname
    click.echo(
        f"Web WeChat emulator at {service.origin}\naccount: {me}; phone and faults: {service.origin}/_control/"
    )
    if hosts is not None:
        click.echo(f"For other people's clients, in their shell:\n{hosts.exports()}", nl=False)
    world = service.accounts[0].world
    person = next((p.remark for p in world.people.values() if p.friend and p.remark), "NAME")
    where = "" if service.origin == DEFAULT_ORIGIN else f" --server {service.origin}"
    click.echo(HINT if is_used() else f'Write to it as a person: hongyan say "{person}" "ping"{where}')


def _tell_as_json(service: Emulator, hosts: RealHosts | None) -> None:
    reported: dict[str, object] = {
        "schema": 1,
        "origin": service.origin,
        "control": f"{service.origin}/_control/",
        "pid": os.getpid(),
    }
    if hosts is not None:
        reported["environment"] = hosts.environment()
    click.echo(json.dumps(reported))
