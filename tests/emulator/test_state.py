"""What a state folder keeps through `kill -9`."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hongyan.emulator import Emulator, compose
from hongyan.emulator.persistence import StateUnusable

from .browser import ALICE, TEAM, Browser, small_world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

_CHILD = """
import asyncio, sys
from hongyan.emulator import Group, Member, Person, World
from hongyan.emulator.serve import ServeSettings, serve
from pathlib import Path

people = [Person("wxid_alice00000000001", "Alice", remark="alice"), Person("filehelper", "notes")]
groups = [Group("10000000001@chatroom", "Team", "me", [Member("me"), Member("wxid_alice00000000001")])]
world = World(Person("me", "Me"), {each.id: each for each in people}, {each.id: each for each in groups})

def announce(service, _):
    print(service.port, flush=True)

asyncio.run(serve(ServeSettings([world], state=Path(sys.argv[1]), port=int(sys.argv[2]), poll_seconds=0.1, announce=announce)))
"""


class Elsewhere:
    """Stands for a service in another process: only its address and what tests compute from it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.origin = f"http://127.0.0.1:{port}"


async def _start(folder: Path, port: int = 0) -> tuple[asyncio.subprocess.Process, int]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CHILD, str(folder), str(port), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout
    return child, int(await child.stdout.readline())


@pytest.fixture
async def children() -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """Child processes, ended at the end."""
    started: list[asyncio.subprocess.Process] = []
    yield started
    for child in started:
        if child.returncode is None:
            child.kill()
        await child.wait()


async def _log_in(browser: Browser) -> None:
    uuid = await browser.new_code()
    await browser.control("POST", "phone/confirm")
    await browser.open_page(await browser.take_ticket(uuid))
    await browser.begin()


async def test_nothing_is_lost_by_kill_9(
    tmp_path: Path,
    open_browser: Callable[[Any], Browser],
    children: list[asyncio.subprocess.Process],
) -> None:
    """Login, unread messages, media, world changes and repeats survive; ids and keys never come twice."""
    child, port = await _start(tmp_path)
    children.append(child)
    browser = open_browser(Elsewhere(port))
    await _log_in(browser)
    contacts = await browser.contacts()
    alice = next(each["UserName"] for each in contacts if each["RemarkName"] == "alice")
    said = await browser.control("POST", "say", {"from": "alice", "text": "before"})
    media_id = (await browser.upload(b"bytes"))[-1]["MediaId"]
    message = {"Type": 3, "MediaId": media_id, "ToUserName": alice, "ClientMsgId": 5, "LocalID": 5}
    sent = await browser.post("webwxsendmsgimg", {"Msg": message, "Scene": 0})
    await browser.post("webwxoplog", {"UserName": alice, "CmdId": 2, "RemarkName": "Ally"})
    old_key = browser.key

    child.send_signal(signal.SIGKILL)
    await child.wait()
    child, _ = await _start(tmp_path, port)
    children.append(child)

    answer = await browser.sync()
    assert [each["MsgId"] for each in answer["AddMsgList"]] == [said["msg_id"]]
    assert answer["ModContactList"][0]["RemarkName"] == "Ally"
    assert {each["RemarkName"] for each in await browser.contacts()} == {"", "Ally"}
    again = await browser.post("webwxsendmsgimg", {"Msg": message, "Scene": 0})
    assert again["MsgID"] == sent["MsgID"]
    picture = await browser.get("webwxgetmsgimg", MsgID=sent["MsgID"])
    assert await picture.read() == b"bytes"
    later = await browser.control("POST", "say", {"from": "Ally", "text": "after"})
    assert later["msg_id"] not in {said["msg_id"], sent["MsgID"]}
    news = await browser.sync()
    assert [each["Content"] for each in news["AddMsgList"]] == ["after"]
    assert _position(news) > _position(answer) > old_key["List"][1]["Val"]


def _position(answer: dict[str, Any]) -> int:
    return int(answer["SyncKey"]["List"][1]["Val"])


async def test_sigterm_ends_it_cleanly(tmp_path: Path, children: list[asyncio.subprocess.Process]) -> None:
    """Exit code 0."""
    child, _ = await _start(tmp_path)
    children.append(child)
    child.terminate()
    assert await child.wait() == 0


async def test_ended_logins_stay_ended(tmp_path: Path, open_browser: Callable[[Emulator], Browser]) -> None:
    """With their code."""
    async with Emulator(small_world(), state=tmp_path) as service:
        browser = await open_browser(service).log_in()
        service.phone.log_web_out(1101)
    async with Emulator(small_world(), state=tmp_path) as service:
        browser.service = service
        assert await browser.check() == ("1101", "0")


async def test_files_and_groups_of_before_are_there(
    tmp_path: Path, open_browser: Callable[[Emulator], Browser]
) -> None:
    """A received file is still downloaded, a group made by the client is still there."""
    async with Emulator(small_world(), state=tmp_path) as service:
        browser = await open_browser(service).log_in()
        message = service.person("alice").sends(compose.Composed(3, "", files={"full": os.urandom(50)}), TEAM)
        names = [{"UserName": await browser.name_of(each)} for each in (ALICE, "wxid_bob000000000001")]
        room = await browser.post("webwxcreatechatroom", {"MemberList": names, "Topic": "Made"})
        data = service.file_of(message)
    async with Emulator(small_world(), state=tmp_path) as service:
        browser.service = service
        answer = await browser.get("webwxgetmsgimg", MsgID=message.msg_id)
        assert await answer.read() == data
        batch = await browser.post("webwxbatchgetcontact", {"List": [{"UserName": room["ChatRoomName"]}]})
        assert batch["ContactList"][0]["NickName"] == "Made"


async def test_default_service_is_the_demo_and_scans_by_itself(
    tmp_path: Path, open_browser: Callable[[Any], Browser], children: list[asyncio.subprocess.Process]
) -> None:
    """As `hongyan emulate --auto-scan` runs it: the addresses are printed, the phone needs no hand."""
    script = (
        "import asyncio\nfrom hongyan.emulator.serve import ServeSettings, serve\n"
        "asyncio.run(serve(ServeSettings(auto_scan=0.01)))"
    )
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE, cwd=tmp_path
    )
    children.append(child)
    assert child.stdout
    found = re.search(r"http://127\.0\.0\.1:(\d+)", (await child.stdout.readline()).decode())
    assert found
    browser = open_browser(Elsewhere(int(found[1])))
    uuid = await browser.new_code()
    while "code=200" not in (answer := await browser.poll(uuid)):
        assert "code=201" in answer
    redirect = re.search(r'redirect_uri="(.+?)"', answer)
    assert redirect
    await browser.open_page(redirect[1])
    await browser.begin()
    assert len(await browser.contacts()) > 10


async def _use_once(folder: Path) -> None:
    async with Emulator(small_world(), state=folder) as service:
        service.person("alice").says("kept")
        service.media.add(b"bytes", "a.bin")


async def test_state_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Folder and files, whatever the umask says, also those that an older version left open to all."""
    before = os.umask(0)
    try:
        folder = tmp_path / "state"
        async with Emulator(small_world(), state=folder) as service:
            service.media.add(b"bytes", "a.bin")
            await service.persistence.settled()
            found = {
                path.relative_to(folder).as_posix(): path.stat().st_mode & 0o077 for path in folder.rglob("*")
            }
        assert {path: mode for path, mode in found.items() if mode and not path.startswith("media/")} == {}
        assert folder.stat().st_mode & 0o077 == (folder / "media").stat().st_mode & 0o077 == 0
        assert all(not path.stat().st_mode & 0o077 for path in folder.rglob("*") if path.is_file())
        (folder / "emulator.db").chmod(0o644)
        await _use_once(folder)
        assert (folder / "emulator.db").stat().st_mode & 0o077 == 0
    finally:
        os.umask(before)


def _no_database(folder: Path) -> None:
    (folder / "emulator.db").write_bytes(b"this is no database, and never was one" * 100)


def _cut_database(folder: Path) -> None:
    whole = (folder / "emulator.db").read_bytes()
    (folder / "emulator.db").write_bytes(whole[: len(whole) // 2])


def _later_version(folder: Path) -> None:
    with contextlib.closing(sqlite3.connect(folder / "emulator.db")) as database:
        database.execute("PRAGMA user_version=99")


def _odd_row(folder: Path) -> None:
    with contextlib.closing(sqlite3.connect(folder / "emulator.db")) as database:
        database.execute("UPDATE row SET value = '[7]' WHERE place LIKE 'message:%' OR place = 'media'")
        database.commit()


def _half_a_row(folder: Path) -> None:
    with contextlib.closing(sqlite3.connect(folder / "emulator.db")) as database:
        database.execute("UPDATE row SET value = substr(value, 1, 9)")
        database.commit()


def _other_tables(folder: Path) -> None:
    with contextlib.closing(sqlite3.connect(folder / "emulator.db")) as database:
        database.executescript("DROP TABLE row; CREATE TABLE row (a); INSERT INTO row VALUES (1)")


@pytest.mark.parametrize(
    "harm", [_no_database, _cut_database, _later_version, _odd_row, _half_a_row, _other_tables]
)
async def test_a_state_that_cannot_be_used_is_told(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    """One sentence that names the place; nothing stays open, and the file is as it was."""
    await _use_once(tmp_path)
    harm(tmp_path)
    before = (tmp_path / "emulator.db").read_bytes()
    for _ in range(2):
        with pytest.raises(StateUnusable, match=re.escape(str(tmp_path))):
            await _use_once(tmp_path)
    assert (tmp_path / "emulator.db").read_bytes() == before or harm in {_odd_row, _half_a_row, _other_tables}


async def test_two_emulators_do_not_share_a_state(tmp_path: Path) -> None:
    """The second is turned away; after the first has ended, or was killed, the place is free."""
    async with Emulator(small_world(), state=tmp_path):
        with pytest.raises(StateUnusable, match="another emulator uses"):
            await _use_once(tmp_path)
    await _use_once(tmp_path)


async def test_a_start_that_fails_leaves_nothing_open(tmp_path: Path) -> None:
    """The port is taken: state and folders are let go of."""
    async with Emulator(small_world()) as first:
        with pytest.raises(OSError, match="in use"):
            await Emulator(small_world(), port=first.port, state=tmp_path).start()
        left = set(Path(tempfile.gettempdir()).glob("hongyan-emulator-*"))
        with pytest.raises(OSError, match="in use"):
            await Emulator(small_world(), port=first.port).start()
        assert set(Path(tempfile.gettempdir()).glob("hongyan-emulator-*")) <= left
    await _use_once(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
async def test_every_polite_signal_ends_it(
    tmp_path: Path, children: list[asyncio.subprocess.Process], number: signal.Signals
) -> None:
    """Exit code 0, the state written and free again, no folder left in the place for temporary ones."""
    child, _ = await _start(tmp_path / "state")
    children.append(child)
    child.send_signal(number)
    assert await child.wait() == 0
    await _use_once(tmp_path / "state")
