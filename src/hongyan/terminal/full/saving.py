"""Saves what a message carries at a path that a person types."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from hongyan.errors import UsageError
from hongyan.terminal.clean import clean
from hongyan.terminal.full.dialogs import Ask

if TYPE_CHECKING:
    from hongyan.model.events import Recorded
    from hongyan.terminal.full.app import FullScreen

__all__ = ["save_copy"]


async def save_copy(terminal: FullScreen, row: Recorded) -> None:
    """Fetch the file of a message and copy it to where a person wants it; UsageError where that cannot be written."""
    kept = await terminal.account.fetch(row)
    answer = await terminal.push_screen_wait(
        Ask(terminal, terminal.say("save-as"), str(terminal.folder / kept.name))
    )
    if not answer:
        return
    target = Path(answer)
    try:
        await asyncio.to_thread(_copy, kept, target)
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror or error}") from error
    terminal.tell(terminal.say("saved", path=clean(str(target))))


def _copy(kept: Path, target: Path) -> None:
    target = target.expanduser()
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, target)
