"""The folder of a profile that never had a login goes with the program that made it, unless somebody needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.assemble import join_account, stand_by
from hongyan.client.profile import Profile
from hongyan.errors import NoAnswer, NotLoggedIn, UsageError
from hongyan.settings import OFFICIAL, Settings
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("server", "may_ask", "error"),
    [(NOBODY, True, NoAnswer), (NOBODY, False, NotLoggedIn), (OFFICIAL, True, UsageError)],
)
async def test_a_first_login_that_fails_leaves_no_profile(
    tmp_path: Path, server: str, may_ask: bool, error: type[Exception]
) -> None:
    """Whoever lists profiles does not find one in which nothing ever was."""
    settings = Settings(profile="new", home=str(tmp_path / "home"), server=server)
    with pytest.raises(error):
        async with join_account(settings, may_ask=may_ask):
            pass
    assert list((tmp_path / "home").iterdir()) == []


@pytest.mark.parametrize("there", ["credentials.json", "notes.txt", "media/picture.jpg"])
async def test_what_was_not_made_for_nothing_stays(tmp_path: Path, there: str) -> None:
    """A login, a file of a person, something in a folder."""
    settings = Settings(profile="new", home=str(tmp_path), server=NOBODY)
    async with stand_by(settings):
        (tmp_path / "new" / there).write_text("{}")
    assert (tmp_path / "new" / there).exists()
    assert (tmp_path / "new" / "journal.db").exists()


async def test_a_profile_that_was_there_before_stays(tmp_path: Path) -> None:
    """It is not this program's to delete."""
    Profile(tmp_path / "old")
    async with stand_by(Settings(profile="old", home=str(tmp_path), server=NOBODY)):
        pass
    assert (tmp_path / "old" / "journal.db").exists()


async def test_a_profile_on_which_another_program_waits_stays(tmp_path: Path) -> None:
    """Its open journal is not pulled away under it: what it writes is found again."""
    settings = Settings(profile="new", home=str(tmp_path), server=NOBODY)
    async with stand_by(settings):
        other = Database(tmp_path / "new" / "journal.db", holds=False)
    open_store(other, "somebody")
    other.close()
    again = Database(tmp_path / "new" / "journal.db", holds=False)
    with again.reading() as connection:
        assert ("somebody",) in connection.execute("SELECT name FROM account").fetchall()
    again.close()
    assert [entry.name for entry in tmp_path.iterdir()] == ["new"]


async def test_a_profile_that_another_program_holds_stays(tmp_path: Path) -> None:
    """It is about to log in."""
    async with stand_by(Settings(profile="new", home=str(tmp_path), server=NOBODY)):
        other = Profile(tmp_path / "new")
        other.hold()
    assert (tmp_path / "new" / "journal.db").exists()
    other.release()
