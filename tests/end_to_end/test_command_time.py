"""``--timeout`` bounds a whole command: the login, the contacts and the server's word together."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest

from hongyan.assemble import open_account
from hongyan.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.emulator import Emulator

HANGS = ["webwxgetcontact", "webwxsync", "webwxbatchgetcontact", "webwxsendmsg"]


async def send(service: Emulator, home: Path, *more: str) -> tuple[int, str]:
    """Run the command as a program and return its exit code and what it complained of."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hongyan", "send", "Alice", "hello", "--server", service.origin),
        *("--home", str(home), "--no-pace", "--lang", "en", *more),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        _, said = await child.communicate()
    return child.returncode or 0, said.decode()


@pytest.mark.parametrize("endpoint", HANGS)
async def test_a_server_that_says_nothing_costs_no_more_than_was_given(
    service: Emulator, tmp_path: Path, endpoint: str
) -> None:
    """Whichever answer stays away, the command ends with "no answer", in a sentence."""
    service.phone.confirm()
    settings = Settings(server=service.origin, home=str(tmp_path), pace=False)
    if endpoint in {"webwxsync", "webwxsendmsg"}:  # a login that stands; else one whose list was never read
        async with open_account(settings) as account:
            await account.ready(20)
    else:
        service.faults.add("hang", endpoint, count=None)
        async with open_account(settings):
            pass
    service.faults.clear()
    service.faults.add("hang", endpoint, count=None)
    code, said = await send(service, tmp_path, "--timeout", "3")
    assert code == 8, said
    assert "Traceback" not in said
    assert said.startswith("hongyan: ")


async def test_what_is_given_is_enough_where_all_answers(service: Emulator, tmp_path: Path) -> None:
    """The same command, unhindered."""
    service.phone.confirm()
    async with open_account(Settings(server=service.origin, home=str(tmp_path), pace=False)) as account:
        await account.ready(20)
    code, said = await send(service, tmp_path, "--timeout", "30")
    assert (code, said) == (0, "")
