"""Settings of the file and of options, and what is wrong with them in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan import userdirs
from hongyan.errors import UsageError
from hongyan.settings import DEFAULT_ORIGIN, OFFICIAL, Settings, load_settings, settings_file, usable_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's settings, which are not written yet."""
    monkeypatch.setattr(userdirs, "config", lambda: tmp_path)
    monkeypatch.setattr(userdirs, "data", lambda: tmp_path / "profiles")
    return tmp_path / "settings.toml"


def test_without_a_file_everything_is_as_usual(file: Path) -> None:
    """The server is the emulator's, never the official one."""
    assert settings_file() == file
    assert load_settings() == Settings(server=DEFAULT_ORIGIN)


def test_what_is_given_outdoes_the_file_and_none_is_not_given(file: Path) -> None:
    """Options that were not typed are None."""
    file.write_text('server = "http://127.0.0.1:1"\ngrace = 5\n', "utf-8")
    read = load_settings(server=None, grace=7.0)
    assert (read.server, read.grace) == ("http://127.0.0.1:1", 7.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("grace = 'soon'", "settings in settings.toml cannot be used"),
        ("colour = 'red'", "unknown field `colour`"),
        ("[", "settings in settings.toml cannot be used"),
        ("server = 'official'\npace = false", "the rate limit cannot be turned off"),
        ("profile = '../x'", "not a valid profile name"),
    ],
)
def test_a_mistake_in_the_file_is_named(file: Path, text: str, said: str) -> None:
    """And is no fault of the program."""
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said):
        load_settings()


def test_a_file_that_is_named_must_be_there(file: Path) -> None:
    """The usual one need not be."""
    with pytest.raises(UsageError, match=r"settings in other\.toml"):
        load_settings(file.with_name("other.toml"))


def test_what_is_wrong_can_be_left_out_and_told(file: Path) -> None:
    """The rest counts; what goes alone but not with what was typed is left out too."""
    file.write_text("grace = 'soon'\npace = false\n", "utf-8")
    settings, wrong = usable_settings(profile="me")
    assert (settings.profile, settings.pace, settings.grace) == ("me", False, 3_600.0)
    assert len(wrong) == 1
    assert wrong[0].startswith("grace in settings.toml: ")
    settings, wrong = usable_settings(server=OFFICIAL)
    assert (settings.server, settings.pace, len(wrong)) == (OFFICIAL, True, 2)
    with pytest.raises(UsageError, match="the options cannot be used"):
        usable_settings(grace="soon")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "-x", "a b", "x\n"])
def test_a_profile_has_a_name_that_is_a_folder_and_no_option(file: Path, name: str) -> None:
    """A folder of an older version may be called otherwise, within its home."""
    with pytest.raises(UsageError, match="not a valid profile name"):
        Settings(profile=name)


def test_a_profile_of_an_older_version_keeps_its_name(file: Path) -> None:
    """It exists, so it can be used."""
    (userdirs.data() or file).joinpath("a b").mkdir(parents=True)
    assert Settings(profile="a b").folder.is_dir()


def test_a_proxys_password_is_not_shown() -> None:
    """The proxy's address may hold one."""
    assert "canary" not in repr(Settings(proxy="http://me:canary@proxy", home="/h"))


def test_without_a_home_the_folder_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user in a container may have none."""
    monkeypatch.setattr(userdirs, "data", lambda: None)
    assert str(Settings(home="/h", profile="me").folder) == "/h/me"
    with pytest.raises(UsageError, match="no home folder"):
        _ = Settings(profile="me").folder
