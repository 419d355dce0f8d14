"""Saves what a message carries, and opens it outside; what may run programs is asked about first."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from hongyan.errors import UsageError
from hongyan.files.file_names import named_by_content
from hongyan.files.private_files import copy_private, free_path, make_folder
from hongyan.model.display_text import clean
from hongyan.model.messages import File
from hongyan.terminal.full.messages.media_navigation import medium_of
from hongyan.terminal.full.screens.dialogs import Ask, Confirm
from hongyan.userdirs import expanded

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.model.events import Recorded
    from hongyan.terminal.full.context import ScreenContext

__all__ = ["fetched", "open_row", "save_copy", "save_row"]


async def fetched(
    context: ScreenContext, row: Recorded, progress: Callable[[int, int | None], None] | None = None
) -> Path:
    """Return the file that a row carries: the one that was sent from here, or the one that was received; UsageError if it is gone."""
    medium = medium_of(row)
    if medium is None or medium.own is None:
        return await context.account.fetch(row, progress=progress)
    kept = await asyncio.to_thread(context.account.archive.copy_of, medium.own)
    if kept is None:
        raise UsageError(f"{medium.name} is no longer on this machine")
    return kept


async def save_row(context: ScreenContext, row: Recorded) -> Path:
    """Save what a message carries into the folder for files, under a harmless free name; UsageError where it cannot be written."""
    medium = medium_of(row)
    incoming = context.account.incoming(row)
    try:
        make_folder(context.place.folder)
        if medium is not None and medium.own is not None:
            source = await fetched(context, row)
            path = free_path(context.place.folder, medium.name)
            await asyncio.to_thread(copy_private, source, path)
        elif incoming is not None:
            path = await incoming.save(context.place.folder)
        else:
            raise UsageError(context.say("nothing-to-save"))
    except OSError as error:
        raise UsageError(f"cannot write into {context.place.folder}: {error.strerror or error}") from error
    return path


async def save_copy(context: ScreenContext, row: Recorded) -> None:
    """Fetch the file of a message and copy it to where a person wants it; UsageError where that cannot be written."""
    kept = await fetched(context, row)
    medium = medium_of(row)
    name = medium.name if medium is not None and medium.name else kept.name
    answer = await context.push(
        Ask(context, context.say("save-as"), str(context.place.folder / Path(name).name))
    )
    if not answer:
        return
    target = Path(answer)
    try:
        await asyncio.to_thread(_copy, kept, target)
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror or error}") from error
    context.tell(context.say("saved", path=clean(str(target))))


def _copy(kept: Path, target: Path) -> None:
    target = expanded(target)
    make_folder(target.parent)
    copy_private(kept, target)


async def open_row(
    context: ScreenContext, row: Recorded, progress: Callable[[int, int | None], None] | None = None
) -> None:
    """Fetch what a message carries and open it outside. A file is saved first, so that it has its name and its ending there."""
    from hongyan.terminal.full.desktop.opening import is_dangerous, open_outside

    async def may_open(name: str) -> bool:
        return bool(await context.push(Confirm(context, context.say("dangerous", name=name))))

    message, medium = getattr(row.event, "message", None), medium_of(row)
    name = medium.name if medium is not None else ""
    asked = is_dangerous(name)
    if asked and not await may_open(name):
        return
    path = (
        await save_row(context, row) if isinstance(message, File) else await fetched(context, row, progress)
    )
    # The judged file is the one that is opened, whatever the message called it.
    name = await asyncio.to_thread(named_by_content, path)
    if not asked and is_dangerous(name) and not await may_open(clean(name, newline=" ", tab=" ")):
        return
    if not await open_outside(str(path.absolute())):
        context.tell(context.say("no-opener", path=clean(str(path))))
