"""Media come by themselves, as the policy says, whatever the server does."""

from __future__ import annotations

import asyncio
import stat
from typing import TYPE_CHECKING

import pytest

from hongyan.emulator import compose

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.emulator import Emulator

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400


def kept(home: Path) -> list[Path]:
    """Return the whole files of the media folder."""
    return [p for p in home.rglob("media/??/*") if p.is_file()]


async def gathered(home: Path, count: int) -> list[Path]:
    """Wait until so many files are there."""
    async with asyncio.timeout(10):
        while len(found := kept(home)) < count:
            await asyncio.sleep(0.02)
    return found


@pytest.mark.usefixtures("account")
async def test_a_picture_comes_by_itself(service: Emulator, tmp_path: Path) -> None:
    """Nobody asks for it; the same picture twice is one file."""
    for _ in range(2):
        service.person("Alice").sends(compose.Composed(3, "", files={"full": PICTURE}))
    (path,) = await gathered(tmp_path, 1)
    assert path.read_bytes() == PICTURE


@pytest.mark.usefixtures("account")
async def test_a_recalled_video_is_fetched_at_once(service: Emulator, tmp_path: Path) -> None:
    """A video waits to be asked for, until its sender takes it back."""
    movie = b"\0\0\0\x18ftypmp42" + bytes(70_000)
    sent = service.person("Alice").sends(compose.Composed(43, "", files={"full": movie}))
    service.person("Alice").sends(compose.Composed(3, "", files={"full": PICTURE}))
    (picture,) = await gathered(tmp_path, 1)
    assert picture.read_bytes() == PICTURE
    service.person("Alice").recalls(sent)
    assert movie in [p.read_bytes() for p in await gathered(tmp_path, 2)]


@pytest.mark.usefixtures("account")
async def test_a_used_profile_is_its_owners_alone(service: Emulator, tmp_path: Path) -> None:
    """Folders 0700, files 0600."""
    service.person("Alice").sends(compose.Composed(3, "", files={"full": PICTURE}))
    await gathered(tmp_path, 1)
    (folder,) = [p for p in tmp_path.rglob("goose") if p.is_dir()]
    for path in (folder, *folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
