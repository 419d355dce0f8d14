"""What the keys do with what a message holds: opened, followed, unfolded, shown in detail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.model.messages import Card as CardMessage
from hongyan.model.messages import (
    FavoriteRecord,
    FriendRequest,
    Location,
    Picture,
    Record,
    Sticker,
    SuggestedFriend,
    Video,
    Voice,
)
from hongyan.terminal.full.actions.app import requests
from hongyan.terminal.full.actions.files import open_file, play
from hongyan.terminal.full.actions.messages import forward_rows, retry
from hongyan.terminal.full.actions.selection import build_again, selected_item
from hongyan.terminal.full.messages.items import message_of
from hongyan.terminal.full.messages.links import links_in, map_link
from hongyan.terminal.full.messages.media_navigation import medium_of
from hongyan.terminal.full.screens.dialogs import Choice, Choose, Confirm
from hongyan.terminal.media import carries_file

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hongyan.terminal.full.main.main_screen import Main
    from hongyan.terminal.full.messages.items import Item
    from hongyan.terminal.full.messages.links import FoundLink

__all__ = ["VIEWING"]


async def open_(main: Main, _: int) -> None:
    """Open what a message holds: its quoted message, picture, card, place, link; unfold a record; send a failed one again."""
    item = selected_item(main)
    if item is None:
        return
    if item.state in {"failed", "unconfirmed"}:
        await retry(main, 1)
        return
    message = message_of(item.row)
    opener = _OPENED.get(type(message))
    own = medium_of(item.row) if message is None else None
    if own is not None:
        await (_view if own.is_drawn else open_file)(main, item)
    elif opener is not None:
        await opener(main, item)
    elif item.quote is not None and item.quote.id and not links_in(item):
        _to_quoted(main, item)
    elif message is not None and carries_file(message):
        await open_file(main, item)
    else:
        await _open_links(main, item, sole=True)


def _to_quoted(main: Main, item: Item) -> None:
    assert item.quote is not None
    row = main.context.account.archive.message(item.quote.id)
    if row is None or main.chat is None or row.chat != main.chat.key:
        main.context.tell(main.context.say("nothing-here"))
        return
    main.history.view.to_seq(row.seq)
    main.history.moved()


async def _fold(main: Main, item: Item) -> None:
    main.context.items.unfolded ^= {item.seq}
    build_again(main, item)


async def _show_card(main: Main, item: Item) -> None:
    from hongyan.model.contacts import Member

    message = message_of(item.row)
    assert isinstance(message, CardMessage)  # the table below says so
    await main.show_member(Member(name=message.card_name, nickname=message.nickname))


async def _play(main: Main, _: Item) -> None:
    await play(main, 1)


async def _answer_request(main: Main, _: Item) -> None:
    await requests(main, 1)


async def _open_map(main: Main, item: Item) -> None:
    message = message_of(item.row)
    assert isinstance(message, Location)  # the table below says so
    await _open_link(main, map_link(message))


async def _view(main: Main, item: Item) -> None:
    from hongyan.terminal.full.screens.viewer import Viewer

    if main.chat is None or item.row is None or medium_of(item.row) is None:
        main.context.tell(main.context.say("nothing-here"))
        return
    forward_it = await main.context.push(Viewer(main.context, main.chat, item.row))
    if forward_it is not None:
        await forward_rows(main, [forward_it])


async def links(main: Main, _: int) -> None:
    """Choose among the links of a message."""
    item = selected_item(main)
    if item is not None:
        await _open_links(main, item, sole=False)


async def _open_links(main: Main, item: Item, *, sole: bool) -> None:
    found = links_in(item)
    if not found:
        main.context.tell(main.context.say("no-links"))
        return
    if len(found) == 1 and sole:
        await _open_link(main, found[0])
        return
    choices = [Choice(link, link.host, link.shown, (link.host, link.shown)) for link in found]
    chosen = await main.context.push(Choose(main.context, main.context.say("links"), choices))
    if chosen:
        await _open_link(main, chosen[0])


async def _open_link(main: Main, link: FoundLink) -> None:
    from hongyan.terminal.full.desktop.opening import open_outside

    question = main.context.say("link-ask", host=link.host, url=link.shown)
    if await main.context.push(Confirm(main.context, question)) and not await open_outside(link.url):
        main.app.copy_to_clipboard(link.url)
        main.context.tell(f"{main.context.say('copied')}: {link.shown}")


async def details(main: Main, _: int) -> None:
    """Show everything about a message; a recalled one is shown again."""
    from hongyan.terminal.full.screens.details import Details

    item = selected_item(main)
    if item is None:
        return
    if item.recalled and main.context.settings.recalled == "hide":
        main.context.items.shown_again ^= {item.seq}
        build_again(main, item)
        return
    await main.context.push(Details(main.context, item))


async def raw(main: Main, _: int) -> None:
    """Show the raw data of a message."""
    from hongyan.terminal.full.screens.details import Details

    if (item := selected_item(main)) is not None:
        await main.context.push(Details(main.context, item, raw=True))


_OPENED: Final[dict[type, Callable[[Main, Item], Awaitable[None]]]] = {
    **dict.fromkeys((Picture, Video, Sticker), _view),
    **dict.fromkeys((Record, FavoriteRecord), _fold),
    **dict.fromkeys((FriendRequest, SuggestedFriend), _answer_request),
    Voice: _play,
    CardMessage: _show_card,
    Location: _open_map,
}

VIEWING: Final = {
    "messages.open": open_,
    "messages.links": links,
    "messages.details": details,
    "messages.raw": raw,
}
