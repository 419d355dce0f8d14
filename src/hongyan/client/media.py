"""Carries files up and down for the account: retries of pieces, verification, names by hash; it chooses no receiver.

A file that was fetched for a message is noted in the store, so that it is not fetched again as long as it is there.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from typing import TYPE_CHECKING, Final, cast
from weakref import WeakValueDictionary

from hongyan.client.files import present, private_folder, settle_file
from hongyan.client.outgoing import Copy
from hongyan.client.pieces import ending_of
from hongyan.errors import NoAnswer, NotComplete, Refused, UsageError
from hongyan.model.commands import DROPPED
from hongyan.model.kept import KeptFile, Verified
from hongyan.model.messages import File, Location, Picture, Sticker, Video, Voice
from hongyan.webwx.calls import media as calls
from hongyan.webwx.http import Multipart

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hongyan.client.line import Line
    from hongyan.model.contacts import Contact
    from hongyan.model.ids import Seq
    from hongyan.model.messages import AnyMessage
    from hongyan.ports import Store
    from hongyan.webwx.calls.caller import Caller
    from hongyan.webwx.http import Call
    from hongyan.webwx.media import UploadPlan

    Progress = Callable[[int, int | None], None]
    Wanted = Callable[[], bool]
    Fetching = Callable[[Caller], Call[None]]

__all__ = ["Media", "Stopped"]

_TRIES: Final = 6
_FIRST_PAUSE_S: Final = 0.2
_PASSING: Final = -1  # the server's passing faults, and a chunk that it had already
_PIECE: Final = 1 << 18


class Stopped(UsageError):
    """A person gave up the transfer while it was on its way."""

    code = DROPPED

    def __init__(self) -> None:
        super().__init__("a person took it out of the outbox on its way")


class Media:
    """Uploads from and downloads into one profile's media folder.

    ``wanted()`` is asked between the pieces of a transfer: where it returns False the transfer ends with Stopped.
    """

    def __init__(self, line: Line, folder: Path, store: Store) -> None:
        self._line = line
        self._folder = folder
        self._store = store
        self._one_at_a_time: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def sweep(self) -> None:
        """Delete what an interrupted program left half-done and cannot go on with: copies that were never finished."""
        for orphan in self._folder.glob(".sending-*"):
            orphan.unlink(missing_ok=True)

    async def upload(
        self, plan: UploadPlan, path: Path, progress: Progress | None = None, wanted: Wanted = lambda: True
    ) -> None:
        """Carry a plan out to its end, each piece with retries of its own."""
        told = _asking(progress, wanted)
        told(0, plan.upload.size)
        while (await self._next(plan, path)) is not None:
            told(plan.sent, plan.upload.size)

    async def _next(self, plan: UploadPlan, path: Path) -> UploadPlan | None:
        """Carry one piece of a plan; None when there is nothing more to do."""
        pause = _FIRST_PAUSE_S
        for attempt in range(1, _TRIES + 1):
            call = plan.next_call(self._line.caller())
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

    async def _carry(self, plan: UploadPlan, call: Call[calls.Permit] | Call[str], path: Path) -> None:
        if isinstance(call.request.body, Multipart):
            chunk = cast("Call[str]", call)
            plan.uploaded(await self._line.upload(lambda _: chunk, path))
        else:
            permit = cast("Call[calls.Permit]", call)
            plan.permitted(await self._line.ask(lambda _: permit))

    async def fetch(
        self,
        seq: Seq,
        message: AnyMessage,
        size: str,
        progress: Progress | None = None,
        wanted: Wanted = lambda: True,
    ) -> Path:
        """Return the verified file that ``message``, journal row ``seq``, carries; what is there is not fetched again.

        A download that broke off goes on where it ended.
        """
        fetching, name = fetching_of(message, size), f"{seq}-{size}"
        expected = message.size if isinstance(message, File) and message.size else None
        async with self._one_at_a_time.setdefault(name, asyncio.Lock()):
            if (kept := present(self._folder, self._store.file(seq, size))) is not None:
                return kept
            told = _asking(progress, wanted)
            copy = await self._download(
                fetching, f".coming-{name}", expected, told, page=isinstance(message, File)
            )
            await self._store.keep_file(
                KeptFile(
                    seq=seq,
                    size=size,
                    path=str(copy.path.relative_to(self._folder)),
                    bytes=copy.size,
                    sha256=copy.sha256,
                    md5=copy.md5,
                    verified=_verdict(copy, message, size, expected),
                    kept_at=self._line.wall(),
                )
            )
            return copy.path

    async def fetch_avatar(self, contact: Contact, name: str) -> Path:
        """Download the picture of a person or group."""
        if not contact.avatar:
            raise UsageError(f"{contact.shown!r} has no picture that is known")
        copy = await self._download(
            lambda caller: calls.avatar(caller, contact.avatar), f".coming-{name}", None, None
        )
        return copy.path

    async def _download(
        self,
        fetching: Fetching,
        name: str,
        expected: int | None,
        progress: Progress | None,
        *,
        page: bool = False,
    ) -> Copy:
        """Download until the file is whole; ``page`` where it may be a web page."""
        part = self._folder / name
        pause = _FIRST_PAUSE_S
        for attempt in range(1, _TRIES + 1):
            try:
                await self._line.download(fetching, part, progress)
                await asyncio.to_thread(_require_whole, part, expected, page=page)
                break
            except NoAnswer as error:
                empty = isinstance(error, NotComplete) and error.have == 0
                if attempt == _TRIES or (empty and attempt == 2):
                    raise
                await asyncio.sleep(pause)
                pause *= 2
        return await asyncio.to_thread(_keep, part, self._folder)


def fetching_of(message: AnyMessage, size: str) -> Fetching:
    """Return the call that fetches what a message carries; UsageError where it carries nothing, or the web cannot."""
    match message:
        case Voice():
            return lambda caller: calls.voice(caller, message.id)
        case Video() if size != "thumbnail":
            return lambda caller: calls.video(caller, message.id)
        case File() if size != "thumbnail":
            return lambda caller: calls.media_file(
                caller, message.sender, message.media_id, message.encrypted_name
            )
        case Location():
            return lambda caller: calls.place_picture(caller, message.id)
        case Sticker(in_store=True):
            raise UsageError(
                "stickers of the store cannot be fetched by Web WeChat", "Look at it on the phone."
            )
        case Sticker():
            return lambda caller: calls.message_picture(caller, message.id, "big")
        case Picture():
            return lambda caller: calls.message_picture(caller, message.id, size)
        case _ if size == "thumbnail":
            return lambda caller: calls.message_picture(caller, message.id, "thumbnail")
        case _:
            raise UsageError(f"a message of the kind {message.kind!r} carries no file")


def _require_whole(part: Path, expected: int | None, *, page: bool) -> None:
    """See to it that a file is not empty, no web page where none may be, and as long as announced; else it is deleted."""
    have = part.stat().st_size
    if not page and _is_page(part):
        part.unlink()
        raise NotComplete("the file (a web page came in its place)", 0, expected)
    if have == 0 or (expected is not None and have > expected):
        part.unlink()
    if have == 0:
        raise NotComplete("the file (expired, or not given to the web)", 0, expected)
    if expected is not None and have != expected:
        raise NotComplete("the file", have, expected)


def _is_page(part: Path) -> bool:
    with part.open("rb") as file:
        return file.read(64).lstrip().lower().startswith((b"<!doctype html", b"<html"))


def _keep(part: Path, folder: Path) -> Copy:
    """Give a whole file its lasting name, by its SHA-256 and what its first bytes say it is."""
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with part.open("r+b") as file:
        head = file.read(16)
        file.seek(0)
        while piece := file.read(_PIECE):
            sha256.update(piece)
            md5.update(piece)
        size = file.tell()
        os.fsync(file.fileno())
    digest = sha256.hexdigest()
    path = private_folder(folder / digest[:2]) / f"{digest}{ending_of(head)}"
    part.chmod(0o600)
    settle_file(part, path)
    return Copy(path, size, md5.hexdigest(), digest)


def _verdict(copy: Copy, message: AnyMessage, size: str, expected: int | None) -> Verified:
    """Say what speaks for a file. The digests that messages name are those of what the sender's phone had."""
    announced = getattr(message, "md5", "").lower() if size == "full" else ""
    if announced:
        return Verified.DIGEST if announced == copy.md5 else Verified.OTHER_DIGEST
    return Verified.LENGTH if expected is not None else Verified.UNANNOUNCED


def _asking(progress: Progress | None, wanted: Wanted) -> Progress:
    """Return a progress that raises Stopped where the transfer is wanted no more."""

    def told(have: int, total: int | None) -> None:
        if not wanted():
            raise Stopped
        if progress is not None:
            progress(have, total)

    return told
