"""Stored files of messages: where they are, and whether they are known to be complete."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from hongyan.model.ids import Seq

__all__ = ["MediaFile", "Verified"]


class Verified(StrEnum):
    """The evidence that a file is complete. An incomplete one is never stored."""

    DIGEST = "digest"  # its MD5 is the announced one
    LENGTH = "length"  # it is as long as announced
    UNANNOUNCED = "unannounced"  # its length was not announced; the transfer ended and it is not empty
    DOUBTFUL = "doubtful"  # by its format its end is missing, and two downloads were the same; it is fetched again on request
    OTHER_DIGEST = "other-digest"  # its MD5 is not the announced one: the service may have made it smaller


class MediaFile(Struct, frozen=True, kw_only=True):
    """A file of the media folder. ``path`` is relative to it, ``bytes`` its length, digests are lower-case hex.

    ``seq`` is the journal row of the message, ``size`` which of its pictures (``full``, ``thumbnail``), ``kept_at`` in
    Unix seconds.
    """

    seq: Seq
    size: str
    path: str
    bytes: int
    sha256: str
    md5: str
    verified: Verified
    kept_at: float
