"""Keeps which file belongs to which message; the files themselves lie in a folder that it never opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hongyan.model.ids import Seq
from hongyan.model.media_files import MediaFile, Verified
from hongyan.store.rows import word_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from hongyan.store.session import Session

__all__ = ["MediaFiles"]

_COLUMNS: Final = "seq, size, path, bytes, sha256, md5, verified, kept_at"
_PAGE: Final = 500


class MediaFiles:
    """The files of one account's messages. ``keep`` belongs to the writer."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._account = session.account

    def keep(self, connection: sqlite3.Connection, file: MediaFile) -> None:
        """Note a file; one that was fetched again takes the place of the former."""
        connection.execute(
            f"INSERT OR REPLACE INTO media (account_id, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # constants
            (
                self._account,
                file.seq,
                file.size,
                file.path,
                file.bytes,
                file.sha256,
                file.md5,
                file.verified,
                file.kept_at,
            ),
        )

    def get(self, seq: Seq, size: str) -> MediaFile | None:
        """Return the file of a message, or None where none was fetched."""
        found = self._page("seq = ? AND size = ?", seq, size)
        return found[0] if found else None

    def all(self) -> Iterator[MediaFile]:
        """Yield every file in the order of the messages, a page at a time."""
        place: tuple[int, str] = (0, "")
        while page := self._page("(seq, size) > (?, ?)", *place):
            yield from page
            place = (page[-1].seq, page[-1].size)

    def _page(self, where: str, *values: object) -> list[MediaFile]:
        with self._session.reading() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM media WHERE account_id = ? AND {where}"  # noqa: S608  # constants
                f" ORDER BY seq, size LIMIT {_PAGE}",
                (self._account, *values),
            ).fetchall()
        return [_kept(row) for row in rows]


def _kept(row: tuple[Any, ...]) -> MediaFile:
    seq, size, path, count, sha256, md5, verified, kept_at = row
    return MediaFile(
        seq=Seq(seq),
        size=size,
        path=path,
        bytes=count,
        sha256=sha256,
        md5=md5,
        verified=word_of(Verified, verified, Verified.DOUBTFUL),
        kept_at=kept_at,
    )
