"""The settings of a profile: read from the user's file and from options, with errors as sentences."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace

from hongyan import userdirs
from hongyan.client.alert_settings import AlertSettings
from hongyan.client.archive_policy import ArchiveSettings
from hongyan.client.media_policy import MediaSettings
from hongyan.errors import UsageError
from hongyan.files.private_files import read_own, safe_name
from hongyan.terminal.full.settings.settings import TerminalSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DEFAULT_ORIGIN",
    "OFFICIAL",
    "Settings",
    "load_settings",
    "settings_file",
    "usable_settings",
    "with_own_server",
]

DEFAULT_ORIGIN: Final = "http://127.0.0.1:8700"
"""Where ``hongyan emulate`` listens and the client connects by default."""

OFFICIAL: Final = "official"

_SETTINGS: Final = "settings.toml"
_PLAIN_NAME: Final = re.compile(r"[\w.][\w.-]*")


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one profile is used with. ``server`` is ``official`` or an origin; ``proxy`` an ``http://`` URL or empty,
    ``ca`` a file with the certificate (PEM) of a private authority, trusted beside the system's.

    ``home`` is the folder of all profiles, empty for the usual place. ``pace`` False lifts the rate limit, which the
    official service does not allow. ``transcript`` names a file for a transcript without secrets. ``alert`` says who is
    notified when the login ends or the server stays away, ``media`` which files are fetched automatically, ``archive`` how long
    messages are stored. ``grace`` is how many seconds late a send that was put off may still go; after that it counts
    as missed. ``terminal`` is how the full screen looks and behaves.
    """

    profile: str = "default"
    server: str = DEFAULT_ORIGIN
    proxy: str = ""
    ca: str = ""
    pace: bool = True
    home: str = ""
    transcript: str = ""
    alert: AlertSettings = AlertSettings()
    media: MediaSettings = MediaSettings()
    archive: ArchiveSettings = ArchiveSettings()
    grace: float = 3_600.0
    terminal: TerminalSettings = TerminalSettings()

    def __repr__(self) -> str:
        return f"Settings(profile={self.profile!r}, server={self.server!r}, …)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Return what may be shown: the address of a proxy, or of an alert, may hold a password."""
        return [("profile", self.profile), ("server", self.server)]

    def __post_init__(self) -> None:
        if not self.profile or self.profile != safe_name(self.profile, ""):
            raise _no_name(self.profile)
        if not _PLAIN_NAME.fullmatch(self.profile) and not self.folder.is_dir():
            raise _no_name(self.profile)  # a profile of an older version may be called so, no new one
        if self.server == OFFICIAL and not self.pace:
            raise UsageError("the rate limit cannot be turned off on the official service")

    @property
    def folder(self) -> Path:
        """The profile's folder."""
        if self.home:
            return Path(self.home) / self.profile
        folder = userdirs.data()
        if folder is None:
            raise UsageError("this user has no home folder", "Name a folder for profiles: --home DIR.")
        return folder / self.profile


def _no_name(name: str) -> UsageError:
    return UsageError(
        f"{name!r} is not a valid profile name",
        "Use letters, digits, dots, dashes and underscores; do not begin with a dash.",
    )


def load_settings(file: Path | None = None, **given: object) -> Settings:
    """Return the settings of a TOML file (by default in the user's configuration folder), overridden by ``given``.

    Values that are None count as not given. UsageError names what is wrong in a file or an option.
    """
    path = file or settings_file()
    try:
        read = _read_settings(path) if path is not None and (file is not None or path.exists()) else {}
        settings = msgspec.convert({**read, **_not_none(given)}, Settings)
        return settings if given.get("server") is not None else with_own_server(settings)
    except (OSError, ValueError) as error:  # the errors of TOML and msgspec are ValueErrors
        where = f"settings in {path.name}" if path is not None else "options"
        raise UsageError(f"the {where} cannot be used: {error}") from error


def with_own_server(settings: Settings) -> Settings:
    """Return the settings with the server that the profile belongs to since its first login, if it had one."""
    from hongyan.client.profile import bound_server

    try:
        bound = bound_server(settings.folder)
    except UsageError:  # there is no such folder; the code that needs it reports it
        return settings
    return replace(settings, server=bound) if bound else settings


def usable_settings(**given: object) -> tuple[Settings, list[str]]:
    """Return the settings as ``load_settings`` does, without the wrong ones in the file, and sentences about these.

    UsageError where ``given`` itself cannot be used.
    """
    wrong: list[str] = []
    usable: dict[str, Any] = {}
    path = settings_file()
    try:
        for name, value in (_read_settings(path) if path is not None and path.exists() else {}).items():
            try:
                msgspec.convert({name: value}, Settings)
            except (ValueError, UsageError) as error:
                wrong.append(f"{name} in {_SETTINGS}: {error}")
            else:
                usable[name] = value
    except (OSError, ValueError) as error:
        wrong.append(f"{_SETTINGS} cannot be read: {error}")
    try:
        settings = msgspec.convert({**usable, **_not_none(given)}, Settings)
        return settings if given.get("server") is not None else with_own_server(settings), wrong
    except (ValueError, UsageError) as error:  # what goes alone need not go together
        wrong.append(f"{_SETTINGS} does not go with what was typed: {error}")
    try:
        return msgspec.convert(_not_none(given), Settings), wrong
    except ValueError as error:
        raise UsageError(f"the options cannot be used: {error}") from error


def settings_file() -> Path | None:
    """Return where the user's settings are, or would be; None for a user without a home folder."""
    folder = userdirs.config()
    return folder / _SETTINGS if folder is not None else None


def _read_settings(path: Path) -> dict[str, Any]:
    from hongyan.files.toml_text import read_toml

    return read_toml(read_own(path).decode("utf-8"))


def _not_none(given: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in given.items() if value is not None}
