"""Uploads and downloads files for the account: retries of pieces, verification, names by hash; it chooses no receiver.

A file that was fetched for a message is noted in the store, so that it is not fetched again as long as it is there.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from typing import TYPE_CHECKING, Final, TypeVar, cast
from weakref import WeakValueDictionary

from hongyan.backends.webwx.judge import Wanted, judge, may_be_begun
from hongyan.errors import (
    LOGIN_GONE,
    NoAnswer,
    NotComplete,
    Oversized,
    ProtocolChanged,
    Refused,
    StorageError,
    TransferCancelled,
    Unreached,
    UsageError,
    WrongContent,
)
from hongyan.files.attachments import Copy, copy_in
from hongyan.files.content_types import HEAD, Extent, Family
from hongyan.files.file_names import ending_for
from hongyan.files.private_files import present, private_folder, settle_file
from hongyan.model.media_files import MediaFile, Verified
from hongyan.model.messages import File, Location, Picture, Sticker, Video, Voice
from hongyan.webwx.calls import media as calls
from hongyan.webwx.http import Multipart

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hongyan.backends.webwx.api_client import ApiClient
    from hongyan.errors import HongyanError
    from hongyan.model.contacts import Contact
    from hongyan.model.ids import MsgId, Seq
    from hongyan.model.messages import AnyMessage
    from hongyan.ports.archive import Archive
    from hongyan.webwx.http import ApiCall
    from hongyan.webwx.media import UploadPlan

    Progress = Callable[[int, int | None], None]
    Wanting = Callable[[], bool]

__all__ = [
    "Media",
]

T = TypeVar("T")

_TRIES: Final = 6
_FIRST_PAUSE_S: Final = 0.2
_PASSING: Final = -1  # the server's passing faults, and a chunk that it had already
_PIECE: Final = 1 << 18
_GONE_ON_WITHIN_S: Final = 86_400.0  # seconds that half a download is kept for
_LOOK_TWICE: Final = (
    32 << 20
)  # bytes up to which a file that is not the announced one is fetched a second time


class Media:
    """Uploads from and downloads into one profile's media folder.

    ``wanted()`` is called between the pieces of a transfer: if it returns False the transfer ends with TransferCancelled.
    """

    def __init__(self, api: ApiClient, folder: Path, archive: Archive) -> None:
        self._api = api
        self._folder = folder
        self._archive = archive
        self._one_at_a_time: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def sweep(self) -> None:
        """Delete what an interrupted program left half-done: copies that were never finished, downloads of long ago."""
        for orphan in (*self._folder.glob(".sending-*"), *self._folder.glob(".copying-*")):
            orphan.unlink(missing_ok=True)
        for part in self._folder.glob(".coming-*"):
            if _changed_at(part) < self._api.now() - _GONE_ON_WITHIN_S:
                self._api.discard(part)

    def copy_at(self, path: str) -> Path:
        """Return the present path of a copy stored at ``path``; the profile may have been moved since.

        A path outside the profile is refused: an imported row may name any file of this machine.
        """
        return copy_in(self._folder, path) or self._folder / "no-copy"

    async def upload(
        self, plan: UploadPlan, path: Path, progress: Progress | None = None, wanted: Wanting = lambda: True
    ) -> None:
        """Carry a plan out to its end, retrying each piece."""
        report = _asking(progress, wanted)
        report(0, plan.upload.size)
        while (await self._next(plan, path)) is not None:
            report(plan.sent, plan.upload.size)

    async def _next(self, plan: UploadPlan, path: Path) -> UploadPlan | None:
        """Transfer one piece of a plan; None when there is nothing more to do."""
        pause = _FIRST_PAUSE_S
        for attempt in range(1, _TRIES + 1):
            call = plan.next_call(self._api.caller())
            if call is None:
                return None
            try:
                await self._carry(plan, call, path)
            except (NoAnswer, Refused) as error:
                if attempt == _TRIES or (isinstance(error, Refused) and error.ret != _PASSING):
                    raise
                await asyncio.sleep(pause)
                pause *= 2
            else:
                break
        return plan

    async def _carry(self, plan: UploadPlan, call: ApiCall[calls.Permit] | ApiCall[str], path: Path) -> None:
        if isinstance(call.request.body, Multipart):
            chunk = cast("ApiCall[str]", call)
            plan.uploaded(await self._api.upload(lambda _: chunk, path))
        else:
            permit = cast("ApiCall[calls.Permit]", call)
            plan.permitted(await self._api.ask(lambda _: permit))

    async def fetch(
        self,
        seq: Seq,
        message: AnyMessage,
        size: str,
        progress: Progress | None = None,
        wanted: Wanting = lambda: True,
    ) -> Path:
        """Return the verified file of ``message``, journal row ``seq``; a stored file is not fetched again.

        A download that broke off is resumed. A doubtful file is fetched again, and stays if that fails.
        """
        what, name = wanted_of(message, size), f"{seq}-{size}"
        async with self._one_at_a_time.setdefault(name, asyncio.Lock()):
            noted = self._archive.file(seq, size)
            kept = present(self._folder, noted)
            doubtful = noted is not None and noted.verified is Verified.DOUBTFUL
            if kept is not None and not doubtful:
                return kept
            try:
                copy, extent = await self._download(
                    what, f".coming-{name}", _asking(progress, wanted), wanted
                )
            except (NoAnswer, Refused):
                if kept is None:
                    raise
                return kept
            await self._archive.keep_file(self._noted(seq, size, copy, _verdict(copy, what, extent)))
            return copy.path

    def _noted(self, seq: Seq, size: str, copy: Copy, verified: Verified) -> MediaFile:
        return MediaFile(
            seq=seq,
            size=size,
            path=str(copy.path.relative_to(self._folder)),
            bytes=copy.size,
            sha256=copy.sha256,
            md5=copy.md5,
            verified=verified,
            kept_at=self._api.now(),
        )

    async def fetch_avatar(self, contact: Contact, name: str) -> Path:
        """Download the picture of a person or group."""
        if not contact.avatar:
            raise UsageError(f"{contact.shown!r} has no picture that is known")
        what = Wanted(lambda caller: calls.avatar(caller, contact.avatar), "the picture", Family.IMAGE)
        copy, _ = await self._download(what, f".coming-{name}")
        return copy.path

    async def _download(
        self,
        what: Wanted,
        name: str,
        progress: Progress | None = None,
        wanted: Wanting = lambda: True,
    ) -> tuple[Copy, Extent]:
        """Download until it is whole, and store it. On failure nothing of it stays except a resumable part."""
        part = private_folder(self._folder) / name  # it may have been removed
        try:
            copy, extent = await self._whole(what, part, progress, wanted)
            return await asyncio.to_thread(_keep, part, copy), extent
        except (NoAnswer, Refused) as error:
            if isinstance(error, (NotComplete, WrongContent, Refused)):
                self._api.discard(part)
            raise
        except OSError as error:
            self._api.discard(part)
            raise StorageError(f"a file cannot be stored: {error.strerror or error}") from error
        except BaseException:
            self._api.discard(part)
            raise

    async def _whole(
        self, what: Wanted, part: Path, progress: Progress | None, wanted: Wanting
    ) -> tuple[Copy, Extent]:
        """Fetch into ``part`` until it has no contradictions, or two downloads were the same."""
        if not _is_worth_joining(what):
            self._api.discard(part)  # of a program that was killed
        seen: set[str] = set()
        pause, stalls = _FIRST_PAUSE_S, 0
        for attempt in range(1, _TRIES + 1):
            had = _size(part)
            try:
                await self._api.download(what.make, part, progress, at_most=what.at_most)
                extent = await asyncio.to_thread(judge, part, what)
                copy = await _in_thread(lambda going: _measure(part, self._folder, what.name, going), wanted)
                if _settles(copy, what, extent, joined=had > 0) or copy.sha256 in seen or attempt == _TRIES:
                    return copy, extent
                seen.add(copy.sha256)
                self._api.discard(part)
            except (NoAnswer, Refused, ProtocolChanged) as error:
                self._api.refused(error)
                if attempt >= _tries(error):
                    raise
                stands = isinstance(
                    error, (Unreached, ProtocolChanged)
                )  # no statement about the part at hand
                stalls = stalls + 1 if _size(part) <= had and not stands else 0
                if stalls > 1 or not await asyncio.to_thread(_may_go_on, part, what, error):
                    self._api.discard(part)
                await asyncio.sleep(pause)
                pause *= 2
        raise AssertionError  # the last attempt returns or raises


def _tries(error: NoAnswer | Refused | ProtocolChanged) -> int:
    """Return how many tries an error is worth; a lost login was once reported for valid logins (2019)."""
    if isinstance(error, Refused):
        return _TRIES if error.ret == _PASSING or error.ret in LOGIN_GONE else 1
    if isinstance(error, NotComplete) and error.have == 0:
        return 2
    if isinstance(error, ProtocolChanged):
        return 3
    return 1 if isinstance(error, Oversized) else _TRIES


def _settles(copy: Copy, what: Wanted, extent: Extent, *, joined: bool) -> bool:
    """Whether no second download is needed: its end is present, and it matches the announcement.

    Pictures may have been made smaller, so that another digest alone proves nothing, unless they were ``joined`` of
    two answers; a length other than the announced one is fetched twice.
    """
    if what.md5 and copy.md5 == what.md5:
        return True
    other = what.md5 and (joined or (what.exact and copy.size <= _LOOK_TWICE))
    shorter = 0 < copy.size < what.size
    return extent not in {Extent.CUT, Extent.STRANGE} and not other and not shorter


def _may_go_on(part: Path, what: Wanted, error: HongyanError) -> bool:
    """Whether the next try may resume: the answer broke off, and may be the start of the wanted content."""
    ended = isinstance(error, (NotComplete, WrongContent, Refused))
    return not ended and _is_worth_joining(what) and _size(part) > 0 and may_be_begun(part, what)


def _is_worth_joining(what: Wanted) -> bool:
    """Whether it may be large. Small content is fetched again rather than joined of two answers: few have a digest."""
    return what.family in {Family.VIDEO, Family.ANY}


def _changed_at(part: Path) -> float:
    try:
        return part.lstat().st_mtime
    except OSError:
        return 0.0


def _size(part: Path) -> int:
    try:
        return part.lstat().st_size
    except OSError:
        return 0


def wanted_of(message: AnyMessage, size: str) -> Wanted:
    """Return what to fetch for a message; UsageError if it has no file, or the web cannot fetch it."""
    number = message.id
    match message:
        case Sticker(in_store=True):
            raise UsageError(
                "stickers of the store cannot be downloaded by Web WeChat", "View it on your phone."
            )
        case Voice():
            return _voice(message)
        case Location():
            return Wanted(lambda caller: calls.place_picture(caller, number), "the map", Family.IMAGE)
        case Sticker():
            return _picture(number, "big", message.size, message.md5)
        case Picture():
            known = (message.size, message.md5) if size == "full" else (0, "")
            return _picture(number, size, *known)
        case _ if size == "thumbnail":
            return _picture(number, size)
        case Video():
            return _video(message)
        case File():
            return _file(message)
        case _:
            raise UsageError(f"a message of the kind {message.kind!r} has no file")


def _picture(number: MsgId, size: str, length: int = 0, md5: str = "") -> Wanted:
    return Wanted(
        lambda caller: calls.message_picture(caller, number, size),
        "the picture",
        Family.IMAGE,
        size=length,
        md5=md5.lower(),
    )


def _voice(message: Voice) -> Wanted:
    return Wanted(
        lambda caller: calls.voice(caller, message.id),
        "the voice message",
        Family.AUDIO,
        size=message.size,
        exact=True,
    )


def _video(message: Video) -> Wanted:
    return Wanted(
        lambda caller: calls.video(caller, message.id),
        "the video",
        Family.VIDEO,
        size=message.size,
        exact=True,
        md5=message.md5.lower(),
    )


def _file(message: File) -> Wanted:
    return Wanted(
        lambda caller: calls.media_file(caller, message.sender, message.media_id, message.encrypted_name),
        "the file",
        Family.ANY,
        size=message.size,
        exact=True,
        name=message.name,
        md5=message.md5.lower(),
    )


async def _in_thread(work: Callable[[Wanting], T], wanted: Wanting) -> T:
    """Do something long in a thread; it stops when the caller is gone, so that no exit waits for it."""
    canceled = threading.Event()
    try:
        return await asyncio.to_thread(work, lambda: not canceled.is_set() and wanted())
    finally:
        canceled.set()


def _measure(part: Path, folder: Path, name: str, going: Wanting) -> Copy:
    """Return what a file is, and where it belongs by its SHA-256 and its first bytes; TransferCancelled where it is no longer wanted."""
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with part.open("r+b") as file:
        head = file.read(HEAD)
        file.seek(0)
        while piece := file.read(_PIECE):
            sha256.update(piece)
            md5.update(piece)
            if not going():
                raise TransferCancelled
        size = file.tell()
        os.fsync(file.fileno())
    digest = sha256.hexdigest()
    return Copy(folder / digest[:2] / f"{digest}{ending_for(head, name)}", size, md5.hexdigest(), digest)


def _keep(part: Path, copy: Copy) -> Copy:
    """Give a whole file its lasting name."""
    private_folder(copy.path.parent)
    part.chmod(0o600)
    settle_file(part, copy.path)
    return copy


def _verdict(copy: Copy, what: Wanted, extent: Extent) -> Verified:
    """Return the evidence for a file. The digests in messages are those of the file on the sender's phone."""
    if what.md5 and what.md5 == copy.md5:
        return Verified.DIGEST
    if extent in {Extent.CUT, Extent.STRANGE}:
        return Verified.DOUBTFUL
    if what.md5:
        return Verified.OTHER_DIGEST
    return Verified.LENGTH if copy.size == what.size else Verified.UNANNOUNCED


def _asking(progress: Progress | None, wanted: Wanting) -> Progress:
    """Return a progress that raises TransferCancelled where the transfer is wanted no more."""

    def report(have: int, total: int | None) -> None:
        if not wanted():
            raise TransferCancelled
        if progress is not None:
            progress(have, total)

    return report
