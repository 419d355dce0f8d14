"""Applies the archive's rules: removes expired rows, a little at a time, beside everything else."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from hongyan.client.archive_policy import ArchiveSettings, KeepRule
    from hongyan.model.ids import ChatKey
    from hongyan.model.retention import Removal
    from hongyan.ports.archive import Archive
    from hongyan.ports.directory import ContactDirectory

__all__ = ["Cleared", "RetentionJob"]

_EVERY_S: Final = 3_600.0
_EVERY_PROMPT_S: Final = 60.0
_TIDY_EVERY_S: Final = 86_400.0
_PAUSE_S: Final = 0.1  # between two batches
_UNSEEN_S: Final = 150.0  # screens have no position in the journal: by then they have shown new messages, also after a restart
_FRESH_S: Final = 30.0  # a file put into the media folder is noted well within this


class Cleared(Struct, frozen=True):
    """What was removed: rows, their bytes, and files."""

    rows: int = 0
    size: int = 0
    files: int = 0


class RetentionJob:
    """Applies the rules to one account. ``folder`` is the media folder, ``clock()`` gives Unix seconds."""

    def __init__(
        self,
        archive: Archive,
        directory: ContactDirectory,
        settings: ArchiveSettings,
        folder: Path,
        clock: Callable[[], float],
    ) -> None:
        self._archive = archive
        self._directory = directory
        self._settings = settings
        self._folder = folder
        self._now = clock

    async def run(self) -> None:
        """Apply the rules at once and then every hour, every minute where a rule keeps nothing, without end."""
        if self._settings.idle:
            return
        tidied, removed = float("-inf"), 0
        while True:
            removed += (await self.apply(unseen=_UNSEEN_S, pause=_PAUSE_S)).rows
            if removed and self._now() - tidied >= _TIDY_EVERY_S:
                await self.tidy(pause=_PAUSE_S)
                tidied, removed = self._now(), 0
            await asyncio.sleep(_EVERY_PROMPT_S if self._settings.prompt else _EVERY_S)

    async def apply(
        self, *, unseen: float = 0.0, pause: float = 0.0, progress: Callable[[int], None] = lambda _: None
    ) -> Cleared:
        """Remove everything that is due except messages of the last ``unseen`` seconds; ``progress`` gets the number of rows."""
        rows = size = 0
        latest = self._now() - unseen
        for chat in self._archive.chats():
            for step in self._steps(chat, latest):
                while (removal := await step()).rows:
                    rows, size = rows + removal.rows, size + removal.size
                    progress(removal.rows)
                    await asyncio.sleep(pause)
            await asyncio.sleep(0)
        return Cleared(rows, size, await self._archive.leftovers(self._folder, self._now() - _FRESH_S))

    async def tidy(self, *, pause: float = 0.0) -> None:
        """Write the search index anew without what was removed: at a million messages it has some 30 MB."""
        begin = True
        while await self._archive.tidy(begin=begin):
            begin = False
            await asyncio.sleep(pause)

    def rule(self, chat: ChatKey) -> KeepRule:
        """Return the rule that holds in a chat."""
        known = self._directory.contact(chat) if chat else None
        names = (known.remark, known.nickname, known.alias) if known else ()
        return self._settings.rule([str(chat), *(name for name in names if name)])

    def _steps(self, chat: ChatKey, latest: float) -> list[Callable[[], Awaitable[Removal]]]:
        rule = self.rule(chat)
        before = min(rule.before(self._now()), latest)
        steps: list[Callable[[], Awaitable[Removal]]] = []
        if rule.keep != "forever":
            steps.append(lambda: self._archive.remove(chat, before))
        if rule.drops_recalled:
            steps.append(lambda: self._archive.remove_recalled(chat, latest))
        return steps
