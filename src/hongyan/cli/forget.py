"""``hongyan forget``: deletes everything a profile has on this machine; the account itself is not touched."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import click

from hongyan.cli.options import Options, reporting, settings_of, view_options
from hongyan.client.profile import Profile, is_profile
from hongyan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["forget"]


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@view_options
def forget(options: Options, *, yes: bool) -> int:
    """Delete a profile completely: messages, media, credentials. This does not log you out: run hongyan logout first."""
    return reporting(options, lambda: _forget(options, yes=yes))


def _forget(options: Options, *, yes: bool) -> int:
    settings = settings_of(options)
    if not settings.folder.exists():
        raise UsageError(f"there is no profile {settings.profile!r}", "See --home and --profile.")
    if not (is_profile(settings.folder) or _is_empty(settings.folder)):
        raise UsageError(
            f"{settings.folder} is not a profile; nothing was deleted", "See --home and --profile."
        )
    profile = Profile(settings.folder)
    profile.hold()
    try:
        if not yes:
            _require_consent(settings.profile)
        shutil.rmtree(settings.folder)
    finally:
        profile.release()
    click.echo(f"profile {settings.profile!r} is deleted")
    return 0


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _require_consent(name: str) -> None:
    """Let a person type the profile's name; without a person it is an error."""
    if not sys.stdin.isatty():
        raise UsageError("confirmation needed, but there is no terminal", "Use --yes.")
    typed = click.prompt(f"This deletes all messages and media of {name!r}. Type its name to go on", err=True)
    if typed.strip() != name:
        raise UsageError("the name does not match; nothing was deleted")
