"""Files on the emulator: fetched once, gone on with after a crash, given up on their way, never taken from elsewhere."""

from __future__ import annotations

import asyncio
import hashlib
import sys
from typing import TYPE_CHECKING

import pytest

from hongyan import Settings, join_account
from hongyan.emulator import compose
from hongyan.errors import UsageError
from hongyan.model.commands import CANCELLED, Outcome, SendFile
from hongyan.model.events import MessageReceived
from hongyan.model.ids import Seq
from hongyan.model.media_files import Verified

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.client.account import Account
    from hongyan.emulator import Emulator
    from hongyan.emulator.faults import Fault
    from hongyan.model.events import Recorded

    from .conftest import Opener

MOVIE = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 12_000  # 3 MB
CHUNK = 512 << 10

PROGRAM = """
import asyncio, sys
from pathlib import Path
from hongyan import Settings, open_account
from hongyan.model.ids import Seq

async def main(server, home, wish, what):
    async with open_account(Settings(profile="goose", server=server, home=home, pace=False)) as account:
        await account.ready(20)
        if wish == "send":
            await account.send(account.find("Alice"), Path(what))
        else:
            recorded = await anext(account.events(after=Seq(int(what) - 1)))
            asyncio.create_task(account.fetch(recorded))
        print("begun", flush=True)
        await asyncio.sleep(60)

asyncio.run(main(*sys.argv[1:]))
"""


async def struck(fault: Fault, count: int = 1) -> None:
    """Wait until a fault has struck so often."""
    async with asyncio.timeout(20):
        while fault.hits < count:
            await asyncio.sleep(0.02)


def counting(service: Emulator, endpoint: str) -> Fault:
    """Return a fault that does no harm and counts calls."""
    return service.faults.add("delay", endpoint, 0.0, count=None)


async def received(account: Account, kind: str) -> Recorded:
    """Wait for a message of a kind."""
    async with asyncio.timeout(20):
        async for recorded in account.events(after=Seq(0)):
            if isinstance(recorded.event, MessageReceived) and recorded.event.message.kind == kind:
                return recorded
    raise AssertionError


async def movie(account: Account, service: Emulator) -> Recorded:
    """Let Alice send a film, which nobody fetches unasked."""
    service.person("Alice").sends(compose.Composed(43, "", files={"full": MOVIE}))
    return await received(account, "video")


async def killed(service: Emulator, home: Path, wish: str, what: str, when: asyncio.Future[None]) -> None:
    """Run a program that begins a transfer and kill it at a moment."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, service.origin, str(home), wish, what, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert program.stdout is not None
        assert await asyncio.wait_for(program.stdout.readline(), 20) == b"begun\n"
        await when
    finally:
        program.kill()
        await program.wait()


async def test_what_is_there_is_not_fetched_again(account: Account, service: Emulator) -> None:
    """Unless somebody deleted or damaged it; and what is known of it can be asked."""
    recorded = await movie(account, service)
    calls = counting(service, "webwxgetvideo")
    assert account.file(recorded) is None
    path = await account.fetch(recorded)
    assert path == account.file(recorded) == await account.fetch(recorded)
    ((file, there),) = account.archive.files()
    assert (there, file.bytes, file.verified) == (path, len(MOVIE), Verified.UNANNOUNCED)
    assert (file.sha256, file.md5) == (
        hashlib.sha256(MOVIE).hexdigest(),
        hashlib.md5(MOVIE, usedforsecurity=False).hexdigest(),
    )
    assert calls.hits == 1
    path.write_bytes(b"damaged")
    assert list(account.archive.files()) == []
    assert (await account.fetch(recorded)).read_bytes() == MOVIE
    path.unlink()
    assert (await account.fetch(recorded)).read_bytes() == MOVIE
    assert calls.hits == 3


async def test_a_link_in_the_media_folder_is_not_followed(
    account: Account, service: Emulator, tmp_path: Path
) -> None:
    """What somebody put in a file's place is replaced, and where it led to stays as it is."""
    recorded = await movie(account, service)
    path = await account.fetch(recorded)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(MOVIE)
    path.unlink()
    path.symlink_to(elsewhere)
    assert account.file(recorded) is None
    again = await account.fetch(recorded)
    assert not again.is_symlink()
    assert again.read_bytes() == elsewhere.read_bytes() == MOVIE


async def test_another_program_has_the_file_too(account: Account, service: Emulator, tmp_path: Path) -> None:
    """It asks nobody for what the holder has fetched."""
    recorded = await movie(account, service)
    path = await account.fetch(recorded)
    async with join_account(Settings(profile="goose", server=service.origin, home=str(tmp_path))) as beside:
        assert beside.file(recorded) == path


async def test_a_download_that_was_killed_goes_on_where_it_ended(
    open_client: Opener, service: Emulator, tmp_path: Path
) -> None:
    """One request for what is missing brings the whole file."""
    async with open_client() as (account, _):
        recorded = await movie(account, service)
    half = len(MOVIE) // 2
    service.faults.add("truncate", "webwxgetvideo", half)
    hang = service.faults.add("hang", "webwxgetvideo", count=None, skip=1)
    await killed(service, tmp_path, "fetch", str(recorded.seq), asyncio.ensure_future(struck(hang)))
    (part,) = tmp_path.rglob(".coming-*")
    assert part.stat().st_size == half
    service.faults.remove(hang)
    calls = counting(service, "webwxgetvideo")
    service.faults.add(
        "truncate", "webwxgetvideo", half + 1, count=None
    )  # nobody gets more than what is missing
    async with open_client() as (account, _):
        assert (await account.fetch(recorded)).read_bytes() == MOVIE
    assert calls.hits == 1


async def test_an_upload_that_was_killed_before_its_send_is_not_uploaded_again(
    open_client: Opener, service: Emulator, tmp_path: Path
) -> None:
    """The message goes out once, with the file that is up already."""
    source = tmp_path / "notes.bin"
    source.write_bytes(bytes(3 * CHUNK))
    async with open_client():
        pass
    hang = service.faults.add("hang", "webwxsendappmsg", count=None)
    await killed(service, tmp_path, "send", str(source), asyncio.ensure_future(struck(hang)))
    service.faults.remove(hang)
    calls = counting(service, "webwxuploadmedia")
    async with open_client() as (account, _):
        (row,) = account.outbox(10)
        assert (await account.outbox.command(row.id).settled(20)).outcome is Outcome.ACCEPTED
        assert account.outbox.command(row.id).row.handle == ""
    heard = await service.person("Alice").hears()
    assert heard.media["full"]
    assert calls.hits == 0
    with pytest.raises(TimeoutError):
        await service.person("Alice").hears(timeout=0.1)


@pytest.mark.parametrize("from_beside", [False, True])
async def test_an_upload_is_given_up_at_its_next_piece(
    account: Account, service: Emulator, tmp_path: Path, *, from_beside: bool
) -> None:
    """By the program that holds the login, or by one beside it; nothing is sent, and the next one is."""
    source, alice = tmp_path / "large.bin", account.find("Alice")
    source.write_bytes(bytes(40 * CHUNK))
    slow = service.faults.add("delay", "webwxuploadmedia", 0.1, count=None)
    receipt = await account.send(alice, source)
    await struck(slow, 2)
    if from_beside:
        settings = Settings(profile="goose", server=service.origin, home=str(tmp_path))
        async with join_account(settings) as beside:
            row = await beside.outbox.command(receipt.row.id).cancel(10)
    else:
        row = await receipt.cancel(10)
    assert (row.outcome, row.reason) == (Outcome.FAILED, CANCELLED)
    assert slow.hits < 30
    await (await account.send(alice, "after")).accepted(10)
    assert (await service.person("Alice").hears()).text == "after"


async def test_a_download_is_given_up(account: Account, service: Emulator) -> None:
    """And can be asked for again."""
    recorded = await movie(account, service)
    waits = service.faults.add("truncate", "webwxgetvideo", 100_000, count=4)
    fetching = asyncio.create_task(account.fetch(recorded))
    await struck(waits)
    row = await account.outbox.command(account.outbox(1)[0].id).cancel(10)
    assert (row.outcome, row.reason) == (Outcome.FAILED, CANCELLED)
    with pytest.raises(UsageError, match="canceled in the outbox"):
        await fetching
    service.faults.remove(waits)
    assert (await account.fetch(recorded)).read_bytes() == MOVIE


async def test_a_large_film_that_is_cut_off_again_and_again_comes_whole(
    account: Account, service: Emulator
) -> None:
    """More is on its way at each cut than the connection's buffers hold."""
    large = MOVIE * 12
    service.person("Alice").sends(compose.Composed(43, "", files={"full": large}))
    cuts = [service.faults.add("truncate", "webwxgetvideo", share) for share in (0.25, 0.5, 0.5)]
    recorded = await received(account, "video")
    assert (await account.fetch(recorded)).read_bytes() == large
    assert all(cut.hits for cut in cuts)


async def test_what_is_done_cannot_be_given_up(account: Account) -> None:
    """A clear error says so."""
    receipt = await account.send(account.find("Alice"), "x")
    await receipt.accepted(10)
    with pytest.raises(UsageError, match="can no longer be dropped"):
        await receipt.cancel()


async def test_the_sender_s_digest_is_compared(account: Account, service: Emulator) -> None:
    """A picture that the service made smaller has another one, and that is noted."""
    picture = b"\x89PNG\r\n\x1a\n" + bytes(5_000)
    digest = hashlib.md5(picture, usedforsecurity=False).hexdigest()
    for announced in (digest, "0" * 32):
        xml = f'<msg><img md5="{announced}" length="5008" /></msg>'
        service.person("Alice").sends(compose.Composed(3, compose.escaped(xml), files={"full": picture}))
    verdicts: list[Verified] = []
    async with asyncio.timeout(20):
        while len(verdicts) < 2:
            await asyncio.sleep(0.02)
            verdicts = [file.verified for file, _ in account.archive.files()]
    assert verdicts == [Verified.DIGEST, Verified.OTHER_DIGEST]


async def test_no_file_outside_of_the_profile_is_sent(
    account: Account, service: Emulator, tmp_path: Path
) -> None:
    """A row that was imported and is sent on may name any file of this machine; only the profile's own copies go out."""
    outside = tmp_path / "id_rsa"
    outside.write_bytes(b"a secret")
    named = SendFile(
        chat=account.find("Alice").key, path=str(outside), name="report.txt", size=8, md5="", form="file"
    )
    with pytest.raises(UsageError, match="stored copy"):
        await (await account.do(named)).accepted(10)
    assert service.accounts[0].heard == []
