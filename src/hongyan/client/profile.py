"""One account's local folder: who holds it, which server and account it is bound to, and whether it must rest.

It knows files, not requests. ``credentials.json`` is versioned JSON, written atomically, readable by its owner alone.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import sys
import time
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from hongyan.clock import deadline
from hongyan.errors import ProfileLocked, StorageDamaged, StorageError, UsageError
from hongyan.files.private_files import private_folder, read_own, replace_file
from hongyan.lockfile import LockFile
from hongyan.ports.vault import Sealed
from hongyan.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["ACKNOWLEDGEMENT", "COOL_DOWN_S", "FileVault", "Profile", "bound_server", "is_profile"]

COOL_DOWN_S: Final = 24 * 3600.0
ACKNOWLEDGEMENT: Final = "I accept that this account may be barred"
"""What a person types before the official service is reached for the first time."""

_VERSION: Final = 1
_MADE_AGAIN: Final = frozenset({"journal.db", "lock", "media", "readers", "qr.png", "alert-qr.png"})
_MACHINE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE})


@redacted
class _Saved(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The content of ``credentials.json``."""

    version: int = 0
    server: str = ""
    uin: int = 0
    credentials: dict[str, Any] | None = None
    keepsake: dict[str, Any] | None = None
    acknowledged_at: float = 0.0
    rest_until: float = 0.0
    rest_reason: str = ""

    def __repr__(self) -> str:
        return f"_Saved(version={self.version}, server={self.server!r}, …)"


class FileVault:
    """``ports.Vault`` in one JSON file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._saved = self._read()

    def reload(self) -> None:
        """Read the file again: another program may have held the profile since."""
        self._saved = self._read()

    @property
    def saved(self) -> _Saved:
        """Everything the file says."""
        return self._saved

    def load(self) -> Sealed | None:
        """Return the saved credentials, or None."""
        return _sealed(self._saved.credentials)

    def save(self, credentials: Sealed, keepsake: Sealed) -> None:
        """Replace the saved credentials, and what helps to make the login after them."""
        self.change(
            credentials=msgspec.json.decode(credentials.content),
            keepsake=msgspec.json.decode(keepsake.content),
        )

    def forget(self) -> None:
        """Delete the credentials and keep the keepsake."""
        self.change(credentials=None)

    def keepsake(self) -> Sealed | None:
        """Return what helps to make the next login, or None."""
        return _sealed(self._saved.keepsake)

    def change(self, **fields: object) -> None:
        """Replace fields of the file."""
        before = self._saved
        self._saved = replace(before, **{**fields, "version": _VERSION})
        try:
            replace_file(self._path, msgspec.json.format(msgspec.json.encode(self._saved)) + b"\n")
        except OSError as error:
            self._saved = before
            raise StorageError(f"{self._path} cannot be written: {error.strerror}") from error

    def _read(self) -> _Saved:
        try:
            content = read_own(self._path)
        except FileNotFoundError:
            return _Saved()
        except OSError as error:
            raise StorageError(f"{self._path} cannot be read: {error.strerror}") from error
        try:
            version = json.loads(content).get("version", 0)
            if version > _VERSION:
                raise UsageError(
                    f"{self._path.name} was written by a newer Hongyan (version {version}, this one knows {_VERSION})",
                    "Upgrade Hongyan, or use another profile.",
                )
            return msgspec.json.decode(content, type=_Saved)
        except (
            ValueError,
            AttributeError,
            TypeError,
            RecursionError,
        ) as error:  # msgspec's errors are ValueErrors
            raise StorageDamaged(
                f"{self._path} is damaged", "Move it away and log in again: hongyan login."
            ) from error


def _sealed(content: dict[str, Any] | None) -> Sealed | None:
    return Sealed(msgspec.json.encode(content)) if content is not None else None


def bound_server(folder: Path) -> str:
    """Return the server that the profile in ``folder`` belongs to (an origin, or ``official``); empty where there is none.

    Nothing is made or judged: what cannot be read says nothing here.
    """
    try:
        server = json.loads(read_own(folder / "credentials.json")).get("server", "")
    except (OSError, ValueError, AttributeError):
        return ""
    return server if isinstance(server, str) else ""


def is_profile(folder: Path) -> bool:
    """Return whether a profile lies in ``folder``: any folder can be named, and not every one may be written over or deleted."""
    return any((folder / name).is_file() for name in ("credentials.json", "journal.db"))


class Profile:
    """A named folder for one account: journal, credentials, media, and a lock that names its holder."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.folder = _home_of(folder)
        self.vault = FileVault(folder / "credentials.json")
        self._now = clock
        self._lock = LockFile(folder / "lock")

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def journal(self) -> Path:
        """The database file."""
        return self.folder / "journal.db"

    @property
    def was_used(self) -> bool:
        """Whether there was a login, so that an empty journal is a lost one."""
        return bool(self.vault.saved.uin)

    @property
    def media(self) -> Path:
        """The folder of everything sent and received as a file."""
        return private_folder(self.folder / "media")

    # -- holding

    def hold(self) -> None:
        """Take the lock; ProfileLocked names the program that has it."""
        if not self.try_hold():
            raise ProfileLocked(
                f"profile {self.name!r} is in use by {self.held_by()}", "Quit that program first."
            )

    def try_hold(self) -> bool:
        """Take the lock and read the credentials again, or return False where another program has it."""
        holding = {"pid": os.getpid(), "program": _own_name(), "since": int(self._now())}
        if not self._lock.take(json.dumps(holding)):
            return False
        self.vault.reload()
        return True

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other programs from holding the profile while its journal is upgraded.

        ProfileLocked names the program that holds it: one of an earlier version knows the former tables only.
        """
        if self.held:
            yield
            return
        if not self.try_hold():
            raise ProfileLocked(
                f"profile {self.name!r} is in use by {self.held_by()}, an earlier version of Hongyan, "
                "and its journal has to be upgraded first; nothing was changed",
                "Quit that program, then start this one again.",
            )
        try:
            yield
        finally:
            self.release()

    @property
    def held(self) -> bool:
        """Whether this object holds the profile."""
        return self._lock.taken

    def held_by(self) -> str:
        """Return the name of the program that holds the profile, as a person can read it."""
        return _named(self._lock.note())

    def release(self) -> None:
        """Give the lock back; without it this does nothing."""
        self._lock.release()

    def discard_unused(self) -> None:
        """Delete the folder of a profile that never had a login, where no other program is on it.

        It is moved aside first, so that no program opens it meanwhile; a journal that is open shows by its -wal file.
        """
        aside = self.folder.with_name(f".{self.name}.unused-{os.getpid()}")
        with contextlib.suppress(OSError, StorageError):
            if not self.folder.is_dir() or not self.try_hold():
                return
            try:
                if not _holds_nothing(self.folder):
                    return
                self.folder.rename(aside)
                if (aside / f"{self.journal.name}-wal").exists():
                    aside.rename(self.folder)
            finally:
                self.release()
            shutil.rmtree(aside, ignore_errors=True)

    # -- binding to one server and one account

    def require_server(self, origin: str) -> None:
        """Raise UsageError where the profile belongs to another server than ``origin``."""
        bound = self.vault.saved.server
        if bound and bound != origin:
            raise UsageError(
                f"profile {self.name!r} belongs to {bound}, not to {origin}",
                "Use another profile for another server.",
            )

    def bind(self, origin: str, uin: int) -> None:
        """Bind the profile to the server and the account of its first login; UsageError where it belongs to another."""
        self.require_server(origin)
        bound = self.vault.saved.uin
        if bound and bound != uin:
            raise UsageError(
                f"profile {self.name!r} belongs to another account",
                "Use another profile for another account.",
            )
        if not bound:
            self.vault.change(server=origin, uin=uin)

    # -- care for the account at the official service

    def require_acknowledgement(self, typed: str | None = None) -> None:
        """See to it that a person accepted the risk once; UsageError says what has to be typed."""
        if self.vault.saved.acknowledged_at:
            return
        if typed is None or " ".join(typed.split()).casefold() != ACKNOWLEDGEMENT.casefold():
            raise UsageError(
                "logging in to the official service can get the account restricted or banned; nothing was sent",
                f'To continue, type exactly: "{ACKNOWLEDGEMENT}". To try safely: hongyan demo',
            )
        self.vault.change(acknowledged_at=self._now())

    def require_rested(self) -> None:
        """Raise ProfileLocked while the cool-down after a bar lasts."""
        kept, now = self.vault.saved.rest_until, self._now()
        until = deadline(kept, now, longest=COOL_DOWN_S, kept_at=kept - COOL_DOWN_S)
        if until != kept:
            self.vault.change(
                rest_until=until
            )  # the clock was set back since: it rests once, not until that date
        if now < until:
            when = time.strftime("%Y-%m-%d %H:%M", time.localtime(until))
            raise ProfileLocked(
                f"profile {self.name!r} is locked until {when}: {self.vault.saved.rest_reason}",
                "Do not retry: it puts the account at risk. Use your phone.",
                until,
            )

    def rest(self, reason: str) -> None:
        """Begin the cool-down."""
        self.vault.change(rest_until=self._now() + COOL_DOWN_S, rest_reason=reason)


def _home_of(folder: Path) -> Path:
    """Make a profile's folder. UsageError where its name leads nowhere, StorageError where this machine prevents it."""
    try:
        return private_folder(folder)
    except StorageError as error:
        if getattr(error.__cause__, "errno", None) in _MACHINE:
            raise
        raise UsageError(str(error), "Give another with --home DIR.") from error


def _holds_nothing(folder: Path) -> bool:
    """Return whether a folder has only what every program on a profile makes: no credentials, no file of a person."""
    return all(
        entry.name in _MADE_AGAIN and (entry.is_file() or entry.name == "readers" or not any(entry.iterdir()))
        for entry in folder.iterdir()
    )


def _own_name() -> str:
    """Return this program's name as typed; for ours with its command: ``hongyan bot``."""
    name = os.path.basename(sys.argv[0])  # noqa: PTH119  # a text
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    if name == "__main__.py" and spec is not None:  # python -m
        name = spec.name.removesuffix(".__main__")
    command = sys.argv[1] if name == "hongyan" and len(sys.argv) > 1 else ""
    return f"{name} {command}" if command.isalpha() else name


def _named(holder: str) -> str:
    with contextlib.suppress(ValueError, KeyError, TypeError):
        note = json.loads(holder)
        return f"{note['program'] or 'a program'} (process {note['pid']})"
    return "another program"
