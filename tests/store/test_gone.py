"""A journal that is deleted, moved or replaced under a running program: nothing more is taken for kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from hongyan.errors import StorageDamaged
from hongyan.model.events import LoginState, Status
from hongyan.model.ids import Seq
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

from .conftest import LOGIN, said

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _replaced(path: Path) -> None:
    path.rename(path.with_name("old.db"))
    path.write_bytes(path.with_name("old.db").read_bytes())


LOST: dict[str, Callable[[Path], object]] = {
    "deleted": lambda path: path.unlink(),
    "moved": lambda path: path.rename(path.with_name("other.db")),
    "replaced": _replaced,
    "with its folder": lambda path: path.parent.rename(path.parent.with_name("elsewhere")),
}


@pytest.mark.parametrize("lose", LOST.values(), ids=LOST)
async def test_what_is_written_into_a_lost_file_is_not_kept(
    tmp_path: Path, lose: Callable[[Path], object]
) -> None:
    """So that the server is not told that it was."""
    path = tmp_path / "p" / "journal.db"
    database = Database(path)
    store = open_store(database, "me")
    await store.append([said(1)], login=LOGIN, received_at=1.0)
    lose(path)
    for number in (2, 3):
        with pytest.raises(StorageDamaged, match="is gone"):
            await store.append([said(number)], login=LOGIN, received_at=1.0)
    with pytest.raises(StorageDamaged, match="is gone"), database.reading():
        pass
    waiting = asyncio.create_task(store.journal.wait(Seq(1)))
    await asyncio.sleep(0)
    await store.login.set_status(Status(state=LoginState.ENDED))
    with pytest.raises(StorageDamaged, match="is gone"):
        await waiting
    database.close()
    if path.exists():
        return
    for kept in tmp_path.rglob("o*.db"):  # what was moved has what was kept before
        again = Database(kept)
        assert len(open_store(again, "me").journal.read(Seq(0))) == 1
        again.close()


async def test_another_working_folder_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path is that of the start."""
    from pathlib import Path

    monkeypatch.chdir(tmp_path)
    database = Database(Path("p") / "journal.db")
    monkeypatch.chdir("/")
    await open_store(database, "me").append([said(1)], login=LOGIN, received_at=1.0)
    database.close()
    again = Database(tmp_path / "p" / "journal.db")
    assert len(open_store(again, "me").journal.read(Seq(0))) == 1
    again.close()
