"""Undoes the content codings that servers use, with a limit on the result; it knows nothing of connections."""

from __future__ import annotations

import zlib
from typing import Final

__all__ = ["Inflater", "TooLarge"]

_GZIP: Final = 16 + zlib.MAX_WBITS
_RAW: Final = -zlib.MAX_WBITS


class TooLarge(Exception):
    """The body exceeds the limit."""


class Inflater:
    """Turns pieces of a body into plain bytes, by ``coding`` (gzip, deflate, empty), ``limit`` bytes at most.

    ``deflate`` comes in two flavours, with and without the zlib frame; servers of 2015 and 2016 sent ``webwxsync`` in
    the second. The first bytes tell which it is.
    """

    def __init__(self, coding: str, limit: int) -> None:
        self._left = limit
        self._deflate = coding == "deflate"
        self._inflate = zlib.decompressobj(_GZIP) if coding in {"gzip", "x-gzip"} else None
        self._head = b""
        self.plain = coding in {"", "identity"}
        self.known = self.plain or self._deflate or self._inflate is not None

    def feed(self, piece: bytes) -> bytes:
        """Return the plain bytes of ``piece``; TooLarge above the limit, zlib.error for a broken body."""
        if self._deflate and self._inflate is None:
            self._head += piece
            if len(self._head) < 2:
                return b""
            piece, self._head = self._head, b""
            self._inflate = zlib.decompressobj(zlib.MAX_WBITS if _framed(piece) else _RAW)
        plain = self._inflate.decompress(piece, self._left + 1) if self._inflate else piece
        self._left -= len(plain)
        if self._left < 0:
            raise TooLarge
        return plain

    @property
    def finished(self) -> bool:
        """Whether a compressed body has come to its end."""
        return self._inflate is None or self._inflate.eof


def _framed(head: bytes) -> bool:
    """Whether two bytes are a zlib header: method 8 and a checksum over both."""
    return head[0] & 0x0F == 8 and (head[0] << 8 | head[1]) % 31 == 0
