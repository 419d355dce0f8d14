"""The circumstances: each runs a cell its own way and says which exit codes are true there.

Where a machine cannot bring one about (no root, no libfaketime, no such locale), it is skipped and says so.
"""

from __future__ import annotations

import functools
import glob
import os
import pty
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .cells import SECONDS, Ran

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .cells import Cell

    Verdicts = Iterator[tuple[Ran, set[int]]]
    """What was run, and the exit codes that are true for it."""

__all__ = ["CIRCUMSTANCES", "Circumstance", "Impossible"]

_UNKNOWN_UID: Final = 54_321
_FAKETIME: Final = "/usr/lib/*/faketime/libfaketimeMT.so.1"


class Impossible(Exception):
    """This machine cannot bring a circumstance about; the text says why."""


def _nothing() -> None:
    """Want nothing of the machine."""


@dataclass(frozen=True, slots=True)
class Circumstance:
    """One way in which a machine is special. ``run`` runs a cell there; ``require`` raises Impossible where it cannot.

    ``for_all`` is for every line, not only the first of a command. ``hears`` tells that what is typed arrives.
    """

    run: Callable[[Cell], Verdicts]
    require: Callable[[], None] = _nothing
    for_all: bool = False
    hears: bool = True


def _own(cell: Cell) -> set[int]:
    """Return what is true where the circumstance changes nothing.

    What runs on may be asked to end before it began (143, or the signal itself where it had not read a line of ours yet);
    the demo's script may be over before that.
    """
    ended = {143, -signal.SIGTERM} | ({0} if cell.line.words.startswith("demo") else set())
    return {cell.line.code} | ({0, 1} if cell.line.asks else set()) | (ended if cell.line.endless else set())


def _plain(cell: Cell) -> Verdicts:
    yield cell.run(), _own(cell)


# -- streams


def _closed(redirections: str) -> Callable[[Cell], Verdicts]:
    def run(cell: Cell) -> Verdicts:
        codes = _own(cell)
        if "<&-" in redirections and cell.line.typed:
            codes |= {0, 2}  # nothing was typed
        if ">&-" in redirections.split():
            codes |= {9}  # what cannot be printed is no success
        yield cell.run(around=(b"sh", b"-c", f'exec "$@" {redirections}'.encode(), b"sh")), codes

    return run


def _gone_reader(cell: Cell) -> Verdicts:
    """The reader of the output leaves at once: nothing is said of it."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ran = cell.run(stdout=writer)
    finally:
        os.close(writer)
    assert b"Broken" not in ran.err, ran.err
    yield ran, _own(cell) | ({0} if _is_a_send(cell) else {0, 141})


def _require_full_device() -> None:
    if not Path("/dev/full").exists():
        raise Impossible("this system has no device that is always full")


def _full_output(cell: Cell) -> Verdicts:
    """The output goes to a device that is always full."""
    _require_full_device()
    with open("/dev/full", "wb") as full:
        yield cell.run(stdout=full), _own(cell) | (set() if _is_a_send(cell) else {9})


def _is_a_send(cell: Cell) -> bool:
    """Whether a script would send again where the code is not 0."""
    return cell.line.sends and cell.line.words.startswith(("send ", "recall "))


# -- languages


def _speaking(**environment: str) -> Callable[[Cell], Verdicts]:
    def run(cell: Cell) -> Verdicts:
        cell.environment |= {name.encode(): value.encode() for name, value in environment.items()}
        yield cell.run(), _own(cell)

    return run


def _in_locale(name: str, source: str, charmap: str) -> Callable[[Cell], Verdicts]:
    def run(cell: Cell) -> Verdicts:
        _require_locale(name, source, charmap)
        place = _locale(name, source, charmap)
        assert place is not None
        own = {b"LOCPATH": place.encode(), b"LC_ALL": name.encode(), b"LANG": name.encode()}
        cell.environment |= {**own, b"PYTHONUTF8": b"0"}
        words = [_in_charset(word, charmap) for word in cell.filled()]
        yield cell.run(words, typed=_in_charset(cell.typed(), charmap)), _own(cell)

    return run


def _require_locale(name: str, source: str, charmap: str) -> None:
    if _locale(name, source, charmap) is None:
        raise Impossible(f"the locale {name} cannot be made here (no localedef, or no sources of locales)")


def _in_charset(word: bytes, charmap: str) -> bytes:
    """Return what a terminal of that charset would type, or the same UTF-8 where it has no such letters."""
    try:
        return word.decode().encode(charmap)
    except UnicodeError:
        return word


@functools.cache
def _locale(name: str, source: str, charmap: str) -> str | None:
    if shutil.which("localedef") is None or not glob.glob(f"/usr/share/i18n/locales/{source}"):
        return None
    place = Path(tempfile.gettempdir()) / f"hongyan-locales-{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    if not (place / name).is_dir():
        fresh = place / f".{name}-{os.getpid()}"
        made = subprocess.run(
            ("localedef", "-c", "-i", source, "-f", charmap, str(fresh)), capture_output=True, check=False
        )
        if made.returncode > 1:
            return None
        try:
            fresh.rename(place / name)
        except OSError:
            shutil.rmtree(fresh)  # another test was faster
    return str(place)


# -- bytes that are no text


def _bytes_in_arguments(cell: Cell) -> Verdicts:
    """Each text of the line in turn is spoilt; so is the profile's name."""
    for name in ("text", "friend", "group"):
        if f"{{{name}}}" in cell.line.words.split():
            yield cell.run(cell.filled(**{name: b"\xff\xfe" + cell.values()[name]})), {2}
    if {"{offline}", "{online}"} & set(cell.line.words.split()):
        yield cell.run([*cell.filled(), b"--profile", b"\xffa"]), {2}
    yield cell.run([*cell.filled(), b"\xff"]), {cell.line.code, 0, 2, 4}


def _bytes_typed(cell: Cell) -> Verdicts:
    spoilt = b"\xff\xfe" + cell.typed() + b"\xff\n"
    yield cell.run(typed=spoilt), _own(cell) | ({0, 2} if cell.line.typed else set())


def _bytes_in_file_names(cell: Cell) -> Verdicts:
    """Everything lies in a folder whose name is no text, and the files' own names are none."""
    renamed = cell.folder + b"-\xe9\xff"
    os.rename(cell.folder, renamed)
    cell.folder = renamed
    for name in (b"file.txt", b"payload.json", b"rules.toml"):
        shutil.copy(os.path.join(renamed, name), os.path.join(renamed, b"\xe9-" + name))
    spoilt = {
        name: os.path.join(renamed, b"\xe9-" + file)
        for name, file in (("file", b"file.txt"), ("payload", b"payload.json"), ("rules", b"rules.toml"))
    }
    yield cell.run(cell.filled(**spoilt, out=os.path.join(renamed, b"out-\xe9"))), _own(cell)


# -- who runs it


def _require_root() -> None:
    if os.getuid() != 0 or shutil.which("setpriv") is None:
        raise Impossible("another user can be taken on by root alone, with setpriv")


def _nobody(cell: Cell) -> Verdicts:
    """A container's user: a number without a name and a home; the profile's folder is named."""
    _require_root()
    for folder, _, files in os.walk(cell.folder):
        for path in (folder, *(os.path.join(folder, file) for file in files)):
            os.chown(path, _UNKNOWN_UID, _UNKNOWN_UID)
    around = f'exec env -u HOME setpriv --reuid {_UNKNOWN_UID} --regid {_UNKNOWN_UID} --clear-groups "$@"'
    _let_through(cell.folder)
    yield cell.run(around=(b"sh", b"-c", around.encode(), b"sh")), _own(cell) | _startless(cell)


def _startless(cell: Cell) -> set[int]:
    """Where others cannot reach this Python, a program that is one of them cannot start another."""
    python = Path(sys.executable).resolve()
    reached = all(folder.stat().st_mode & 0o001 for folder in python.parents)
    return set() if reached or not cell.line.words.startswith("demo") else {9}


def _without_home_option(cell: Cell) -> Verdicts:
    """The same without --home: there is no folder for profiles, and that is told."""
    _require_root()
    words = cell.filled()
    around = f'exec env -u HOME setpriv --reuid {_UNKNOWN_UID} --regid {_UNKNOWN_UID} --clear-groups "$@"'
    if b"--home" in words:
        at = words.index(b"--home")
        del words[at : at + 2]
        codes = {0, 1, 2} if cell.line.asks else {2}
    else:
        codes = _own(cell) | _startless(cell)
    for folder, _, files in os.walk(cell.folder):
        for path in (folder, *(os.path.join(folder, file) for file in files)):
            os.chown(path, _UNKNOWN_UID, _UNKNOWN_UID)
    _let_through(cell.folder)
    yield cell.run(words, around=(b"sh", b"-c", around.encode(), b"sh")), codes


def _let_through(folder: bytes) -> None:
    """Let others reach the cell: the folders of tests are private."""
    path = Path(os.fsdecode(folder))
    for above in path.parents:
        if above.is_relative_to(tempfile.gettempdir()) and above != Path(tempfile.gettempdir()):
            above.chmod(above.stat().st_mode | 0o055)


# -- the disk


@functools.cache
def _mounts() -> bool:
    if os.getuid() != 0 or shutil.which("unshare") is None:
        return False
    tried = ("unshare", "-m", "sh", "-c", "mount -t tmpfs tmpfs /mnt")
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


def _require_mounts() -> None:
    if not _mounts():
        raise Impossible("a disk of its own wants a mount, which wants root")


def _may_fail(cell: Cell) -> set[int]:
    """Where nothing can be written: those that only read do, the others blame the machine."""
    return _own(cell) | {9}


def _full_disk(cell: Cell) -> Verdicts:
    if _mounts():
        place = shlex.quote(os.fsdecode(cell.folder))
        around = (
            f"cp -a {place} {place}.kept && mount -t tmpfs -o size=16m tmpfs {place} && cp -a {place}.kept/. {place} "
            f'&& cd {place} && (head -c 32m /dev/zero >filler 2>/dev/null || true); exec "$@"'
        )
        yield cell.run(around=(b"unshare", b"-m", b"sh", b"-c", around.encode(), b"sh")), _may_fail(cell)
        return
    yield cell.run(around=(b"prlimit", b"--fsize=0:0")), _may_fail(cell)


def _read_only_disk(cell: Cell) -> Verdicts:
    _require_mounts()
    place = shlex.quote(os.fsdecode(cell.folder))
    around = f'mount --bind {place} {place} && mount -o remount,ro,bind {place} && cd {place} && exec "$@"'
    yield cell.run(around=(b"unshare", b"-m", b"sh", b"-c", around.encode(), b"sh")), _may_fail(cell)


# -- the clock


def _require_faketime() -> None:
    if not glob.glob(_FAKETIME):
        raise Impossible("there is no libfaketime here (Debian: faketime)")


def _at(offset: str) -> Callable[[Cell], Verdicts]:
    def run(cell: Cell) -> Verdicts:
        _require_faketime()
        libraries = glob.glob(_FAKETIME)
        cell.environment |= {
            b"LD_PRELOAD": libraries[0].encode(),
            b"FAKETIME": offset.encode(),
            b"DONT_FAKE_MONOTONIC": b"1",
            b"FAKETIME_DONT_FAKE_MONOTONIC": b"1",
        }
        yield cell.run(), _own(cell)

    return run


# -- signals


def _struck_by(number: int, *, after: float) -> Callable[[Cell], Verdicts]:
    """The program is asked to end, somewhere between its start and its end."""

    def run(cell: Cell) -> Verdicts:
        child = cell.start(cell.filled())
        with child:
            time.sleep(after)
            child.send_signal(number)
            out, err = _ended(child, endless=cell.line.endless)
        code = child.returncode
        if b"Traceback" in err and not _after_start(err):
            code = 128 + number
        yield Ran(code, out, _after_start(err)), _own(cell) | {0, 128 + number, -number}

    return run


def _ended(child: subprocess.Popen[bytes], *, endless: bool) -> tuple[bytes, bytes]:
    if endless:
        time.sleep(1.0)
        child.terminate()
    try:
        return child.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        raise


def _after_start(err: bytes) -> bytes:
    """Leave out what the interpreter says of an interruption before it has come to a line of ours."""
    return err if b"/hongyan/cli/" in err or b"Traceback" not in err else b""


def _paused(cell: Cell) -> Verdicts:
    """Ctrl-Z and fg in the middle."""
    child = cell.start(cell.filled())
    with child:
        for _ in range(2):
            time.sleep(0.12)
            child.send_signal(signal.SIGTSTP)
            time.sleep(0.1)
            child.send_signal(signal.SIGCONT)
        out, err = _ended(child, endless=cell.line.endless)
    yield Ran(child.returncode, out, err), _own(cell)


# -- a terminal


def _terminal(number: int | None) -> Callable[[Cell], Verdicts]:
    """The command on a terminal, which is afterwards as it was."""

    def run(cell: Cell) -> Verdicts:
        leader, follower = pty.openpty()
        try:
            before = termios.tcgetattr(follower)
            child = cell.start(
                cell.filled(),
                stdin=follower,
                stdout=follower,
                stderr=follower,
                process_group=None,
                start_new_session=True,
                preexec_fn=functools.partial(_take, follower),
            )
            out = _conversed(child, leader, cell.typed(), number, endless=cell.line.endless)
            after = termios.tcgetattr(follower)
        finally:
            os.close(leader)
            os.close(follower)
        assert after == before, "the terminal is not as it was"
        assert out.count(b"\x1b[?1049h") == out.count(b"\x1b[?1049l")
        codes = _own(cell) | ({0, 130, 128 + number, -number} if number else set())
        if cell.line.typed:
            codes |= {0}
        yield Ran(child.returncode, out.replace(b"\r\n", b"\n") if not cell.line.typed else b"", out), codes

    return run


def _take(follower: int) -> None:
    import fcntl

    fcntl.ioctl(follower, termios.TIOCSCTTY, 0)


def _conversed(
    child: subprocess.Popen[bytes], leader: int, typed: bytes, number: int | None, *, endless: bool
) -> bytes:
    """Type, strike where that is wanted, and read what comes until the program has ended."""
    import select

    out, begun, struck, wrote = b"", time.monotonic(), False, False
    while child.poll() is None:
        ready, _, _ = select.select((leader,), (), (), 0.05)
        if ready:
            out += os.read(leader, 65536)
        passed = time.monotonic() - begun
        if typed and not wrote and passed > 0.6 and number is None:
            os.write(leader, typed.replace(b"\n", b"\r") + b"\x04")
            wrote = True
        if not struck and ((number and passed > 0.5) or (endless and passed > 2.0)):
            child.send_signal(number or signal.SIGTERM)
            struck = True
        if endless and passed > 3.0:
            child.terminate()
        if passed > SECONDS:
            child.kill()
            raise AssertionError(f"it did not end: {out[-2000:]!r}")
    while select.select((leader,), (), (), 0.05)[0]:
        try:
            piece = os.read(leader, 65536)
        except OSError:
            break
        out += piece
    return out


_GBK: Final = ("zh_CN.GBK", "zh_CN", "GBK")
_LATIN_1: Final = ("en_US.ISO-8859-1", "en_US", "ISO-8859-1")

CIRCUMSTANCES: Final[dict[str, Circumstance]] = {
    "nothing special": Circumstance(_plain, for_all=True),
    "closed input": Circumstance(_closed("<&-"), for_all=True, hears=False),
    "closed output": Circumstance(_closed(">&-")),
    "closed errors": Circumstance(_closed("2>&-")),
    "all closed": Circumstance(_closed("<&- >&- 2>&-"), for_all=True, hears=False),
    "reader gone": Circumstance(_gone_reader, for_all=True),
    "output full": Circumstance(_full_output, _require_full_device),
    "C locale": Circumstance(_speaking(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")),
    "Latin-1": Circumstance(_speaking(PYTHONIOENCODING="latin-1", PYTHONUTF8="0"), for_all=True),
    "GBK": Circumstance(_speaking(PYTHONIOENCODING="gbk", PYTHONUTF8="0"), for_all=True),
    "locale zh_CN.GBK": Circumstance(_in_locale(*_GBK), functools.partial(_require_locale, *_GBK)),
    "locale en_US": Circumstance(_in_locale(*_LATIN_1), functools.partial(_require_locale, *_LATIN_1)),
    "bytes in arguments": Circumstance(_bytes_in_arguments, for_all=True),
    "bytes typed": Circumstance(_bytes_typed, hears=False),
    "bytes in file names": Circumstance(_bytes_in_file_names, for_all=True),
    "unknown user": Circumstance(_nobody, _require_root),
    "unknown user without --home": Circumstance(_without_home_option, _require_root),
    "full disk": Circumstance(_full_disk, for_all=True),
    "read-only disk": Circumstance(_read_only_disk, _require_mounts, for_all=True),
    "clock a month ahead": Circumstance(_at("+30d"), _require_faketime),
    "clock an hour back": Circumstance(_at("-1h"), _require_faketime),
    "SIGTERM": Circumstance(_struck_by(signal.SIGTERM, after=0.3), hears=False),
    "SIGHUP": Circumstance(_struck_by(signal.SIGHUP, after=0.2), hears=False),
    "SIGINT": Circumstance(_struck_by(signal.SIGINT, after=0.15), hears=False),
    "SIGTSTP and SIGCONT": Circumstance(_paused),
    "terminal": Circumstance(_terminal(None), hears=False),
    "terminal closed by SIGHUP": Circumstance(_terminal(signal.SIGHUP), hears=False),
    "terminal ended by SIGTERM": Circumstance(_terminal(signal.SIGTERM), hears=False),
}
