"""The archive of one account: search, the files of messages, and removal by rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.store.media_files import MediaFiles
from hongyan.store.retention import Retention
from hongyan.store.search import Search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey, Seq
    from hongyan.model.media_files import MediaFile
    from hongyan.model.retention import Behind, Holding, Removal
    from hongyan.model.search import Query
    from hongyan.store.aliases import Aliases
    from hongyan.store.session import Session

__all__ = ["SqliteArchive"]


class SqliteArchive:
    """``ports.archive.Archive``, made of the search index, the table of files and the removal of rows."""

    def __init__(self, session: Session, aliases: Aliases) -> None:
        self._session = session
        self._search = Search(session, aliases)
        self._files = MediaFiles(session)
        self._retention = Retention(session, aliases)

    async def search(
        self, query: Query, *, progress: Callable[[int], None] = lambda _: None
    ) -> list[Recorded]:
        """Return what fits, newest first. What the index has not seen yet is taken in first.

        ``progress`` hears how many rows are still to be taken in.
        """
        while behind := self._search.behind():
            progress(behind)
            if not await self.index():
                break
        return self._search.find(query)

    async def index(self) -> int:
        """Take the next rows of the journal into the search index and return how many there were."""
        return await self._session.write(self._search.index, durable=False)

    async def keep_file(self, file: MediaFile) -> None:
        """Note a file that was fetched for a message."""
        await self._session.write(lambda c: self._files.keep(c, file), wake=True)

    def file(self, seq: Seq, size: str = "full") -> MediaFile | None:
        """Return the file of a message, or None where none was fetched."""
        return self._files.get(seq, size)

    def files(self) -> Iterator[MediaFile]:
        """Yield every file that was fetched, in the order of the messages."""
        return self._files.all()

    def chats(self) -> list[ChatKey]:
        """Return every chat with stored rows; the empty key is for rows of no chat."""
        return self._retention.chats()

    def holding(self, chat: ChatKey, before: float) -> Holding:
        """Return what is stored of a chat, and which part of it is older than ``before`` (Unix seconds)."""
        return self._retention.holding(chat, before)

    def behind(self) -> list[Behind]:
        """Return the consumers that have events before them: nothing is removed that one of them still has to see."""
        return self._retention.behind()

    async def forget_consumer(self, consumer: str) -> bool:
        """Delete a consumer's place in the journal and return whether it had one; UsageError while it consumes."""
        claim = self._session.database.claim(self._session.account, consumer)
        try:
            return await self._session.write(lambda c: self._retention.forget_consumer(c, consumer))
        finally:
            if claim is not None:
                claim.release()

    async def remove(self, chat: ChatKey, before: float) -> Removal:
        """Remove the content of a chat's oldest rows from before ``before`` that all consumers have had, a batch of them."""
        return await self._session.write(lambda c: self._retention.remove(c, chat, before), durable=False)

    async def remove_recalled(self, chat: ChatKey, before: float) -> Removal:
        """Remove a batch of a chat's messages that were recalled before ``before``, if all consumers have had that."""
        return await self._session.write(
            lambda c: self._retention.remove_recalled(c, chat, before), durable=False
        )

    async def tidy(self, *, begin: bool) -> bool:
        """Write a little of the search index anew without what was removed; return whether there is more to do."""
        return await self._session.write(lambda c: self._retention.tidy(c, begin=begin), durable=False)

    async def leftovers(self, folder: Path, untouched_since: float) -> int:
        """Delete files that nothing holds on to any more, unless they were put there since; return how many."""
        return await self._session.write(
            lambda c: self._retention.leftovers(c, folder, untouched_since), durable=False
        )
