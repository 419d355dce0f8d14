"""Each bot of the cookbook does what its heading says, on the emulator."""

from __future__ import annotations

import asyncio
import importlib.util
import re
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hongyan import Settings, open_account
from hongyan.emulator import Emulator, Group, Member, Person, World
from hongyan.emulator.compose_media import picture
from hongyan.emulator.pictures import avatar

from .pages import blocks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cookbook.md"
ME, ALICE, BOB, CAROL = "wxid_me", "wxid_alice", "wxid_bob", "wxid_carol"

pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="the guides are not beside the tests")


def _world(account: str = ME) -> World:
    people = [Person(ALICE, "Alice"), Person(BOB, "Bob"), Person(CAROL, "Carol", friend=False)]
    world = World(Person(account, "Me"), {p.id: p for p in people})
    for number, name in enumerate(("Team A", "Team B"), 1):
        members = [Member(account), Member(ALICE)]
        world.groups[f"{number}@chatroom"] = Group(f"{number}@chatroom", name, ALICE, members, saved=True)
    world.add_specials()
    return world


def _recipe(name: str, folder: Path) -> Any:
    """Load a file of the page."""
    code = next(text for _, title, text in blocks(PAGE) if title == name)
    file = folder / name
    file.write_text(code, "utf-8")
    spec = importlib.util.spec_from_file_location(f"cookbook_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@asynccontextmanager
async def _running(name: str, folder: Path) -> AsyncIterator[Emulator]:
    """Run a bot of the page, logged in to an emulator of its own."""
    app, started = _recipe(name, folder).app, asyncio.Event()

    async def note(_: object) -> None:
        started.set()

    app.on_start(note)
    async with Emulator(_world()) as service, asyncio.timeout(40):
        service.phone.confirm()
        settings = Settings(server=service.origin, home=str(folder), pace=False)
        async with open_account(settings) as account:
            await account.ready()
            running = asyncio.create_task(app.run(account))
            await started.wait()
            try:
                yield service
            finally:
                running.cancel()
                await asyncio.wait({running})


async def test_reply_when_mentioned(tmp_path: Path) -> None:
    async with _running("mentioned.py", tmp_path) as service:
        alice, team = service.person("Alice"), service.group("Team A")
        alice.says("nobody in particular", "Team A")
        alice.says("@Me\u2005the build is red", "Team A")
        assert (await team.hears()).text == "@Alice I will look at it today"


async def test_commands(tmp_path: Path) -> None:
    async with _running("commands.py", tmp_path) as service:
        alice = service.person("Alice")
        alice.says("/weather Hangzhou")
        await alice.hears("no forecast for Hangzhou")
        alice.says("/weather")
        await alice.hears("Usage: /weather CITY")


async def test_later(tmp_path: Path) -> None:
    async with _running("later.py", tmp_path) as service:
        alice = service.person("Alice")
        alice.says("/remind 1 drink tea")
        await alice.hears("noted")
        await alice.hears("reminder: drink tea")


async def test_forward(tmp_path: Path) -> None:
    async with _running("forward.py", tmp_path) as service:
        service.person("Alice").says("lunch?", "Team A")
        await service.group("Team B").hears("Alice in Team A: lunch?")


async def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with _running("files.py", tmp_path) as service:
        drawn = avatar("Alice", 32)
        service.person("Alice").sends(picture(drawn))
        while not (found := [p for p in (tmp_path / "files").glob("*/*") if p.read_bytes() == drawn]):
            await asyncio.sleep(0.05)
        assert len(found) == 1


async def test_friends(tmp_path: Path) -> None:
    async with _running("friends.py", tmp_path) as service:
        carol = service.person("Carol")
        carol.asks("we met in the library")
        await carol.hears(re.compile("Hello! I am a bot"))


async def test_welcome(tmp_path: Path) -> None:
    async with _running("welcome.py", tmp_path) as service:
        service.person("Alice").adds("Team A", [service.person("Bob")])
        await service.group("Team A").hears("Welcome, Bob!")


async def test_several_accounts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module = _recipe("fleet.py", tmp_path)
    async with Emulator([_world("wxid_me1"), _world("wxid_me2")]) as service, asyncio.timeout(40):
        for phone in service.phones:
            phone.confirm()
        await module.main(service.origin, tmp_path)
    assert capsys.readouterr().out.count("Me") == 2


def test_every_program_of_the_page_is_tried() -> None:
    """A new recipe needs a test here."""
    named = {title for language, title, _ in blocks(PAGE) if language == "python"}
    tried = {f"{name.removeprefix('test_')}.py" for name in globals() if name.startswith("test_")}
    assert named - tried == {"mentioned.py", "fleet.py"}
