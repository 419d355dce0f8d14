"""Undoes the content codings that servers use, with limits on both sides; independent of connections."""

from __future__ import annotations

import zlib
from typing import Final

__all__ = ["Inflater", "TooLarge", "UnknownCoding"]

_GZIP: Final = 16 + zlib.MAX_WBITS
_RAW: Final = -zlib.MAX_WBITS
_SLACK: Final = 64 << 10  # bytes that packing may add, and that may follow the end
_PLAIN: Final = frozenset(
    {"", "identity", "none", "binary", "utf-8"}
)  # the last three by servers that mix things up
_CODINGS: Final = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}


class TooLarge(Exception):
    """The body exceeds the limit."""


class UnknownCoding(Exception):
    """The body is packed in a way that the request did not accept."""


class Inflater:
    """Turns pieces of a body into plain bytes, by ``coding`` (gzip, deflate, empty), ``limit`` bytes at most.

    What is received is limited as well: packed bytes that unpack to nothing end too. ``deflate`` comes in two variants,
    with and without the zlib frame; servers of 2015 and 2016 sent ``webwxsync`` in the second. The first bytes show which
    it is. ``gzip`` may be several members on end; anything else after the end is dropped.
    """

    def __init__(self, coding: str, limit: int) -> None:
        coding = coding.strip().lower()
        self.plain = coding in _PLAIN
        if not self.plain and coding not in _CODINGS:
            raise UnknownCoding
        self._coding = _CODINGS.get(coding, "")
        self._left = limit
        self._wire_left = limit + (limit >> 3) + _SLACK
        self._behind_left = _SLACK
        self._begun = False
        self._ended = False  # a member is complete, and no other has started
        self._head = b""
        self._member: zlib._Decompress | None = None

    def feed(self, piece: bytes) -> bytes:
        """Return the plain bytes of ``piece``; TooLarge above a limit, zlib.error for a broken body."""
        self._wire_left -= len(piece)
        if self._wire_left < 0:
            raise TooLarge
        plain = piece if self.plain else self._unpacked(piece)
        self._left -= len(plain)
        if self._left < 0:
            raise TooLarge
        return plain

    def _unpacked(self, piece: bytes) -> bytes:
        out: list[bytes] = []
        room = self._left + 1
        while piece and room > 0:
            self._begun = True
            if self._member is None:
                piece, self._head = self._head + piece, b""
                if len(piece) < 2:
                    self._head = piece
                    break
                if not self._begin(piece):
                    self._drop(len(piece))
                    break
            assert self._member is not None  # started above
            out.append(self._member.decompress(piece, room))
            room -= len(out[-1])
            piece = b""
            if self._member.eof:
                piece, self._member, self._ended = self._member.unused_data, None, True
        return b"".join(out)

    def _begin(self, head: bytes) -> bool:
        """Start a member at ``head``; False if it is not one and an earlier one is complete."""
        if self._ended and (self._coding != "gzip" or head[:2] != b"\x1f\x8b"):
            return False
        bits = _GZIP if self._coding == "gzip" else zlib.MAX_WBITS if _framed(head) else _RAW
        self._member = zlib.decompressobj(bits)
        return True

    def _drop(self, count: int) -> None:
        self._behind_left -= count
        if self._behind_left < 0:
            raise TooLarge

    @property
    def finished(self) -> bool:
        """Whether a packed body has come to its end; an empty one has."""
        return self.plain or not self._begun or (self._ended and self._member is None)


def _framed(head: bytes) -> bool:
    """Whether two bytes are a zlib header: method 8 and a checksum over both."""
    return head[0] & 0x0F == 8 and (head[0] << 8 | head[1]) % 31 == 0
