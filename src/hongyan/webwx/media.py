"""How a file goes up in pieces and how one comes down, as plans without a byte in them.

A plan takes an answer and returns the next call; it opens no file and sends nothing. A chunk whose answer
was lost is simply sent again: the server takes chunks by their number.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from hongyan.errors import ProtocolChanged
from hongyan.model.ids import TransientName
from hongyan.model.upload_kinds import UploadKind, extension, require_allowed
from hongyan.webwx.calls.caller import Caller, milliseconds
from hongyan.webwx.calls.media import Chunk, Permit, check_upload, upload_chunk
from hongyan.webwx.http import ApiCall

__all__ = ["CHUNK", "PERMIT_ABOVE", "Upload", "UploadPlan"]

CHUNK: Final = 512 * 1024  # bytes; larger requests fail since the end of 2017
PERMIT_ABOVE: Final = 25 * 1024 * 1024  # bytes; larger files need webwxcheckupload first


_MEDIA_TYPE: Final = {
    UploadKind.PICTURE: "pic",
    UploadKind.STICKER: "doc",
    UploadKind.VIDEO: "video",
    UploadKind.FILE: "doc",
}
_CONTENT_TYPES: Final = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "bmp": "image/bmp",
    "gif": "image/gif",
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
    "pdf": "application/pdf",
    "txt": "text/plain",
}


class Upload(Struct, frozen=True, kw_only=True):
    """A file to be uploaded: its facts, not its bytes."""

    to: TransientName
    name: str
    size: int
    md5: str
    form: UploadKind


class UploadPlan:
    """The pieces of one upload, in order.

    Send ``next_call`` until it is None; pass each answer to ``permitted`` or ``uploaded``; repeat a call whose answer
    was lost. Then ``media_id`` is the handle to send, and ``signature`` belongs into a large file's send.
    """

    def __init__(self, upload: Upload, *, now: float, number: int = 0) -> None:
        require_allowed(upload.form, upload.name, upload.size)
        self.upload = upload
        self.media_id = ""
        self.signature = ""
        self._aes_key = ""
        self._media = milliseconds(now)
        self._number = number
        self._chunk = 0
        self._needs_permit = upload.size > PERMIT_ABOVE

    @property
    def chunks(self) -> int:
        """How many pieces there are."""
        return -(-self.upload.size // CHUNK)

    @property
    def sent(self) -> int:
        """Bytes that the server has taken."""
        return self.upload.size if self.media_id else min(self._chunk * CHUNK, self.upload.size)

    def next_call(self, caller: Caller) -> ApiCall[Permit] | ApiCall[str] | None:
        """Return the next call, or None when the file is uploaded."""
        if self.media_id:
            return None
        u = self.upload
        if self._needs_permit:
            return check_upload(caller, u.to, u.name, u.size, u.md5)
        return upload_chunk(caller, self._piece())

    def _piece(self) -> Chunk:
        u = self.upload
        offset = self._chunk * CHUNK
        return Chunk(
            to=u.to,
            name=u.name,
            content_type=_CONTENT_TYPES.get(extension(u.name), "application/octet-stream"),
            media_type=_MEDIA_TYPE[u.form],
            media=self._media,
            file_number=self._number,
            size=u.size,
            md5=u.md5,
            chunks=self.chunks,
            chunk=self._chunk,
            offset=offset,
            length=min(CHUNK, u.size - offset),
            aes_key=self._aes_key,
            signature=self.signature,
        )

    def permitted(self, permit: Permit) -> None:
        """Take the answer of webwxcheckupload: the server has the file, or permits its upload."""
        self._needs_permit = False
        self.media_id = permit.media_id
        self.signature = permit.signature
        self._aes_key = permit.aes_key

    def uploaded(self, media_id: str) -> None:
        """Take the answer of a chunk; ProtocolChanged if the last one brought no media id."""
        self._chunk += 1
        if self._chunk < self.chunks:
            return
        if not media_id:
            raise ProtocolChanged("webwxuploadmedia", "the last chunk brought no MediaId")
        self.media_id = media_id
