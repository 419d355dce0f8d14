"""What a profile's folder keeps, and what it refuses."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hongyan.client.profile import ACKNOWLEDGEMENT, COOL_DOWN_S, Profile, bound_server
from hongyan.errors import ProfileLocked, StorageDamaged, StorageError, UsageError
from hongyan.settings import load_settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the profile will be."""
    return tmp_path / "me"


def test_only_a_login_binds_a_profile_to_a_server(folder: Path) -> None:
    """A server that could not be reached, or a mistyped one, is forgotten."""
    profile = Profile(folder)
    profile.require_server("http://127.0.0.1:1")
    profile.require_server("http://127.0.0.1:2")
    profile.bind("http://127.0.0.1:2", 7)
    with pytest.raises(UsageError, match=r"belongs to http://127\.0\.0\.1:2"):
        Profile(folder).require_server("http://127.0.0.1:1")


@pytest.mark.parametrize("name", ["a b", "-x", "a\tb", "a:b", "🙂", "a/b", "../x", ".", ""])
def test_a_new_profile_has_a_plain_name(name: str, tmp_path: Path) -> None:
    """One rule, which the error tells; whoever has another name since an older version keeps the profile."""
    with pytest.raises(UsageError, match="not a valid profile name"):
        load_settings(profile=name, home=str(tmp_path))
    for plain in ("work", "my.work-2_b", "小王", "Ünal"):
        assert load_settings(profile=plain, home=str(tmp_path)).profile == plain
    (tmp_path / "a b").mkdir()
    assert load_settings(profile="a b", home=str(tmp_path)).folder == tmp_path / "a b"


def test_another_account_is_refused(folder: Path) -> None:
    """Two people's messages never meet in one journal."""
    Profile(folder).bind("http://127.0.0.1:2", 7)
    with pytest.raises(UsageError, match="another account"):
        Profile(folder).bind("http://127.0.0.1:2", 8)


def test_everything_is_readable_by_its_owner_alone(folder: Path) -> None:
    """The folder is 0700, its file 0600."""
    Profile(folder).bind("http://127.0.0.1:2", 7)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "credentials.json").stat().st_mode) == 0o600


def test_a_second_holder_is_told_who_is_first(folder: Path) -> None:
    """The lock names the program and its process."""
    first = Profile(folder)
    first.hold()
    with pytest.raises(ProfileLocked, match="process"):
        Profile(folder).hold()
    first.release()
    Profile(folder).hold()


@pytest.mark.parametrize(
    ("begin", "named"),
    [
        (("-m", "hongyan", "login"), "hongyan login"),
        ((str(Path(sys.executable).with_name("hongyan")), "login"), "hongyan login"),
        (("mine.py",), "mine.py"),
        (("-m", "mine"), "mine.py"),
    ],
)
def test_a_holder_is_called_what_a_person_typed(begin: tuple[str, ...], named: str, tmp_path: Path) -> None:
    """Whichever way it was started: the file of ours that Python was given says nothing to anybody."""
    holding = (
        "import sys\nfrom pathlib import Path\nfrom hongyan.client.profile import Profile\n"
        "Profile(Path(sys.argv[-1])).hold()\nprint('held', flush=True)\nsys.stdin.read()\n"
    )
    (tmp_path / "mine.py").write_text(holding)
    if named == "hongyan login":  # the program itself, with the holding in the place of its command
        (tmp_path / "sitecustomize.py").write_text(
            f"import hongyan.cli\nhongyan.cli.main = lambda *_: exec({holding!r}, {{}})\n"
        )
    with subprocess.Popen(
        (sys.executable, *begin, str(tmp_path / "me")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", "")))},
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        assert Profile(tmp_path / "me").held_by() == f"{named} (process {child.pid})"


def test_a_file_of_a_newer_version_is_refused(folder: Path) -> None:
    """It is not read as far as one can: what is not understood would be lost at the next save."""
    Profile(folder).bind("http://127.0.0.1:2", 7)
    (folder / "credentials.json").write_text('{"version": 99}')
    with pytest.raises(UsageError, match="newer"):
        Profile(folder)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": "x"}', "\x00\x01"])
def test_a_broken_file_is_told_and_kept(folder: Path, content: str) -> None:
    """The error says which file and what to do, nothing is overwritten, and nobody typed anything wrong."""
    Profile(folder)
    (folder / "credentials.json").write_text(content)
    with pytest.raises(StorageDamaged, match=r"me/credentials\.json is damaged") as raised:
        Profile(folder)
    assert raised.value.exit_code == 9
    assert "log in again" in raised.value.advice
    assert (folder / "credentials.json").read_text() == content


def test_the_official_service_wants_exact_words_once(folder: Path) -> None:
    """Blanks and case do not matter, the words do."""
    profile = Profile(folder)
    with pytest.raises(UsageError, match="restricted or banned"):
        profile.require_acknowledgement("yes")
    profile.require_acknowledgement(f"  {ACKNOWLEDGEMENT.lower()} ")
    Profile(folder).require_acknowledgement()


def test_a_barred_profile_rests_for_a_day(folder: Path) -> None:
    """Also for a program that is started anew; then it may be tried by a person again."""
    now = 1_000_000.0
    Profile(folder, clock=lambda: now).rest("1203")
    with pytest.raises(ProfileLocked, match="is locked until") as raised:
        Profile(folder, clock=lambda: now + COOL_DOWN_S - 1).require_rested()
    assert raised.value.until == now + COOL_DOWN_S
    Profile(folder, clock=lambda: now + COOL_DOWN_S).require_rested()


def test_credentials_that_cannot_be_written_are_told(folder: Path) -> None:
    """A full disk, a folder that was taken away: a sentence with what to do."""
    profile = Profile(folder)
    folder.rename(folder.with_name("gone"))
    with pytest.raises(StorageError, match="cannot be written"):
        profile.vault.change(rest_until=1.0)


@pytest.mark.parametrize("place", ["pipe", "device", "link to a pipe"])
def test_what_would_be_waited_for_is_no_file_of_ours(folder: Path, place: str) -> None:
    """Neither credentials nor settings are read from a pipe that nobody writes to, or from a device without end."""
    folder.mkdir()
    for name in ("credentials.json", "settings.toml"):
        if place == "device":
            (folder / name).symlink_to("/dev/zero")
        else:
            os.mkfifo(folder / f"{name}.pipe")
            (folder / f"{name}.pipe").rename(folder / (name if place == "pipe" else f"{name}.there"))
        if place == "link to a pipe":
            (folder / name).symlink_to(folder / f"{name}.there")
    assert bound_server(folder) == ""
    with pytest.raises(StorageError, match="not a plain file"):
        Profile(folder)
    with pytest.raises(UsageError, match="not a plain file"):
        load_settings(folder / "settings.toml")


@pytest.mark.parametrize("problem", [errno.EROFS, errno.ENOSPC, errno.EMFILE])
def test_a_folder_that_the_machine_cannot_make_is_the_machines_fault(
    folder: Path, monkeypatch: pytest.MonkeyPatch, problem: int
) -> None:
    """A read-only or full disk is no wrong argument; a folder that is private already is not touched at all."""
    Profile(folder)

    def refused(*_: object, **__: object) -> None:
        raise OSError(problem, os.strerror(problem))

    monkeypatch.setattr(Path, "chmod", refused)
    monkeypatch.setattr(Path, "mkdir", lambda self, *_, **__: None if self.is_dir() else refused())
    assert Profile(folder).folder == folder
    with pytest.raises(StorageError, match=os.strerror(problem)) as raised:
        Profile(folder.with_name("another"))
    assert raised.value.exit_code == 9


def test_what_lies_in_the_place_of_the_media_is_told_as_the_disks(folder: Path) -> None:
    """No other folder of profiles would help."""
    profile = Profile(folder)
    (folder / "media").write_text("in the way")
    with pytest.raises(StorageError, match="media cannot be used"):
        _ = profile.media
