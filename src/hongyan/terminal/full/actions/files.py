"""The actions on files, voices and stickers of messages: save, open, play, keep, pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.errors import UsageError
from hongyan.model.display_text import clean
from hongyan.model.messages import Sticker, Video, Voice
from hongyan.terminal.full.actions.selection import selected_item
from hongyan.terminal.full.composer.favourites import Favourite, keep
from hongyan.terminal.full.messages.items import message_of
from hongyan.terminal.full.messages.media_navigation import medium_of
from hongyan.terminal.media import carries_file

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hongyan.terminal.full.main.main_screen import Main
    from hongyan.terminal.full.messages.items import Item

__all__ = ["FILES", "open_file", "play"]


async def save(main: Main, _: int) -> None:
    """Save what the marked messages carry, or the selected one, into the folder for files."""
    from hongyan.terminal.full.screens.saving import save_row

    selected_item(main)
    for item in main.history.chosen():
        if item.row is None or not _has_file(item):
            main.context.tell(main.context.say("nothing-to-save"))
            continue
        main.context.tell(main.context.say("saving"))
        path = await save_row(main.context, item.row)
        main.context.tell(main.context.say("saved", path=clean(str(path))))


def _has_file(item: Item) -> bool:
    message = message_of(item.row)
    return medium_of(item.row) is not None or (message is not None and carries_file(message))


async def save_as(main: Main, _: int) -> None:
    """Save what a message carries at a path that one types."""
    from hongyan.terminal.full.screens.saving import save_copy

    item = selected_item(main)
    if item is None or item.row is None or not _has_file(item):
        main.context.tell(main.context.say("nothing-to-save"))
        return
    await save_copy(main.context, item.row)


async def open_file(main: Main, item: Item) -> None:
    """Fetch a file and open it outside; what may run programs is asked about."""
    from hongyan.terminal.full.screens.saving import open_row

    assert item.row is not None
    await open_row(main.context, item.row)


async def play(main: Main, _: int) -> None:
    """Play a voice message."""
    item = selected_item(main)
    if item is None or item.row is None or not isinstance(message_of(item.row), Voice | Video):
        main.context.tell(main.context.say("nothing-here"))
        return
    path = await main.context.account.fetch(item.row)
    if await main.context.player.play(path):
        main.context.tell(main.context.say("playing", speed=main.context.player.speed))
    else:
        main.context.tell(main.context.say("no-player"))


def _speed(by: float) -> Callable[[Main, int], Awaitable[None]]:
    async def change(main: Main, _: int) -> None:
        speed = await main.context.player.change_speed(by)
        main.context.tell(main.context.say("playing", speed=speed))

    return change


async def favourite(main: Main, _: int) -> None:
    """Keep a sticker, to send it again from the picker."""
    item = selected_item(main)
    message = message_of(item.row) if item is not None else None
    if not isinstance(message, Sticker) or not message.md5:
        main.context.tell(main.context.say("not-sticker"))
        return
    try:
        keep(main.context.account.archive.folder, Favourite(message.md5, clean(message.caption, newline=" ")))
    except OSError as error:
        raise UsageError(f"the sticker cannot be stored: {error.strerror or error}") from error
    main.context.tell(main.context.say("sticker-kept"))


async def pipe(main: Main, _: int) -> None:
    """Give the text of messages to a command, and show what it says."""
    from hongyan.terminal.full.desktop.opening import piped
    from hongyan.terminal.full.screens.details import Shown
    from hongyan.terminal.full.screens.dialogs import Ask

    selected_item(main)
    items = main.history.chosen()
    command = await main.context.push(Ask(main.context, main.context.say("pipe"))) if items else None
    if command:
        output = await piped(command, "\n".join(item.text for item in items))
        await main.context.push(Shown(main.context, command, output))


FILES: Final = {
    "messages.save": save,
    "messages.save-as": save_as,
    "messages.play": play,
    "messages.faster": _speed(0.25),
    "messages.slower": _speed(-0.25),
    "messages.pipe": pipe,
    "messages.favourite": favourite,
}
