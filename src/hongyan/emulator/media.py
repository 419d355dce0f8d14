"""Files, their hashes and the uploads that build them; independent of the messages that show them."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from hongyan.emulator.persistence import private_folder

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.emulator.persistence import Persistence

__all__ = ["CHUNK", "LARGE_FILE", "IncomingUpload", "MediaStore", "StoredFile", "UploadBroken"]

CHUNK = 512 * 1024
"""Largest piece of one request (official page; larger ones fail since autumn 2017)."""

LARGE_FILE = 25 * 1024 * 1024
"""Above this size a file needs webwxcheckupload and its Signature (official page)."""


class UploadBroken(ValueError):
    """A chunk that does not continue its upload; the text has the reason."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One stored file."""

    media_id: str
    """`@crypt_` + 8 hex + `_` + long hex."""
    name: str
    size: int
    md5: str
    sha256: str


@dataclass(slots=True)
class IncomingUpload:
    """An upload under way: the chunks so far, in a separate file."""

    client_media_id: str
    total: int
    chunks: int
    name: str
    path: Path
    received: int = 0
    next_chunk: int = 0
    md5: Any = field(default_factory=lambda: hashlib.md5(usedforsecurity=False))
    sha256: Any = field(default_factory=hashlib.sha256)


class MediaStore:
    """Files by hash in one folder; the same bytes are kept once."""

    def __init__(self, folder: Path, persistence: Persistence) -> None:
        self._folder = folder
        self._ledger = persistence
        self._media = {key: StoredFile(**value) for key, value in persistence.rows("media")}
        self._uploads: dict[tuple[str, str], IncomingUpload] = {}
        self._signatures: dict[str, str] = dict(persistence.rows("signature"))
        private_folder(folder)
        folder.chmod(0o700)
        for leftover in folder.glob("*.part"):
            leftover.unlink()

    def find(self, media_id: str) -> StoredFile | None:
        """The file of a MediaId."""
        return self._media.get(media_id)

    def find_md5(self, md5: str, size: int) -> StoredFile | None:
        """A file that is already here, by md5 and size."""
        return next((each for each in self._media.values() if each.md5 == md5 and each.size == size), None)

    def path(self, media: StoredFile) -> Path:
        """Where the bytes of a file are."""
        return self._folder / media.sha256[:2] / media.sha256

    def add(self, data: bytes, name: str) -> StoredFile:
        """Store bytes as a file with a new MediaId."""
        sha256 = hashlib.sha256(data).hexdigest()
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        media = StoredFile(_media_id(), name, len(data), md5, sha256)
        target = self.path(media)
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            partial = target.with_suffix(".part")
            _write(partial, data)
            partial.replace(target)
        return self._keep(media)

    def sign(self, md5: str) -> tuple[str, str]:
        """(AESKey, Signature) for a large file that is about to come."""
        signature = secrets.token_hex(32)
        self._signatures[signature] = md5
        self._ledger.put("signature", signature, md5)
        return secrets.token_hex(16), signature

    def signature_fits(self, signature: str, md5: str) -> bool:
        """Whether webwxcheckupload gave out this signature for this md5."""
        return bool(md5) and self._signatures.get(signature) == md5

    def take_chunk(self, owner: str, upload: IncomingUpload, index: int, data: bytes) -> StoredFile | None:
        """Append one chunk; the finished file with the last one. Raises UploadBroken, and the upload is gone then."""
        key = (owner, upload.client_media_id)
        if index != upload.next_chunk:
            self._give_up(key, upload)
            msg = f"chunk {index} was sent where {upload.next_chunk} was due"
            raise UploadBroken(msg)
        _write(upload.path, data)
        upload.md5.update(data)
        upload.sha256.update(data)
        upload.received += len(data)
        upload.next_chunk += 1
        if upload.next_chunk < upload.chunks:
            return None
        if upload.received != upload.total:
            self._give_up(key, upload)
            msg = f"{upload.received} bytes were sent where {upload.total} were announced"
            raise UploadBroken(msg)
        return self._finish(key, upload)

    def begin(
        self, owner: str, client_media_id: str, *, total: int, chunks: int, name: str, chunk: int
    ) -> IncomingUpload:
        """The upload that a chunk belongs to; a new one for chunk 0. Raises UploadBroken for a later chunk of nothing."""
        key = (owner, client_media_id)
        if chunk == 0:
            path = self._folder / f"{secrets.token_hex(8)}.part"
            self._uploads[key] = IncomingUpload(client_media_id, total, max(chunks, 1), name, path)
        upload = self._uploads.get(key)
        if upload is None:
            msg = f"chunk {chunk} of an upload that never began: ClientMediaId must be the same in all chunks"
            raise UploadBroken(msg)
        return upload

    def forget(self, media: StoredFile) -> None:
        """Remove a MediaId that was not given out; the bytes may belong to others and stay."""
        self._media.pop(media.media_id, None)
        self._ledger.drop("media", media.media_id)

    def _finish(self, key: tuple[str, str], upload: IncomingUpload) -> StoredFile:
        del self._uploads[key]
        sha256 = upload.sha256.hexdigest()
        media = StoredFile(_media_id(), upload.name, upload.total, upload.md5.hexdigest(), sha256)
        target = self.path(media)
        target.parent.mkdir(exist_ok=True)
        upload.path.replace(target)
        return self._keep(media)

    def _give_up(self, key: tuple[str, str], upload: IncomingUpload) -> None:
        self._uploads.pop(key, None)
        upload.path.unlink(missing_ok=True)

    def _keep(self, media: StoredFile) -> StoredFile:
        self._media[media.media_id] = media
        self._ledger.put("media", media.media_id, asdict(media))
        return media


def _write(path: Path, data: bytes) -> None:
    """Append to a file that its owner alone can read."""
    with open(path, "ab", opener=lambda name, flags: os.open(name, flags, 0o600)) as out:
        out.write(data)


def _media_id() -> str:
    return f"@crypt_{secrets.token_hex(4)}_{secrets.token_hex(96)}"
