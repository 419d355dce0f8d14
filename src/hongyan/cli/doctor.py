"""``hongyan doctor``: looks at this machine, this terminal, one profile and its server; prints nothing secret."""

from __future__ import annotations

import json
import locale
import os
import shutil
import stat
import sys
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Final

import click

from hongyan import __version__
from hongyan.cli.options import Options, account_options, server_problem
from hongyan.settings import usable_settings
from hongyan.terminal.addressed import addressed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hongyan.settings import Settings

__all__ = ["Finding", "doctor"]

_NEEDED: Final = (
    "aiohttp",
    "click",
    "cryptography",
    "lxml",
    "msgspec",
    "platformdirs",
    "prompt-toolkit",
    "segno",
    "wcwidth",
)
_MARKS: Final = {"ok": "ok  ", "note": "note", "bad": "BAD "}
_SMALLEST: Final = (60, 20)  # columns and rows in which line mode and its QR code are comfortable


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check: ``state`` is ok, note or bad; ``advice`` is what to do about it."""

    what: str
    state: str
    said: str  # the name in the JSON output, which stays
    advice: str = ""


@click.command()
@account_options
def doctor(options: Options) -> int:
    """Check this machine, this terminal, the profile and its server for problems.

    The output contains no secrets and can be pasted into a report. The exit code is 1 if something is bad.
    """
    settings, wrong = usable_settings(**options.settings)
    findings = [finding for look in _LOOKS for finding in look(settings)]
    findings[2:2] = [
        Finding("settings", "bad", sentence, "Fix the file; other commands fail until then.")
        for sentence in wrong
    ]
    if options.as_json:
        click.echo(
            json.dumps(
                {"schema": 1, "findings": [asdict(f) | {"advice": addressed(f.advice)} for f in findings]},
                ensure_ascii=False,
            )
        )
    else:
        for finding in findings:
            click.echo(f"{_MARKS[finding.state]}  {finding.what}: {finding.said}")
            if finding.advice:
                click.echo(f"      {addressed(finding.advice)}")
    return int(any(f.state == "bad" for f in findings))


def _python(_: Settings) -> Iterator[Finding]:
    yield Finding(
        "program", "ok", f"hongyan {__version__}, Python {sys.version.split()[0]} on {sys.platform}"
    )
    missing = [name for name in _NEEDED if not _version(name)]
    if missing:
        yield Finding(
            "packages", "bad", f"missing: {', '.join(missing)}", "Install again: pip install hongyan"
        )
    else:
        yield Finding("packages", "ok", ", ".join(f"{name} {_version(name)}" for name in _NEEDED))


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _terminal(_: Settings) -> Iterator[Finding]:
    encoding = (sys.stdout.encoding or "").lower()
    if encoding.replace("-", "") != "utf8":
        yield Finding("encoding", "bad", f"output is {encoding or 'unknown'}", "Set LANG to a UTF-8 locale.")
    else:
        yield Finding("encoding", "ok", f"UTF-8, locale {locale.setlocale(locale.LC_CTYPE)}")
    if not sys.stdout.isatty():
        yield Finding("terminal", "note", "not a terminal", "A QR code is then drawn in plain characters.")
        return
    columns, rows = shutil.get_terminal_size()
    roomy = columns >= _SMALLEST[0] and rows >= _SMALLEST[1]
    advice = "" if roomy else "Enlarge it, or scan the picture file that login names."
    yield Finding(
        "terminal",
        "ok" if roomy else "note",
        f"{columns}x{rows}, {os.environ.get('TERM', 'no TERM')}",
        advice,
    )


def _screen(settings: Settings) -> Iterator[Finding]:
    """Report what the full screen can do in this terminal: keys, pictures, the clipboard, calls, input methods."""
    from hongyan.errors import UsageError
    from hongyan.terminal.full.desktop.notify import escape_for
    from hongyan.terminal.full.keys.keymap import load_keys
    from hongyan.terminal.full.pictures.graphics import best_mode, has_sixel

    terminal = settings.terminal
    try:
        conflicts = load_keys(terminal).conflicts()
    except UsageError as problem:
        yield Finding("keys", "bad", str(problem), problem.advice)
        conflicts = []
    if conflicts:
        yield Finding("keys", "note", f"{len(conflicts)} conflicts", "See: hongyan keys --check")
    mode = best_mode(terminal.pictures, os.environ)
    hint = "" if has_sixel() else "For sixel pictures in the viewer: pip install 'hongyan[pictures]'"
    yield Finding("pictures", "ok", f"drawn as {mode}", hint)
    osc = escape_for("x", "x", os.environ) != ""
    desktop = next((p for p in ("notify-send", "osascript") if shutil.which(p)), "")
    ways = ", ".join(
        way for way in ("the terminal" if osc else "", desktop, "bell" if terminal.notify.bell else "") if way
    )
    yield Finding(
        "notifications", "ok" if ways else "note", f"by {ways}" if ways else "by nothing that is here"
    )
    if os.environ.get("TERM_PROGRAM") == "iTerm.app" and not os.environ.get("TMUX"):
        yield Finding(
            "input method", "note", "iTerm2: newer keyboard reports are left off, so that no text is lost"
        )


def _profile(settings: Settings) -> Iterator[Finding]:
    folder = settings.folder
    if not folder.is_dir():
        yield _room_for(settings)
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        yield Finding(
            "profile", "bad", f"{folder} can be read by others (mode {mode:o})", f"Run: chmod 700 {folder}"
        )
    else:
        yield Finding("profile", "ok", f"{settings.profile!r} at {folder}")
    yield from _storage(settings)
    yield from _credentials(settings)


def _storage(settings: Settings) -> Iterator[Finding]:
    """Report whether the profile's disk has room and is writable, and whether the journal is whole."""
    from hongyan.assemble import storage_problems

    problems = storage_problems(settings)
    if not problems:
        yield Finding("storage", "ok", "there is room, and the journal can be read")
    for problem in problems:
        yield Finding("storage", "bad", str(problem), problem.advice)


def _room_for(settings: Settings) -> Finding:
    """Report whether a profile that does not exist can be created."""
    there = next(path for path in (settings.folder, *settings.folder.parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Finding(
            "profile", "bad", f"nothing can be made in {there}", "Give another folder with --home DIR."
        )
    return Finding(
        "profile", "note", f"{settings.profile!r} does not exist yet", "It is made by: hongyan login"
    )


def _credentials(settings: Settings) -> Iterator[Finding]:
    from hongyan.client.profile import Profile
    from hongyan.errors import HongyanError

    try:
        profile = Profile(settings.folder)
        profile.require_rested()
        held = profile.vault.load()
    except HongyanError as problem:
        yield Finding("login", "bad", str(problem), problem.advice)
        return
    if held is None:
        yield Finding("login", "note", "not logged in", "Run: hongyan login")
    else:
        yield Finding("login", "ok", f"credentials for {profile.vault.saved.server} are kept")


def _server(settings: Settings) -> Iterator[Finding]:
    if settings.server == "official":
        yield Finding(
            "server", "note", "the official service; doctor does not touch it", "It refuses most accounts."
        )
        return
    import asyncio

    from hongyan.errors import HongyanError

    try:
        problem = asyncio.run(server_problem(settings))
    except HongyanError as error:
        yield Finding("certificates", "bad", str(error), error.advice)
        return
    if problem is None:
        yield Finding("server", "ok", f"{settings.server} answers")
    else:
        sentence = f"{settings.server} does not answer: {problem.problem}"
        yield Finding("server", "bad", sentence, problem.advice)
    if settings.proxy:
        yield Finding("proxy", "note", f"requests go through {_without_password(settings.proxy)}")


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


_LOOKS: Final[tuple[Callable[[Settings], Iterator[Finding]], ...]] = (
    _python,
    _terminal,
    _screen,
    _profile,
    _server,
)
