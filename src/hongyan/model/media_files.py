"""Files that messages brought and that are kept: where they are, and what is known of their being whole."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from hongyan.model.ids import Seq

__all__ = ["MediaFile", "Verified"]


class Verified(StrEnum):
    """What speaks for a file's being what was sent. An incomplete one is never kept."""

    DIGEST = "digest"  # its MD5 is the announced one
    LENGTH = "length"  # it is as long as announced
    UNANNOUNCED = "unannounced"  # its length was not announced; it came to its end and is not empty
    DOUBTFUL = "doubtful"  # its format says that its end is missing, and twice the same came; it is fetched again when asked for
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
