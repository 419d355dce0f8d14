"""The archive: searches messages, stores their files, and removes what a rule no longer keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey, Seq
    from hongyan.model.media_files import MediaFile
    from hongyan.model.retention import Behind, Holding, Removal
    from hongyan.model.search import Query

__all__ = ["Archive"]


class Archive(Protocol):
    """The archive of one account: its search index, its files and the stored rows of each chat."""

    async def search(
        self, query: Query, *, progress: Callable[[int], None] = lambda _: None
    ) -> list[Recorded]:
        """Return what fits, newest first; ``progress`` hears how many rows are still to be taken into the index."""

    async def index(self) -> int:
        """Take the next rows of the journal into the search index and return how many there were."""

    async def keep_file(self, file: MediaFile) -> None:
        """Note a file that was fetched for a message."""

    def file(self, seq: Seq, size: str = "full") -> MediaFile | None:
        """Return the file of a message, or None where none was fetched."""

    def files(self) -> Iterator[MediaFile]:
        """Yield every file that was fetched, in the order of the messages."""

    def chats(self) -> list[ChatKey]:
        """Return every chat with stored rows; the empty key is for rows of no chat."""

    def holding(self, chat: ChatKey, before: float) -> Holding:
        """Return what is stored of a chat, and which part of it is older than ``before`` (Unix seconds)."""

    def behind(self) -> list[Behind]:
        """Return the consumers that have events before them: nothing is removed that one of them still has to see."""

    async def forget_consumer(self, consumer: str) -> bool:
        """Delete a consumer's place in the journal and return whether it had one; UsageError while it consumes."""

    async def remove(self, chat: ChatKey, before: float) -> Removal:
        """Remove the content of a chat's oldest rows from before ``before`` that all consumers have had, a batch of them."""

    async def remove_recalled(self, chat: ChatKey, before: float) -> Removal:
        """Remove a batch of a chat's messages that were recalled before ``before``, if all consumers have got that."""

    async def tidy(self, *, begin: bool) -> bool:
        """Write a little of the search index anew without what was removed; return whether there is more to do."""

    async def leftovers(self, folder: Path, untouched_since: float) -> int:
        """Delete files that nothing holds on to any more, unless they were put there since; return how many."""
